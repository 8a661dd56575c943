"""The work queue: vaults that have news, each served by one worker at a time.

News that arrive while a vault is being served make it due again, once, however many they are. A failure
makes it due again after a delay that doubles, is spread by chance, and never undercuts what the server
asked for.
"""

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable, Hashable
from typing import Final, Generic, TypeVar

from mediavault_operator import metrics
from mediavault_operator.kube import errors
from mediavault_operator.kube.delays import backoff, spread

log = logging.getLogger(__name__)

K = TypeVar("K", bound=Hashable)

FIRST_DELAY: Final = 0.5
LONGEST_DELAY: Final = 300.0
PATIENCE: Final = 10.0
"""Seconds for which what may wait lets others pass after a start."""


class WorkQueue(Generic[K]):
    """Keys to be served by `serve`, at most `workers` of them at once.

    `serve` returns the seconds after which it wants to look again, or None. `clock` gives seconds, monotonic.
    Of the keys that are due when work begins, as all are after a start, those that `may_wait` let others pass
    that become due in the next seconds.
    """

    def __init__(
        self,
        serve: Callable[[K], Awaitable[float | None]],
        *,
        workers: int,
        clock: Callable[[], float],
        may_wait: Callable[[K], bool] = lambda _: False,
    ) -> None:
        self._serve = serve
        self._workers = workers
        self._clock = clock
        self._may_wait = may_wait
        self._begun = False
        self._line: asyncio.PriorityQueue[tuple[float, int, K]] = asyncio.PriorityQueue()
        self._places: dict[K, tuple[float, int, K]] = {}
        self._numbers = itertools.count()
        self._since: dict[K, float] = {}
        self._active: set[K] = set()
        self._started: dict[K, float] = {}
        self._later: dict[K, tuple[float, asyncio.TimerHandle]] = {}
        self._failures: dict[K, int] = {}
        self._not_before: dict[K, float] = {}

    def add(self, key: K) -> None:
        """Make a key due now, if it is not already, or as soon as the server lets us ask again."""
        if (wait := self._not_before.pop(key, 0.0) - self._clock()) > 0:
            self._not_before[key] = self._clock() + wait
            self.add_later(key, wait)
            return
        self._cancel_later(key)
        self._since.setdefault(key, self._clock())
        if self._begun and key not in self._active:
            self._stand(key, self._clock())

    def add_later(self, key: K, delay: float) -> None:
        """Make a key due in `delay` seconds, unless it is due sooner anyway."""
        at = self._clock() + delay
        if key in self._since or (key in self._later and self._later[key][0] <= at):
            return
        self._cancel_later(key)
        self._later[key] = (at, asyncio.get_running_loop().call_later(delay, self._ripen, key))

    def oldest_age(self) -> float:
        """Seconds for which the oldest key has been due, or being served, without an end; 0 at rest."""
        waiting = (*self._since.values(), *self._started.values())
        return self._clock() - min(waiting) if waiting else 0.0

    def depth(self) -> int:
        """How many keys are due or being served."""
        return len(self._since.keys() | self._active)

    async def run(self) -> None:
        """Serve until cancelled."""
        self._begun = True
        for key in self._since:
            self._stand(key, self._clock() + (PATIENCE if self._may_wait(key) else 0.0))
        async with asyncio.TaskGroup() as group:
            for _ in range(self._workers):
                group.create_task(self._work())

    async def _work(self) -> None:
        while True:
            key = await self._next()
            self._started[key] = self._since.pop(key)
            self._active.add(key)
            try:
                await self._serve_one(key)
            finally:
                self._active.discard(key)
                del self._started[key]
                if key in self._since:
                    self._stand(key, self._clock())

    def _stand(self, key: K, at: float) -> None:
        """Give a due key its place in the line, or a better one than it has."""
        if key in self._places and self._places[key][0] <= at:
            return
        self._places[key] = place = (at, next(self._numbers), key)
        self._line.put_nowait(place)

    async def _next(self) -> K:
        while True:
            place = await self._line.get()
            key = place[-1]
            if self._places.get(key) is place:  # else it has left this place for a better one
                del self._places[key]
                return key

    async def _serve_one(self, key: K) -> None:
        try:
            again = await self._serve(key)
        except errors.ApiError as error:
            metrics.errors.labels(type(error).__name__).inc()
            self._fail(key, error, retry=error.retry, at_least=error.retry_after)
        except Exception as error:  # one vault's bug must not stop the others
            log.exception("serving %s failed", key)
            metrics.errors.labels("Unexpected").inc()
            self._fail(key, error, retry=True, at_least=None)
        else:
            self._failures.pop(key, None)
            if again is not None:
                self.add_later(key, again)

    def _fail(self, key: K, error: Exception, *, retry: bool, at_least: float | None) -> None:
        if not retry:
            self._failures.pop(key, None)
            log.warning("serving %s failed until something changes: %s", key, error)
            return
        failures = self._failures[key] = self._failures.get(key, 0) + 1
        delay = max(backoff(failures, first=FIRST_DELAY, longest=LONGEST_DELAY), at_least or 0.0)
        if at_least is not None:
            self._not_before[key] = self._clock() + at_least
            self._since.pop(key, None)  # what came meanwhile waits as well
        log.warning("serving %s failed, trying again in %.1f s: %s", key, delay, error)
        self.add_later(key, delay)

    def _ripen(self, key: K) -> None:
        del self._later[key]
        self.add(key)

    def _cancel_later(self, key: K) -> None:
        if (later := self._later.pop(key, None)) is not None:
            later[1].cancel()


async def resync(
    keys: Callable[[], tuple[K, ...]], add_later: Callable[[K, float], None], *, period: float
) -> None:
    """Every `period` seconds make every key due at some moment of the next period: a net under the
    watches.
    """
    while True:
        for key in keys():
            add_later(key, spread(period, 0.0, 1.0))
        await asyncio.sleep(spread(period, 0.9, 1.1))
