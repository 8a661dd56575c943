"""A suspended vault."""

from collections.abc import Callable
from typing import Any

import pytest

from mediavault_operator import names

Judge = Callable[..., dict[str, Any]]
Read = Callable[..., dict[str, Any]]
Maker = Callable[..., Any]
RESTING = {"suspend": True}


def test_a_vault_that_rests_is_ready_and_says_so(judge: Judge, healthy: Maker, condition: Read) -> None:
    status = judge(healthy(stateful_set={"metadata": {}, "status": {}}), RESTING)
    assert status["phase"] == "Suspended"
    assert condition(status, "Ready") | {"status": "True", "reason": "Suspended"} == condition(
        status, "Ready"
    )


@pytest.mark.parametrize("component", [names.WEB, names.DATABASE, names.MIGRATE])
def test_it_rests_when_the_last_pod_has_gone(
    judge: Judge, healthy: Maker, pod: Maker, component: str
) -> None:
    assert judge(healthy(pods=(pod(component),)), RESTING)["phase"] == "Suspending"


def test_it_waits_for_no_claim_and_no_migration(
    judge: Judge, healthy: Maker, claim: Maker, condition: Read
) -> None:
    pending = claim(status={"phase": "Pending"})
    status = judge(healthy(media_claim=pending, migration=None, deployment=None), RESTING)
    assert condition(status, "Migrated")["status"] == "False"
    assert condition(status, "Ready")["reason"] == "Suspended"
