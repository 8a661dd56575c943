"""The CRD and the operator's own parsing say the same: fields, bounds, words and verdicts."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
import yaml

from crd_cases import Refused, Taken
from crd_refused import REFUSED
from crd_taken import TAKEN
from mediavault_operator import names
from mediavault_operator.spec import (
    AccessMode,
    Addressing,
    Defaults,
    DeletionPolicy,
    InvalidSpec,
    PullPolicy,
    ServiceType,
    TrafficPolicy,
    Unsatisfiable,
    limits,
    parse,
    quantity,
)

ROOT = Path(__file__).resolve().parents[2]
CRD = yaml.safe_load((ROOT / "crds" / "mediavaults.yaml").read_text())
SCHEMA = CRD["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
SPEC = SCHEMA["properties"]["spec"]
DEFAULTS = Defaults(image="app:1", database_image="postgres:17")
WITH_CHILDREN = ("properties", "additionalProperties", "items")


def fields(schema: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every schema below this one with its path."""
    yield path, schema
    for name, inner in schema.get("properties", {}).items():
        yield from fields(inner, f"{path}.{name}")
    for kind, suffix in (("items", "[]"), ("additionalProperties", "{}")):
        if isinstance(schema.get(kind), dict):
            yield from fields(schema[kind], f"{path}{suffix}")


ALL = dict(fields(SCHEMA))


class Recorder(Mapping[str, Any]):
    """A spec that has every field and remembers which were read."""

    def __init__(self, schema: Mapping[str, Any], path: str, read: set[str]) -> None:
        self.schema = schema
        self.path = path
        self.read = read

    def __getitem__(self, key: str) -> Any:
        self.read.add(f"{self.path}.{key}")
        inner = self.schema["properties"][key]
        if "properties" in inner.get("items", {}):
            return [Recorder(inner["items"], f"{self.path}.{key}[]", self.read)]
        return Recorder(inner, f"{self.path}.{key}", self.read) if "properties" in inner else None

    def __iter__(self) -> Iterator[str]:
        return iter(self.schema.get("properties", {}))

    def __len__(self) -> int:
        return len(self.schema.get("properties", {}))


@pytest.mark.parametrize(
    ("kind", "store"),
    [("managed", "claim"), ("external", "s3"), ("embedded", "claim"), ("managed", "s3"), ("shared", "claim")],
)
def test_every_field_of_the_crd_is_read(kind: str, store: str) -> None:
    read: set[str] = set()
    one_kind = {**SPEC, "properties": {**SPEC["properties"]}}
    for part, chosen in (("database", kind), ("storage", store)):
        schema = SPEC["properties"][part]
        one_kind["properties"][part] = {**schema, "properties": {chosen: schema["properties"][chosen]}}
    record = Recorder(one_kind, "", read)
    with suppress(InvalidSpec):
        parse({"metadata": {}, "spec": record}, defaults=DEFAULTS)
    expected = {path for path, _ in fields(one_kind) if path and not path.endswith(("[]", "{}"))}
    assert expected - read == set()


def test_a_version_that_stores_is_the_one_that_is_spoken() -> None:
    (version,) = CRD["spec"]["versions"]
    assert (CRD["spec"]["group"], version["name"]) == (names.GROUP, names.VERSION)
    assert (CRD["spec"]["names"]["kind"], CRD["spec"]["names"]["plural"]) == (names.KIND, names.PLURAL)


