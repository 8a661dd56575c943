"""The operator against a real control plane: each test has a namespace and an operator of its own."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from launcher.audit import position
from launcher.cluster import Cluster
from mediavault_operator import names
from playing.api import Api, Object
from playing.audit import Audit
from playing.kubelet import Kubelet
from playing.operator import Operator, operating
from playing.types import Start, Vault

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def served(control_plane: Cluster) -> Cluster:
    """The control plane, with the CRDs installed."""
    control_plane.kubectl("apply", "--server-side", "-f", str(ROOT / "crds"))
    control_plane.kubectl("wait", "--for=condition=Established", "crd", "--all")
    return control_plane


@pytest.fixture
def api(served: Cluster) -> Iterator[Api]:
    """A new namespace, which admits none but restricted pods."""
    api = Api(served.kubeconfig, f"t-{uuid4().hex[:8]}")
    api.create_namespace()
    yield api
    api.delete_namespace()


@pytest.fixture
def kubelet(api: Api) -> Iterator[Kubelet]:
    """Somebody who plays kubelet and provisioner in the namespace."""
    with Kubelet(api) as kubelet:
        yield kubelet


@pytest.fixture
def start(served: Cluster, api: Api, tmp_path: Path) -> Start:
    """Starts an operator for the namespace, as often as is asked."""
    return lambda: operating(served.kubeconfig, tmp_path, namespaces=[api.namespace])


@pytest.fixture
def before_the_operator(served: Cluster) -> int:
    """Where the audit log ended before the test's operator made its first call."""
    return position(served.audit_log) if served.audit_log else 0


@pytest.fixture
def operator(before_the_operator: int, start: Start) -> Iterator[Operator]:
    """An operator for the namespace."""
    with start() as operator:
        yield operator


@pytest.fixture
def audit(served: Cluster, api: Api, before_the_operator: int) -> Audit:
    """The operator's calls in the namespace, from the beginning of the test."""
    if served.audit_log is None:
        pytest.skip("this cluster keeps no audit log that can be read")
    start = before_the_operator
    return Audit(served.audit_log, agent=names.FIELD_MANAGER, namespace=api.namespace, start=start)


@pytest.fixture
def apply_vault(api: Api) -> Vault:
    """Makes a MediaVault named `demo` with the spec given as keywords."""

    def apply(**spec: object) -> Object:
        kind = {"apiVersion": names.API_VERSION, "kind": names.KIND}
        return api.create({**kind, "metadata": {"name": "demo"}, "spec": spec})

    return apply
