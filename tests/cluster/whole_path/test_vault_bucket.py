"""A vault whose files lie in a bucket: told what is missing, served by several pods, and kept where it is."""

import hashlib
import json
from pathlib import Path

import pytest

from tenancy import bucket_server
from tenancy.bucket_server import Server
from tenancy.vault import TenantVault

pytestmark = pytest.mark.node


def test_a_vault_in_a_bucket(vault: TenantVault, server: Server, media: Path) -> None:
    s3 = {"endpoint": server.url, "bucket": "media", "addressing": "path", "secretName": "keys"}
    vault.apply({"replicas": 2, "storage": {"s3": s3}})
    vault.until(lambda: reason(vault) == "SecretNotFound", what="the missing Secret is named")
    secret = json.dumps(bucket_server.secret("keys"))
    vault.cluster.kubectl("apply", "--namespace", vault.namespace, "-f", "-", stdin=secret)
    vault.until(lambda: reason(vault) == "BucketUnusable", what="the missing bucket is named", seconds=180)
    assert f"The bucket media at {server.url}" in vault.condition("StorageReady")["message"]
    bucket_server.make_bucket(vault.cluster, server.namespace, "media")
    vault.wait(seconds=300)
    assert reason(vault) == "Writable"
    assert f"{vault.name}-media" not in vault.names_of("persistentvolumeclaims")
    with vault.tenant() as tenant:
        photo = media / "grace-hopper.jpg"
        file = tenant.upload(photo)
        # Whichever pod answers.
        for _ in range(6):
            served = tenant.get(f"/api/files/{file['id']}/stream/")
            assert hashlib.sha256(served.content).digest() == hashlib.sha256(photo.read_bytes()).digest()
        assert tenant.get(f"/api/files/{file['id']}/thumbnail/").status_code == 200
    stored = bucket_server.objects(vault.cluster, server.namespace, "media")
    assert stored
    assert all(key.startswith(f"{vault.namespace}/{vault.name}/") for key in stored)
    vault.apply({"replicas": 2, "storage": {"s3": {**s3, "bucket": "other"}}})
    vault.until(lambda: vault.condition("Stalled"), what="another bucket is refused")
    assert "the media lie in the bucket media" in vault.condition("Stalled")["message"]
    with vault.tenant() as tenant:
        assert tenant.get(f"/api/files/{file['id']}/stream/").status_code == 200


def reason(vault: TenantVault) -> str:
    return str(vault.condition("StorageReady").get("reason", ""))
