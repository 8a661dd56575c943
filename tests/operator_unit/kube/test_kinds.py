"""Kinds that a cluster may lack: found when they come, not asked for all the time, gone without harm."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, TypeAlias

import pytest

from mediavault_operator.kube import kinds
from mediavault_operator.kube.client import Body, Client
from mediavault_operator.kube.kinds import LOOK_AGAIN, OptionalKinds
from mediavault_operator.kube.watch import Scope

Answer: TypeAlias = tuple[int, Any]

LACKING: Answer = (404, {"message": "the server could not find the requested resource"})
SERVED: Answer = (200, {"resources": [{"name": "httproutes"}]})
EMPTY: Answer = (200, {"metadata": {"resourceVersion": "1"}, "items": []})


class Nobody:
    """A sink that keeps nothing."""

    def replace(self, scope: Scope, objects: list[Body], resource_version: str) -> None: ...

    def changed(self, scope: Scope, obj: Body) -> None: ...

    def removed(self, scope: Scope, obj: Body) -> None: ...


class Clock:
    """A clock that is set by hand, and an ear for kinds that come and go."""

    def __init__(self) -> None:
        self.now = 0.0
        self.flipped = asyncio.Event()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def optional(client: Client, clock: Clock) -> AsyncIterator[OptionalKinds]:
    found = OptionalKinds(
        client,
        Nobody(),
        namespaces=(None,),
        selector="a=b",
        clock=lambda: clock.now,
        on_change=clock.flipped.set,
    )
    yield found
    found.close()


async def test_a_missing_kind_is_looked_for_again_after_a_minute_and_not_before(
    optional: OptionalKinds, clock: Clock, script: Any
) -> None:
    script.answer(*LACKING)
    for _ in range(3):
        await optional.look(["HTTPRoute"])
    assert len(script.asked) == 1
    clock.now = LOOK_AGAIN
    await optional.look(["HTTPRoute"])
    assert len(script.asked) == 2
    assert optional.served == frozenset()


async def test_a_kind_that_nobody_asks_for_is_not_looked_for(optional: OptionalKinds, script: Any) -> None:
    script.answer(*LACKING)
    await optional.look([])
    assert script.asked == []


async def test_a_served_kind_is_watched_and_never_looked_for_again(
    optional: OptionalKinds, clock: Clock, script: Any
) -> None:
    answers: list[Answer] = [SERVED, EMPTY, (200, [])]
    for answer in answers:
        script.answer(*answer)
    await optional.look(["HTTPRoute"])
    assert optional.served == {"HTTPRoute"}
    clock.now = 2 * LOOK_AGAIN
    await optional.look(["HTTPRoute"])
    assert [each.path for each in script.asked].count("/apis/gateway.networking.k8s.io/v1") == 1


async def test_a_kind_whose_crd_goes_is_missing_and_everybody_hears(
    optional: OptionalKinds, clock: Clock, script: Any
) -> None:
    for answer in (SERVED, EMPTY, LACKING):
        script.answer(*answer)
    await optional.look(["HTTPRoute"])
    async with asyncio.timeout(5):
        await clock.flipped.wait()
    assert optional.served == frozenset()


async def test_a_kind_that_cannot_be_listed_holds_nobody_up(
    optional: OptionalKinds, script: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kinds, "_PATIENCE", 0.05)
    script.answer(*SERVED)
    script.answer(403, {"message": "forbidden"})
    await optional.look(["HTTPRoute"])
    assert optional.served == frozenset()
