"""Reads the figures of vaults that are ready from their pods, slowly and one after the other.

It asks pods, not the API server, without credentials; what an image of a tenant's own answers is bounded and
may be nonsense. A vault becomes due only where its status has something new to tell.
"""

import asyncio
import logging
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp

from mediavault_operator import names
from mediavault_operator.kube.cache import Cache, Key, Vaults
from mediavault_operator.kube.client import Body
from mediavault_operator.kube.delays import spread
from mediavault_operator.observed import component_of, true_condition
from mediavault_operator.status.pods import is_ready
from mediavault_operator.usage import Usage, parse_usage, usage_told

log = logging.getLogger(__name__)

_AT_ONCE: Final = 8
_LONGEST_PAUSE: Final = 30.0
_LARGEST: Final = 4 * 1024 * 1024
_PATIENCE: Final = aiohttp.ClientTimeout(total=10, sock_connect=3)


@dataclass(kw_only=True)
class Usages:
    """The last reading of each vault. `period` is in seconds; 0 reads nothing."""

    vaults: Vaults
    cache: Cache
    period: float
    port: int
    on_change: Callable[[Key], None]
    _readings: dict[Key, Usage] = field(default_factory=dict)
    _next: dict[Key, float] = field(default_factory=dict)

    def of(self, key: Key) -> Usage | None:
        """The last reading since this operator began to work."""
        return self._readings.get(key)

    async def run(self) -> None:
        """Read until cancelled: every ready vault once in a period, the first time within one."""
        if not self.period:
            return
        loop, slots = asyncio.get_running_loop(), asyncio.Semaphore(_AT_ONCE)
        async with self._session() as session, asyncio.TaskGroup() as group:
            while True:
                for key in self._due(loop.time()):
                    await slots.acquire()
                    task = group.create_task(self._read(session, key))
                    task.add_done_callback(lambda _: slots.release())
                await asyncio.sleep(min(_LONGEST_PAUSE, self.period / 20))

    @staticmethod
    def _session() -> aiohttp.ClientSession:
        # What is sent small and grows when it is unpacked would have no bound.
        headers = {"Accept-Encoding": "identity"}
        return aiohttp.ClientSession(timeout=_PATIENCE, headers=headers, auto_decompress=False)

    def _due(self, now: float) -> list[Key]:
        """The vaults whose turn has come; each has its own moment of the period, so that they never crowd."""
        ready = [key for key, body in self.vaults.bodies().items() if _is_ready(body)]
        known = self._next
        self._next = {key: known.get(key, now + spread(self.period, 0.0, 1.0)) for key in ready}
        self._readings = {key: self._readings[key] for key in ready if key in self._readings}
        due = [key for key in ready if self._next[key] <= now]
        self._next.update((key, now + spread(self.period, 0.9, 1.1)) for key in due)
        return due

    async def _read(self, session: aiohttp.ClientSession, key: Key) -> None:
        url = self._address(key)
        if url is None:
            return
        try:
            async with session.get(url, allow_redirects=False) as answer:
                text = await _text(answer)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            log.debug("%s/%s: its figures cannot be read: %s", *key, error)
            return
        self._take(key, parse_usage(text))

    def _take(self, key: Key, usage: Usage | None) -> None:
        body = self.vaults.get(key)
        if usage is None or body is None:
            return
        self._readings[key] = usage
        told = (body.get("status") or {}).get("usage")
        if usage_told(told, usage) != told:
            self.on_change(key)

    def _address(self, key: Key) -> str | None:
        """The figures of some web pod that is ready: they tell of the whole vault, so any will do."""
        pods = [obj for ref, obj in self.cache.of(key).items() if ref.kind == "Pod" and _serves(obj)]
        if not pods:
            return None
        address = str(random.choice(pods)["status"]["podIP"])  # noqa: S311 - nothing here is a secret
        host = f"[{address}]" if ":" in address else address
        return f"http://{host}:{self.port}/metrics"


async def _text(answer: aiohttp.ClientResponse) -> str:
    """The body, empty where it is no figures or too large."""
    raw = bytearray()
    async for chunk in answer.content.iter_any():
        raw += chunk
        if answer.status != 200 or len(raw) > _LARGEST:
            return ""
    return raw.decode(errors="replace")


def _is_ready(vault: Body) -> bool:
    return true_condition(vault, "Ready") is not None


def _serves(pod: dict[str, Any]) -> bool:
    return component_of(pod) == names.WEB and is_ready(pod) and bool(pod["status"].get("podIP"))
