"""What a class may decide has the shape and the bounds that it has in a MediaVault."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from mediavault_operator import names
from mediavault_operator.rollout import Progress
from mediavault_operator.spec import Defaults, Problem, is_default, limits, parse_class
from mediavault_operator.spec.vaultclass import DEADLINE_MAX, SHARE
from mediavault_operator.status.vaultclass import class_status, invalid_class_status

CRDS = Path(__file__).resolve().parents[2] / "crds"
CLASS = yaml.safe_load((CRDS / "mediavaultclasses.yaml").read_text())
VAULT = yaml.safe_load((CRDS / "mediavaults.yaml").read_text())
# In words only, or because a class decides of a vault that is yet to come.
OTHERWISE = ("description", "x-kubernetes-validations")
PATTERNS = {
    ".backup.encryption.secretName",
    ".backup.target.claim.name",
    ".backup.target.s3.prefix",
    ".backup.target.s3.secretName",
    ".gateway.hostnames[]",
    ".ingress.host",
    ".ingress.tls.secretName",
    ".storage.s3.prefix",
    ".storage.s3.secretName",
}


def schema(crd: Mapping[str, Any]) -> dict[str, Any]:
    properties = crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]
    assert isinstance(properties, dict)
    return properties


DEFAULTS = schema(CLASS)["spec"]["properties"]["defaults"]
SPEC = schema(VAULT)["spec"]
STATUS = schema(CLASS)["status"]


def fields(node: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield path, node
    for name, inner in node.get("properties", {}).items():
        yield from fields(inner, f"{path}.{name}")
    for kind, suffix in (("items", "[]"), ("additionalProperties", "{}")):
        if isinstance(node.get(kind), dict):
            yield from fields(node[kind], f"{path}{suffix}")


ALL = dict(fields(SPEC))


@pytest.mark.parametrize(("path", "node"), [each for each in fields(DEFAULTS) if each[0]])
def test_a_field_of_a_class_is_a_field_of_a_vault(path: str, node: Mapping[str, Any]) -> None:
    def shape(of: Mapping[str, Any]) -> dict[str, Any]:
        nested = ("properties", "items", "additionalProperties")
        return {key: value for key, value in of.items() if key not in (*OTHERWISE, *nested)}

    if path in PATTERNS:
        assert (node["type"], node["maxLength"]) == (ALL[path]["type"], ALL[path]["maxLength"])
    else:
        assert shape(node) == shape(ALL[path])


def test_it_is_the_kind_that_the_operator_watches() -> None:
    (version,) = CLASS["spec"]["versions"]
    assert (CLASS["spec"]["group"], version["name"], CLASS["spec"]["scope"]) == (
        names.GROUP,
        names.VERSION,
        "Cluster",
    )
    assert CLASS["spec"]["names"]["kind"] == names.CLASS_KIND
    assert CLASS["spec"]["names"]["plural"] == names.CLASS_PLURAL


def test_no_category_has_the_name_of_a_kind() -> None:
    """kubectl would take `get mediavault NAME` for several kinds at once, and refuse it."""
    every = [yaml.safe_load(path.read_text())["spec"]["names"] for path in CRDS.glob("*.yaml")]
    words = {word for each in every for word in (each["singular"], each["plural"], *each["shortNames"])}
    assert words.isdisjoint(category for each in every for category in each["categories"])


def test_limits_and_rollout_have_the_same_bounds_on_both_sides() -> None:
    spec = schema(CLASS)["spec"]["properties"]
    rollout = spec["rollout"]["properties"]
    assert spec["limits"]["properties"]["replicas"]["maximum"] == limits.REPLICAS_MAX
    assert rollout["maxConcurrent"]["pattern"] == SHARE
    assert rollout["progressDeadlineSeconds"]["maximum"] == DEADLINE_MAX


def test_every_field_says_what_it_is_for_and_has_an_end() -> None:
    for name, part in schema(CLASS).items():
        if name in ("apiVersion", "kind", "metadata"):
            continue
        for path, node in fields(part, name):
            assert node.get("description"), path
            bounded = {"maxLength", "maxItems", "enum", "format", "maxProperties"} & node.keys()
            endless = node.get("type") in ("string", "array") or "additionalProperties" in node
            assert bounded or not endless, path


def test_an_example_is_valid_to_the_operator() -> None:
    documents = yaml.safe_load_all((CRDS.parent / "examples" / "class.yaml").read_text())
    (example,) = (each for each in documents if each["kind"] == names.CLASS_KIND)
    assert parse_class(example, defaults=Defaults(image="a:1", database_image="b:1")).defaults
    assert is_default(example)


def test_every_status_fits_the_schema() -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    found = Progress(total=2, updated=1, ready=1, rolling=1, waiting=1, worse=(("a", "b"),))
    status = class_status(
        generation=1, revision="r", found=found, troubles={"a/b": "c"}, previous={}, now=now
    )
    wrong = invalid_class_status(
        generation=1, problems=(Problem(field="a", message="b"),), previous=status, now=now
    )
    validator = Draft202012Validator({**STATUS, "additionalProperties": False})
    for each in (status, wrong):
        assert [error.message for error in validator.iter_errors(each)] == []
