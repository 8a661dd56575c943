"""Kinds that a cluster may lack: looked for at the start, watched where they are served, and looked for
again only while somebody wants one that is missing.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from mediavault_operator.kube import errors
from mediavault_operator.kube.client import Client
from mediavault_operator.kube.resources import OPTIONAL, Resource
from mediavault_operator.kube.watch import Scope, Sink, Watch

log = logging.getLogger(__name__)

LOOK_AGAIN: Final = 60.0
"""Seconds between two looks for a kind that is missing."""
_PATIENCE: Final = 15.0


@dataclass(frozen=True)
class _Followed:
    watches: tuple[Watch, ...]
    tasks: tuple[asyncio.Task[None], ...]

    @property
    def shows(self) -> bool:
        """Whether every watch has listed and none was told that the kind is gone."""
        return all(watch.listed.is_set() and not watch.missing for watch in self.watches)


class OptionalKinds:
    """Which of the optional kinds are served; `clock` counts seconds. `on_change` hears when one came."""

    def __init__(
        self,
        client: Client,
        sink: Sink,
        *,
        namespaces: tuple[str | None, ...],
        selector: str,
        clock: Callable[[], float],
        on_change: Callable[[], None],
    ) -> None:
        self._client = client
        self._sink = sink
        self._namespaces = namespaces
        self._selector = {"labelSelector": selector}
        self._clock = clock
        self._on_change = on_change
        self._followed: dict[str, _Followed] = {}
        self._looked: dict[str, float] = {}
        self._looking = asyncio.Lock()

    @property
    def served(self) -> frozenset[str]:
        """The kinds that can be applied now."""
        return frozenset(kind for kind, followed in self._followed.items() if followed.shows)

    async def look(self, kinds: Iterable[str]) -> None:
        """Look for those of `kinds` that are missing, each at most once a minute."""
        for resource in OPTIONAL:
            if resource.kind in kinds and resource.kind not in self._followed:
                async with self._looking:
                    await self._look(resource)

    def close(self) -> None:
        """Stop every watch."""
        for followed in self._followed.values():
            for task in followed.tasks:
                task.cancel()
        self._followed.clear()

    async def _look(self, resource: Resource) -> None:
        last = self._looked.get(resource.kind)
        if resource.kind in self._followed or (last is not None and self._clock() < last + LOOK_AGAIN):
            return
        self._looked[resource.kind] = self._clock()
        try:
            if await self._client.served(resource):
                await self._follow(resource)
        except errors.ApiError as error:
            log.warning("cannot tell whether %s are served: %s", resource.plural, error)

    async def _follow(self, resource: Resource) -> None:
        scopes = [Scope(resource, namespace, self._selector) for namespace in self._namespaces]
        watches = tuple(Watch(self._client, scope, self._sink, on_flip=self._on_change) for scope in scopes)
        tasks = tuple(asyncio.create_task(watch.run()) for watch in watches)
        self._followed[resource.kind] = _Followed(watches, tasks)
        try:
            async with asyncio.timeout(_PATIENCE):
                for watch in watches:
                    await watch.listed.wait()
        except TimeoutError:
            log.warning("%s are served, but cannot be listed yet", resource.plural)
