"""A control plane comes up in seconds, beside others, after any death, and leaves nothing behind."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from launcher import clusters
from launcher.audit import api_requests
from launcher.cluster import Cluster, Shape, Source
from launcher.processes import is_alive, process_ids, supervisor_pid
from launcher.progress import LauncherError, wait_until

pytestmark = pytest.mark.controlplane


@pytest.fixture
def name(able: None) -> Iterator[str]:
    """A name that no cluster has, before and after the test."""
    with clusters.own_name("test-alone") as name:
        yield name


def folder_of(cluster: Cluster) -> Path:
    assert cluster.folder is not None
    return cluster.folder


def is_gone(pid: int) -> bool:
    """Whether the process has ended; the machine may not have noticed yet."""
    try:
        return "Z" in Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2]
    except (FileNotFoundError, ProcessLookupError):
        return True


def test_it_keeps_its_objects_when_all_its_processes_were_killed(name: str) -> None:
    cluster = clusters.up(name, Shape.CONTROL_PLANE, source=Source.PROCESSES)
    cluster.kubectl("create", "configmap", "kept", "--from-literal=a=b")
    before = cluster.kubeconfig.read_text(encoding="utf-8")
    pids = process_ids(folder_of(cluster))
    os.kill(supervisor_pid(folder_of(cluster)), signal.SIGKILL)
    wait_until(lambda: all(map(is_gone, pids.values())), what="the programs to die", seconds=10)
    again = clusters.up(name, Shape.CONTROL_PLANE, source=Source.PROCESSES)
    assert again.kubectl("get", "configmap", "kept", "-o", "jsonpath={.data.a}") == "b"
    assert again.kubeconfig.read_text(encoding="utf-8") == before


def test_a_program_that_dies_is_started_again(name: str) -> None:
    cluster = clusters.up(name, Shape.CONTROL_PLANE, source=Source.PROCESSES)
    killed = process_ids(folder_of(cluster))["kube-apiserver"]
    os.kill(killed, signal.SIGKILL)
    wait_until(
        lambda: process_ids(folder_of(cluster)).get("kube-apiserver", killed) != killed,
        what="another API server",
        seconds=10,
    )
    wait_until(lambda: answers(cluster), what="the API server to answer", seconds=30)


def test_down_leaves_neither_process_nor_file(name: str) -> None:
    cluster = clusters.up(name, Shape.CONTROL_PLANE, source=Source.PROCESSES)
    pids = process_ids(folder_of(cluster))
    assert set(pids) == {"etcd", "kube-apiserver", "kube-controller-manager"}
    clusters.down(name)
    assert all(map(is_gone, pids.values()))
    assert not is_alive(folder_of(cluster))
    assert not folder_of(cluster).exists()
    assert name not in clusters.names()


def test_two_stand_side_by_side_and_know_nothing_of_each_other(standing: Cluster, name: str) -> None:
    second = clusters.up(name, Shape.CONTROL_PLANE, source=Source.PROCESSES)
    second.kubectl("create", "namespace", "only-here")
    assert "only-here" not in standing.kubectl("get", "namespaces")
    clusters.down(name)
    assert standing.kubectl("get", "namespaces")


def test_up_on_a_running_cluster_takes_no_time(standing: Cluster) -> None:
    started = time.monotonic()
    clusters.up(standing.name, Shape.CONTROL_PLANE, source=Source.PROCESSES)
    assert time.monotonic() - started < 1


def test_a_cluster_does_not_change_its_shape(standing: Cluster) -> None:
    with pytest.raises(LauncherError, match="is a control-plane"):
        clusters.up(standing.name, Shape.NODE, source=Source.PROCESSES)


def test_images_cannot_be_loaded_where_nothing_runs_them(standing: Cluster, tmp_path: Path) -> None:
    with pytest.raises(LauncherError, match="runs no pods"):
        clusters.load_image(standing, tmp_path / "image.tar")


def test_the_audit_log_tells_who_asked_for_what(standing: Cluster) -> None:
    standing.kubectl("create", "configmap", "seen")
    assert standing.audit_log is not None
    created = [
        request
        for request in api_requests(standing.audit_log, user_agent="kubectl", user="admin")
        if request.verb == "create" and request.resource == "configmaps"
    ]
    assert [(request.name, request.code) for request in created] == [("seen", 201)]


def test_deleted_owners_take_their_dependents_with_them(standing: Cluster) -> None:
    def dependents() -> str:
        return standing.kubectl("get", "replicasets", "-o", "name")

    standing.kubectl("create", "deployment", "owner", "--image=none")
    wait_until(lambda: bool(dependents()), what="a ReplicaSet", seconds=20)
    standing.kubectl("delete", "deployment", "owner")
    wait_until(lambda: not dependents(), what="no ReplicaSet", seconds=20)


def answers(cluster: Cluster) -> bool:
    try:
        cluster.kubectl("get", "namespaces", "--request-timeout=2s")
    except LauncherError:
        return False
    return True
