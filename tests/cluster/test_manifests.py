"""What the builders make, judged by a real API server: valid, known, admitted as restricted pods."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from crd_cases import PLACED
from launcher.cluster import Cluster
from mediavault_operator.children import Manifest, desired_children
from mediavault_operator.credentials import Credentials
from mediavault_operator.observed import Observed, ReferencedSecret
from mediavault_operator.spec import Defaults, parse

pytestmark = pytest.mark.controlplane

# No cluster of the tests has a second runtime.
ADMITTED = {name: value for name, value in PLACED.items() if name != "runtimeClassName"}
SPECS: dict[str, dict[str, Any]] = {
    "managed": {},
    "external": {"database": {"external": {"secretName": "url", "key": "url"}}},
    "embedded": {"database": {"embedded": {}}, "deletionPolicy": "Delete"},
    "shared": {
        "replicas": 3,
        "imagePullPolicy": "IfNotPresent",
        "storage": {
            "claim": {"accessModes": ["ReadWriteMany"], "volumeName": "pv-1", "storageClassName": ""}
        },
        "service": {"type": "NodePort", "nodePort": 30080, "annotations": {"a.b/c": "d"}},
        "resources": {"requests": {"cpu": 1, "ephemeral-storage": "1Gi"}},
    },
    "suspended": {"suspend": True},
    "users": {"users": [{"username": "ann"}, {"username": "Bob@example.org"}]},
    "users of an embedded database": {"database": {"embedded": {}}, "users": [{"username": "ann"}]},
    "placed": {
        "pods": ADMITTED,
        "storage": {"s3": {"bucket": "media", "endpoint": "https://s3.example.com"}},
    },
    "the longest name": {"admin": {"username": "eve", "email": "eve@example.org"}},
}


def children(spec: dict[str, Any], *, namespace: str, name: str) -> tuple[Manifest, ...]:
    metadata = {"name": name, "namespace": namespace, "uid": str(uuid4()), "generation": 1}
    defaults = Defaults(image="registry/app:1", database_image="registry/postgres:17")
    vault = parse({"metadata": metadata, "spec": spec}, defaults=defaults)
    seen = Observed(
        database_claim={"metadata": {"name": f"{name}-db", "uid": "uid"}},
        referenced_secret=ReferencedSecret(found=True, has_key=True, digest="digest"),
        migration={"template": "older", "image": "registry/app:0", "secrets": "mark"},
    )
    credentials = Credentials.complete({}, vault=name, users=vault.users, token=lambda size: "f" * 2 * size)
    return desired_children(vault, credentials=credentials, observed=seen).manifests


@pytest.fixture(scope="module")
def namespace(control_plane: Cluster) -> Iterator[str]:
    """A namespace that admits none but restricted pods."""
    name = f"manifests-{uuid4().hex[:8]}"
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}
    account = {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {"name": "default", "namespace": name},
    }
    both = json.dumps({"apiVersion": "v1", "kind": "List", "items": [space, account]})
    control_plane.kubectl("apply", "--server-side", "-f", "-", stdin=both)
    yield name
    control_plane.kubectl("delete", "namespace", name, "--wait=false")


@pytest.mark.parametrize("kind", SPECS)
def test_every_child_is_valid_to_the_last_field(control_plane: Cluster, namespace: str, kind: str) -> None:
    name = "a" * 40 if "longest" in kind else "photos"
    made = children(SPECS[kind], namespace=namespace, name=name)
    listed = json.dumps({"apiVersion": "v1", "kind": "List", "items": made})
    arguments = ["--server-side", "--dry-run=server", "--validate=strict", "-f", "-"]
    said = control_plane.kubectl("apply", *arguments, stdin=listed)
    assert len(said.splitlines()) == len(made)


@pytest.mark.parametrize("kind", SPECS)
def test_every_pod_is_admitted_where_only_restricted_ones_are(
    control_plane: Cluster, namespace: str, kind: str
) -> None:
    for child in children(SPECS[kind], namespace=namespace, name="photos"):
        template = child.get("spec", {}).get("template")
        if template is None:
            continue
        metadata = {**template["metadata"], "name": f"p{uuid4().hex[:8]}", "namespace": namespace}
        spec = {key: value for key, value in template["spec"].items() if key != "serviceAccountName"}
        pod = json.dumps({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec})
        said = control_plane.kubectl("create", "--dry-run=server", "--validate=strict", "-f", "-", stdin=pod)
        assert "created" in said
