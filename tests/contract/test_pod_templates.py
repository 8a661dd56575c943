"""What a new operator would change of pods that run: it would roll every vault, so it is seen in review."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mediavault_operator.children import desired_children
from mediavault_operator.credentials import Credentials
from mediavault_operator.observed import Address, Observed, ReferencedSecret, SharedServer
from mediavault_operator.spec import Defaults, parse

SNAPSHOT = Path(__file__).with_name("pod_templates.json")
REFRESH = (
    "An upgrade of the operator would replace the pods of vaults that nobody changed. Where that is meant,"
    " write it anew, and say so in the release notes:"
    " PYTHONPATH=operator python tests/contract/test_pod_templates.py"
)
FULL: dict[str, Any] = {
    "replicas": 2,
    "storage": {"s3": {"bucket": "media", "endpoint": "https://s3.example.org", "secretName": "keys"}},
    "users": [{"username": "ann"}],
    "ingress": {"host": "photos.example.org", "tls": {}},
    "pods": {"labels": {"team": "media"}, "priorityClassName": "high"},
}
VAULTS: dict[str, dict[str, Any]] = {
    "managed": {},
    "embedded": {"database": {"embedded": {}}},
    "external": {"database": {"external": {"secretName": "url"}}},
    "shared": {"database": {"shared": {"adminSecretName": "server"}}},
    "full": FULL,
}


def templates(spec: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The pod templates of a vault that has been migrated, and of its next migration."""
    metadata = {"name": "photos", "namespace": "tenant", "uid": "vault-uid", "generation": 1}
    defaults = Defaults(image="registry/app:1", database_image="registry/postgres:17")
    vault = parse({"metadata": metadata, "spec": spec}, defaults=defaults)
    referenced = ReferencedSecret(found=True, has_key=True, digest="d")
    server = SharedServer(found=True, digest="d", address=Address(host="pg"), stands=True)
    seen = Observed(
        database_claim={"metadata": {"name": "photos-db", "uid": "uid-of-claim"}},
        referenced_secret=referenced,
        bucket_secret=referenced,
        shared_server=server if "shared" in spec.get("database", {}) else None,
        migration={"template": "t", "image": "registry/app:1", "secrets": "s"},
    )
    credentials = Credentials.complete({}, vault="photos", users=vault.users, token=lambda size: "a" * size)
    for manifest in desired_children(vault, credentials=credentials, observed=seen).manifests:
        if "template" in manifest.get("spec", {}):
            yield manifest["kind"], manifest["spec"]["template"]


def every() -> dict[str, dict[str, Any]]:
    return {name: dict(templates(spec)) for name, spec in VAULTS.items()}


@pytest.mark.parametrize("name", VAULTS)
def test_pods_are_as_they_were(name: str) -> None:
    assert every()[name] == json.loads(SNAPSHOT.read_text())[name], REFRESH


def test_each_kind_of_pod_is_there() -> None:
    found = {kind for by_kind in every().values() for kind in by_kind}
    assert found == {"Deployment", "Job", "StatefulSet"}


if __name__ == "__main__":
    sys.exit(SNAPSHOT.write_text(json.dumps(every(), indent=1, sort_keys=True) + "\n") == 0)
