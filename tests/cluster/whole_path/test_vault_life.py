"""The life of a vault with real pods: damage is repaired, kills are survived, deleted vaults come back."""

from pathlib import Path
from typing import Any

import pytest
import requests

from demo.installing import NAMESPACE, RELEASE
from tenancy.vault import TenantVault

pytestmark = pytest.mark.node

NOWHERE = "localhost/no-such-image:1"
KEPT = {"family-admin", "family-database", "family-django"}


def test_a_deleted_child_returns_and_the_vault_serves_on(vault: TenantVault, media: Path) -> None:
    vault.apply()
    vault.wait()
    with vault.tenant() as tenant:
        file = tenant.upload(media / "grace-hopper.jpg")
    for kind, name in (("deployment", "family"), ("service", "family"), ("statefulset", "family-db")):
        uid = vault.get(kind, name)
        vault.cluster.kubectl("delete", kind, name, "--namespace", vault.namespace)
        vault.until(lambda k=kind, n=name: vault.get(k, n), what=f"{kind} {name} is back")  # type: ignore[misc]
        assert vault.get(kind, name) != uid
    vault.until(lambda: vault.condition("Ready").get("status") == "True", what="Ready again")
    vault.wait()

    def served() -> bool:
        with vault.tenant() as tenant:
            return tenant.get(f"/api/files/{file['id']}/download/").status_code == 200

    # The database's pod may have gone a moment after its StatefulSet, and with it what Ready spoke of.
    vault.until(served, what="the file is served again")


def test_deleted_secrets_come_back_with_values_that_work(vault: TenantVault) -> None:
    vault.apply()
    vault.wait()
    for name in sorted(KEPT):
        vault.cluster.kubectl("delete", "secret", name, "--namespace", vault.namespace)
        vault.until(lambda n=name: vault.get("secret", n), what=f"{name} is back")  # type: ignore[misc]

    def answers() -> bool:
        try:
            with vault.tenant() as tenant:
                return tenant.get("/api/files/").status_code == 200
        except requests.ConnectionError:
            return False

    vault.until(answers, what="the token in the new Secret opens the vault", seconds=180)
    vault.wait()


def test_an_operator_killed_while_provisioning_finishes_after_its_restart(vault: TenantVault) -> None:
    operator = ("--namespace", NAMESPACE, "-l", f"app.kubernetes.io/instance={RELEASE}")
    vault.apply()
    for child in (("secret", "family-django"), ("pvc", "family-db"), ("job", "")):
        vault.until(
            lambda c=child: vault.names_of(c[0]) if not c[1] else vault.get(*c),  # type: ignore[misc]
            what=f"{child} was made",
        )
        vault.cluster.kubectl("delete", "pod", *operator, "--grace-period=0", "--force")
    vault.wait()
    assert len(vault.names_of("pvc")) == 2
    assert len(vault.names_of("deployments")) == 1


def test_a_retained_vault_is_taken_up_again_with_all_its_data(vault: TenantVault, media: Path) -> None:
    vault.apply()
    vault.wait()
    with vault.tenant() as tenant:
        file = tenant.upload(media / "grace-hopper.jpg")
    before = {name: vault.secret(name) for name in KEPT}
    vault.delete()
    assert vault.names_of("pvc") == {"family-media", "family-db"}
    assert vault.names_of("secrets") == KEPT
    vault.apply()
    vault.wait()
    assert {name: vault.secret(name) for name in KEPT} == before
    with vault.tenant() as tenant:
        content = tenant.get(f"/api/files/{file['id']}/download/").content
    assert content == (media / "grace-hopper.jpg").read_bytes()


def test_the_delete_policy_leaves_nothing(vault: TenantVault) -> None:
    vault.apply({"deletionPolicy": "Delete"})
    vault.wait()
    vault.delete()
    kinds = "pvc,secrets,deployments,statefulsets,jobs,services,serviceaccounts,networkpolicies"
    vault.until(lambda: not vault.names_of(kinds), what="nothing is left")


