"""The status schema is closed, so whatever the operator may write must have its place in it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from crd_cases import Taken
from crd_taken import TAKEN
from mediavault_operator.observed import Failure, Observed
from mediavault_operator.spec import Defaults, Problem, parse
from mediavault_operator.status import compute_status, refused_status

ROOT = Path(__file__).resolve().parents[2]
CRD = yaml.safe_load((ROOT / "crds" / "mediavaults.yaml").read_text())
STATUS = CRD["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["status"]
NOW = datetime(2026, 11, 22, tzinfo=UTC)
MIGRATION = {"template": "t", "image": "app:1", "secrets": "s", "version": "1.0"}
TROUBLE = (
    Failure(kind="Service", name="photos", reason="Conflict", message="taken"),
    Failure(kind="Job", name="photos-migrate-t", reason="Forbidden", message="exceeded quota"),
)


def closed(schema: Any) -> Any:
    """The same schema with every field that it does not name forbidden, as pruning would remove it."""
    if isinstance(schema, list):
        return [closed(inner) for inner in schema]
    if not isinstance(schema, Mapping):
        return schema
    result = {key: closed(value) for key, value in schema.items()}
    if "properties" in schema and isinstance(schema.get("type"), str):
        result.setdefault("additionalProperties", False)
    return result


VALIDATOR = Draft202012Validator(closed(STATUS))


@pytest.mark.parametrize("failures", [(), TROUBLE])
@pytest.mark.parametrize("case", TAKEN.values(), ids=TAKEN)
def test_every_status_fits_the_schema(case: Taken, failures: tuple[Failure, ...]) -> None:
    body = {"metadata": {"name": "photos", "namespace": "t", "uid": "u", "generation": 1}, "spec": case.spec}
    vault = parse(body, defaults=Defaults(image="app:1", database_image="postgres:17"))
    seen = Observed(failures=failures, drift=("Deployment photos: x",), migration=MIGRATION)
    status = compute_status(vault, seen, template="t", previous={}, now=NOW)
    assert [error.message for error in VALIDATOR.iter_errors(status)] == []
    assert len(status["conditions"]) <= STATUS["properties"]["conditions"]["maxItems"]


def test_the_status_of_a_refused_spec_fits_the_schema() -> None:
    problems = (Problem(field="spec", message="wrong"),)
    status = refused_status(generation=1, problems=problems, serving={}, previous={}, now=NOW)
    assert [error.message for error in VALIDATOR.iter_errors(status)] == []


def test_a_field_without_a_place_would_be_noticed() -> None:
    assert not VALIDATOR.is_valid({"observedGeneration": 1, "unheard": "of"})
