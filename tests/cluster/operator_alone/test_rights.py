"""With the rights that the chart grants, and no others, the operator does all its work."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from launcher.cluster import Cluster
from launcher.programs import find_programs
from launcher.progress import LauncherError
from playing.api import Api, Object
from playing.audit import Audit
from playing.kubelet import Kubelet
from playing.operator import operating
from playing.types import Vault
from playing.waiting import until, until_ready

pytestmark = pytest.mark.controlplane

CHART = Path(__file__).resolve().parents[3] / "charts" / "mediavault-operator"
NAME = "mediavault-operator"


class Granted(NamedTuple):
    """How an operator with the chart's rights is started."""

    kubeconfig: Path
    namespaces: tuple[str, ...]


@pytest.fixture(params=["named namespace", "every namespace"])
def granted(request: pytest.FixtureRequest, served: Cluster, api: Api, tmp_path: Path) -> Iterator[Granted]:
    """The service account that the chart makes, with the roles that it makes, and the namespaces it tells."""
    namespaces = (api.namespace,) if request.param == "named namespace" else ()
    options = ["--set", f"watchNamespaces={{{api.namespace}}}"] if namespaces else []
    text = "\n---\n".join(map(json.dumps, rendered(api, *options)))
    served.kubectl("apply", "-f", "-", stdin=text)
    yield Granted(_kubeconfig(served, api, tmp_path), namespaces)
    served.kubectl("delete", "--ignore-not-found", "-f", "-", stdin=text)


def rendered(api: Api, *options: str) -> list[Object]:
    """The chart's service account and roles, for a release in the test's own namespace."""
    command = [find_programs(("helm",))["helm"], "template", NAME, str(CHART), "--namespace", api.namespace]
    done = subprocess.run([*command, *options], capture_output=True, text=True, check=True)
    wanted = ("ServiceAccount", "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding")
    return [each for each in yaml.safe_load_all(done.stdout) if each and each["kind"] in wanted]


def _kubeconfig(cluster: Cluster, api: Api, folder: Path) -> Path:
    token = cluster.kubectl("-n", api.namespace, "create", "token", NAME).strip()
    config = yaml.safe_load(cluster.kubeconfig.read_text(encoding="utf-8"))
    config["users"] = [{"name": each["name"], "user": {"token": token}} for each in config["users"]]
    path = folder / "granted"
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    return path


def test_a_vault_lives_and_dies_with_the_charts_rights_alone(
    api: Api, audit: Audit, kubelet: Kubelet, granted: Granted, tmp_path: Path, apply_vault: Vault
) -> None:
    rwx = {"claim": {"accessModes": ["ReadWriteMany"]}}
    with operating(granted.kubeconfig, tmp_path, namespaces=granted.namespaces) as operator:
        apply_vault(replicas=2, storage=rwx)
        until_ready(api, "demo")
        api.patch("MediaVault", "demo", {"spec": {"replicas": 1, "image": "localhost/mediavault-app:2"}})
        until(lambda: api.get("PodDisruptionBudget", "demo") is None)
        until(lambda: len(api.list("Job")) == 1)
        until_ready(api, "demo")
        api.delete("MediaVault", "demo")
        until(lambda: all(_is_marked(secret) for secret in api.list("Secret")), seconds=90)
        assert [call for call in audit.calls() if call.code == 403] == []
        assert "Forbidden" not in operator.log.read_text()
        assert any(event["reason"] == "Serving" for event in api.list("Event"))


def test_a_classs_admins_of_servers_are_all_that_may_be_read_beside_the_served_namespaces(
    served: Cluster, api: Api, tmp_path: Path
) -> None:
    options = ("--set", "watchNamespaces={elsewhere}", "--set", "classes.serverSecrets={server}")
    # What is granted in the namespace that is served does not matter here, and it does not exist.
    own = [each for each in rendered(api, *options) if each["metadata"].get("namespace") != "elsewhere"]
    served.kubectl("apply", "-f", "-", stdin="\n---\n".join(map(json.dumps, own)))
    ask = ("--kubeconfig", str(_kubeconfig(served, api, tmp_path)), "-n", api.namespace, "get", "secrets")
    served.kubectl(*ask, "--field-selector", "metadata.name=server")
    with pytest.raises(LauncherError, match="forbidden"):
        served.kubectl(*ask)


def _is_marked(secret: dict[str, dict[str, dict[str, str]]]) -> bool:
    return "mediavault.io/retained-at" in secret["metadata"].get("annotations", {})
