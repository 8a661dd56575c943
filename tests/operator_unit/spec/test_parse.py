"""Parsing a MediaVault."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediavault_operator.spec import (
    AccessMode,
    Addressing,
    Bucket,
    Claim,
    Defaults,
    DeletionPolicy,
    EmbeddedDatabase,
    ExistingClaim,
    ExternalDatabase,
    InvalidSpec,
    ManagedDatabase,
    MediaVault,
    Problem,
    parse,
)

DEFAULTS = Defaults(image="app:1", database_image="postgres:17")


def problems_of(spec: Any, name: str = "photos") -> dict[str, str]:
    with pytest.raises(InvalidSpec) as raised:
        parse({"metadata": {"name": name}, "spec": spec}, defaults=DEFAULTS)
    return {problem.field: problem.message for problem in raised.value.problems}


def test_a_name_alone_makes_a_vault(make_vault: Callable[..., MediaVault]) -> None:
    vault = make_vault()
    assert (vault.name, vault.namespace, vault.uid, vault.generation) == ("photos", "tenant", "vault-uid", 3)
    assert (vault.replicas, vault.suspend, vault.deletion_policy) == (1, False, DeletionPolicy.RETAIN)
    assert vault.storage == Claim(size="10Gi")
    assert isinstance(vault.database, ManagedDatabase)
    assert vault.database.image == "registry/postgres:17"
    assert vault.admin.username == "admin"


def test_what_is_written_stands_over_what_the_operator_decides(make_vault: Callable[..., MediaVault]) -> None:
    vault = make_vault({"image": "mine:2", "imagePullPolicy": "Never", "replicas": 0})
    assert (vault.image, vault.image_pull_policy.value, vault.replicas) == ("mine:2", "Never", 0)


def test_an_existing_claim_stands_for_itself(make_vault: Callable[..., MediaVault]) -> None:
    vault = make_vault({"storage": {"claim": {"existingClaim": "old"}}, "replicas": 3})
    assert vault.storage == ExistingClaim(name="old")
    assert vault.media_claim == "old"


def test_a_claim_is_read_whole(make_vault: Callable[..., MediaVault]) -> None:
    claim = {"size": "1Ti", "storageClassName": "", "accessModes": ["ReadWriteMany"], "volumeName": "pv-1"}
    assert make_vault({"storage": {"claim": claim}}).storage == Claim(
        size="1Ti",
        written=frozenset(claim),
        storage_class="",
        access_modes=(AccessMode.READ_WRITE_MANY,),
        volume_name="pv-1",
    )


def test_a_bucket_has_a_prefix_of_the_vaults_own(make_vault: Callable[..., MediaVault]) -> None:
    vault = make_vault({"replicas": 3, "storage": {"s3": {"bucket": "media"}}})
    assert vault.storage == Bucket(bucket="media", prefix="tenant/photos")
    assert vault.media_claim is None


def test_a_bucket_is_read_whole(make_vault: Callable[..., MediaVault]) -> None:
    fields = {
        "bucket": "media",
        "prefix": "a/b",
        "endpoint": "http://s3:9000",
        "region": "r",
        "secretName": "k",
    }
    spec = {"storage": {"s3": {**fields, "addressing": "path", "presignedRedirects": True}}}
    assert make_vault(spec).storage == Bucket(
        bucket="media",
        prefix="a/b",
        endpoint="http://s3:9000",
        region="r",
        addressing=Addressing.PATH,
        presigned_redirects=True,
        secret_name="k",
    )


def test_the_other_databases_are_chosen_by_their_key(make_vault: Callable[..., MediaVault]) -> None:
    external = make_vault({"database": {"external": {"secretName": "url"}}}).database
    assert external == ExternalDatabase(secret_name="url", key="DATABASE_URL")
    assert make_vault({"database": {"embedded": {}}}).database == EmbeddedDatabase()


def test_written_resources_replace_the_default_as_a_whole(make_vault: Callable[..., MediaVault]) -> None:
    resources = make_vault({"resources": {"requests": {"cpu": 1}}}).resources
    assert (resources.requests, resources.limits) == ((("cpu", "1"),), ())


@pytest.mark.parametrize(
    ("spec", "field"),
    [
        ({"replicas": 51}, "spec.replicas"),
        ({"replicas": True}, "spec.replicas"),
        ({"replicas": 2}, "spec.replicas"),
        ({"replicas": 2, "database": {"embedded": {}}}, "spec.replicas"),
        ({"className": "Gold"}, "spec.className"),
        ({"ingress": {}}, "spec.ingress.host"),
        ({"gateway": {"parentRefs": [{"name": "g"}]}}, "spec.gateway.hostnames"),
        ({"gateway": {"hostnames": ["a.example"]}}, "spec.gateway.parentRefs"),
        ({"gateway": {"parentRefs": [], "hostnames": ["a.b"]}}, "spec.gateway.parentRefs"),
        ({"gateway": {"parentRefs": [{"name": "g"}], "hostnames": ["A"]}}, "spec.gateway.hostnames.0"),
        ({"service": {"externalTrafficPolicy": "Local"}}, "spec.service.externalTrafficPolicy"),
        (
            {"service": {"type": "LoadBalancer", "loadBalancerSourceRanges": ["fe80::1%1/64"]}},
            "spec.service.loadBalancerSourceRanges",
        ),
        ({"monitoring": {"labels": {"a b": "c"}}}, "spec.monitoring.labels.a b"),
        ({"monitoring": {"labels": {"a": "c d"}}}, "spec.monitoring.labels.a"),
        ({"image": "with blank"}, "spec.image"),
        ({"imagePullPolicy": "Sometimes"}, "spec.imagePullPolicy"),
        ({"suspend": "yes"}, "spec.suspend"),
        ({"deletionPolicy": "Keep"}, "spec.deletionPolicy"),
        ({"storage": []}, "spec.storage"),
        ({"storage": {"claim": {"size": 10}}}, "spec.storage.claim.size"),
        ({"storage": {"claim": {"size": "ten"}}}, "spec.storage.claim.size"),
        ({"storage": {"claim": {"size": "1Gi", "existingClaim": "a"}}}, "spec.storage.claim.size"),
        ({"storage": {"claim": {"volumeName": "A"}}}, "spec.storage.claim.volumeName"),
        ({"storage": {"claim": {"accessModes": []}}}, "spec.storage.claim.accessModes"),
        (
            {"storage": {"claim": {"accessModes": ["ReadWriteOnce", "ReadWriteOncePod"]}}},
            "spec.storage.claim.accessModes",
        ),
        ({"storage": {"s3": {}}}, "spec.storage.s3.bucket"),
        ({"storage": {"s3": {"bucket": "media"}, "claim": {}}}, "spec.storage.s3"),
        ({"storage": {"s3": {"bucket": "media", "prefix": "/a"}}}, "spec.storage.s3.prefix"),
        ({"storage": {"s3": {"bucket": "media", "endpoint": "s3"}}}, "spec.storage.s3.endpoint"),
        ({"storage": {"s3": {"bucket": "media"}}, "database": {"embedded": {}}}, "spec.database"),
        ({"database": {}}, "spec.database"),
        ({"database": {"managed": {}, "embedded": {}}}, "spec.database"),
        ({"database": {"external": {}}}, "spec.database.external.secretName"),
        ({"database": {"external": {"secretName": "a", "key": "/"}}}, "spec.database.external.key"),
        ({"database": {"managed": {"size": "1m"}}}, "spec.database.managed.size"),
        ({"service": {"nodePort": 30000}}, "spec.service.nodePort"),
        ({"service": {"port": 0}}, "spec.service.port"),
        ({"service": {"annotations": {"mediavault.io/x": "y"}}}, "spec.service.annotations.mediavault.io/x"),
        ({"service": {"annotations": {"a b": "y"}}}, "spec.service.annotations.a b"),
        ({"service": {"annotations": {"a": 1}}}, "spec.service.annotations.a"),
        (
            {"resources": {"requests": {"cpu": "2"}, "limits": {"cpu": "1500m"}}},
            "spec.resources.requests.cpu",
        ),
        ({"pods": {"labels": {"mediavault.io/vault": "x"}}}, "spec.pods.labels.mediavault.io/vault"),
        ({"pods": {"labels": {"app.kubernetes.io/name": "x"}}}, "spec.pods.labels.app.kubernetes.io/name"),
        ({"pods": {"labels": {"team": "a b"}}}, "spec.pods.labels.team"),
        ({"pods": {"annotations": {"mediavault.io/x": "y"}}}, "spec.pods.annotations.mediavault.io/x"),
        ({"pods": {"nodeSelector": {"a b": "c"}}}, "spec.pods.nodeSelector.a b"),
        ({"pods": {"tolerations": [{}]}}, "spec.pods.tolerations[0].key"),
        (
            {"pods": {"tolerations": [{"operator": "Exists", "value": "a"}]}},
            "spec.pods.tolerations[0].value",
        ),
        (
            {"pods": {"tolerations": [{"key": "a", "tolerationSeconds": 3}]}},
            "spec.pods.tolerations[0].tolerationSeconds",
        ),
        ({"pods": {"topologySpread": [{}]}}, "spec.pods.topologySpread[0].topologyKey"),
        ({"pods": {"affinity": []}}, "spec.pods.affinity"),
        ({"pods": {"imagePullSecrets": ["a", "a"]}}, "spec.pods.imagePullSecrets"),
        ({"pods": {"imagePullSecrets": ["A"]}}, "spec.pods.imagePullSecrets.0"),
        ({"pods": {"priorityClassName": "A"}}, "spec.pods.priorityClassName"),
        ({"admin": {"username": "a b"}}, "spec.admin.username"),
        ({"admin": {"email": "nobody"}}, "spec.admin.email"),
    ],
)
def test_a_wrong_value_is_refused_by_its_field(spec: dict[str, Any], field: str) -> None:
    assert list(problems_of(spec)) == [field]


@pytest.mark.parametrize("name", ["a" * 41, "9films", "Films", "a.b", "-a", "a-"])
def test_a_name_that_is_no_service_name_is_refused(name: str) -> None:
    assert list(problems_of({}, name)) == ["metadata.name"]


def test_all_problems_are_told_at_once() -> None:
    problems = problems_of({"replicas": -1, "image": 3, "service": {"type": "None"}, "admin": "root"})
    assert set(problems) == {"spec.replicas", "spec.image", "spec.service.type", "spec.admin"}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
KEYS = {
    "storage": ["claim", "s3"],
    "s3": ["bucket", "prefix", "endpoint", "region", "addressing", "presignedRedirects", "secretName"],
    "claim": ["size", "storageClassName", "accessModes", "volumeName", "existingClaim"],
    "database": ["managed", "external", "embedded"],
    "managed": ["image", "size", "storageClassName", "resources"],
    "external": ["secretName", "key"],
    "service": ["type", "port", "nodePort", "annotations"],
    "resources": ["requests", "limits"],
    "requests": ["cpu", "memory"],
    "admin": ["username", "email"],
    "pods": [
        "labels",
        "annotations",
        "nodeSelector",
        "tolerations",
        "affinity",
        "topologySpread",
        "imagePullSecrets",
    ],
}
TOP = ["className", "replicas", "image", "imagePullPolicy", "suspend", "deletionPolicy", *KEYS]


def specs(keys: list[str], depth: int = 4) -> st.SearchStrategy[Any]:
    fields = {
        key: json_values if depth == 0 or key not in KEYS else json_values | specs(KEYS[key], depth - 1)
        for key in keys
    }
    return st.fixed_dictionaries({}, optional=fields)


@given(metadata=json_values, spec=json_values | specs(TOP))
def test_no_resource_makes_it_fail_otherwise_than_by_naming_problems(metadata: Any, spec: Any) -> None:
    assert all(problem.field and problem.message for problem in told(metadata, spec))


def told(metadata: Any, spec: Any) -> tuple[Problem, ...]:
    try:
        parse({"metadata": metadata, "spec": spec}, defaults=DEFAULTS)
    except InvalidSpec as invalid:
        return invalid.problems or (Problem(field="", message="refused without a reason"),)
    return ()
