"""When the Lease may be taken, and what is written then."""

from datetime import UTC, datetime
from typing import Any

import pytest

from mediavault_operator.kube.client import Client
from mediavault_operator.kube.lease import HELD_SECONDS, Lease

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def lease(client: Client, clock: Clock) -> Lease:
    return Lease(client=client, namespace="ns", name="it", identity="me", clock=clock, now=lambda: NOON)


def held_by(holder: str, *, renewed: str = "2026-01-01T00:00:00Z", version: str = "7") -> dict[str, Any]:
    spec = {
        "holderIdentity": holder,
        "leaseDurationSeconds": HELD_SECONDS,
        "acquireTime": "2025-12-31T00:00:00.000000Z",
        "renewTime": renewed,
        "leaseTransitions": 3,
    }
    return {"metadata": {"name": "it", "resourceVersion": version}, "spec": spec}


async def test_a_lease_that_is_not_there_is_made(lease: Lease, script: Any) -> None:
    script.answer(404, {})
    script.answer(201, held_by("me"))
    assert await lease.hold()
    assert [each.method for each in script.asked] == ["GET", "POST"]


async def test_one_that_another_makes_in_the_same_moment_is_left_alone(lease: Lease, script: Any) -> None:
    script.answer(404, {})
    script.answer(409, {"reason": "AlreadyExists"})
    assert not await lease.hold()


async def test_another_holds_it_for_as_long_as_it_says_by_our_own_clock(
    lease: Lease, script: Any, clock: Clock
) -> None:
    script.answer(200, held_by("other"))
    assert not await lease.hold()
    clock.seconds = HELD_SECONDS - 0.1
    assert not await lease.hold()
    assert {each.method for each in script.asked} == {"GET"}
    clock.seconds = HELD_SECONDS
    await lease.hold()
    assert script.asked[-1].method == "PATCH"


async def test_a_renewal_of_the_other_begins_its_time_anew(lease: Lease, script: Any, clock: Clock) -> None:
    script.answer(200, held_by("other"))
    script.answer(200, held_by("other", renewed="2026-01-01T00:00:02.000000Z"))
    await lease.hold()
    clock.seconds = HELD_SECONDS - 1
    await lease.hold()
    clock.seconds = HELD_SECONDS + 1
    assert not await lease.hold()


async def test_somebody_who_was_quicker_keeps_it(lease: Lease, script: Any) -> None:
    script.answer(200, held_by(""))
    script.answer(409, {"reason": "Conflict"})
    assert not await lease.hold()


async def test_a_free_lease_is_taken_and_counts_a_transition(lease: Lease, script: Any) -> None:
    script.answer(200, held_by(""))
    script.answer(200, held_by("me", version="8"))
    assert await lease.hold()
    assert lease.holder == "me"


async def test_only_the_holder_releases_it(lease: Lease, script: Any) -> None:
    script.answer(200, held_by("other"))
    await lease.hold()
    await lease.release()
    assert {each.method for each in script.asked} == {"GET"}
