"""Events: nobody waits for them, and none is lost at an orderly end."""

from datetime import UTC, datetime
from typing import Any

from mediavault_operator.kube import resources
from mediavault_operator.kube.client import Client
from mediavault_operator.kube.events import Announcer
from mediavault_operator.status import Event

Script = Any

VAULT = {"metadata": {"name": "demo", "namespace": "films", "uid": "1", "resourceVersion": "7"}}
HAPPENED = Event(type="Normal", reason="Ready", message="all is well")


def announcer(client: Client) -> Announcer:
    return Announcer(client, instance="us", now=lambda: datetime(2026, 1, 1, tzinfo=UTC))


async def test_an_event_is_posted_without_waiting_and_before_the_end(client: Client, script: Script) -> None:
    script.answer(201, {})
    posting = announcer(client)
    posting.post_soon(resources.VAULT, VAULT, HAPPENED)
    assert not script.asked
    await posting.posted()
    assert [request.method for request in script.asked] == ["POST"]


async def test_an_event_that_is_refused_hurts_nobody(client: Client, script: Script) -> None:
    script.answer(403, {"reason": "Forbidden"})
    posting = announcer(client)
    posting.post_soon(resources.VAULT, VAULT, HAPPENED)
    await posting.posted()
    await posting.posted()


async def test_events_beyond_a_thousand_are_dropped_instead_of_filling_the_memory(
    client: Client, script: Script
) -> None:
    script.answer(201, {})
    posting = announcer(client)
    for _ in range(1100):
        posting.post_soon(resources.VAULT, VAULT, HAPPENED)
    await posting.posted()
    assert len(script.asked) == 1000
