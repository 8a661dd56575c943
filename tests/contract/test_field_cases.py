"""Every field of a MediaVault's spec has a case by which it is tried."""

from pathlib import Path

import yaml

from field_case import leaves
from field_cases import FIELDS

CRD = Path(__file__).resolve().parents[2] / "crds" / "mediavaults.yaml"


def test_every_field_has_a_case_and_every_case_a_field() -> None:
    schema = yaml.safe_load(CRD.read_text())["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    assert set(leaves(schema["properties"]["spec"])) == set(FIELDS)
