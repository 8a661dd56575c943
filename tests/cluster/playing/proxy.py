"""A proxy before the API server: it numbers each vault's writes and events, and does to them what is asked.

Vaults are told apart by the first word of the names of their objects, so they have no dash in theirs.
"""

import asyncio
import json
import ssl
import threading
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import aiohttp
from aiohttp import web
from kubernetes import config

_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_NOBODYS_STATE = frozenset({"events", "leases"})
_FORWARDED = ("Content-Type", "Accept", "User-Agent")
_ANSWERED = ("Content-Type", "Retry-After")


@dataclass(frozen=True)
class Answer:
    """What the operator is told: a status, a body and some headers."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


Send: TypeAlias = Callable[[], Awaitable[Answer]]
WriteFault: TypeAlias = Callable[[Send], Awaitable[Answer | None]]
"""Answers a write, having sent it on or not; None resets the connection."""
EventFault: TypeAlias = Callable[[bytes], "Told"]


class Told(NamedTuple):
    """The lines that are told instead of one line of a watch, and the seconds after which it ends, if at all.

    Nothing else is told until then.
    """

    lines: tuple[bytes, ...]
    ends_in: float | None = None


@dataclass
class Proxy:
    """What was seen, and what is to be done, by vault and number: the first write or event is 1.

    The writes of one vault are sent on one by one. What still waits when an operator was killed (which is
    counted in `lives`) is never sent. `done` are the vaults whose fault came to pass.
    """

    kubeconfig: Path
    write_faults: dict[tuple[str, int], WriteFault] = field(default_factory=dict)
    event_faults: dict[tuple[str, int], EventFault] = field(default_factory=dict)
    writes: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    events: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    done: set[str] = field(default_factory=set)
    lives: int = 0
    _one_by_one: defaultdict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))

    async def write(self, vault: str, what: str, send: Send) -> Answer | None:
        """The answer to a write, None where the connection is to be reset."""
        life = self.lives
        async with self._one_by_one[vault]:
            if life != self.lives:
                return None
            self.writes[vault].append(what)
            number = len(self.writes[vault])
            fault = self.write_faults.get((vault, number))
            if fault is None:
                return await send()
            self.done.add(vault)
            return await fault(send)

    def event(self, line: bytes) -> Told:
        """What is to be told for one line of a watch."""
        vault = _vault_of(json.loads(line)["object"].get("metadata", {}).get("name", ""))
        self.events[vault] += 1
        fault = self.event_faults.get((vault, self.events[vault]))
        if fault is None:
            return Told((line,))
        self.done.add(vault)
        return fault(line)

    def begin_again(self) -> None:
        """Number writes and events anew."""
        self.writes.clear()
        self.events.clear()

    def quiet(self, seconds: float = 2) -> bool:
        """Whether nothing is written for some time."""
        before = sum(map(len, self.writes.values()))
        time.sleep(seconds)
        return sum(map(len, self.writes.values())) == before


@contextmanager
def proxying(kubeconfig: Path, folder: Path) -> Iterator[Proxy]:
    """A proxy before the API server of `kubeconfig`; the operator gets the proxy's own `kubeconfig`."""
    proxy, loop = Proxy(folder / "through-the-proxy"), asyncio.new_event_loop()
    stop, started = asyncio.Event(), threading.Event()
    serving = _serve(proxy, kubeconfig, started, stop)
    thread = threading.Thread(target=loop.run_until_complete, args=(serving,))
    thread.start()
    started.wait(10)
    try:
        yield proxy
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


async def _serve(proxy: Proxy, kubeconfig: Path, started: threading.Event, stop: asyncio.Event) -> None:
    access = config.new_client_from_config(str(kubeconfig)).configuration  # type: ignore[no-untyped-call]
    trust = ssl.create_default_context(cafile=access.ssl_ca_cert)
    if access.cert_file:
        trust.load_cert_chain(access.cert_file, access.key_file)
    connector = aiohttp.TCPConnector(ssl=trust, limit=0)
    timeout = aiohttp.ClientTimeout(total=None)
    async with aiohttp.ClientSession(access.host, connector=connector, timeout=timeout) as server:
        app = web.Application(client_max_size=2**24)
        app.router.add_route("*", "/{path:.*}", partial(_pass_on, proxy, server))
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        _write_kubeconfig(proxy.kubeconfig, runner.addresses[0][1])
        started.set()
        await stop.wait()
        await runner.cleanup()
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)


async def _pass_on(proxy: Proxy, server: aiohttp.ClientSession, request: web.Request) -> web.StreamResponse:
    if request.query.get("watch") == "true":
        return await _watch(proxy, server, request)
    body = await request.read()

    async def send() -> Answer:
        async with _sent(server, request, body) as answer:
            headers = {name: answer.headers[name] for name in _ANSWERED if name in answer.headers}
            return Answer(answer.status, await answer.read(), headers)

    kind, name = _object_of(request.path, body)
    if request.method in _WRITES and name and kind not in _NOBODYS_STATE:
        told = await proxy.write(_vault_of(name), f"{request.method} {kind}/{name}", send)
    else:
        told = await send()
    if told is None:
        return _reset(request)
    return web.Response(status=told.status, body=told.body, headers=told.headers)


async def _watch(proxy: Proxy, server: aiohttp.ClientSession, request: web.Request) -> web.StreamResponse:
    async with _sent(server, request, b"") as answer:
        response = web.StreamResponse(status=answer.status, headers={"Content-Type": "application/json"})
        await response.prepare(request)
        with suppress(ConnectionResetError):  # by an operator that is gone
            async for line in _lines(answer):
                told = proxy.event(line) if answer.ok else Told((line,))
                await response.write(b"".join(each + b"\n" for each in told.lines))
                if told.ends_in is not None:
                    await asyncio.sleep(told.ends_in)
                    return _reset(request)
    return response


def _sent(server: aiohttp.ClientSession, request: web.Request, body: bytes) -> Any:
    headers = {name: request.headers[name] for name in _FORWARDED if name in request.headers}
    return server.request(request.method, request.rel_url, data=body or None, headers=headers)


async def _lines(answer: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    rest = b""
    async for chunk in answer.content.iter_any():
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield line


def _reset(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _object_of(path: str, body: bytes) -> tuple[str, str]:
    """Kind and name of a request's object in a namespace; an empty name where there is none."""
    kind, _, rest = path.partition("/namespaces/")[2].partition("/")[2].partition("/")
    name = rest.partition("/")[0] or (json.loads(body).get("metadata", {}).get("name", "") if body else "")
    return (f"{kind}.status" if rest.endswith("/status") else kind), name


def _vault_of(name: str) -> str:
    return name.partition("-")[0]


def _write_kubeconfig(path: Path, port: int) -> None:
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "proxied", "cluster": {"server": f"http://127.0.0.1:{port}"}}],
        "users": [{"name": "proxied", "user": {}}],
        "contexts": [{"name": "proxied", "context": {"cluster": "proxied", "user": "proxied"}}],
        "current-context": "proxied",
    }
    path.write_text(json.dumps(content), encoding="ascii")
