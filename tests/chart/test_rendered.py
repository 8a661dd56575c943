"""What the chart makes of its values."""

import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import yaml

from mediavault_operator.kube import resources
from mediavault_operator.settings import OperatorSettings

Manifest: TypeAlias = dict[str, Any]
Render: TypeAlias = Callable[..., tuple[Manifest, ...]]
Right: TypeAlias = tuple[str, str, str]

NAMED = ("--set", "watchNamespaces={red,blue}")


def kinds(manifests: Iterable[Manifest]) -> list[str]:
    return sorted(manifest["kind"] for manifest in manifests)


def rights(rules: Iterable[Manifest]) -> set[Right]:
    return {
        (group, resource, verb)
        for rule in rules
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }


def declared(*kinds: resources.Resource) -> set[Right]:
    own = {(each.group, each.plural, verb) for each in kinds for verb in each.verbs}
    return own | {(each.group, f"{each.plural}/status", verb) for each in kinds for verb in each.status_verbs}


def crds(manifests: Iterable[Manifest]) -> dict[str, Manifest]:
    found = (each for each in manifests if each["kind"] == "CustomResourceDefinition")
    return {each["metadata"]["name"].partition(".")[0]: each for each in found}


def only(manifests: Iterable[Manifest], kind: str) -> Manifest:
    (found,) = (manifest for manifest in manifests if manifest["kind"] == kind)
    return found


def serves(manifest: Manifest) -> bool:
    """Whether this is a role for vaults, or its binding: what the Lease needs is apart."""
    return manifest["kind"].startswith("Role") and not manifest["metadata"]["name"].endswith("-lease")


def test_every_namespace_is_served_by_a_cluster_role(render: Render) -> None:
    assert kinds(render()) == [
        "ClusterRole",
        "ClusterRoleBinding",
        *["CustomResourceDefinition"] * 3,
        "Deployment",
        "Role",
        "RoleBinding",
        "Service",
        "ServiceAccount",
    ]


def test_named_namespaces_are_served_by_a_role_in_each_and_nothing_else(render: Render) -> None:
    manifests = render(*NAMED)
    assert kinds(manifests) == [
        *["CustomResourceDefinition"] * 3,
        "Deployment",
        *["Role"] * 3,
        *["RoleBinding"] * 3,
        "Service",
        "ServiceAccount",
    ]
    where = {each["metadata"]["namespace"] for each in manifests if serves(each)}
    assert where == {"red", "blue"}


def test_the_operator_is_told_its_namespaces(render: Render) -> None:
    container = only(render(*NAMED), "Deployment")["spec"]["template"]["spec"]["containers"][0]
    assert {"name": "MEDIAVAULT_WATCH_NAMESPACES", "value": "red,blue"} in container["env"]


def test_the_roles_grant_what_the_operator_calls_and_nothing_more(render: Render) -> None:
    everywhere = declared(resources.CLASS, *resources.ALL)
    assert rights(only(render(), "ClusterRole")["rules"]) == everywhere
    for manifest in render(*NAMED):
        if manifest["kind"] == "Role" and serves(manifest):
            assert rights(manifest["rules"]) == declared(*resources.ALL)


def test_beside_named_namespaces_classes_may_be_read_and_nothing_else(render: Render) -> None:
    manifests = render(*NAMED, "--set", "classes.watch=true")
    kind = resources.CLASS
    assert rights(only(manifests, "ClusterRole")["rules"]) == {
        (kind.group, kind.plural, verb) for verb in kind.verbs
    }
    (subject,) = only(manifests, "ClusterRoleBinding")["subjects"]
    assert subject["name"] == only(manifests, "ServiceAccount")["metadata"]["name"]


def test_beside_named_namespaces_the_named_admins_of_servers_may_be_read_and_nothing_else(
    render: Render,
) -> None:
    manifests = render(*NAMED, "--set", "classes.serverSecrets={pg-a,pg-b}")
    (role,) = (
        each for each in manifests if each["metadata"]["name"].endswith("-servers") and "rules" in each
    )
    (rule,) = role["rules"]
    assert (rule["resources"], rule["resourceNames"]) == (["secrets"], ["pg-a", "pg-b"])
    assert rule["verbs"] == ["get", "list", "watch"]
    told = only(manifests, "Deployment")["spec"]["template"]["spec"]["containers"][0]["env"]
    own = next(each["value"] for each in told if each["name"] == "MEDIAVAULT_LEASE_NAMESPACE")
    (binding,) = (
        each for each in manifests if each.get("roleRef", {}).get("name") == role["metadata"]["name"]
    )
    assert {role["metadata"]["namespace"], binding["metadata"]["namespace"]} == {own}


