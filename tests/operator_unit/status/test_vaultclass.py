"""The status of a class."""

from datetime import datetime
from typing import Any

from mediavault_operator.rollout import Progress
from mediavault_operator.spec import Problem
from mediavault_operator.status.vaultclass import class_events, class_status, invalid_class_status

DONE = Progress(total=3, updated=3, ready=3, rolling=0, waiting=0)
BUSY = Progress(total=3, updated=1, ready=2, rolling=1, waiting=1)
PAUSED = Progress(total=3, updated=1, ready=2, rolling=1, waiting=1, worse=(("tenant", "films"),))
TROUBLE = {"tenant/films": "the image cannot be had"}


def told(found: Progress, now: datetime, **more: Any) -> dict[str, Any]:
    return class_status(
        generation=4,
        revision="r",
        found=found,
        troubles=TROUBLE if found.worse else {},
        previous=more.get("previous", {}),
        now=now,
    )


def conditions(status: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return {each["type"]: (each["status"], each["reason"]) for each in status["conditions"]}


def test_a_class_is_ready_when_all_its_vaults_have_it(now: datetime) -> None:
    status = told(DONE, now)
    assert conditions(status) == {"Ready": ("True", "RolledOut")}
    assert status["vaults"] == {"total": 3, "updated": 3, "ready": 3, "rolling": 0, "waiting": 0}
    assert (status["observedGeneration"], status["revision"]) == (4, "r")


def test_it_is_reconciling_while_vaults_roll_or_wait(now: datetime) -> None:
    assert conditions(told(BUSY, now)) == {
        "Ready": ("False", "RollingOut"),
        "Reconciling": ("True", "RollingOut"),
    }


def test_it_is_stalled_by_a_vault_that_got_worse_and_names_it(now: datetime) -> None:
    status = told(PAUSED, now)
    assert conditions(status)["Stalled"] == ("True", "RolloutPaused")
    assert "tenant/films: the image cannot be had" in status["conditions"][0]["message"]


def test_a_wrong_class_is_stalled_and_keeps_what_is_known(now: datetime) -> None:
    problems = (Problem(field="spec.defaults.image", message="is wrong"),)
    status = invalid_class_status(generation=5, problems=problems, previous=told(DONE, now), now=now)
    assert conditions(status) == {"Ready": ("False", "InvalidSpec"), "Stalled": ("True", "InvalidSpec")}
    assert status["vaults"]["total"] == 3


def test_a_transition_is_told_once(now: datetime) -> None:
    paused = told(PAUSED, now)
    (event,) = class_events(told(BUSY, now), paused)
    assert (event.type, event.reason) == ("Warning", "RolloutPaused")
    assert class_events(paused, paused) == ()
    (again,) = class_events(paused, told(DONE, now))
    assert (again.type, again.reason) == ("Normal", "RolledOut")
