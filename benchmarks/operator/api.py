"""The API server for the harness: a client that is neither operator's, and keeps the clock."""

import asyncio
import base64
import json
import ssl
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

Object = dict[str, Any]

_MERGE = "application/merge-patch+json"
CONNECTIONS = 24


class Api:
    """Calls as the person who has the cluster; every failure is an exception."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def create(self, path: str, body: Object) -> Object:
        """POST a new object."""
        return await self._call("POST", path, body)

    async def merge(self, path: str, body: Object) -> Object:
        """Patch an object, or its status."""
        return await self._call("PATCH", path, body, _MERGE)

    async def delete(self, path: str) -> Object:
        """Delete an object."""
        return await self._call("DELETE", path, {"propagationPolicy": "Background"})

    async def watch(self, path: str, selector: str = "") -> AsyncIterator[tuple[str, Object]]:
        """Everything there is, and then what comes, until cancelled: the kind of news, and the object.

        After a pause of the stream, everything there is comes again.
        """
        query = {
            "watch": "true",
            "labelSelector": selector,
            "sendInitialEvents": "true",
            "allowWatchBookmarks": "true",
            "resourceVersionMatch": "NotOlderThan",
        }
        while True:  # the server ends the stream of one who reads too slowly
            async with await self._watched(path, query) as answer:
                rest = b""
                async for chunk in answer.content.iter_any():
                    *lines, rest = (rest + chunk).split(b"\n")
                    for line in lines:
                        news = json.loads(line)
                        yield news["type"], news["object"]

    async def _watched(self, path: str, query: dict[str, str]) -> aiohttp.ClientResponse:
        """The stream, as soon as the server serves it: the kind of a new CRD takes a moment."""
        while True:
            answer = await self._session.get(path, params=query)
            if answer.status != 429:
                answer.raise_for_status()
                return answer
            answer.release()
            await asyncio.sleep(0.2)

    async def _call(
        self, method: str, path: str, body: Object, content_type: str = "application/json"
    ) -> Object:
        headers = {"Content-Type": content_type}
        async with self._session.request(method, path, data=json.dumps(body), headers=headers) as answer:
            told: Object = await answer.json()
            if answer.status >= 300:
                raise RuntimeError(f"{method} {path}: {answer.status} {told.get('message')}")
            return told


@asynccontextmanager
async def connected(config: Object) -> AsyncIterator[Api]:
    """A client with the credentials of this kubeconfig."""
    connector = aiohttp.TCPConnector(limit=0, ssl=_trust(config))
    server = config["clusters"][0]["cluster"]["server"]
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=10)
    async with aiohttp.ClientSession(
        server, connector=connector, timeout=timeout, headers={"User-Agent": "benchmark"}
    ) as session:
        yield Api(session)


def _trust(config: Object) -> ssl.SSLContext:
    authority = base64.b64decode(config["clusters"][0]["cluster"]["certificate-authority-data"])
    user = config["users"][0]["user"]
    context = ssl.create_default_context(cadata=authority.decode())
    with tempfile.NamedTemporaryFile() as pair:
        for part in ("client-certificate-data", "client-key-data"):
            pair.write(base64.b64decode(user[part]) + b"\n")
        pair.flush()
        context.load_cert_chain(pair.name)
    return context
