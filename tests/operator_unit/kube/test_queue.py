"""The work queue: one worker per key, nothing lost, nothing served twice in vain."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from mediavault_operator.kube import errors
from mediavault_operator.kube.delays import backoff
from mediavault_operator.kube.queue import WorkQueue

Serve = Callable[[str], Awaitable[float | None]]


@asynccontextmanager
async def running(
    serve: Serve, *, workers: int = 4, may_wait: Callable[[str], bool] = lambda _: False
) -> AsyncIterator[WorkQueue[str]]:
    clock = asyncio.get_running_loop().time
    queue: WorkQueue[str] = WorkQueue(serve, workers=workers, clock=clock, may_wait=may_wait)
    task = asyncio.create_task(queue.run())
    try:
        yield queue
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_news_of_one_key_are_served_once() -> None:
    served: list[str] = []

    async def serve(key: str) -> None:
        served.append(key)

    async with running(serve) as queue:
        for _ in range(5):
            queue.add("a")
        queue.add("b")
        await asyncio.sleep(0.02)
    assert sorted(served) == ["a", "b"]


async def test_a_key_is_never_served_by_two_workers_and_news_meanwhile_are_served_after() -> None:
    at_once = most = count = 0

    async def serve(key: str) -> None:
        nonlocal at_once, most, count
        at_once += 1
        most, count = max(most, at_once), count + 1
        await asyncio.sleep(0.02)
        at_once -= 1

    async with running(serve) as queue:
        queue.add("a")
        await asyncio.sleep(0.01)
        queue.add("a")
        queue.add("a")
        await asyncio.sleep(0.08)
    assert (most, count) == (1, 2)


async def test_one_slow_key_does_not_hold_up_others() -> None:
    served: list[str] = []
    last = asyncio.Event()

    async def serve(key: str) -> None:
        await asyncio.sleep(10 if key == "slow" else 0)
        served.append(key)
        if key == "c":
            last.set()

    async with running(serve, workers=2) as queue, asyncio.timeout(5):
        for key in ("slow", "a", "b", "c"):
            queue.add(key)
        await last.wait()
    assert served == ["a", "b", "c"]


async def test_after_a_start_who_may_wait_lets_others_pass_but_not_who_has_news() -> None:
    served: list[str] = []

    async def serve(key: str) -> None:
        served.append(key)
        await asyncio.sleep(0.01)

    async with running(serve, workers=1, may_wait=lambda key: key != "new") as queue:
        for key in ("a", "b", "c", "new"):
            queue.add(key)
        await asyncio.sleep(0.005)
        queue.add("c")
        queue.add("newer")
        await asyncio.sleep(0.1)
    assert served == ["new", "c", "newer", "a", "b"]


async def test_nobody_waits_for_ever_however_busy_others_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mediavault_operator.kube.queue.PATIENCE", 0.02)
    settled = asyncio.Event()

    async def serve(key: str) -> float:
        if key == "settled":
            settled.set()
        await asyncio.sleep(0.001)
        return 0.0

    async with running(serve, workers=1, may_wait=lambda key: key == "settled") as queue, asyncio.timeout(5):
        for key in ("settled", "busy", "busier"):
            queue.add(key)
        await settled.wait()


async def test_a_failure_that_may_pass_is_tried_again() -> None:
    tries = 0

    async def serve(key: str) -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise errors.Unreachable("gone")

    async with running(serve) as queue:
        queue.add("a")
        await asyncio.sleep(0.7)
    assert tries == 2


async def test_a_failure_that_stays_is_not_tried_again_until_there_are_news() -> None:
    tries = 0

    async def serve(key: str) -> None:
        nonlocal tries
        tries += 1
        raise errors.Invalid("no")

    async with running(serve) as queue:
        queue.add("a")
        await asyncio.sleep(0.7)
        assert tries == 1
        queue.add("a")
        await asyncio.sleep(0.02)
    assert tries == 2


async def test_news_do_not_undercut_the_wait_that_the_server_asked_for() -> None:
    times: list[float] = []

    async def serve(key: str) -> None:
        times.append(asyncio.get_running_loop().time())
        if len(times) == 1:
            raise errors.ServerBusy("later", retry_after=1.0)

    async with running(serve) as queue:
        queue.add("a")
        await asyncio.sleep(0.05)
        queue.add("a")
        await asyncio.sleep(1.3)
    assert len(times) == 2
    assert times[1] - times[0] >= 1.0


@pytest.mark.parametrize("meanwhile", ["news", "an earlier look"])
async def test_what_comes_while_the_server_asks_for_patience_waits_and_is_not_lost(meanwhile: str) -> None:
    times: list[float] = []
    again = asyncio.Event()

    async def serve(key: str) -> None:
        times.append(asyncio.get_running_loop().time())
        if len(times) > 1:
            again.set()
            return
        if meanwhile == "news":
            queue.add(key)
        else:
            queue.add_later(key, 0.01)
        raise errors.ServerBusy("later", retry_after=0.2)

    async with running(serve) as queue, asyncio.timeout(5):
        queue.add("a")
        await again.wait()
    assert times[1] - times[0] >= 0.2


async def test_a_bug_in_serving_one_key_does_not_stop_the_queue() -> None:
    served: list[str] = []

    async def serve(key: str) -> None:
        if key == "bad":
            raise ZeroDivisionError
        served.append(key)

    async with running(serve, workers=1) as queue:
        queue.add("bad")
        queue.add("good")
        await asyncio.sleep(0.02)
    assert served == ["good"]


async def test_a_served_key_can_ask_to_be_looked_at_again() -> None:
    count = 0

    async def serve(key: str) -> float | None:
        nonlocal count
        count += 1
        return 0.01 if count < 3 else None

    async with running(serve) as queue:
        queue.add("a")
        await asyncio.sleep(0.1)
    assert count == 3


async def test_the_age_of_the_oldest_change_grows_while_it_is_not_served() -> None:
    async def serve(key: str) -> None:
        await asyncio.sleep(10)

    async with running(serve, workers=1) as queue:
        assert queue.oldest_age() == 0
        queue.add("a")
        await asyncio.sleep(0.05)
        assert queue.oldest_age() >= 0.04


async def test_a_key_that_waits_for_its_next_try_does_not_count_as_stuck() -> None:
    async def serve(key: str) -> None:
        raise errors.Unreachable("gone")

    async with running(serve) as queue:
        queue.add("a")
        await asyncio.sleep(0.05)
        assert queue.oldest_age() == 0


def test_waits_double_up_to_a_bound() -> None:
    waits = [backoff(failures, first=1.0, longest=60.0) for failures in (1, 2, 3, 50)]
    bounds = [(0.5, 1.0), (1.0, 2.0), (2.0, 4.0), (30.0, 60.0)]
    assert all(low <= wait <= high for wait, (low, high) in zip(waits, bounds, strict=True))
