"""A node runs pods like any other, and leaves its machine as it found it."""

import json
import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from launcher import clusters
from launcher.addresses import NodeAddresses, deal_node_addresses
from launcher.cluster import Cluster, Shape, Source
from launcher.name_server import resolves
from launcher.processes import supervisor_pid
from launcher.progress import LauncherError, wait_until
from launcher_itself.pods import USER, apply, run, sleeping_pod

pytestmark = pytest.mark.node


@pytest.fixture
def namespace(own_node: Cluster) -> Iterator[str]:
    """A namespace that admits only pods of the Pod Security standard `restricted`."""
    name = f"n{uuid4().hex[:8]}"
    own_node.kubectl("create", "namespace", name)
    own_node.kubectl("label", "namespace", name, "pod-security.kubernetes.io/enforce=restricted")
    yield name
    own_node.kubectl("delete", "namespace", name, "--wait=false")


def claim(name: str, storage_class: str = "standard", size: str = "1Gi") -> dict[str, object]:
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": name},
        "spec": {
            "storageClassName": storage_class,
            "accessModes": ["ReadWriteMany"],
            "resources": {"requests": {"storage": size}},
        },
    }


def volume_folder(cluster: Cluster, namespace: str, name: str) -> Path:
    """Where the volume of this claim lies on the machine."""
    volume = cluster.kubectl("get", "pvc", name, "-n", namespace, "-o", "jsonpath={.spec.volumeName}")
    return Path(cluster.kubectl("get", "pv", volume, "-o", "jsonpath={.spec.local.path}"))


def bound(cluster: Cluster, namespace: str, name: str) -> bool:
    return cluster.kubectl("get", "pvc", name, "-n", namespace, "-o", "jsonpath={.status.phase}") == "Bound"


def test_a_pod_without_root_gets_a_volume_that_its_group_may_write(own_node: Cluster, namespace: str) -> None:
    apply(own_node, namespace, claim("data"))
    assert not bound(own_node, namespace, "data")
    run(own_node, namespace, sleeping_pod("writer", claim="data"))
    folder = volume_folder(own_node, namespace, "data")
    assert folder.stat().st_gid == USER
    assert folder.stat().st_mode & 0o2070 == 0o2070


def test_a_claim_of_the_immediate_class_is_bound_without_a_pod_and_grows(
    own_node: Cluster, namespace: str
) -> None:
    apply(own_node, namespace, claim("data", "immediate"))
    wait_until(lambda: bound(own_node, namespace, "data"), what="the claim to be bound", seconds=20)
    apply(own_node, namespace, claim("data", "immediate", "2Gi"))
    capacity = ("get", "pvc", "data", "-n", namespace, "-o", "jsonpath={.status.capacity.storage}")
    wait_until(lambda: own_node.kubectl(*capacity) == "2Gi", what="the claim to grow", seconds=20)


def test_the_folder_of_a_deleted_claim_goes(own_node: Cluster, namespace: str) -> None:
    apply(own_node, namespace, claim("data", "immediate"))
    wait_until(lambda: bound(own_node, namespace, "data"), what="the claim to be bound", seconds=20)
    folder = volume_folder(own_node, namespace, "data")
    assert folder.is_dir()
    own_node.kubectl("delete", "pvc", "data", "-n", namespace)
    wait_until(lambda: not folder.exists(), what="the folder to go", seconds=20)


def test_a_volume_made_by_hand_lies_apart_from_the_machine(own_node: Cluster, namespace: str) -> None:
    name = f"manual-{uuid4().hex[:8]}"
    volume = {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": name},
        "spec": {
            "storageClassName": "manual",
            "capacity": {"storage": "1Gi"},
            "accessModes": ["ReadWriteMany"],
            "claimRef": {"namespace": namespace, "name": "data"},
            "hostPath": {"path": f"/mnt/{name}"},
        },
    }
    apply(own_node, namespace, volume, claim("data", "manual"))
    run(own_node, namespace, sleeping_pod("reader", claim="data"))
    assert own_node.folder is not None
    assert (own_node.folder / "mnt" / name).is_dir()
    assert not Path("/mnt", name).exists()
    own_node.kubectl("delete", "pv", name, "--wait=false")


def test_a_pod_with_rights_it_should_not_have_is_refused(own_node: Cluster, namespace: str) -> None:
    pod = sleeping_pod("root")
    del pod["spec"]["securityContext"]
    with pytest.raises(LauncherError, match="violates PodSecurity"):
        apply(own_node, namespace, pod)


def test_a_load_balancer_gets_an_address_that_this_machine_reaches(own_node: Cluster) -> None:
    service = json.loads(own_node.kubectl("get", "service", "kube-dns", "-n", "kube-system", "-o", "json"))
    balanced = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "names"},
        "spec": {
            "type": "LoadBalancer",
            "selector": service["spec"]["selector"],
            "ports": [{"port": 53, "protocol": "UDP"}],
        },
    }
    apply(own_node, "kube-system", balanced)
    address = ("-n", "kube-system", "-o", "jsonpath={.status.loadBalancer.ingress[0].ip}")
    wait_until(
        lambda: bool(own_node.kubectl("get", "service", "names", *address)), what="an address", seconds=20
    )
    kubernetes = own_node.kubectl("get", "service", "kubernetes", "-o", "jsonpath={.spec.clusterIP}")
    wait_until(
        lambda: resolves(
            "kubernetes.default.svc.cluster.local",
            kubernetes,
            server=own_node.kubectl("get", "service", "names", *address),
        ),
        what="the address to answer",
        seconds=20,
    )


@dataclass(frozen=True)
class Footprint:
    """What a machine shows of one cluster."""

    name: str
    addresses: NodeAddresses

    @property
    def link(self) -> Path:
        """The machine's end of the link to the node."""
        return Path("/sys/class/net", self.addresses.host_interface)

    def traces(self) -> set[str]:
        """Mounts, links, cgroups and processes of the cluster."""
        mounts = Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()
        cgroup = f"mediavault-{self.name}-{self.addresses.slot}"
        found = {line for line in mounts if f"/{self.name}/" in line}
        found |= {str(path) for path in Path("/sys/fs/cgroup").glob(f"**/{cgroup}")}
        found |= {str(self.link)} if self.link.exists() else set()
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(FileNotFoundError, ProcessLookupError):
                words = (process / "cmdline").read_bytes().decode(errors="replace")
                cgroups = (process / "cgroup").read_text(encoding="utf-8")
                if f"/{self.name}/" in words or f"/{self.name}\0" in words or f"/{cgroup}/" in cgroups:
                    found.add(f"process {process.name}")
        return found


def footprint(cluster: Cluster) -> Footprint:
    assert cluster.folder is not None
    return Footprint(cluster.name, deal_node_addresses(cluster.folder))


def test_a_second_node_survives_a_kill_and_leaves_nothing(own_node: Cluster) -> None:
    with clusters.lasting("test-second", Shape.NODE, source=Source.PROCESSES) as second:
        left = footprint(second)
        assert left.link != footprint(own_node).link
        run(second, "default", sleeping_pod("sleeper"))
        assert "sleeper" not in own_node.kubectl("get", "pods")
        assert second.folder is not None
        os.kill(supervisor_pid(second.folder), signal.SIGKILL)
        again = clusters.up(second.name, Shape.NODE, source=Source.PROCESSES)
        again.kubectl("wait", "pod/sleeper", "--for=condition=Ready", "--timeout=60s")
        run(again, "default", sleeping_pod("another"))
        assert str(left.link) in left.traces()
    assert left.traces() == set()
    assert not second.folder.exists()
    assert own_node.kubectl("get", "nodes")
