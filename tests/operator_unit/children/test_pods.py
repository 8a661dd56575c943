"""Every pod that the operator makes: web, migration and database."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mediavault_operator import names
from mediavault_operator.children import desired_children
from mediavault_operator.children.pod import SECRETS_ROOT
from mediavault_operator.credentials import Credentials
from mediavault_operator.observed import Observed
from mediavault_operator.spec import MediaVault

Templates = Callable[..., dict[str, dict[str, Any]]]


@pytest.fixture(name="templates")
def template_maker(
    make_vault: Callable[..., MediaVault], credentials: Credentials, claim: Callable[..., Any]
) -> Templates:
    """The pod templates of a vault by the kind of their owner."""

    def make(spec: dict[str, Any] | None = None) -> dict[str, dict[str, Any]]:
        seen = Observed(
            database_claim=claim("photos-db"), migration={"template": "t", "image": "registry/app:0.9"}
        )
        plan = desired_children(make_vault(spec), credentials=credentials, observed=seen)
        owners = [manifest for manifest in plan.manifests if "template" in manifest.get("spec", {})]
        return {owner["kind"]: owner["spec"]["template"] for owner in owners}

    return make


def containers(template: dict[str, Any]) -> list[dict[str, Any]]:
    return [*template["spec"].get("initContainers", []), *template["spec"]["containers"]]


@pytest.mark.parametrize("spec", [{}, {"database": {"embedded": {}}}])
def test_every_pod_is_as_restricted_as_pod_security_asks(templates: Templates, spec: dict[str, Any]) -> None:
    for template in templates(spec).values():
        pod = template["spec"]
        assert pod["automountServiceAccountToken"] is False
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert pod["securityContext"]["fsGroupChangePolicy"] == "OnRootMismatch"
        for container in containers(template):
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "runAsNonRoot": True,
                "capabilities": {"drop": ["ALL"]},
            }


@pytest.mark.parametrize("spec", [{}, {"database": {"embedded": {}}}])
def test_every_mount_has_its_volume_and_every_volume_is_mounted(
    templates: Templates, spec: dict[str, Any]
) -> None:
    for template in templates(spec).values():
        mounted = {mount["name"] for container in containers(template) for mount in container["volumeMounts"]}
        assert mounted == {volume["name"] for volume in template["spec"]["volumes"]}


def test_every_secret_is_a_file_that_a_variable_names(templates: Templates) -> None:
    for template in templates().values():
        for container in containers(template):
            assert not [variable for variable in container["env"] if "valueFrom" in variable]
            mounts = [mount["mountPath"] for mount in container["volumeMounts"]]
            files = [entry["value"] for entry in container["env"] if entry["value"].startswith(SECRETS_ROOT)]
            assert bool(files) == (container["name"] != names.FRONT_CONTAINER)
            assert all(any(f"{file}/".startswith(f"{mount}/") for mount in mounts) for file in files)


def test_the_web_pods_do_not_see_the_admins_password(templates: Templates) -> None:
    volumes = templates()["Deployment"]["spec"]["volumes"]
    assert "photos-admin" not in str(volumes)
    assert "photos-admin" in str(templates()["Job"]["spec"]["volumes"])


def test_the_migration_mounts_no_claim(templates: Templates) -> None:
    assert "persistentVolumeClaim" not in str(templates()["Job"]["spec"]["volumes"])


def test_the_web_pod_is_asked_on_the_apps_own_paths(templates: Templates) -> None:
    web, front, _ = templates()["Deployment"]["spec"]["containers"]
    paths = {name: web[name]["httpGet"]["path"] for name in web if name.endswith("Probe")}
    assert paths == {"startupProbe": "/livez", "livenessProbe": "/livez", "readinessProbe": "/readyz"}
    (port,) = front["ports"]
    assert {web[name]["httpGet"]["port"] for name in paths} == {port["containerPort"]}


def test_the_front_sees_no_secret_and_only_reads_the_media(templates: Templates) -> None:
    _, front, _ = templates()["Deployment"]["spec"]["containers"]
    mounts = {mount["name"]: mount.get("readOnly", False) for mount in front["volumeMounts"]}
    assert mounts == {"media": True, "socket": False, "front": False}


def test_a_pod_that_ends_drains_its_front_before_the_app(templates: Templates) -> None:
    pod = templates()["Deployment"]["spec"]
    web, front, _ = pod["containers"]
    hooks = [container["lifecycle"]["preStop"]["exec"]["command"] for container in (web, front)]
    assert [hook[3] for hook in hooks] == ["outlast", "drain"]


def test_front_and_app_meet_at_one_socket(templates: Templates) -> None:
    web, front, _ = templates()["Deployment"]["spec"]["containers"]
    for container in (web, front):
        environment = {entry["name"]: entry["value"] for entry in container["env"]}
        places = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
        assert environment["FRONT_SOCKET"].startswith(f"{places['socket']}/")


def test_the_worker_has_what_the_app_has_but_no_socket(templates: Templates) -> None:
    web, _, worker = templates()["Deployment"]["spec"]["containers"]
    assert [each for each in web["volumeMounts"] if each["name"] != "socket"] == worker["volumeMounts"]
    assert worker["image"] == web["image"]
    assert "FRONT_SOCKET" not in str(worker["env"])


def test_a_worker_is_alive_while_it_touches_its_heartbeat(templates: Templates, tmp_path: Path) -> None:
    _, _, worker = templates()["Deployment"]["spec"]["containers"]
    heartbeat = tmp_path / "heartbeat"
    told = worker["command"][-1]
    command = [part.replace(told, str(heartbeat)) for part in worker["livenessProbe"]["exec"]["command"]]
    heartbeat.touch()
    assert subprocess.run(command).returncode == 0
    os.utime(heartbeat, (0, 0))
    assert subprocess.run(command).returncode != 0


def test_the_figures_are_served_where_they_are_looked_for(templates: Templates) -> None:
    template = templates()["Deployment"]
    (port,) = template["spec"]["containers"][0]["ports"]
    assert (port["name"], port["containerPort"]) == ("metrics", 9100)
    assert template["metadata"]["annotations"]["prometheus.io/port"] == "9100"


def test_the_pull_policy_stands_only_where_it_is_decided(templates: Templates) -> None:
    every = [container for template in templates().values() for container in containers(template)]
    assert not [container for container in every if "imagePullPolicy" in container]
    decided = templates({"imagePullPolicy": "Never"})
    assert {c["imagePullPolicy"] for t in decided.values() for c in containers(t)} == {"Never"}


def test_a_pod_carries_the_selector_of_its_owner(templates: Templates) -> None:
    components = {"Deployment": names.WEB, "StatefulSet": names.DATABASE, "Job": names.MIGRATE}
    for kind, template in templates().items():
        assert names.selector("photos", components[kind]).items() <= template["metadata"]["labels"].items()


def test_an_external_url_is_mounted_from_its_own_key(
    make_vault: Callable[..., MediaVault], credentials: Credentials
) -> None:
    vault = make_vault({"database": {"external": {"secretName": "my-url", "key": "url"}}})
    seen = Observed(migration={"template": "t", "image": "app:1"})
    plan = desired_children(vault, credentials=credentials, observed=seen)
    (deployment,) = (manifest for manifest in plan.manifests if manifest["kind"] == "Deployment")
    volumes = {volume["name"]: volume for volume in deployment["spec"]["template"]["spec"]["volumes"]}
    secret = volumes["database"]["secret"]
    assert secret["secretName"] == "my-url"
    assert secret["items"] == [{"key": "url", "path": "DATABASE_URL"}]