@pytest.mark.parametrize(
    ("options", "told"),
    [((), "true"), (NAMED, "false"), ((*NAMED, "--set", "classes.watch=true"), "true")],
)
def test_the_operator_watches_classes_where_it_may(
    render: Render, options: tuple[str, ...], told: str
) -> None:
    container = only(render(*options), "Deployment")["spec"]["template"]["spec"]["containers"][0]
    assert {"name": "MEDIAVAULT_WATCH_CLASSES", "value": told} in container["env"]


def test_the_lease_can_be_held_in_the_operators_own_namespace_and_nothing_else(render: Render) -> None:
    for manifests in (render(), render(*NAMED)):
        (role,) = (each for each in manifests if each["kind"] == "Role" and not serves(each))
        lease = resources.LEASE
        assert rights(role["rules"]) == {(lease.group, lease.plural, verb) for verb in lease.verbs}
        container = only(manifests, "Deployment")["spec"]["template"]["spec"]["containers"][0]
        told = {each["name"]: each["value"] for each in container["env"]}
        assert told["MEDIAVAULT_LEASE_NAMESPACE"] == role["metadata"]["namespace"]
        assert role["rules"][1]["resourceNames"] == [told["MEDIAVAULT_LEASE_NAME"]]


def test_nothing_that_holds_data_can_be_deleted_by_the_operator(render: Render) -> None:
    granted = rights(only(render(), "ClusterRole")["rules"])
    deletable = {resource for _, resource, verb in granted if verb in ("delete", "deletecollection")}
    assert deletable == {
        *("mediavaultbackups", "jobs", "poddisruptionbudgets"),
        *("ingresses", "httproutes", "podmonitors"),
    }


def test_no_right_is_a_wildcard(render: Render) -> None:
    assert "*" not in {word for right in rights(only(render(), "ClusterRole")["rules"]) for word in right}


def test_the_crds_can_be_left_to_somebody_else(render: Render) -> None:
    assert "CustomResourceDefinition" not in kinds(render("--set", "crds.install=false"))


def test_the_crds_stay_when_the_chart_goes(render: Render) -> None:
    for crd in crds(render()).values():
        assert crd["metadata"]["annotations"]["helm.sh/resource-policy"] == "keep"


def test_a_crd_goes_through_helm_unchanged(render: Render, chart: Path) -> None:
    written = {
        path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))
        for path in (chart / "files" / "crds").glob("*.yaml")
    }
    assert crds(render()) == written


@pytest.mark.parametrize(
    "option",
    [
        "image.tag=1",
        "watchNamespaces={Red}",
        "log.level=LOUD",
        "imagePullPolicy=Sometimes",
        "classes.serverSecrets={A}",
    ],
)
def test_a_value_that_means_nothing_is_refused(render: Render, option: str) -> None:
    with pytest.raises(ValueError, match=option.partition("=")[0].partition(".")[0]):
        render("--set", option)


def test_the_pod_reaches_its_probes_on_the_port_that_the_operator_serves(render: Render) -> None:
    container = only(render(), "Deployment")["spec"]["template"]["spec"]["containers"][0]
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        assert container[probe]["httpGet"]["path"] == "/healthz"
        assert ports[container[probe]["httpGet"]["port"]] == 8080


def test_the_service_of_the_figures_leads_to_the_port_that_the_operator_serves(render: Render) -> None:
    (port,) = only(render(), "Service")["spec"]["ports"]
    container = only(render(), "Deployment")["spec"]["template"]["spec"]["containers"][0]
    ports = {each["name"]: each["containerPort"] for each in container["ports"]}
    images = {"MEDIAVAULT_APP_IMAGE": "app:1", "MEDIAVAULT_POSTGRES_IMAGE": "postgres:17"}
    assert ports[port["targetPort"]] == OperatorSettings.from_env(images).metrics_port


@pytest.mark.parametrize("kind", ["ServiceMonitor", "PodMonitor"])
def test_a_monitor_is_made_where_the_cluster_knows_the_kind(render: Render, kind: str) -> None:
    asked = ("--set", f"metrics.monitor={kind}", "--set", "metrics.labels.release=p")
    assert kind not in kinds(render(*asked))
    monitor = only(render(*asked, "--api-versions", f"monitoring.coreos.com/v1/{kind}"), kind)
    chosen = monitor["spec"]["selector"]["matchLabels"].items()
    by = "Service" if kind == "ServiceMonitor" else "Deployment"
    assert chosen <= only(render(), by)["metadata"]["labels"].items()
    assert monitor["metadata"]["labels"]["release"] == "p"


def test_the_chart_is_clean_to_helm(helm: str, chart: Path) -> None:
    done = subprocess.run([helm, "lint", "--strict", str(chart)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
