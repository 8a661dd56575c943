"""A PostgreSQL server that somebody else runs in the namespace, for vaults that name it by a Secret."""

import json
from typing import Any

from launcher.cluster import Cluster

NAME = "outside"
PASSWORD = "an-outside-password"
DATABASE_URL = f"postgres://postgres:{PASSWORD}@{NAME}:5432/postgres"
_LABELS = {"app": NAME}


def start(cluster: Cluster, namespace: str, *, image: str) -> None:
    """Start the server under the host name `outside` and wait until it runs."""
    for body in (_service(), _pod(image)):
        cluster.kubectl("apply", "--namespace", namespace, "-f", "-", stdin=json.dumps(body))
    wait = ("wait", "--for=condition=Ready", f"pod/{NAME}", "--timeout=60s")
    cluster.kubectl(*wait, "--namespace", namespace)


def secret() -> dict[str, Any]:
    """The Secret that tells a vault where the server is."""
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": NAME},
        "stringData": {"DATABASE_URL": DATABASE_URL},
    }


def _service() -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": NAME},
        "spec": {"selector": _LABELS, "ports": [{"port": 5432}]},
    }


def _pod(image: str) -> dict[str, Any]:
    mounts = {"data": "/data", "run": "/var/run/postgresql"}
    container = {
        "name": "postgres",
        "image": image,
        "env": [{"name": "POSTGRES_PASSWORD", "value": PASSWORD}, {"name": "PGDATA", "value": "/data/pg"}],
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
        "volumeMounts": [{"name": name, "mountPath": path} for name, path in mounts.items()],
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": NAME, "labels": _LABELS},
        "spec": {
            "securityContext": {
                "runAsNonRoot": True,
                "runAsUser": 999,
                "runAsGroup": 999,
                "fsGroup": 999,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "containers": [container],
            "volumes": [{"name": name, "emptyDir": {}} for name in mounts],
        },
    }
