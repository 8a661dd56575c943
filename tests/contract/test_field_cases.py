"""Every field of a MediaVault's spec has a case by which it is tried, at every bound that its schema has."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from field_case import leaves
from field_cases import FIELDS

CRD = Path(__file__).resolve().parents[2] / "crds" / "mediavaults.yaml"
SCHEMA = yaml.safe_load(CRD.read_text())["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
SPEC = SCHEMA["properties"]["spec"]


def schema_of(path: str) -> Mapping[str, Any]:
    schema: Mapping[str, Any] = SPEC
    for word in path.split("."):
        schema = schema["properties"][word.removesuffix("[]")]
        schema = schema["items"] if word.endswith("[]") else schema
    return schema


def test_every_field_has_a_case_and_every_case_a_field() -> None:
    assert set(leaves(SPEC)) == set(FIELDS)


@pytest.mark.parametrize("path", FIELDS)
def test_a_case_has_every_word_and_both_ends_and_something_that_is_refused(path: str) -> None:
    case, schema = FIELDS[path], schema_of(path)
    ends = () if case.kept else [schema[end] for end in ("minimum", "maximum") if end in schema]
    assert {*schema.get("enum", ()), *ends} <= set(map(_hashable, case.values))
    assert case.invalid


def _hashable(value: Any) -> Any:
    return value if isinstance(value, str | int) else repr(value)
