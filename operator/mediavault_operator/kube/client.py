"""A small asynchronous client of the Kubernetes API: the few calls the operator makes, and no more.

At most `concurrency` requests are under way at once; watches do not count. Nothing is retried here but a
request refused for expired credentials, once, after logging in again: what else is worth retrying, and
when, is decided by whoever asked.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

import aiohttp
import orjson

from mediavault_operator import metrics
from mediavault_operator.kube import errors, resources
from mediavault_operator.kube.access import Access
from mediavault_operator.kube.resources import Resource

log = logging.getLogger(__name__)

Body = dict[str, Any]

APPLY: Final = "application/apply-patch+yaml"
MERGE: Final = "application/merge-patch+json"
_TIMEOUT: Final = aiohttp.ClientTimeout(total=60, sock_connect=10)


class Client:
    """Calls on the API server. `login` is asked for credentials at first use, and whenever they are
    refused.
    """

    def __init__(
        self,
        login: Callable[[], Awaitable[Access]],
        *,
        user_agent: str,
        field_manager: str,
        concurrency: int,
    ) -> None:
        self._login = login
        self._user_agent = user_agent
        self._field_manager = field_manager
        self._slots = asyncio.Semaphore(concurrency)
        self._logging_in = asyncio.Lock()
        self._access: Access | None = None
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()

    async def create(self, resource: Resource, namespace: str, body: Body) -> Body:
        """POST `body`; raises AlreadyExists where the name is taken."""
        self._permit(resource, "create")
        return await self._call(
            "POST", resource.path(namespace), body=body, query={"fieldManager": self._field_manager}
        )

    async def rehearse(self, resource: Resource, namespace: str, body: Body) -> None:
        """POST `body` as a dry run: everything is checked, nothing is made."""
        self._permit(resource, "create")
        query = {"fieldManager": self._field_manager, "dryRun": "All"}
        await self._call("POST", resource.path(namespace), body=body, query=query)

    async def apply(self, resource: Resource, namespace: str, body: Body) -> Body:
        """Server-side apply of `body`, with force; `metadata.uid` in it is a precondition."""
        self._permit(resource, "patch")
        return await self._apply(resource.path(namespace, body["metadata"]["name"]), body)

    async def apply_status(self, resource: Resource, namespace: str | None, body: Body) -> Body:
        """Server-side apply of `body` on the status subresource; of what has no namespace, that is None."""
        self._permit(resource, "patch", status=True)
        return await self._apply(resource.path(namespace, body["metadata"]["name"], "status"), body)

    async def merge(self, resource: Resource, namespace: str, name: str, patch: Body) -> Body:
        """JSON merge patch: null removes a field; `metadata.uid` is a precondition."""
        self._permit(resource, "patch")
        query = {"fieldManager": self._field_manager}
        return await self._call(
            "PATCH", resource.path(namespace, name), body=patch, query=query, content_type=MERGE
        )

    async def get(self, resource: Resource, namespace: str, name: str) -> Body:
        """One object; raises NotFound."""
        self._permit(resource, "get")
        return await self._call("GET", resource.path(namespace, name))

    async def delete(self, resource: Resource, namespace: str, name: str, *, uid: str) -> None:
        """Delete the object with this very uid, what it owns in the background."""
        self._permit(resource, "delete")
        body = {"propagationPolicy": "Background", "preconditions": {"uid": uid}}
        await self._call("DELETE", resource.path(namespace, name), body=body)

    async def last_line(self, namespace: str, pod: str, container: str) -> str:
        """The last line that a container has written, empty where there is none."""
        self._permit(resources.POD_LOG, "get")
        query = {"container": container, "tailLines": "1", "limitBytes": "1000"}
        path = resources.POD.path(namespace, pod, "log")
        async with self._slots, self._request("GET", path, query=query, timeout=_TIMEOUT) as answer:
            return (await answer.read()).decode(errors="replace").strip()

    async def page(self, resource: Resource, namespace: str | None, query: Mapping[str, str]) -> Body:
        """One page of a LIST; `metadata.continue` of the answer names the next one."""
        self._permit(resource, "list")
        return await self._call("GET", resource.path(namespace), query=query)

    async def watch(
        self, resource: Resource, namespace: str | None, query: Mapping[str, str], *, silence: float
    ) -> AsyncIterator[Body]:
        """The events of a WATCH until the server ends it; raises Unreachable after `silence` seconds of
        nothing.
        """
        self._permit(resource, "watch")
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=silence)
        query = {**query, "watch": "true"}
        async with self._request("GET", resource.path(namespace), query=query, timeout=timeout) as answer:
            rest = b""
            async for chunk in answer.content.iter_any():
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    yield orjson.loads(line)

    async def served(self, resource: Resource) -> bool:
        """Whether the API server serves this kind (whether its CRD is installed)."""
        try:
            listing = await self._call("GET", f"/apis/{resource.group}/{resource.version}")
        except errors.NotFound:
            return False
        return any(entry["name"] == resource.plural for entry in listing["resources"])

    async def _apply(self, path: str, body: Body) -> Body:
        query = {"fieldManager": self._field_manager, "force": "true"}
        return await self._call("PATCH", path, body=body, query=query, content_type=APPLY)

    async def _call(
        self,
        method: str,
        path: str,
        *,
        body: Body | None = None,
        query: Mapping[str, str] | None = None,
        content_type: str = "application/json",
    ) -> Body:
        async with (
            self._slots,
            self._request(
                method, path, body=body, query=query, content_type=content_type, timeout=_TIMEOUT
            ) as answer,
        ):
            return _loads(await answer.read())

    @asynccontextmanager
    async def _request(
        self,
        method: str,
        path: str,
        *,
        body: Body | None = None,
        query: Mapping[str, str] | None = None,
        content_type: str = "application/json",
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 - aiohttp's own
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        data = None if body is None else orjson.dumps(body)
        try:
            access = self._access or await self._renewed(None)
            for may_log_in_again in (True, False):
                headers = {**access.headers, "Content-Type": content_type, "Accept": "application/json"}
                async with self._connection().request(
                    method,
                    access.server + path,
                    params=query,
                    data=data,
                    headers=headers,
                    ssl=access.tls,
                    timeout=timeout,
                    allow_redirects=False,
                ) as answer:
                    _count(method, query, str(answer.status))
                    if answer.status == 401 and may_log_in_again:
                        access = await self._renewed(access)
                        continue
                    await _raise_for(answer, request=f"{method} {path}")
                    yield answer
                    return
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            _count(method, query, "none")
            raise errors.Unreachable(f"{method} {path}: {str(error) or type(error).__name__}") from error

    def _connection(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=60),
                headers={"User-Agent": self._user_agent},
            )
        return self._session

    async def _renewed(self, refused: Access | None) -> Access:
        """Credentials other than those that were `refused`: one login, however many requests ask for it."""
        async with self._logging_in:
            current = self._access
            if current is None or current is refused:
                current = self._access = await self._login()
            return current

    @staticmethod
    def _permit(resource: Resource, verb: str, *, status: bool = False) -> None:
        if verb not in (resource.status_verbs if status else resource.verbs):
            raise AssertionError(f"{verb} on {resource.plural} is not declared in kube/resources.py")


def _count(method: str, query: Mapping[str, str] | None, code: str) -> None:
    metrics.requests.labels("WATCH" if query and "watch" in query else method, code).inc()


async def _raise_for(answer: aiohttp.ClientResponse, *, request: str) -> None:
    if answer.status < 300:
        return
    body = _loads(await answer.read())
    raise errors.from_status(answer.status, body, request=request, retry_after=_retry_after(answer))


def _retry_after(answer: aiohttp.ClientResponse) -> float | None:
    value = answer.headers.get("Retry-After", "")
    return float(value) if value.isdigit() else None


def _loads(raw: bytes) -> Body:
    try:
        body = orjson.loads(raw)
    except ValueError:
        return {"message": raw[:200].decode(errors="replace")}
    return body if isinstance(body, dict) else {"message": str(body)}
