"""Clusters that others run: the one that KUBECONFIG names, and kind."""

import os
import shutil
import subprocess
from pathlib import Path

from launcher.cluster import Cluster, Source
from launcher.places import clusters_folder
from launcher.programs import find_programs
from launcher.progress import LauncherError, say

_KIND_PREFIX = "mediavault-"


def given_kubeconfig() -> str:
    """The value of KUBECONFIG; empty where it is not set, or names a cluster that the launcher made."""
    value = os.environ.get("KUBECONFIG", "")
    return "" if Path(value).is_relative_to(clusters_folder()) else value


def use_given(name: str) -> Cluster:
    """The cluster that KUBECONFIG names; LauncherError when it does not answer."""
    cluster = Cluster(
        name=name,
        source=Source.GIVEN,
        kubeconfig=Path(given_kubeconfig()),
        search_path=_search_path(),
        reachable=False,
    )
    say(f"using the cluster that KUBECONFIG names: {given_kubeconfig()}")
    cluster.kubectl("version", "--request-timeout=10s")
    return cluster


def kind_answers() -> bool:
    """Whether kind is installed and a Docker engine answers."""
    if shutil.which("kind") is None or shutil.which("docker") is None:
        return False
    return subprocess.run(["docker", "info"], capture_output=True, check=False).returncode == 0


def use_kind(name: str, folder: Path) -> Cluster:
    """The kind cluster of this name, created where it does not exist."""
    cluster = Cluster(
        name=name,
        source=Source.KIND,
        kubeconfig=folder / "kubeconfig",
        search_path=_search_path(),
        reachable=False,
        folder=folder,
    )
    folder.mkdir(parents=True, exist_ok=True)
    target = ("--name", f"{_KIND_PREFIX}{name}", "--kubeconfig", str(cluster.kubeconfig))
    if f"{_KIND_PREFIX}{name}" in cluster.run("kind", "get", "clusters", seconds=60).split():
        cluster.run("kind", "export", "kubeconfig", *target, seconds=60)
        return cluster
    say(f"creating the kind cluster {_KIND_PREFIX}{name}: about a minute, more when its image must be pulled")
    cluster.run("kind", "create", "cluster", "--wait", "120s", *target, seconds=900)
    return cluster


def load_into_kind(cluster: Cluster, archive: Path) -> None:
    """Bring the images of an archive into the nodes of a kind cluster."""
    command = ("kind", "load", "image-archive", str(archive), "--name", f"{_KIND_PREFIX}{cluster.name}")
    cluster.run(*command, seconds=300)


def name_in_kind(cluster: Cluster, image: str, name: str) -> None:
    """Give an image in the node of a kind cluster a further name."""
    node = f"{_KIND_PREFIX}{cluster.name}-control-plane"
    tag = ("ctr", "--namespace", "k8s.io", "images", "tag", "--force", image, name)
    cluster.run("docker", "exec", node, *tag, seconds=60)


def remove_kind(name: str) -> None:
    """Remove the kind cluster of this name."""
    done = subprocess.run(
        ["kind", "delete", "cluster", "--name", f"{_KIND_PREFIX}{name}"],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise LauncherError(f"kind could not delete {_KIND_PREFIX}{name}: {done.stderr.strip()}")


def _search_path() -> str:
    """kubectl and helm of this machine where both are installed, else those that the launcher compiles."""
    needed = tuple(program for program in ("kubectl", "helm") if shutil.which(program) is None)
    return find_programs(needed).search_path() if needed else os.environ.get("PATH", os.defpath)
