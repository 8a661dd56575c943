"""The reference of each kind tells of every field, and of no field that is not there."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
KINDS = {
    "mediavaults": "mediavault",
    "mediavaultclasses": "mediavaultclass",
    "mediavaultbackups": "mediavaultbackup",
}
# status.effective has the shape of the spec, so its fields are told of there.
NOT_REPEATED = "status.effective."


def paths(schema: Mapping[str, Any], path: str) -> Iterator[str]:
    yield path
    for name, inner in schema.get("properties", {}).items():
        yield from paths(inner, f"{path}.{name}")
    items = schema.get("items", {})
    for name, inner in items.get("properties", {}).items():
        yield from paths(inner, f"{path}[].{name}")


def fields(kind: str) -> set[str]:
    crd = yaml.safe_load((ROOT / "crds" / f"{kind}.yaml").read_text())
    properties = crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]
    every = {path for part in ("spec", "status") for path in paths(properties[part], part)}
    return {path for path in every if not path.startswith(NOT_REPEATED)} - {"spec", "status"}


def reference(kind: str) -> str:
    return (ROOT / "docs" / "reference" / f"{KINDS[kind]}.md").read_text()


def told(kind: str) -> set[str]:
    return set(re.findall(r"^\| `((?:spec|status)\.[^`]+)`", reference(kind), re.MULTILINE))


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_is_told_of(kind: str) -> None:
    assert fields(kind) - told(kind) == set()


@pytest.mark.parametrize("kind", KINDS)
def test_no_field_is_told_of_that_is_not_there(kind: str) -> None:
    assert told(kind) - fields(kind) == set()


def test_every_reason_that_a_check_gives_is_told() -> None:
    folder = ROOT / "operator" / "mediavault_operator" / "status"
    source = "".join(file.read_text() for file in folder.glob("*.py"))
    given = set(re.findall(r'(?:reason=|waiting\(\s*|fine\(\s*)"([A-Z]\w+)"', source))
    assert {"Serving", "Crashing", "Provisioning"} <= given
    references = "".join(map(reference, KINDS))
    assert {reason for reason in given if f"`{reason}`" not in references} == set()
