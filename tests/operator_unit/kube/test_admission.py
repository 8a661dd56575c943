"""A pod is given up for its successor only when the API server would admit that one."""

from copy import deepcopy
from typing import Any

import pytest

from mediavault_operator import names
from mediavault_operator.kube import errors
from mediavault_operator.kube.apply import Applier, marked
from mediavault_operator.kube.cache import Cache, Key
from mediavault_operator.kube.client import Client

Script = Any

KEY = Key("films", "demo")
CONTAINER = {"name": "web", "image": "app:2", "resources": {"requests": {"cpu": "1"}}}
DEPLOYMENT: dict[str, Any] = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {
        "name": "demo",
        "namespace": "films",
        "labels": {names.VAULT_LABEL: "demo"},
        "annotations": {names.VAULT_UID_ANNOTATION: "1", names.TEMPLATE_ANNOTATION: "new"},
    },
    "spec": {
        "replicas": 1,
        "strategy": {"type": "Recreate"},
        "template": {"metadata": {"labels": {"app": "demo"}}, "spec": {"containers": [CONTAINER]}},
    },
}
STATEFUL_SET: dict[str, Any] = {
    **DEPLOYMENT,
    "kind": "StatefulSet",
    "spec": {"replicas": 1, "template": DEPLOYMENT["spec"]["template"]},
}
PRIORITY = {
    "reason": "Forbidden",
    "message": 'pods "demo-next" is forbidden: no PriorityClass with name high was found',
}
QUOTA = {
    "reason": "Forbidden",
    "message": 'pods "demo-next" is forbidden: exceeded quota: small, requested: pods=1, '
    "used: pods=1, limited: pods=1",
}
DRY_RUN = {"reason": "BadRequest", "message": 'admission webhook "a.b" does not support dry run'}


def live(manifest: dict[str, Any], *, template: str = "old") -> dict[str, Any]:
    found = deepcopy(marked(manifest))
    found["metadata"].update(uid="2", resourceVersion="7")
    found["metadata"]["annotations"][names.TEMPLATE_ANNOTATION] = template
    return {**found, "status": {"replicas": 1}}


@pytest.fixture
def cache() -> Cache:
    return Cache(label=names.VAULT_LABEL, on_change=lambda key: None)


@pytest.fixture
def applier(client: Client, cache: Cache) -> Applier:
    return Applier(client, cache)


def asked(script: Script) -> list[tuple[str, str]]:
    return [(request.method, request.path.rpartition("/")[2]) for request in script.asked]


@pytest.mark.parametrize(("manifest", "plural"), [(DEPLOYMENT, "demo"), (STATEFUL_SET, "demo")])
async def test_a_pod_that_would_be_admitted_takes_the_place_of_the_one_before(
    applier: Applier, cache: Cache, script: Script, manifest: dict[str, Any], plural: str
) -> None:
    cache.put(live(manifest), key=KEY)
    script.answer(201, {})
    script.answer(200, live(manifest, template="new"))
    outcome = await applier.apply(KEY, [manifest], [], uid="1")
    assert outcome.wrote
    assert not outcome.failures
    assert asked(script) == [("POST", "pods"), ("PATCH", plural)]
    assert script.asked[0].query["dryRun"] == "All"


@pytest.mark.parametrize("manifest", [DEPLOYMENT, STATEFUL_SET])
async def test_a_pod_that_would_be_refused_leaves_the_one_before_serving_and_is_tried_again(
    applier: Applier, cache: Cache, script: Script, manifest: dict[str, Any]
) -> None:
    cache.put(live(manifest), key=KEY)
    script.answer(403, PRIORITY)
    outcome = await applier.apply(KEY, [manifest], [], uid="1")
    (failure,) = outcome.failures
    assert "goes on serving" in failure.message
    assert PRIORITY["message"] in failure.message
    assert errors.worst(outcome.causes).retry
    assert asked(script) == [("POST", "pods")]


async def test_a_pod_that_is_evicted_lets_nothing_through_that_would_be_refused(
    applier: Applier, cache: Cache, script: Script
) -> None:
    cache.put({**live(DEPLOYMENT), "status": {"replicas": 0}}, key=KEY)
    script.answer(403, PRIORITY)
    await applier.apply(KEY, [DEPLOYMENT], [], uid="1")
    assert asked(script) == [("POST", "pods")]


@pytest.mark.parametrize("answer", [(403, QUOTA), (400, DRY_RUN), (409, {"reason": "AlreadyExists"})])
async def test_what_does_not_stand_against_the_pod_in_its_place_holds_nothing_back(
    applier: Applier, cache: Cache, script: Script, answer: tuple[int, Any]
) -> None:
    cache.put(live(DEPLOYMENT), key=KEY)
    script.answer(*answer)
    script.answer(200, live(DEPLOYMENT, template="new"))
    assert (await applier.apply(KEY, [DEPLOYMENT], [], uid="1")).wrote


async def test_without_an_answer_nothing_is_changed(applier: Applier, cache: Cache, script: Script) -> None:
    cache.put(live(DEPLOYMENT), key=KEY)
    script.answer(500, {"reason": "InternalError", "message": "failed calling webhook"})
    outcome = await applier.apply(KEY, [DEPLOYMENT], [], uid="1")
    assert [failure.reason for failure in outcome.failures] == ["InternalError"]
    assert asked(script) == [("POST", "pods")]


def rolling() -> dict[str, Any]:
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0}}
    return {**DEPLOYMENT, "spec": {**DEPLOYMENT["spec"], "strategy": strategy}}


def without_pods() -> dict[str, Any]:
    return {**DEPLOYMENT, "spec": {**DEPLOYMENT["spec"], "replicas": 0}}


@pytest.mark.parametrize(
    ("manifest", "found"),
    [
        (rolling(), live(rolling())),
        (DEPLOYMENT, live(without_pods())),
        (without_pods(), live(DEPLOYMENT)),
        (DEPLOYMENT, live(without_pods(), template="new")),
    ],
    ids=["old and new overlap", "none was wanted", "none is wanted", "the template is the same"],
)
async def test_where_no_pod_is_given_up_nothing_is_asked(
    applier: Applier, cache: Cache, script: Script, manifest: dict[str, Any], found: dict[str, Any]
) -> None:
    cache.put(found, key=KEY)
    script.answer(200, live(manifest, template="new"))
    await applier.apply(KEY, [manifest], [], uid="1")
    assert [method for method, _ in asked(script)] == ["PATCH"]


async def test_a_template_that_somebody_edited_is_asked_for_before_it_is_put_back(
    applier: Applier, cache: Cache, script: Script
) -> None:
    found = live(DEPLOYMENT, template="new")
    found["spec"]["template"]["spec"]["containers"][0]["image"] = "other:1"
    cache.put(found, key=KEY)
    script.answer(403, PRIORITY)
    await applier.apply(KEY, [DEPLOYMENT], [], uid="1")
    assert asked(script) == [("POST", "pods")]
