"""A vault that waits for its turn tells so, and is as well as it is."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from mediavault_operator.status import events_between, outdated_status

Judge = Callable[..., dict[str, Any]]
Read = Callable[..., dict[str, Any]]
Maker = Callable[..., Any]


def test_a_vault_that_waits_for_its_turn_names_its_class_and_stays_ready(
    judge: Judge, healthy: Maker, condition: Read, now: datetime
) -> None:
    known = judge(healthy())
    status = outdated_status(known, of_class="gold", previous=known, now=now)
    told = condition(status, "Outdated")
    assert (told["status"], told["reason"], told["observedGeneration"]) == (
        "True",
        "WaitsForTurn",
        known["observedGeneration"],
    )
    assert "kubectl describe mediavaultclass gold" in told["message"]
    assert condition(status, "Ready") == condition(known, "Ready")
    assert condition(status, "Reconciling") == {}
    assert events_between(known, status) == ()


def test_a_long_wait_is_written_once(judge: Judge, healthy: Maker, now: datetime) -> None:
    status = outdated_status(judge(healthy()), of_class="gold", previous={}, now=now)
    later = now + timedelta(hours=1)
    again = judge(healthy(), previous=status, at=later)
    assert outdated_status(again, of_class="gold", previous=status, now=later) == status
