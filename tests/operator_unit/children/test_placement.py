"""Every pod of a vault is marked and placed as the spec says."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mediavault_operator import names
from mediavault_operator.children import desired_children
from mediavault_operator.credentials import Credentials
from mediavault_operator.observed import Observed

Maker = Callable[..., Any]

PODS: dict[str, Any] = {
    "labels": {"team": "media"},
    "annotations": {"sidecar.istio.io/inject": "false", "prometheus.io/scrape": "false"},
    "nodeSelector": {"disk": "ssd"},
    "tolerations": [{"key": "media", "operator": "Exists", "effect": "NoSchedule"}],
    "affinity": {"podAntiAffinity": {}},
    "priorityClassName": "high",
    "runtimeClassName": "gvisor",
    "imagePullSecrets": ["registry"],
}
MIGRATED = {"template": "older", "image": "registry/app:1.0", "secrets": "s"}
SHARED = {"claim": {"accessModes": ["ReadWriteMany"]}}


@pytest.fixture(name="templates")
def pod_templates(
    make_vault: Maker, credentials: Credentials, claim: Maker
) -> Callable[..., dict[str, dict[str, Any]]]:
    """The pod templates of a vault, by the kind of their child."""

    def templates(pods: dict[str, Any] | None = None, **spec: Any) -> Iterator[tuple[str, dict[str, Any]]]:
        vault = make_vault({**spec, "pods": pods or {}})
        seen = Observed(database_claim=claim("photos-db"), migration=MIGRATED)
        for each in desired_children(vault, credentials=credentials, observed=seen).manifests:
            if "template" in each.get("spec", {}):
                yield each["kind"], each["spec"]["template"]

    return lambda *arguments, **spec: dict(templates(*arguments, **spec))


def test_web_migration_and_database_run_where_the_spec_says(templates: Maker) -> None:
    found = templates(PODS)
    assert set(found) == {"Deployment", "Job", "StatefulSet"}
    for template in found.values():
        spec = template["spec"]
        assert spec["nodeSelector"] == {"disk": "ssd"}
        assert spec["tolerations"] == PODS["tolerations"]
        assert spec["affinity"] == {"podAntiAffinity": {}}
        assert (spec["priorityClassName"], spec["runtimeClassName"]) == ("high", "gvisor")
        assert spec["imagePullSecrets"] == [{"name": "registry"}]


def test_marks_are_added_and_ours_stay(templates: Maker) -> None:
    for kind, template in templates(PODS).items():
        labels = template["metadata"]["labels"]
        assert (labels["team"], labels[names.VAULT_LABEL]) == ("media", "photos")
        assert template["metadata"]["annotations"]["sidecar.istio.io/inject"] == "false", kind
    assert names.SECRETS_ANNOTATION in templates(PODS)["Deployment"]["metadata"]["annotations"]


def test_what_tells_others_of_the_pods_can_be_told_otherwise(templates: Maker) -> None:
    assert templates()["Deployment"]["metadata"]["annotations"]["prometheus.io/scrape"] == "true"
    assert templates(PODS)["Deployment"]["metadata"]["annotations"]["prometheus.io/scrape"] == "false"


def test_nothing_said_is_nothing_asked(templates: Maker) -> None:
    asked = {"nodeSelector", "tolerations", "affinity", "priorityClassName", "runtimeClassName"}
    for template in templates().values():
        assert not (asked | {"imagePullSecrets", "topologySpreadConstraints"}) & template["spec"].keys()


def test_several_web_pods_are_spread_over_zones_and_nodes(templates: Maker) -> None:
    spread = templates(storage=SHARED)["Deployment"]["spec"]["topologySpreadConstraints"]
    assert [each["topologyKey"] for each in spread] == [
        "topology.kubernetes.io/zone",
        "kubernetes.io/hostname",
    ]
    assert {each["whenUnsatisfiable"] for each in spread} == {"ScheduleAnyway"}
    assert spread[0]["labelSelector"]["matchLabels"] == names.selector("photos", names.WEB)


def test_a_spread_of_ones_own_replaces_it(templates: Maker) -> None:
    rack = {"topologyKey": "rack", "maxSkew": 2, "whenUnsatisfiable": "DoNotSchedule"}
    (spread,) = templates({"topologySpread": [rack]}, storage=SHARED)["Deployment"]["spec"][
        "topologySpreadConstraints"
    ]
    assert {**rack, "labelSelector": spread["labelSelector"]} == spread
    none = templates({"topologySpread": []}, storage=SHARED)["Deployment"]["spec"]
    assert "topologySpreadConstraints" not in none


def test_the_migration_shows_that_a_spread_can_be_had(templates: Maker) -> None:
    found = templates({"topologySpread": [{"topologyKey": "rack", "whenUnsatisfiable": "DoNotSchedule"}]})
    (wanted,) = found["Deployment"]["spec"]["topologySpreadConstraints"]
    assert found["Job"]["spec"]["topologySpreadConstraints"] == [wanted]


def test_no_pod_has_a_token_and_secrets_are_files(templates: Maker) -> None:
    for template in templates(PODS).values():
        assert template["spec"]["automountServiceAccountToken"] is False
        containers = template["spec"]["containers"]
        assert all("valueFrom" not in each for container in containers for each in container.get("env", ()))
