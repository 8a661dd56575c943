"""What the tests of the status share: a vault in health, to break one piece at a time."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import pytest

from mediavault_operator.observed import Observed
from mediavault_operator.spec import MediaVault
from mediavault_operator.status import compute_status

Judge = Callable[..., dict[str, Any]]


@pytest.fixture(name="healthy")
def healthy_children(
    claim: Callable[..., Any], deployment: Callable[..., Any]
) -> Callable[..., dict[str, Any]]:
    """Every child of a managed vault as it is when all is well, with some of them replaced."""

    def make(**replaced: Any) -> dict[str, Any]:
        children: dict[str, Any] = {
            "deployment": deployment(),
            "service": {"metadata": {"name": "photos"}, "status": {}},
            "media_claim": claim("photos-media"),
            "database_claim": claim("photos-db"),
            "stateful_set": {
                "metadata": {"name": "photos-db", "creationTimestamp": "2026-11-22T11:59:50Z"},
                "status": {"replicas": 1, "readyReplicas": 1},
            },
            "migration": {"template": "t", "image": "registry/app:1.0", "secrets": "s", "version": "1.0"},
        }
        return {**children, **replaced}

    return make


@pytest.fixture(name="judge")
def status_judge(make_vault: Callable[..., MediaVault], now: datetime) -> Judge:
    """The status of a vault with this spec and these children."""

    def judge(
        children: Mapping[str, Any],
        spec: Mapping[str, Any] | None = None,
        *,
        template: str | None = "t",
        previous: Mapping[str, Any] | None = None,
        at: datetime = now,
    ) -> dict[str, Any]:
        return compute_status(
            make_vault(spec), Observed(**children), template=template, previous=previous or {}, now=at
        )

    return judge


@pytest.fixture(name="condition")
def condition_reader() -> Callable[[Mapping[str, Any], str], dict[str, Any]]:
    """One condition of a status, empty where it is absent."""

    def read(status: Mapping[str, Any], kind: str) -> dict[str, Any]:
        return next((dict(found) for found in status["conditions"] if found["type"] == kind), {})

    return read
