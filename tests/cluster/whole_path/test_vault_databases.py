"""Each choice of database ends in a vault that serves, in a namespace that admits restricted pods only."""

import json
from pathlib import Path

import pytest

from demo.chosen_images import built_images
from tenancy import outside_database
from tenancy.vault import TenantVault

pytestmark = pytest.mark.node


def test_an_embedded_database_lies_beside_the_media(vault: TenantVault, media: Path) -> None:
    vault.apply({"database": {"embedded": {}}})
    vault.wait()
    assert_it_takes_and_shows(vault, media)
    assert not vault.names_of("statefulsets")


def test_an_external_database_is_named_by_a_secret_that_may_come_later(
    vault: TenantVault, media: Path
) -> None:
    outside_database.start(vault.cluster, vault.namespace, image=built_images().postgres)
    vault.apply({"database": {"external": {"secretName": outside_database.NAME}}})
    vault.until(
        lambda: outside_database.NAME in vault.condition("DatabaseReady").get("message", ""),
        what="the condition names the Secret that is missing",
    )
    secret = json.dumps(outside_database.secret())
    vault.cluster.kubectl("apply", "--namespace", vault.namespace, "-f", "-", stdin=secret)
    vault.wait()
    assert_it_takes_and_shows(vault, media)
    assert not vault.names_of("statefulsets")


def assert_it_takes_and_shows(vault: TenantVault, media: Path) -> None:
    with vault.tenant() as tenant:
        file = tenant.upload(media / "grace-hopper.jpg")
        assert tenant.get(f"/api/files/{file['id']}/thumbnail/").status_code == 200
