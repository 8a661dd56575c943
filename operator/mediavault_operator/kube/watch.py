"""One kind of object, listed once and then followed: the operator's only way of reading.

A dropped connection resumes where it was; lost history is listed again; a stream that keeps silent,
without even a bookmark, is taken for dead.
"""

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeVar

from mediavault_operator import metrics
from mediavault_operator.kube import errors
from mediavault_operator.kube.client import Body, Client
from mediavault_operator.kube.delays import backoff, spread
from mediavault_operator.kube.resources import Resource

log = logging.getLogger(__name__)

T = TypeVar("T")

PAGE: Final = 250
SILENCE: Final = 75.0
"""Seconds without a byte after which a stream is dead; the server sends bookmarks each minute."""
LONG_SILENCE: Final = 330.0
"""The same where the server has no bookmarks, as for Events: more than the life of a stream."""
_RECONNECT: Final = 0.1
_STREAM: Final = 300.0
"""Seconds after which a stream ends and is resumed, so that no connection lives for ever."""


@dataclass(frozen=True)
class Scope:
    """What one watch sees: a kind, in one namespace or (None) in all, where `selector` (query parameters)
    fits.
    """

    resource: Resource
    namespace: str | None
    selector: Mapping[str, str]


class Sink(Protocol):
    """Where a watch tells what it sees."""

    def replace(self, scope: Scope, objects: list[Body], resource_version: str) -> None:
        """These, and no others, exist in `scope` at `resource_version`."""

    def changed(self, scope: Scope, obj: Body) -> None:
        """An object is new, or has changed."""

    def removed(self, scope: Scope, obj: Body) -> None:
        """An object is gone, or left the selector; `obj` is its last state."""


class Watch:
    """A LIST and the WATCHes after it; `listed` is set when the first LIST has been told to `sink`.

    `missing` says that the kind is not served, `forbidden` that the right to see it is missing; `on_flip`
    hears when either changes.
    """

    def __init__(
        self,
        client: Client,
        scope: Scope,
        sink: Sink,
        *,
        silence: float = SILENCE,
        on_flip: Callable[[], None] = lambda: None,
    ) -> None:
        self._client = client
        self._scope = scope
        self._sink = sink
        self._silence = silence
        self._version: str | None = None
        self._on_flip = on_flip
        self.missing = False
        self.forbidden = False
        self.listed = asyncio.Event()

    async def run(self) -> None:
        """Follow until cancelled."""
        failures = 0
        while True:
            began, ended = self._version, "ended"
            try:
                if self._version is None:
                    await self._list()
                await self._follow(self._version or "")
                failures = 0
            except errors.Expired as error:
                self._version, ended = None, type(error).__name__
            except errors.ApiError as error:
                ended = type(error).__name__
                self._tell(error)
                failures = failures + 1 if self._version == began else 1
                await self._pause(error, failures)
            metrics.watch_restarts.labels(self._scope.resource.kind, ended).inc()
            await asyncio.sleep(spread(_RECONNECT, 0.5, 1.0))

    async def _list(self) -> None:
        objects, version = await listing(self._client, self._scope)
        self._sink.replace(self._scope, objects, version)
        self._version = version
        self.listed.set()
        self._tell(None)

    async def _follow(self, version: str) -> None:
        query = {
            **self._scope.selector,
            "resourceVersion": version,
            "allowWatchBookmarks": "true",
            "timeoutSeconds": str(int(spread(_STREAM, 0.8, 1.0))),
        }
        stream = self._client.watch(self._scope.resource, self._scope.namespace, query, silence=self._silence)
        async for event in stream:
            self._take(event["type"], event["object"])

    def _take(self, kind: str, obj: Body) -> None:
        if kind == "ERROR":
            raise errors.from_status(
                obj.get("code", 500), obj, request=f"watch {self._scope.resource.plural}"
            )
        if kind in ("ADDED", "MODIFIED"):
            self._sink.changed(self._scope, trimmed(self._scope.resource, obj))
        elif kind == "DELETED":
            self._sink.removed(self._scope, trimmed(self._scope.resource, obj))
        self._version = obj["metadata"]["resourceVersion"]

    def _tell(self, error: errors.ApiError | None) -> None:
        known = (self.missing, self.forbidden)
        self.missing = isinstance(error, errors.NotFound)
        self.forbidden = isinstance(error, errors.Forbidden)
        if known != (self.missing, self.forbidden):
            self._on_flip()

    async def _pause(self, error: errors.ApiError, failures: int) -> None:
        delay = max(backoff(failures, first=0.2, longest=30.0), error.retry_after or 0.0)
        where = f" in namespace {self._scope.namespace}" if self._scope.namespace else ""
        log.warning(
            "cannot watch %s%s, trying again in %.1f s: %s", self._scope.resource.plural, where, delay, error
        )
        await asyncio.sleep(delay)


async def listing(client: Client, scope: Scope) -> tuple[list[Body], str]:
    """Everything in `scope`, trimmed, and the resourceVersion it was true at; asked for page by page."""
    objects: list[Body] = []
    query = {**scope.selector, "limit": str(PAGE)}
    while True:
        page = await client.page(scope.resource, scope.namespace, query)
        objects += [trimmed(scope.resource, item) for item in page["items"]]
        if not (more := page["metadata"].get("continue")):
            return objects, page["metadata"]["resourceVersion"]
        query["continue"] = more


async def insisting(read: Callable[[], Awaitable[T]]) -> T:
    """What `read` returns, tried until the API server answers it."""
    failures = 0
    while True:
        try:
            return await read()
        except errors.ApiError as error:
            failures += 1
            delay = max(backoff(failures, first=0.2, longest=30.0), error.retry_after or 0.0)
            log.warning("trying again in %.1f s: %s", delay, error)
            await asyncio.sleep(delay)


def trimmed(resource: Resource, obj: Body) -> Body:
    """`obj` without what the operator never looks at; lists leave out kind and apiVersion, so they are
    set.
    """
    metadata = {name: value for name, value in obj["metadata"].items() if name not in _NOISE}
    rest = {name: value for name, value in obj.items() if name != "metadata"}
    if resource.kind == "Pod":
        containers = [{"name": container["name"]} for container in obj["spec"]["containers"]]
        rest = {"spec": {"containers": containers}, "status": obj.get("status", {})}
    kept = {**rest, "kind": resource.kind, "apiVersion": resource.api_version, "metadata": metadata}
    return {sys.intern(name): _shared(value) for name, value in kept.items()}


def _shared(value: Any) -> Any:
    """The same value, its names and short texts held once for all objects: with many, a third less memory."""
    if isinstance(value, dict):
        return {sys.intern(name): _shared(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_shared(each) for each in value]
    return sys.intern(value) if type(value) is str and len(value) <= _SHORT else value


_NOISE: Final = frozenset({"managedFields", "selfLink"})
_SHORT: Final = 64