@pytest.mark.parametrize(
    ("path", "pattern", "longest"),
    [
        (".spec.className", limits.SUBDOMAIN, limits.SUBDOMAIN_MAX),
        (".spec.image", limits.IMAGE, limits.IMAGE_MAX),
        (".spec.database.managed.image", limits.IMAGE, limits.IMAGE_MAX),
        (".spec.storage.claim.existingClaim", limits.SUBDOMAIN, limits.SUBDOMAIN_MAX),
        (".spec.storage.claim.volumeName", limits.SUBDOMAIN, limits.SUBDOMAIN_MAX),
        (".spec.storage.claim.storageClassName", rf"^$|{limits.SUBDOMAIN}", limits.SUBDOMAIN_MAX),
        (".spec.database.managed.storageClassName", rf"^$|{limits.SUBDOMAIN}", limits.SUBDOMAIN_MAX),
        (".spec.database.external.secretName", limits.SUBDOMAIN, limits.SUBDOMAIN_MAX),
        (".spec.database.shared.adminSecretName", limits.SUBDOMAIN, limits.SUBDOMAIN_MAX),
        (".spec.database.external.key", limits.DATA_KEY, limits.DATA_KEY_MAX),
        (".spec.storage.claim.size", quantity.PATTERN, quantity.LONGEST),
        (".spec.storage.s3.endpoint", limits.ENDPOINT, limits.ENDPOINT_MAX),
        (".spec.storage.s3.bucket", limits.BUCKET, limits.BUCKET_MAX),
        (".spec.storage.s3.prefix", limits.KEY_PREFIX, limits.KEY_PREFIX_MAX),
        (".spec.storage.s3.region", limits.REGION, limits.REGION_MAX),
        (".spec.storage.s3.secretName", limits.SUBDOMAIN, limits.SUBDOMAIN_MAX),
        (".spec.database.managed.size", quantity.PATTERN, quantity.LONGEST),
        (".spec.resources.limits.memory", quantity.PATTERN, quantity.LONGEST),
        (".spec.ingress.host", limits.SUBDOMAIN, limits.SUBDOMAIN_MAX),
        (".spec.ingress.className", limits.SUBDOMAIN, limits.SUBDOMAIN_MAX),
        (".spec.ingress.tls.secretName", limits.SUBDOMAIN, limits.SUBDOMAIN_MAX),
        (".spec.users[].username", limits.USERNAME, limits.USERNAME_MAX),
        (".spec.users[].email", limits.EMAIL, limits.EMAIL_MAX),
        (".spec.users[].secretName", limits.SUBDOMAIN, limits.SUBDOMAIN_MAX),
        (".spec.pods.labels{}", limits.LABEL_VALUE, limits.LABEL_VALUE_MAX),
        (".spec.pods.nodeSelector{}", limits.LABEL_VALUE, limits.LABEL_VALUE_MAX),
        (".spec.pods.tolerations[].key", limits.QUALIFIED_NAME, limits.QUALIFIED_NAME_MAX),
        (".spec.pods.topologySpread[].topologyKey", limits.QUALIFIED_NAME, limits.QUALIFIED_NAME_MAX),
        (".spec.pods.imagePullSecrets[]", limits.SUBDOMAIN, limits.SUBDOMAIN_MAX),
        (".spec.service.loadBalancerClass", limits.QUALIFIED_NAME, limits.QUALIFIED_NAME_MAX),
        (".spec.gateway.parentRefs[].name", limits.SUBDOMAIN, limits.SUBDOMAIN_MAX),
        (".spec.gateway.parentRefs[].namespace", limits.NAMESPACE, limits.NAMESPACE_MAX),
        (".spec.gateway.parentRefs[].sectionName", limits.SUBDOMAIN, limits.SUBDOMAIN_MAX),
        (".spec.gateway.hostnames[]", limits.SUBDOMAIN, limits.SUBDOMAIN_MAX),
        (".spec.monitoring.interval", limits.INTERVAL, limits.INTERVAL_MAX),
        (".spec.monitoring.labels{}", limits.LABEL_VALUE, limits.LABEL_VALUE_MAX),
        (".spec.admin.username", limits.USERNAME, limits.USERNAME_MAX),
        (".spec.admin.email", limits.EMAIL, limits.EMAIL_MAX),
    ],
)
def test_a_text_has_the_same_bounds_on_both_sides(path: str, pattern: str, longest: int) -> None:
    assert (ALL[path]["pattern"], ALL[path]["maxLength"]) == (pattern, longest)


