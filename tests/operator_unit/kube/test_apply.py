"""What becomes of a child that the API server would not take at once."""

from typing import Any

import pytest

from mediavault_operator import names
from mediavault_operator.kube import errors
from mediavault_operator.kube.apply import Applier, marked
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


def _live(version: int, port: int = 80) -> dict[str, Any]:
    """The Service as the API server has it."""
    metadata = {**MARKED["metadata"], "uid": "2", "resourceVersion": str(version)}
    return {**MARKED, "metadata": metadata, "spec": {"clusterIP": "", "ports": [{"port": port}]}}


WANTED: dict[str, Any] = {**SERVICE, "spec": {"ports": [{"port": 80}], "type": "ClusterIP"}}
MARKED = marked(WANTED)


async def test_what_the_api_server_keeps_otherwise_is_not_applied_again_and_what_others_change_is(
    applier: Applier, script: Script
) -> None:
    script.answer(200, _live(7))
    await applier.apply(KEY, [WANTED], [], uid="1")
    for unchanged in (_live(7), _live(8)):
        applier.cache.put(unchanged, key=KEY)
        assert not (await applier.apply(KEY, [WANTED], [], uid="1")).wrote
    assert len(script.asked) == 1
    applier.cache.put(_live(9, port=81), key=KEY)
    assert (await applier.apply(KEY, [WANTED], [], uid="1")).wrote


async def test_another_wish_is_compared_with_an_object_that_has_not_changed(
    applier: Applier, script: Script
) -> None:
    script.answer(200, _live(7))
    await applier.apply(KEY, [WANTED], [], uid="1")
    other = {**WANTED, "spec": {"ports": [{"port": 81}], "type": "ClusterIP"}}
    assert (await applier.apply(KEY, [other], [], uid="1")).wrote


async def test_of_a_vault_that_is_gone_nothing_is_kept(applier: Applier, script: Script) -> None:
    script.answer(200, _live(7))
    await applier.apply(KEY, [WANTED], [], uid="1")
    applier.forget(KEY)
    assert (await applier.apply(KEY, [WANTED], [], uid="1")).wrote
