"""The reference of MediaVault tells of every field, and of no field that is not there."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
CRD = yaml.safe_load((ROOT / "crds" / "mediavaults.yaml").read_text())
PROPERTIES = CRD["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]
REFERENCE = (ROOT / "docs" / "reference" / "mediavault.md").read_text()
# status.effective has the shape of the spec, so its fields are told of there.
NOT_REPEATED = "status.effective."


def paths(schema: Mapping[str, Any], path: str) -> Iterator[str]:
    yield path
    for name, inner in schema.get("properties", {}).items():
        yield from paths(inner, f"{path}.{name}")
    items = schema.get("items", {})
    for name, inner in items.get("properties", {}).items():
        yield from paths(inner, f"{path}[].{name}")


def fields() -> set[str]:
    every = {path for part in ("spec", "status") for path in paths(PROPERTIES[part], part)}
    return {path for path in every if not path.startswith(NOT_REPEATED)} - {"spec", "status"}


def told() -> set[str]:
    return set(re.findall(r"^\| `((?:spec|status)\.[^`]+)`", REFERENCE, re.MULTILINE))


def test_every_field_is_told_of() -> None:
    assert fields() - told() == set()


def test_no_field_is_told_of_that_is_not_there() -> None:
    assert told() - fields() == set()


def test_every_reason_that_a_check_gives_is_told() -> None:
    folder = ROOT / "operator" / "mediavault_operator" / "status"
    source = "".join(file.read_text() for file in folder.glob("*.py"))
    given = set(re.findall(r'(?:reason=|waiting\(\s*|fine\(\s*)"([A-Z]\w+)"', source))
    assert {"Serving", "Crashing", "Provisioning"} <= given
    assert {reason for reason in given if f"`{reason}`" not in REFERENCE} == set()
