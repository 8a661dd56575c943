"""A vault with real pods, used by its tenant: media go in, thumbnails and ranges come out."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from launcher.cluster import Cluster
from tenancy.namespaces import restricted_namespace
from tenancy.vault import Tenant, TenantVault

pytestmark = pytest.mark.node


@pytest.fixture(scope="module")
def vault(installed: Cluster) -> Iterator[TenantVault]:
    with restricted_namespace(installed) as namespace:
        vault = TenantVault(installed, namespace)
        vault.apply()
        vault.wait()
        yield vault


@pytest.fixture
def tenant(vault: TenantVault) -> Iterator[Tenant]:
    with vault.tenant() as tenant:
        yield tenant


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("grace-hopper.jpg", "image/jpeg"),
        ("grace-hopper-pan.mp4", "video/mp4"),
        ("two-bells.mp3", "audio/mpeg"),
        ("a-page.pdf", "application/pdf"),
    ],
)
def test_media_come_back_as_they_went_in(tenant: Tenant, media: Path, name: str, kind: str) -> None:
    file = tenant.upload(media / name, name=f"whole-{name}")
    assert (file["type"], file["size"]) == (kind, (media / name).stat().st_size)
    answer = tenant.get(f"/api/files/{file['id']}/download/")
    assert answer.content == (media / name).read_bytes()


def test_a_photo_gets_a_thumbnail(tenant: Tenant, media: Path) -> None:
    file = tenant.upload(media / "grace-hopper.jpg", name="portrait.jpg")
    answer = tenant.get(f"/api/files/{file['id']}/thumbnail/")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/webp"
    assert 0 < len(answer.content) < file["size"]


def test_a_video_can_be_sought_in(tenant: Tenant, media: Path) -> None:
    video = (media / "grace-hopper-pan.mp4").read_bytes()
    file = tenant.upload(media / "grace-hopper-pan.mp4", name="sought.mp4")
    answer = tenant.get(f"/api/files/{file['id']}/stream/", headers={"Range": "bytes=1000-1999"})
    assert answer.status_code == 206
    assert answer.headers["Content-Range"] == f"bytes 1000-1999/{len(video)}"
    assert answer.content == video[1000:2000]


def test_the_address_in_the_status_is_the_services(vault: TenantVault) -> None:
    assert vault.body()["status"]["url"] == f"http://{vault.name}.{vault.namespace}.svc"


def test_nothing_is_served_without_credentials(tenant: Tenant) -> None:
    tenant.http.headers.pop("Authorization")
    assert tenant.get("/api/files/").status_code == 401
    assert tenant.get("/media/").status_code == 404


def test_a_name_inside_the_cluster_resolves_to_the_vault(vault: TenantVault) -> None:
    pod = sorted(vault.names_of("pods"))
    web = next(name for name in pod if not name.startswith(f"{vault.name}-db"))
    script = "import urllib.request as r; print(r.urlopen('http://family/readyz', timeout=10).status)"
    printed = vault.cluster.kubectl("exec", "--namespace", vault.namespace, web, "--", "python", "-c", script)
    assert printed.strip() == "200"
