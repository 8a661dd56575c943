"""A namespace of a test's own that admits restricted pods only."""

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from launcher.cluster import Cluster

_RESTRICTED = {
    "pod-security.kubernetes.io/enforce": "restricted",
    "pod-security.kubernetes.io/warn": "restricted",
}


@contextmanager
def restricted_namespace(cluster: Cluster) -> Iterator[str]:
    """The name of a new namespace, deleted in the background when the block ends."""
    name = f"tenant-{secrets.token_hex(4)}"
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": _RESTRICTED}}
    cluster.kubectl("apply", "-f", "-", stdin=json.dumps(body))
    try:
        yield name
    finally:
        cluster.kubectl("delete", "namespace", name, "--wait=false", "--ignore-not-found")
