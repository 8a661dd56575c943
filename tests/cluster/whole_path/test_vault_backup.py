"""A vault is backed up while it serves, new ones made of that differ in nothing, and one goes by its last."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from launcher.cluster import Cluster
from tenancy import bucket_server
from tenancy.bucket_server import Server
from tenancy.namespaces import restricted_namespace
from tenancy.vault import TenantVault

pytestmark = pytest.mark.node

BACKUP = "before-the-move"
KEY = {
    "apiVersion": "v1",
    "kind": "Secret",
    "metadata": {"name": "backup-key"},
    "stringData": {"password": "a key that nobody guesses"},
}

CLAIM: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "PersistentVolumeClaim",
    "metadata": {"name": "backups"},
    "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
}


@pytest.fixture
def moved(installed: Cluster) -> Iterator[TenantVault]:
    with restricted_namespace(installed) as namespace:
        yield TenantVault(installed, namespace, "moved")


def test_new_vaults_are_made_of_a_backup(
    vault: TenantVault, moved: TenantVault, server: Server, media: Path
) -> None:
    for namespace in (vault.namespace, moved.namespace):
        for secret in (bucket_server.secret("keys"), KEY):
            create(vault.cluster, namespace, secret)
    bucket_server.make_bucket(vault.cluster, server.namespace, "backups")
    target = {"s3": {"endpoint": server.url, "bucket": "backups", "secretName": "keys"}}
    plan = {"backup": {"target": target, "encryption": {"secretName": "backup-key"}}}
    vault.apply(plan)
    vault.wait()
    photos = upload_all(vault, media)
    before = hashes(vault)
    assert before == {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in photos}

    status = back_up(vault)
    assert (status["progress"], status["files"], status["missingFiles"]) == (100, len(photos), 0)
    assert status["sizeBytes"] > sum(path.stat().st_size for path in photos)
    verified = next(each for each in status["conditions"] if each["type"] == "Verified")
    assert (verified["status"], verified["reason"]) == ("True", "ReadBack")

    copy = TenantVault(vault.cluster, vault.namespace, "copy")
    copy.apply({**plan, "bootstrap": {"fromBackup": {"name": BACKUP}}, "deletionPolicy": "Backup"})
    moved.apply({"bootstrap": {"fromBackup": {"name": BACKUP, "namespace": vault.namespace}}})
    refusal = "there is no MediaVaultBackup"
    moved.until(lambda: refusal in moved.condition("Restored").get("message", ""), what="it is not allowed")
    grant = json.dumps({"spec": {"allowedNamespaces": [moved.namespace]}})
    patch = ("patch", "mediavaultbackup", BACKUP, "--namespace", vault.namespace)
    vault.cluster.kubectl(*patch, "--type=merge", "-p", grant)
    for each in (copy, moved):
        each.wait()
        assert each.condition("Restored")["status"] == "True"
        assert hashes(each) == before

    copy.cluster.kubectl("delete", "mediavault", copy.name, "--namespace", copy.namespace)
    (last,) = copy.names_of("mediavaultbackups")
    status = (copy.get("mediavaultbackup", last) or {})["status"]
    assert (status["phase"], status["files"]) == ("Completed", len(photos))
    copy.until(lambda: not copy.names_of("pvc,secrets"), what="data and Secrets went after the last backup")


def test_an_embedded_vault_comes_back_from_a_claim(vault: TenantVault, media: Path) -> None:
    create(vault.cluster, vault.namespace, CLAIM)
    embedded: dict[str, Any] = {"database": {"embedded": {}}}
    vault.apply({**embedded, "backup": {"target": {"claim": {"name": CLAIM["metadata"]["name"]}}}})
    vault.wait()
    photos = upload_all(vault, media)
    before = hashes(vault)
    status = back_up(vault)
    assert (status["files"], status["missingFiles"]) == (len(photos), 0)
    copy = TenantVault(vault.cluster, vault.namespace, "copy")
    copy.apply({**embedded, "bootstrap": {"fromBackup": {"name": BACKUP}}})
    copy.wait()
    assert hashes(copy) == before


def upload_all(vault: TenantVault, media: Path) -> list[Path]:
    """Upload every file of the folder and return them."""
    files = sorted(path for path in media.iterdir() if path.is_file())
    with vault.tenant() as tenant:
        for file in files:
            tenant.upload(file)
    return files


def create(cluster: Cluster, namespace: str, body: dict[str, Any]) -> None:
    cluster.kubectl("create", "--namespace", namespace, "-f", "-", stdin=json.dumps(body))


def back_up(vault: TenantVault) -> dict[str, Any]:
    """Take a backup and return its status."""
    asked = {
        "apiVersion": "mediavault.io/v1",
        "kind": "MediaVaultBackup",
        "metadata": {"name": BACKUP},
        "spec": {"vaultName": vault.name},
    }
    create(vault.cluster, vault.namespace, asked)

    def ended() -> bool:
        return (status() or {}).get("phase") in ("Completed", "Failed")

    def status() -> dict[str, Any] | None:
        return (vault.get("mediavaultbackup", BACKUP) or {}).get("status")

    vault.until(ended, what="the backup has ended", seconds=180)
    found = status() or {}
    assert found["phase"] == "Completed", found
    return found


def hashes(vault: TenantVault) -> dict[str, str]:
    """The SHA-256 of what is downloaded of each file, by its name."""
    with vault.tenant() as tenant:
        files = tenant.get("/api/files/").json()
        contents = {each["name"]: tenant.get(f"/api/files/{each['id']}/download/").content for each in files}
    return {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
