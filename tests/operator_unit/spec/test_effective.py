"""The spec as it is served."""

from collections.abc import Callable
from typing import Any

import pytest

from mediavault_operator.spec import Defaults, MediaVault, effective, parse

SPECS: list[dict[str, Any]] = [
    {},
    {"storage": {"claim": {"existingClaim": "old"}}, "database": {"external": {"secretName": "url"}}},
    {
        "database": {"embedded": {}},
        "service": {"type": "NodePort", "nodePort": 30080, "annotations": {"a": "b"}},
    },
    {"imagePullPolicy": "Always", "admin": {"username": "eve", "email": "eve@example.org"}, "suspend": True},
]


def test_every_decision_of_the_operator_shows(make_vault: Callable[..., MediaVault]) -> None:
    shown = effective(make_vault())
    assert shown["replicas"] == 1
    assert shown["storage"] == {"claim": {"size": "10Gi", "accessModes": ["ReadWriteOnce"]}}
    assert shown["database"]["managed"]["image"] == "registry/postgres:17"
    assert "imagePullPolicy" not in shown


@pytest.mark.parametrize("spec", SPECS)
def test_what_is_shown_is_itself_a_spec_of_the_same_vault(
    spec: dict[str, Any], make_vault: Callable[..., MediaVault], defaults: Defaults
) -> None:
    shown = effective(make_vault(spec))
    again = parse({"metadata": {"name": "photos"}, "spec": shown}, defaults=defaults)
    assert effective(again) == shown
