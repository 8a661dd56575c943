"""CRDs of other projects, as their own Go modules carry them: kinds that a cluster may have or lack."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from launcher.cluster import Cluster
from launcher.progress import LackError

_CRDS: Final = {
    "httproutes.gateway.networking.k8s.io": (
        "sigs.k8s.io/gateway-api@v1.4.1",
        "config/crd/standard/gateway.networking.k8s.io_httproutes.yaml",
    ),
    "podmonitors.monitoring.coreos.com": (
        "github.com/prometheus-operator/prometheus-operator@v0.85.0",
        "example/prometheus-operator-crd/monitoring.coreos.com_podmonitors.yaml",
    ),
}


@contextmanager
def foreign_kinds(cluster: Cluster) -> Iterator[None]:
    """A cluster that has HTTPRoutes and PodMonitors, and lacks them again afterwards."""
    files = [str(_file(*place)) for place in _CRDS.values()]
    arguments = [part for file in files for part in ("-f", file)]
    cluster.kubectl("apply", "--server-side", *arguments)
    cluster.kubectl("wait", "--for=condition=Established", *(f"crd/{name}" for name in _CRDS))
    try:
        yield
    finally:
        cluster.kubectl("delete", "--wait=true", *arguments)


def _file(module: str, path: str) -> Path:
    go = shutil.which("go")
    if go is None:
        raise LackError(f"Go is not installed, and the CRDs of {module} come as a Go module. Install Go.")
    # Outside of any module, so that nothing of ours decides about versions.
    done = subprocess.run([go, "mod", "download", "-json", module], cwd="/", capture_output=True, check=True)
    return Path(json.loads(done.stdout)["Dir"]) / path
