"""A real API server takes what the chart renders, and admits the operator's pod under Pod Security."""

import json
from collections.abc import Callable
from typing import Any, TypeAlias

import pytest

from launcher.cluster import Cluster
from playing.api import Api

Render: TypeAlias = Callable[..., tuple[dict[str, Any], ...]]

pytestmark = pytest.mark.controlplane


@pytest.fixture(scope="module", autouse=True)
def _namespaces(control_plane: Cluster) -> None:
    """The namespaces that the chart is rendered for, which admit none but restricted pods."""
    for name in ("mediavault-system", "red", "blue"):
        Api(control_plane.kubeconfig, name).create_namespace()


@pytest.mark.parametrize("options", [(), ("--set", "watchNamespaces={red,blue}")])
def test_every_manifest_is_taken_by_the_server(
    control_plane: Cluster, render: Render, options: tuple[str, ...]
) -> None:
    for manifest in render(*options):
        said = control_plane.kubectl(
            "apply",
            "--dry-run=server",
            "--validate=strict",
            "--server-side",
            "-f",
            "-",
            stdin=json.dumps(manifest),
        )
        assert "serverside-applied" in said


def test_the_pod_is_admitted_under_restricted(control_plane: Cluster, render: Render) -> None:
    (deployment,) = (each for each in render() if each["kind"] == "Deployment")
    control_plane.kubectl("-n", "mediavault-system", "create", "serviceaccount", "mediavault-operator")
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "probe", "namespace": "mediavault-system"},
        "spec": deployment["spec"]["template"]["spec"],
    }
    said = control_plane.kubectl("create", "--dry-run=server", "-f", "-", stdin=json.dumps(pod))
    assert "pod/probe created" in said
