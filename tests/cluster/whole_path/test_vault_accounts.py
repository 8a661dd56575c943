"""Users as code on real pods: handed over by their Secrets, disabled and enabled again without a restart."""

from pathlib import Path

import pytest

from tenancy.vault import TenantVault

pytestmark = pytest.mark.node

ANN = {"username": "ann"}
BOB = {"username": "Bob@example.org", "secretName": "for-bob", "admin": True}


def test_users_of_the_spec_come_go_and_come_back_while_the_pods_stay(vault: TenantVault, media: Path) -> None:
    vault.apply({"users": [ANN, BOB]})
    vault.wait()
    ann, bob = vault.secret("family-user-ann"), vault.secret("for-bob")
    assert (ann["username"], bob["username"]) == ("ann", "Bob@example.org")
    (pod,) = (name for name in vault.names_of("pods") if "-db-" not in name and "migrate" not in name)

    def status(secret: dict[str, str]) -> int:
        with vault.tenant() as tenant:
            return tenant.get(
                "/api/files/", headers={"Authorization": f"Token {secret['token']}"}
            ).status_code

    assert (status(ann), status(bob)) == (200, 200)
    vault.apply({"users": [BOB]})
    vault.wait()
    assert (status(ann), status(bob)) == (401, 200)
    vault.apply({"users": [ANN, BOB]})
    vault.wait()
    assert status(ann) == 200
    assert vault.secret("family-user-ann") == ann
    assert pod in vault.names_of("pods")
