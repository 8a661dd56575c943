"""A paused vault's status: what is the case, and that nothing is done about it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from mediavault_operator.spec import Problem
from mediavault_operator.status import events_between, is_refused, paused_status, refused_status

Judge = Callable[..., dict[str, Any]]
Read = Callable[..., dict[str, Any]]
Maker = Callable[..., Any]


def test_a_paused_vault_goes_on_telling_of_its_parts(
    judge: Judge, healthy: Maker, condition: Read, now: datetime
) -> None:
    known = judge(healthy())
    status = paused_status(known, generation=4, previous=known, now=now)
    assert (condition(status, "Paused")["status"], condition(status, "Paused")["observedGeneration"]) == (
        "True",
        4,
    )
    assert condition(status, "Ready") == condition(known, "Ready")
    assert status["observedGeneration"] == known["observedGeneration"]
    assert paused_status(status, generation=4, previous=status, now=now) == status


def test_a_vault_that_was_paused_from_its_beginning_has_been_seen_by_nobody(now: datetime) -> None:
    status = paused_status({}, generation=1, previous={}, now=now)
    assert (status["observedGeneration"], [each["type"] for each in status["conditions"]]) == (-1, ["Paused"])


def test_a_pause_and_its_end_are_told_once(judge: Judge, healthy: Maker, now: datetime) -> None:
    going = judge(healthy())
    paused = paused_status(going, generation=3, previous=going, now=now)
    assert [event.reason for event in events_between(going, paused)] == ["Paused"]
    assert events_between(paused, paused) == ()
    assert [event.reason for event in events_between(paused, judge(healthy(), previous=paused))] == [
        "Resumed"
    ]


def test_a_refused_spec_that_goes_on_is_paused_no_more(judge: Judge, healthy: Maker, now: datetime) -> None:
    paused = paused_status(judge(healthy()), generation=3, previous={}, now=now)
    problems = (Problem(field="spec", message="wrong"),)
    status = refused_status(generation=4, problems=problems, serving={}, previous=paused, now=now)
    assert "Paused" not in {each["type"] for each in status["conditions"]}
    assert is_refused(status)
    assert not is_refused(paused)
