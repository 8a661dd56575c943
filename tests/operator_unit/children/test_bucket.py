"""A bucket instead of a claim: what the pods are given, and whom they may reach."""

from collections.abc import Callable
from typing import Any

import pytest

from mediavault_operator.children import Plan, desired_children
from mediavault_operator.children.networkpolicy import build_network_policy
from mediavault_operator.credentials import Credentials
from mediavault_operator.observed import Observed, ReferencedSecret

Maker = Callable[..., Any]
BUCKET = {"bucket": "media", "endpoint": "https://s3.example.com", "secretName": "keys"}
KNOWN = ReferencedSecret(found=True, has_key=True, digest="d")
MIGRATED = {"template": "t", "image": "registry/app:1.0", "secrets": "s"}


@pytest.fixture(name="plan")
def planner(make_vault: Maker, credentials: Credentials, claim: Maker) -> Callable[..., Plan]:
    def plan(fields: dict[str, Any] = BUCKET, *, replicas: int = 3, **observed: Any) -> Plan:
        vault = make_vault({"replicas": replicas, "storage": {"s3": fields}})
        seen = Observed(database_claim=claim("photos-db"), **observed)
        return desired_children(vault, credentials=credentials, observed=seen)

    return plan


def of_kind(plan: Plan, kind: str) -> dict[str, Any]:
    (found,) = (each for each in plan.manifests if each["kind"] == kind)
    return found


def egress(make_vault: Maker, endpoint: str | None) -> list[Any]:
    fields = {"bucket": "media"} | ({"endpoint": endpoint} if endpoint else {})
    policy = build_network_policy(make_vault({"storage": {"s3": fields}}))
    return list(policy["spec"]["egress"])


def test_there_is_no_claim_for_media_and_pods_roll(plan: Callable[..., Plan]) -> None:
    made = plan(bucket_secret=KNOWN, migration=MIGRATED)
    claims = [each for each in made.manifests if each["kind"] == "PersistentVolumeClaim"]
    assert [each["metadata"]["name"] for each in claims] == ["photos-db"]
    deployment = of_kind(made, "Deployment")["spec"]
    assert (deployment["replicas"], deployment["strategy"]["type"]) == (3, "RollingUpdate")
    assert of_kind(made, "PodDisruptionBudget")
    media = next(each for each in deployment["template"]["spec"]["volumes"] if each["name"] == "media")
    assert "emptyDir" in media


def test_nothing_runs_before_the_credentials_are_there(plan: Callable[..., Plan]) -> None:
    assert plan(bucket_secret=ReferencedSecret(found=False)).template is None
    assert plan(bucket_secret=ReferencedSecret(found=True)).template is None
    assert plan(bucket_secret=KNOWN).template is not None
    assert plan({"bucket": "media"}).template is not None


def test_other_credentials_are_migrated_with_anew(plan: Callable[..., Plan]) -> None:
    other = ReferencedSecret(found=True, has_key=True, digest="e")
    assert plan(bucket_secret=KNOWN).template != plan(bucket_secret=other).template
    assert plan(bucket_secret=KNOWN).template == plan(bucket_secret=KNOWN).template


def test_the_migration_can_reach_the_bucket(plan: Callable[..., Plan]) -> None:
    spec = of_kind(plan(bucket_secret=KNOWN), "Job")["spec"]["template"]["spec"]
    (container,) = spec["containers"]
    environment = {each["name"]: each["value"] for each in container["env"]}
    assert environment["S3_PREFIX"] == "tenant/photos"
    folder = environment["S3_ACCESS_KEY_ID_FILE"].rpartition("/")[0]
    (name,) = (each["name"] for each in container["volumeMounts"] if each["mountPath"] == folder)
    volume = next(each for each in spec["volumes"] if each["name"] == name)
    assert volume["secret"]["secretName"] == "keys"


@pytest.mark.parametrize(
    ("endpoint", "port"),
    [
        (None, 443),
        ("https://s3.example.com", 443),
        ("http://s3.example.com", 80),
        ("https://10.0.0.1:9000", 9000),
    ],
)
def test_a_bucket_outside_is_reached_on_its_port(make_vault: Maker, endpoint: str | None, port: int) -> None:
    assert {"ports": [{"protocol": "TCP", "port": port}]} in egress(make_vault, endpoint)


@pytest.mark.parametrize(
    ("endpoint", "namespace"),
    [
        ("http://minio", None),
        ("http://minio.storage.svc:9000", "storage"),
        ("http://minio.storage.svc.cluster.local", "storage"),
    ],
)
def test_a_service_is_reached_in_its_namespace(
    make_vault: Maker, endpoint: str, namespace: str | None
) -> None:
    pods: dict[str, Any] = {"podSelector": {}}
    if namespace:
        pods["namespaceSelector"] = {"matchLabels": {"kubernetes.io/metadata.name": namespace}}
    assert {"to": [pods]} in egress(make_vault, endpoint)
