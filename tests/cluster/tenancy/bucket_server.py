"""An S3 server of the platform's: rclone in a namespace of its own, over a folder that goes with the pod."""

import json
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from launcher.cluster import Cluster

NAME = "s3"
PORT = 9000
# Where it listens is not the port of its Service.
_LISTENS = 8080
KEYS = {"AWS_ACCESS_KEY_ID": "a-key", "AWS_SECRET_ACCESS_KEY": "a-secret"}
_RCLONE = Path(sys.executable).with_name("rclone")
_LABELS = {"app": NAME}
# Without streaming, parts can be replaced as in S3 itself; a bucket that was made is there at once.
_LIVELY = ("--disable-multipart-streaming", "--dir-cache-time", "1s")


class Server(NamedTuple):
    """A running S3 server: the namespace it runs in, and its URL."""

    namespace: str
    url: str


@contextmanager
def running(cluster: Cluster, *, image: str) -> Iterator[Server]:
    """A server that pods of every namespace reach; it has no bucket."""
    namespace = f"platform-{secrets.token_hex(4)}"
    cluster.kubectl("create", "namespace", namespace)
    try:
        for body in (_service(), _pod(image)):
            cluster.kubectl("apply", "--namespace", namespace, "-f", "-", stdin=json.dumps(body))
        wait = ("wait", "--for=condition=Ready", f"pod/{NAME}", "--timeout=60s")
        cluster.kubectl(*wait, "--namespace", namespace)
        yield Server(namespace, f"http://{NAME}.{namespace}.svc:{PORT}")
    finally:
        cluster.kubectl("delete", "namespace", namespace, "--wait=false", "--ignore-not-found")


def make_bucket(cluster: Cluster, namespace: str, name: str) -> None:
    """A bucket is a folder of the server's."""
    cluster.kubectl("exec", NAME, "--namespace", namespace, "--", "mkdir", f"/data/{name}")


def objects(cluster: Cluster, namespace: str, bucket: str) -> list[str]:
    """The keys of a bucket."""
    find = ("find", f"/data/{bucket}", "-type", "f", "-printf", "%P\\n")
    return cluster.kubectl("exec", NAME, "--namespace", namespace, "--", *find).split()


def secret(name: str) -> dict[str, Any]:
    """The Secret by which a vault may use the server."""
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "stringData": KEYS}


def _service() -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": NAME},
        "spec": {"selector": _LABELS, "ports": [{"port": PORT, "targetPort": _LISTENS}]},
    }


def _pod(image: str) -> dict[str, Any]:
    options = ["--addr", f":{_LISTENS}", "--auth-key", ",".join(KEYS.values()), "--config", "/dev/null"]
    container = {
        "name": NAME,
        "image": image,
        "command": ["/rclone", "serve", "s3", *options, *_LIVELY, "/data"],
        "volumeMounts": [
            {"name": "data", "mountPath": "/data"},
            {"name": "rclone", "mountPath": "/rclone", "readOnly": True},
        ],
        "readinessProbe": {"tcpSocket": {"port": _LISTENS}, "periodSeconds": 1},
    }
    program = {"path": str(_RCLONE.resolve()), "type": "File"}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": NAME, "labels": _LABELS},
        "spec": {
            "containers": [container],
            "volumes": [{"name": "data", "emptyDir": {}}, {"name": "rclone", "hostPath": program}],
        },
    }
