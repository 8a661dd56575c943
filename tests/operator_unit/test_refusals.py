"""What only the cluster shows to be impossible."""

from collections.abc import Callable
from typing import Any

import pytest

from mediavault_operator import names
from mediavault_operator.observed import Observed
from mediavault_operator.refusals import refusals

Maker = Callable[..., Any]


def database_with(image: str) -> dict[str, Any]:
    return {"spec": {"template": {"spec": {"containers": [{"image": image}]}}}}


def fields(vault: Any, **observed: Any) -> list[str]:
    return [problem.field for problem in refusals(vault, Observed(**observed))]


def test_nothing_stands_in_the_way_of_a_fresh_vault(make_vault: Maker) -> None:
    assert fields(make_vault()) == []


def test_a_claim_does_not_shrink(make_vault: Maker, claim: Maker) -> None:
    vault = make_vault({"storage": {"claim": {"size": "5Gi"}}})
    assert fields(vault, media_claim=claim(size="10Gi")) == ["spec.storage.claim.size"]
    assert fields(vault, media_claim=claim(size="5120Mi")) == []


def test_a_growth_that_failed_may_be_taken_back_but_not_below_what_there_is(
    make_vault: Maker, claim: Maker
) -> None:
    seen = claim(size="10Gi", spec={"resources": {"requests": {"storage": "20Gi"}}})
    seen["status"]["conditions"] = [{"type": "ControllerResizeError", "status": "True"}]

    def wanting(size: str) -> list[str]:
        return fields(make_vault({"storage": {"claim": {"size": size}}}), media_claim=seen)

    assert (wanting("11Gi"), wanting("10Gi")) == ([], ["spec.storage.claim.size"])
    seen["status"]["conditions"] = []
    assert wanting("11Gi") == ["spec.storage.claim.size"]


def test_a_claim_keeps_class_volume_and_modes(make_vault: Maker, claim: Maker) -> None:
    wanted = {"storageClassName": "fast", "volumeName": "pv-2", "accessModes": ["ReadWriteMany"]}
    seen = claim(spec={"volumeName": "pv-1"})
    assert set(fields(make_vault({"storage": {"claim": wanted}}), media_claim=seen)) == {
        "spec.storage.claim.storageClassName",
        "spec.storage.claim.volumeName",
        "spec.storage.claim.accessModes",
    }


def test_media_are_not_left_behind_on_another_claim(make_vault: Maker, deployment: Maker) -> None:
    vault = make_vault({"storage": {"claim": {"existingClaim": "other"}}})
    assert fields(vault, deployment=deployment()) == ["spec.storage.claim.existingClaim"]
    assert fields(vault, deployment=deployment(claim="other")) == []


def serving_from(endpoint: str, bucket: str, prefix: str) -> dict[str, Any]:
    values = {"S3_ENDPOINT_URL": endpoint, "S3_BUCKET": bucket, "S3_PREFIX": prefix}
    env = [{"name": name, "value": value} for name, value in values.items()]
    return {"spec": {"template": {"spec": {"containers": [{"name": "web", "env": env}]}}}}


@pytest.mark.parametrize(
    ("storage", "expected"),
    [
        ({"s3": {"bucket": "media", "endpoint": "http://s3"}}, []),
        ({"s3": {"bucket": "media", "endpoint": "http://s3", "secretName": "new"}}, []),
        ({"s3": {"bucket": "other", "endpoint": "http://s3"}}, ["spec.storage.s3"]),
        ({"s3": {"bucket": "media", "endpoint": "http://s4"}}, ["spec.storage.s3"]),
        ({"s3": {"bucket": "media", "endpoint": "http://s3", "prefix": "b"}}, ["spec.storage.s3"]),
        ({"claim": {}}, ["spec.storage"]),
    ],
)
def test_media_are_not_left_behind_in_a_bucket(make_vault: Maker, storage: Any, expected: list[str]) -> None:
    seen = serving_from("http://s3", "media", "tenant/photos")
    assert fields(make_vault({"storage": storage}), deployment=seen) == expected


def test_media_are_not_left_behind_on_a_claim_for_a_bucket(make_vault: Maker, deployment: Maker) -> None:
    vault = make_vault({"storage": {"s3": {"bucket": "media"}}})
    assert fields(vault, deployment=deployment()) == ["spec.storage.s3"]
    assert fields(vault) == []


@pytest.mark.parametrize("kind", ["external", "embedded"])
def test_retained_data_are_not_left_behind_in_another_database(
    make_vault: Maker, claim: Maker, kind: str
) -> None:
    kept = claim(annotations={names.DATABASE_KIND_ANNOTATION: kind})
    (problem,) = refusals(make_vault(), Observed(media_claim=kept))
    assert problem.field == "spec.database"
    assert f"of the kind {kind}" in problem.message


def test_a_managed_databases_claim_speaks_for_itself(make_vault: Maker, claim: Maker) -> None:
    vault = make_vault({"database": {"embedded": {}}})
    assert fields(vault, database_claim=claim("photos-db")) == ["spec.database"]


def test_replicas_need_an_existing_claim_that_is_shared(make_vault: Maker, claim: Maker) -> None:
    vault = make_vault({"replicas": 2, "storage": {"claim": {"existingClaim": "old"}}})
    assert fields(vault, media_claim=claim("old")) == ["spec.replicas"]
    assert fields(vault, media_claim=claim("old", spec={"accessModes": ["ReadWriteMany"]})) == []


@pytest.mark.parametrize(
    ("used", "wanted", "expected"),
    [
        ("postgres:17.2", "postgres:18", ["spec.database.managed.image"]),
        ("postgres:17.2", "postgres:17.9-trixie", []),
        ("registry:5000/postgres:17", "registry:5000/postgres:17.1@sha256:00", []),
        ("registry:5000/postgres", "registry:6000/postgres", []),
        ("postgres:dev", "postgres:18", []),
        ("postgres:17", "postgres@sha256:00", []),
    ],
)
def test_postgres_keeps_its_major_version(
    make_vault: Maker, used: str, wanted: str, expected: list[str]
) -> None:
    vault = make_vault({"database": {"managed": {"image": wanted}}})
    assert fields(vault, stateful_set=database_with(used)) == expected


def test_a_load_balancer_keeps_its_class_while_it_stands(make_vault: Maker) -> None:
    vault = make_vault({"service": {"type": "LoadBalancer", "loadBalancerClass": "b"}})
    for used in ({"loadBalancerClass": "a"}, {}):
        service = {"spec": {"type": "LoadBalancer", **used}}
        assert fields(vault, service=service) == ["spec.service.loadBalancerClass"]
    assert fields(vault, service={"spec": {"type": "NodePort"}}) == []
    given = {"spec": {"type": "LoadBalancer", "loadBalancerClass": "of-the-cloud"}}
    assert fields(make_vault({"service": {"type": "LoadBalancer"}}), service=given) == []