def test_a_suspended_vault_sleeps_and_wakes_with_its_data(vault: TenantVault, media: Path) -> None:
    vault.apply({"database": {"embedded": {}}})
    vault.wait()
    with vault.tenant() as tenant:
        file = tenant.upload(media / "grace-hopper.jpg")
    vault.apply({"database": {"embedded": {}}, "suspend": True})
    vault.until(lambda: not vault.names_of("pods"), what="no pod runs")
    vault.until(lambda: vault.condition("Ready").get("reason") == "Suspended", what="Ready says Suspended")
    vault.apply({"database": {"embedded": {}}, "suspend": False})
    vault.until(lambda: vault.names_of("pods"), what="a pod runs")
    vault.wait()
    with vault.tenant() as tenant:
        assert tenant.get(f"/api/files/{file['id']}/stream/").status_code == 200


def test_an_image_or_a_place_that_cannot_be_had_leaves_the_old_version_serving(vault: TenantVault) -> None:
    vault.apply()
    vault.wait()
    _serves_on(vault, {}, {"image": NOWHERE}, reason="ImagePullFailed", said=NOWHERE)
    place = {"pods": {"nodeSelector": {"disk": "none-has-it"}}}
    _serves_on(vault, {}, place, reason="Unschedulable", said="no node takes the pod")


def test_what_an_embedded_vault_is_to_run_is_tried_beside_the_pod_that_serves(vault: TenantVault) -> None:
    embedded: dict[str, Any] = {"database": {"embedded": {}}}
    vault.apply(embedded)
    vault.wait()
    _serves_on(vault, embedded, {"image": NOWHERE}, reason="ImagePullFailed", said=NOWHERE)
    vault.apply({**embedded, "pods": {"labels": {"team": "media"}}})

    def team() -> object:
        web = vault.get("deployment", "family") or {}
        return web["spec"]["template"]["metadata"]["labels"].get("team")

    vault.until(lambda: team() == "media", what="what went well is taken")
    vault.wait()


def _serves_on(
    vault: TenantVault, spec: dict[str, Any], bad: dict[str, Any], *, reason: str, said: str
) -> None:
    """A change that comes to nothing is told, replaces no pod, and is forgotten when it is taken back."""
    before = vault.names_of("pods")
    vault.apply({**spec, **bad})
    vault.until(lambda: vault.condition("Migrated").get("reason") == reason, what=f"Migrated says {reason}")
    assert said in vault.condition("Migrated")["message"]
    assert "The pods of before go on serving" in vault.condition("Migrated")["message"]
    with vault.tenant() as tenant:
        assert tenant.get("/api/files/").status_code == 200
    vault.apply(spec)
    vault.wait()
    vault.until(lambda: before >= vault.names_of("pods"), what="only the pods of before are there")


def test_a_database_of_a_release_too_new_is_not_taken_up(vault: TenantVault) -> None:
    vault.apply()
    vault.wait()
    statement = "INSERT INTO mediavault_release VALUES ('99.0.0', '2999-01-01')"
    client = ("psql", "--username=postgres", "--dbname=mediavault", f"--command={statement}")
    vault.cluster.kubectl("exec", "family-db-0", "--namespace", vault.namespace, "--", *client)
    vault.apply({"admin": {"email": "ada@example.org"}})
    vault.until(
        lambda: vault.condition("Stalled").get("reason") == "ReleaseUnsupported",
        what="the condition says that the database is too new",
    )
    assert "migrated by release 99.0.0" in vault.condition("Migrated")["message"]
    with vault.tenant() as tenant:
        assert tenant.get("/api/files/").status_code == 200


def test_a_namespace_with_a_vault_in_it_goes(vault: TenantVault) -> None:
    vault.apply()
    vault.until(lambda: vault.names_of("pods"), what="provisioning is under way")
    vault.cluster.kubectl("delete", "namespace", vault.namespace, "--timeout=120s", seconds=130)
    found = vault.cluster.kubectl("get", "namespace", vault.namespace, "--ignore-not-found", "-o", "name")
    assert not found.strip()
