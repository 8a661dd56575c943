"""Pods that do nothing, and connections made from inside of them.

Their image holds one program that sleeps. What a pod can reach is tried by processes of this machine that
enter the pod's network.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from launcher.cluster import Cluster
from launcher.kube import Object
from launcher.node_programs import PAUSE_IMAGE
from launcher.progress import wait_until

USER = 10001
_LISTEN = (
    "import socket; s = socket.create_server(('', {port})); print('up', flush=True)\nwhile True: s.accept()"
)
_CONNECT = "import socket; socket.create_connection(({address!r}, {port}), timeout=2)"


@dataclass(frozen=True)
class SleepingPod:
    """A running pod: its name, its address, and a process of it as this machine numbers processes."""

    name: str
    address: str
    pid: int

    def reaches(self, address: str, port: int) -> bool:
        """Whether a connection from this pod to there is accepted within two seconds."""
        done = self._python(_CONNECT.format(address=address, port=port))
        return subprocess.run(done, capture_output=True, check=False).returncode == 0

    @contextmanager
    def listening(self, port: int) -> Iterator[None]:
        """Within the block, this port of the pod takes connections."""
        command = self._python(_LISTEN.format(port=port))
        with subprocess.Popen(command, stdout=subprocess.PIPE) as server:
            assert server.stdout is not None
            server.stdout.readline()
            try:
                yield
            finally:
                server.kill()

    def _python(self, code: str) -> list[str]:
        return ["nsenter", "--target", str(self.pid), "--net", sys.executable, "-c", code]


def sleeping_pod(name: str, *, claim: str = "", **labels: str) -> Object:
    """A pod that sleeps, as the Pod Security standard `restricted` wants it, with this claim mounted."""
    container: Object = {
        "name": "sleep",
        "image": PAUSE_IMAGE,
        "imagePullPolicy": "Never",
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
    }
    spec: Object = {
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": USER,
            "fsGroup": USER,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "terminationGracePeriodSeconds": 0,
        "containers": [container],
    }
    if claim:
        container["volumeMounts"] = [{"name": "data", "mountPath": "/data"}]
        spec["volumes"] = [{"name": "data", "persistentVolumeClaim": {"claimName": claim}}]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": {"app": name, **labels}},
        "spec": spec,
    }


def run(cluster: Cluster, namespace: str, pod: Object) -> SleepingPod:
    """Start the pod and wait until it runs."""
    name = pod["metadata"]["name"]
    apply(cluster, namespace, pod)
    cluster.kubectl("wait", f"pod/{name}", "-n", namespace, "--for=condition=Ready", "--timeout=60s")
    found = json.loads(cluster.kubectl("get", "pod", name, "-n", namespace, "-o", "json"))
    return SleepingPod(name, found["status"]["podIP"], _process_of(found["metadata"]["uid"]))


def apply(cluster: Cluster, namespace: str, *objects: Object) -> None:
    """Apply objects in this namespace."""
    listed = {"apiVersion": "v1", "kind": "List", "items": list(objects)}
    cluster.kubectl("apply", "-n", namespace, "-f", "-", stdin=json.dumps(listed))


def becomes(wanted: bool, pod: SleepingPod, address: str, port: int) -> None:
    """Wait until the pod reaches this address, or does not."""
    wait_until(
        lambda: pod.reaches(address, port) is wanted,
        what=f"{pod.name} to {'reach' if wanted else 'be kept from'} {address}:{port}",
        seconds=20,
    )


def _process_of(uid: str) -> int:
    """A process in the cgroup of the pod with this uid."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and uid in _cgroups(folder):
            return int(folder.name)
    raise AssertionError(f"no process belongs to pod {uid}")


def _cgroups(process: Path) -> str:
    try:
        return (process / "cgroup").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return ""
