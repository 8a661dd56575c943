"""Puts the operator and the first vault into the cluster, by the commands that a user would type."""

import json

from demo.chosen_images import ChosenImages
from demo.vault import Vault
from images.recipe import REPOSITORY_ROOT
from launcher.cluster import Cluster
from launcher.progress import say

RELEASE = "mediavault-operator"
NAMESPACE = "mediavault-system"
QUICKSTART = REPOSITORY_ROOT / "examples" / "quickstart.yaml"
_CHART = REPOSITORY_ROOT / "charts" / "mediavault-operator"
_RESTRICTED = {"pod-security.kubernetes.io/enforce": "restricted"}


def install_operator(cluster: Cluster, images: ChosenImages) -> None:
    """Install the chart, or bring an installed one up to date, and wait for the operator."""
    say(f"helm install {RELEASE} in {NAMESPACE}")
    namespace = {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": NAMESPACE, "labels": _RESTRICTED},
    }
    cluster.kubectl("apply", "-f", "-", stdin=json.dumps(namespace))
    chosen = {"operator": images.operator, "app": images.app, "postgres": images.postgres}
    values = [word for image, name in chosen.items() for word in ("--set-string", f"images.{image}={name}")]
    _give_up_interrupted(cluster)
    cluster.helm(
        *("upgrade", "--install", RELEASE, str(_CHART), "--namespace", NAMESPACE),
        *("--wait", "--timeout", "3m", *values),
        seconds=240,
    )


def _give_up_interrupted(cluster: Cluster) -> None:
    """Uninstall a release whose last command was killed: Helm would not go on. Vaults are not touched."""
    releases = json.loads(cluster.helm("list", "--pending", "--namespace", NAMESPACE, "-o", "json"))
    if releases:
        say(f"the last helm install was interrupted in its state {releases[0]['status']}: starting it anew")
        cluster.helm("uninstall", RELEASE, "--namespace", NAMESPACE, "--wait")


def apply_quickstart(cluster: Cluster) -> Vault:
    """Apply examples/quickstart.yaml and return the vault that it names."""
    say(f"kubectl apply -f {QUICKSTART.relative_to(REPOSITORY_ROOT)}")
    applied = json.loads(cluster.kubectl("apply", "-o", "json", "-f", str(QUICKSTART)))
    metadata = applied["metadata"]
    return Vault(name=metadata["name"], namespace=metadata["namespace"])


def uninstall(cluster: Cluster) -> None:
    """Remove the vault and the operator from a cluster that stays."""
    say(f"removing the quickstart vault and {RELEASE}; retained claims and secrets stay, as does the CRD")
    cluster.kubectl("delete", "--ignore-not-found", "--wait", "-f", str(QUICKSTART))
    cluster.helm("uninstall", RELEASE, "--namespace", NAMESPACE, "--ignore-not-found", "--wait")
