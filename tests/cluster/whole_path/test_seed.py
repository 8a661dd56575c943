"""The example that stands for the first manifests: a hostPath volume, a LoadBalancer on port 80."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from launcher.cluster import Cluster
from tenancy.namespaces import restricted_namespace
from tenancy.vault import TenantVault

pytestmark = pytest.mark.node

APP_GROUP = 10001


@pytest.fixture
def folder(installed: Cluster) -> Path:
    """/mnt/data of the node, as an administrator finds it: of root."""
    if installed.folder is None:
        pytest.skip("needs a node whose /mnt is at hand")
    folder = installed.folder / "mnt" / "data"
    folder.mkdir(mode=0o755)
    return folder


@pytest.fixture
def vault(installed: Cluster, media: Path) -> Iterator[TenantVault]:
    with restricted_namespace(installed) as namespace:
        text = (media.parent / "seed.yaml").read_text(encoding="utf-8")
        installed.kubectl("apply", "--namespace", namespace, "-f", "-", stdin=text)
        yield TenantVault(installed, namespace, "mediavault")
    installed.kubectl("delete", "persistentvolume", "mediavault-pv", "--wait=false")


def test_the_seeds_objects_work_once_its_folder_can_be_written(
    folder: Path, vault: TenantVault, media: Path
) -> None:
    vault.until(
        lambda: vault.condition("StorageReady").get("reason") == "VolumeNotWritable",
        what="the condition names the folder's owner as the cause",
    )
    os.chown(folder, APP_GROUP, APP_GROUP)
    vault.wait()
    with vault.tenant() as tenant:
        tenant.upload(media / "grace-hopper.jpg")
    assert list(folder.rglob("blobs/*/*/*"))
    service = vault.get("service", "mediavault")
    assert service is not None
    assert service["spec"]["type"] == "LoadBalancer"
    assert [(port["port"], port["targetPort"]) for port in service["spec"]["ports"]] == [(80, "http")]
