"""Web pods are replaced one by one while tenants work: nobody is refused, nothing that was kept is lost."""

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from demo.chosen_images import built_images
from launcher import clusters
from launcher.cluster import Cluster
from tenancy.at_work import at_work
from tenancy.namespaces import restricted_namespace
from tenancy.vault import TenantVault

pytestmark = pytest.mark.node

SPEC = {"replicas": 2, "storage": {"claim": {"accessModes": ["ReadWriteMany"]}}}
WEB = ("-l", "mediavault.io/vault=family,app.kubernetes.io/component=web", "-o", "name")
ROLL_SECONDS = 300


@pytest.fixture(scope="module")
def vault(installed: Cluster) -> Iterator[TenantVault]:
    with restricted_namespace(installed) as namespace:
        vault = TenantVault(installed, namespace)
        vault.apply(SPEC)
        vault.wait()
        yield vault


def test_an_upgrade_refuses_nobody(vault: TenantVault) -> None:
    image = built_images().app
    clusters.name_image(vault.cluster, image, f"{image}-next")
    with replaced_under_load(vault):
        vault.apply({**SPEC, "image": f"{image}-next"})
    assert images(vault) == {f"{image}-next"}


def test_a_restart_on_request_refuses_nobody(vault: TenantVault) -> None:
    with replaced_under_load(vault):
        annotate(vault, "mediavault.io/restarted-at=now")


def test_a_rotated_password_refuses_nobody_and_closes_the_account_of_before(vault: TenantVault) -> None:
    former = vault.secret("family-database")
    with replaced_under_load(vault):
        annotate(vault, "mediavault.io/rotated-at=now")
    present = vault.secret("family-database")
    assert (former["username"], present["username"]) == ("mediavault", "mediavault_2")
    asked = "SELECT rolname FROM pg_roles WHERE rolcanlogin ORDER BY 1"
    client = ("psql", "--username=postgres", "--tuples-only", "--no-align", f"--command={asked}")

    def accounts() -> list[str]:
        told = vault.cluster.kubectl("exec", "family-db-0", "--namespace", vault.namespace, "--", *client)
        return told.split()

    vault.until(
        lambda: accounts() == ["mediavault_2", "postgres"], what="the former account is closed", seconds=180
    )


@contextmanager
def replaced_under_load(vault: TenantVault) -> Iterator[None]:
    """What the block asks for replaces every web pod, and no tenant sees anything of it."""
    former = web_pods(vault)
    assert len(former) == 2
    with vault.tenant() as tenant:
        with at_work(tenant) as record:
            began = time.monotonic()
            yield
            vault.cluster.kubectl(
                *("wait", "--for=delete", *former, "--namespace", vault.namespace),
                *(f"--timeout={ROLL_SECONDS}s",),
                seconds=ROLL_SECONDS + 10,
            )
            vault.wait()
            took = time.monotonic() - began
        print(f"replaced in {took:.0f} s under {dict(record.answered)}")
        broken = record.broken[:10]
        assert not broken
        assert web_pods(vault).isdisjoint(former)
        for file, digest in record.kept.items():
            content = tenant.get(f"/api/files/{file}/download/").content
            assert hashlib.sha256(content).hexdigest() == digest


def web_pods(vault: TenantVault) -> set[str]:
    """The vault's web pods, as kubectl names them."""
    return set(vault.cluster.kubectl("get", "pods", "--namespace", vault.namespace, *WEB).split())


def images(vault: TenantVault) -> set[str]:
    """What the web pods' containers run."""
    path = "jsonpath={.items[*].spec.containers[*].image}"
    options = (*WEB[:-1], path)
    return set(vault.cluster.kubectl("get", "pods", "--namespace", vault.namespace, *options).split())


def annotate(vault: TenantVault, order: str) -> None:
    vault.cluster.kubectl("annotate", "mediavault", vault.name, order, "--namespace", vault.namespace)
