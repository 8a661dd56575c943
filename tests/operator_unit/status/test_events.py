"""Events: transitions only, each once."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from mediavault_operator.observed import Failure
from mediavault_operator.spec import Problem
from mediavault_operator.status import events_between, refused_status

Judge = Callable[..., dict[str, Any]]
Maker = Callable[..., Any]
QUOTA = Failure(kind="Deployment", name="photos", reason="Forbidden", message="exceeded quota")


def told(previous: dict[str, Any], current: dict[str, Any]) -> list[tuple[str, str]]:
    return [(event.type, event.reason) for event in events_between(previous, current)]


def test_nothing_happens_where_nothing_changes(judge: Judge, healthy: Maker) -> None:
    status = judge(healthy())
    assert told(status, status) == []


def test_a_new_vault_tells_of_its_migration_and_that_it_serves(judge: Judge, healthy: Maker) -> None:
    first, migrated, ready = judge({}), judge(healthy(deployment=None)), judge(healthy())
    assert told({}, first) == []
    assert told(first, migrated) == [("Normal", "Migrated")]
    assert told(migrated, ready) == [("Normal", "Serving")]


def test_trouble_is_a_warning_once_and_its_end_is_told(judge: Judge, healthy: Maker) -> None:
    well, ill = judge(healthy()), judge(healthy(failures=(QUOTA,)))
    assert told(well, ill) == [("Warning", "QuotaExceeded")]
    assert told(ill, ill) == []
    assert told(ill, well) == [("Normal", "Serving")]


def test_another_trouble_is_another_warning(judge: Judge, healthy: Maker) -> None:
    one = judge(healthy(failures=(QUOTA,)))
    other = judge(
        healthy(failures=(QUOTA, Failure(kind="Job", name="x", reason="Conflict", message="taken")))
    )
    assert told(one, other) == [("Warning", "NameTaken")]


def test_a_refused_spec_is_a_warning(judge: Judge, healthy: Maker, now: datetime) -> None:
    well = judge(healthy())
    problems = (Problem(field="spec.image", message="wrong"),)
    refused = refused_status(generation=4, problems=problems, serving={}, previous=well, now=now)
    (event,) = events_between(well, refused)
    assert (event.type, event.reason, event.message) == ("Warning", "InvalidSpec", "spec.image: wrong")


def test_an_update_begins_and_ends_with_an_event(judge: Judge, healthy: Maker, deployment: Maker) -> None:
    well = judge(healthy())
    rolling = judge(healthy(deployment=deployment(updatedReplicas=0)), previous=well)
    assert told(well, rolling) == [("Normal", "RollingOut")]
    assert told(rolling, well) == [("Normal", "Serving")]


def test_suspending_is_told(judge: Judge, healthy: Maker) -> None:
    assert told(judge(healthy()), judge(healthy(), {"suspend": True})) == [("Normal", "Suspended")]


def test_a_pending_load_balancer_is_told_once(judge: Judge, healthy: Maker) -> None:
    pending = judge(healthy(), {"service": {"type": "LoadBalancer"}})
    assert ("Normal", "LoadBalancerPending") in told(judge(healthy()), pending)
    assert told(pending, pending) == []
