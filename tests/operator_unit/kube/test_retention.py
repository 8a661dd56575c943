"""What is done to the pieces of a vault that goes."""

from datetime import datetime
from typing import Any

import pytest

from mediavault_operator import names
from mediavault_operator.kube.cache import Cache, Key, Vaults
from mediavault_operator.kube.retention import Retention

Body = dict[str, Any]
KEY = Key("tenant", "photos")


class Server:
    """Takes every patch."""

    def __init__(self) -> None:
        self.patches: dict[str, Body] = {}

    async def merge(self, resource: Any, namespace: str, name: str, patch: Body) -> Body:
        self.patches[name] = patch["metadata"]
        return piece(resource.kind, name, version="9")


@pytest.fixture(name="server")
def made_server() -> Server:
    return Server()


@pytest.fixture(name="retention")
def retentions(server: Server, now: datetime) -> Retention:
    cache = Cache(label=names.VAULT_LABEL, on_change=lambda _: None)
    for kind, name, component in (
        ("PersistentVolumeClaim", "photos-media", names.WEB),
        ("Secret", "photos-django", names.WEB),
        ("Secret", "photos-backup", names.BACKUP),
        ("Service", "photos", names.WEB),
    ):
        cache.put(piece(kind, name, component), key=KEY)
    client: Any = server
    return Retention(client, cache, Vaults(), now=lambda: now)


def piece(kind: str, name: str, component: str = names.WEB, *, version: str = "1") -> Body:
    metadata = {"name": name, "namespace": "tenant", "uid": f"{name}-uid", "resourceVersion": version}
    return {"kind": kind, "metadata": {**metadata, "labels": names.labels("photos", component)}}


def vault(policy: str, **status: str) -> Body:
    metadata = {"name": "photos", "namespace": "tenant", "uid": "vault-uid"}
    return {"metadata": metadata, "spec": {"deletionPolicy": policy}, "status": status}


@pytest.mark.parametrize(("policy", "status"), [("Delete", {}), ("Backup", {"lastBackup": "photos-last-1"})])
async def test_what_may_go_belongs_to_its_vault_but_the_key_of_backups_stays(
    retention: Retention, server: Server, policy: str, status: dict[str, str]
) -> None:
    await retention.release(vault(policy, **status))
    owned = {name for name, metadata in server.patches.items() if metadata.get("ownerReferences")}
    assert owned == {"photos-media", "photos-django"}
    assert server.patches["photos-backup"]["ownerReferences"] is None


async def test_nothing_goes_before_the_last_backup(retention: Retention, server: Server) -> None:
    await retention.release(vault("Backup"))
    assert not any(metadata.get("ownerReferences") for metadata in server.patches.values())
