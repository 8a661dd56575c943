"""What becomes of a child that the API server would not take at once."""

from typing import Any

import pytest

from mediavault_operator import names
from mediavault_operator.kube import errors
from mediavault_operator.kube.apply import Applier
from mediavault_operator.kube.cache import Cache, Key
from mediavault_operator.kube.client import MERGE, Client

Script = Any

KEY = Key("films", "demo")
CONFLICT = {"reason": "Conflict", "message": "the object has been modified"}
SERVICE: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {
        "name": "demo",
        "namespace": "films",
        "labels": {names.VAULT_LABEL: "demo"},
        "annotations": {names.VAULT_UID_ANNOTATION: "1"},
    },
}


@pytest.fixture
def applier(client: Client) -> Applier:
    return Applier(client, Cache(label=names.VAULT_LABEL, on_change=lambda key: None))


async def test_a_name_that_was_taken_and_is_free_again_is_tried_again(
    applier: Applier, script: Script
) -> None:
    script.answer(409, CONFLICT)
    script.answer(404, {"reason": "NotFound"})
    outcome = await applier.apply(KEY, [SERVICE], [], uid="1")
    assert [failure.reason for failure in outcome.failures] == ["Changed"]
    assert errors.worst(outcome.causes).retry


async def test_a_name_that_somebody_else_has_is_told_as_taken(applier: Applier, script: Script) -> None:
    script.answer(409, CONFLICT)
    script.answer(200, {**SERVICE, "metadata": {"name": "demo", "uid": "2", "resourceVersion": "7"}})
    outcome = await applier.apply(KEY, [SERVICE], [], uid="1")
    assert [failure.reason for failure in outcome.failures] == ["Conflict"]


async def test_a_job_of_ours_that_lost_its_labels_is_given_them_back_as_it_is_not_applied_again(
    applier: Applier, script: Script
) -> None:
    job = {**SERVICE, "apiVersion": "batch/v1", "kind": "Job"}
    metadata = {**SERVICE["metadata"], "uid": "2", "resourceVersion": "7"}
    script.answer(409, CONFLICT)
    script.answer(200, {**job, "metadata": {**metadata, "labels": {}}})
    script.answer(200, {**job, "metadata": {**metadata, "resourceVersion": "8"}})
    outcome = await applier.apply(KEY, [job], [], uid="1")
    assert outcome.found
    assert [request.method for request in script.asked] == ["PATCH", "GET", "PATCH"]
    assert script.asked[2].headers["Content-Type"] == MERGE
