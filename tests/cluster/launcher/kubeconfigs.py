"""Kubeconfig files: who one is, and which API server one speaks to. JSON, which every YAML reader reads."""

import base64
import json
from pathlib import Path

from launcher.certificates import Authority, Certificate


def write_kubeconfig(
    path: Path, *, name: str, server: str, authority: Authority, client: Certificate
) -> Path:
    """Write a kubeconfig that holds its certificates, readable by its owner only."""
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [
            {
                "name": name,
                "cluster": {
                    "server": server,
                    "certificate-authority-data": _encoded(authority.own.certificate),
                },
            }
        ],
        "users": [
            {
                "name": name,
                "user": {
                    "client-certificate-data": _encoded(client.certificate),
                    "client-key-data": _encoded(client.key),
                },
            }
        ],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        "current-context": name,
    }
    path.touch(mode=0o600)
    path.write_text(json.dumps(content, indent=2), encoding="utf-8")
    return path


def _encoded(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode()
