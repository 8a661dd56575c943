"""What scheduler and kubelet refuse is named in the condition within seconds, in their own words."""

from typing import Any

import pytest

from tenancy.vault import TenantVault

pytestmark = pytest.mark.node

EMBEDDED: dict[str, Any] = {"database": {"embedded": {}}}
HUGE: dict[str, Any] = {"requests": {"cpu": "900"}, "limits": {"cpu": "900"}}


def managed(**fields: Any) -> dict[str, Any]:
    return {"database": {"managed": fields}}


@pytest.mark.parametrize(
    ("spec", "part", "reason", "said"),
    [
        ({**EMBEDDED, "resources": HUGE}, "WorkloadReady", "Unschedulable", "Insufficient cpu"),
        (managed(resources=HUGE), "DatabaseReady", "Unschedulable", "Insufficient cpu"),
        ({**EMBEDDED, "image": "localhost/none:1"}, "WorkloadReady", "ImagePullFailed", "localhost/none:1"),
        (managed(image="localhost/none:17"), "DatabaseReady", "ImagePullFailed", "localhost/none:17"),
    ],
)
def test_a_cause_is_named(
    vault: TenantVault, spec: dict[str, Any], part: str, reason: str, said: str
) -> None:
    vault.apply(spec)
    what = f"{part} says {reason}"
    vault.until(lambda: vault.condition(part).get("reason") == reason, what=what, seconds=30)
    assert said in vault.condition(part)["message"]
    assert vault.condition("Ready")["status"] == "False"