def test_numbers_and_annotations_have_the_same_bounds_on_both_sides() -> None:
    annotations = ALL[".spec.service.annotations"]
    assert ALL[".spec.pods.labels"]["maxProperties"] == limits.LABELS_MAX
    assert ALL[".spec.pods.tolerations"]["maxItems"] == limits.TOLERATIONS_MAX
    assert ALL[".spec.pods.topologySpread"]["maxItems"] == limits.SPREAD_MAX
    assert ALL[".spec.pods.imagePullSecrets"]["maxItems"] == limits.PULL_SECRETS_MAX
    assert ALL[".spec.pods.topologySpread[].maxSkew"]["maximum"] == limits.SKEW_MAX
    assert ALL[".spec.replicas"]["maximum"] == limits.REPLICAS_MAX
    assert ALL[".spec.users"]["maxItems"] == limits.USERS_MAX
    assert ALL[".spec.service.port"]["maximum"] == limits.PORT_MAX
    assert annotations["maxProperties"] == limits.ANNOTATIONS_MAX
    assert annotations["additionalProperties"]["maxLength"] == limits.ANNOTATION_VALUE_MAX
    assert ALL[".spec.service.loadBalancerSourceRanges"]["maxItems"] == limits.NETWORKS_MAX
    assert ALL[".spec.service.loadBalancerSourceRanges[]"]["maxLength"] == limits.NETWORK_MAX
    assert ALL[".spec.gateway.parentRefs"]["maxItems"] == limits.PARENTS_MAX
    assert ALL[".spec.gateway.hostnames"]["maxItems"] == limits.HOSTNAMES_MAX
    assert ALL[".spec.monitoring.labels"]["maxProperties"] == limits.LABELS_MAX


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (".spec.deletionPolicy", DeletionPolicy),
        (".spec.imagePullPolicy", PullPolicy),
        (".spec.service.type", ServiceType),
        (".spec.pods.topologySpread[].whenUnsatisfiable", Unsatisfiable),
        (".spec.storage.s3.addressing", Addressing),
        (".spec.service.externalTrafficPolicy", TrafficPolicy),
        (".spec.storage.claim.accessModes[]", AccessMode),
    ],
)
def test_words_are_the_same_on_both_sides(path: str, words: type[StrEnum]) -> None:
    assert set(ALL[path]["enum"]) == {word.value for word in words} - {""}


def test_the_name_has_the_same_rule_on_both_sides() -> None:
    rules = " ".join(rule["rule"] for rule in SCHEMA["x-kubernetes-validations"])
    assert f"matches('{names.VAULT_NAME_PATTERN}')" in rules
    assert f"size() <= {names.VAULT_NAME_MAX}" in rules


def test_every_field_says_what_it_is_for() -> None:
    silent = [path for path, schema in ALL.items() if path != ".metadata" and not schema.get("description")]
    assert silent == []


def test_everything_that_can_grow_has_an_end() -> None:
    limit = {"string": "maxLength", "array": "maxItems"}
    fixed = ("enum", "format")
    endless = [
        path
        for path, schema in ALL.items()
        if path not in (".apiVersion", ".kind")
        and (
            (schema.get("type") in limit and limit[schema["type"]] not in schema)
            or ("additionalProperties" in schema and "maxProperties" not in schema)
        )
        and not any(word in schema for word in fixed)
    ]
    assert endless == []


def test_the_spec_has_no_default_that_a_class_could_decide() -> None:
    assert [path for path, schema in ALL.items() if "default" in schema] == [
        ".spec",
        ".spec.replicas",
        ".status",
        ".status.observedGeneration",
    ]


@pytest.mark.parametrize(
    "case", [case for case in REFUSED.values() if case.before is None and "unknown" not in case.sentence]
)
def test_what_the_crd_refuses_the_operator_refuses_too(case: Refused) -> None:
    body = {"metadata": {"name": case.name or "photos"}, "spec": case.spec}
    with pytest.raises(InvalidSpec):
        parse(body, defaults=DEFAULTS)


@pytest.mark.parametrize("case", TAKEN.values(), ids=TAKEN)
def test_what_the_crd_takes_the_operator_takes_too(case: Taken) -> None:
    parse({"metadata": {"name": "photos"}, "spec": case.spec}, defaults=DEFAULTS)
