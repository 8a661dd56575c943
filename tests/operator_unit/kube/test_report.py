"""What the writer of the status makes of a refusal."""

from datetime import UTC, datetime
from typing import Any

import pytest

from mediavault_operator.kube import errors
from mediavault_operator.kube.cache import Vaults, key_of
from mediavault_operator.kube.client import Client
from mediavault_operator.kube.events import Announcer
from mediavault_operator.kube.report import Reporter

Script = Any

VAULT = {"metadata": {"name": "demo", "namespace": "films", "uid": "1", "resourceVersion": "7"}}


def now() -> datetime:
    return datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def reporter(client: Client) -> Reporter:
    vaults = Vaults()
    vaults.put(VAULT)
    return Reporter(client, vaults, Announcer(client, instance="us", now=now), now=now)


async def test_a_vault_that_is_not_there_is_forgotten(reporter: Reporter, script: Script) -> None:
    script.answer(404, {"reason": "NotFound"})
    await reporter.write(VAULT, {})
    assert reporter.vaults.get(key_of(VAULT)) is None


async def test_a_conflict_is_tried_again_and_nothing_is_forgotten(reporter: Reporter, script: Script) -> None:
    script.answer(409, {"reason": "Conflict"})
    with pytest.raises(errors.Conflict):
        await reporter.write(VAULT, {})
    assert reporter.vaults.get(key_of(VAULT)) == VAULT
