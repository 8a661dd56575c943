"""Databases on a shared server, which is real: what stands on it, and what goes with its vault."""

from base64 import b64decode
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import psycopg2  # type: ignore[import-untyped]
import pytest

from mediavault_operator import names
from playing.api import Api, Object
from playing.kubelet import Kubelet
from playing.types import Start, Vault
from playing.waiting import condition, until, until_ready
from shared_postgres import ADMIN, PASSWORD, ask, running_postgres

pytestmark = pytest.mark.controlplane

DATABASE: Object = {"shared": {"adminSecretName": "server"}}


@pytest.fixture(scope="module")
def server() -> Iterator[Path]:
    with running_postgres() as folder:
        yield folder


def make_admin_secret(api: Api, server: Path) -> None:
    """The admin of a server that is reached by the folder of its socket."""
    secret = {"host": str(server), "username": ADMIN, "password": PASSWORD}
    api.create({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "server"}, "stringData": secret})


def stands(api: Api, server: Path) -> list[object]:
    name = names.shared_database(api.namespace, "demo")
    roles = ask(server, "SELECT rolname FROM pg_roles WHERE rolname = %s", name)
    databases = ask(server, "SELECT datname FROM pg_database WHERE datname = %s", name)
    return [*roles, *databases]


def write(url: str, statement: str) -> None:
    with psycopg2.connect(url) as session:
        session.cursor().execute(statement)
    session.close()


def url_of(api: Api, server: Path) -> str:
    """The URL in the vault's Secret, as libpq takes a folder for a host."""
    name = names.shared_database(api.namespace, "demo")
    secret = values(api)
    assert (secret["username"], secret["database"], secret["host"]) == (name, name, str(server))
    return f"host={server} user={name} dbname={name} password={secret['password']}"


def values(api: Api) -> dict[str, str]:
    found = api.get("Secret", "demo-database") or {"data": {}}
    return {key: b64decode(value).decode() for key, value in found["data"].items()}


@pytest.mark.usefixtures("operator")
def test_a_vault_is_ready_when_its_database_stands_and_leaves_it_under_retain(
    api: Api, kubelet: Kubelet, apply_vault: Vault, server: Path
) -> None:
    apply_vault(database=DATABASE)
    until(lambda: condition(api, "demo", "DatabaseReady").get("reason") == "SecretNotFound")
    make_admin_secret(api, server)
    until_ready(api, "demo")
    write(url_of(api, server), "CREATE TABLE kept (id integer)")
    assert api.get("StatefulSet", "demo-db") is None
    api.delete("MediaVault", "demo")
    until(lambda: api.get("Deployment", "demo") is None)
    assert len(stands(api, server)) == 2
    apply_vault(database=DATABASE)
    until_ready(api, "demo")
    write(url_of(api, server), "INSERT INTO kept VALUES (1)")


@pytest.mark.usefixtures("operator")
def test_under_delete_role_and_database_go_before_the_vault_does(
    api: Api, kubelet: Kubelet, apply_vault: Vault, server: Path
) -> None:
    make_admin_secret(api, server)
    apply_vault(database=DATABASE, deletionPolicy="Delete")
    until_ready(api, "demo")
    assert len(stands(api, server)) == 2
    api.delete("MediaVault", "demo")
    until(lambda: api.get("MediaVault", "demo") is None)
    assert stands(api, server) == []


@pytest.mark.usefixtures("operator")
def test_a_vault_whose_admin_is_gone_goes_and_says_what_it_left(
    api: Api, kubelet: Kubelet, apply_vault: Vault, server: Path
) -> None:
    make_admin_secret(api, server)
    apply_vault(database=DATABASE, deletionPolicy="Delete")
    until_ready(api, "demo")
    api.delete("Secret", "server")
    api.delete("MediaVault", "demo")
    until(lambda: api.get("MediaVault", "demo") is None)
    told = [event for event in api.list("Event") if event["reason"] == "DatabaseLeft"]
    assert names.shared_database(api.namespace, "demo") in told[0]["note"]
    assert len(stands(api, server)) == 2


@pytest.mark.usefixtures("operator")
def test_another_policy_lets_go_of_the_finalizer(
    api: Api, kubelet: Kubelet, apply_vault: Vault, server: Path
) -> None:
    def finalizers() -> list[str]:
        return list((api.get("MediaVault", "demo") or {})["metadata"].get("finalizers", ()))

    make_admin_secret(api, server)
    apply_vault(database=DATABASE, deletionPolicy="Delete")
    until_ready(api, "demo")
    assert finalizers() == [names.FINALIZER]
    api.patch("MediaVault", "demo", {"spec": {"deletionPolicy": "Retain"}})
    until(lambda: finalizers() == [])


def test_an_operator_that_is_killed_leaves_no_second_database_and_no_wrong_password(
    api: Api, kubelet: Kubelet, apply_vault: Vault, server: Path, start: Start
) -> None:
    make_admin_secret(api, server)
    with start() as first:
        apply_vault(database=DATABASE)
        until(partial(api.get, "Secret", "demo-database"))
        first.kill()
    with start():
        until_ready(api, "demo", seconds=60)
        write(url_of(api, server), "SELECT 1")


@pytest.mark.usefixtures("operator")
def test_a_password_that_somebody_writes_is_brought_to_the_role(
    api: Api, kubelet: Kubelet, apply_vault: Vault, server: Path
) -> None:
    make_admin_secret(api, server)
    apply_vault(database=DATABASE)
    until_ready(api, "demo")
    api.patch("Secret", "demo-database", {"data": {"password": "YW5vdGhlcg=="}})
    until(lambda: _opens(url_of(api, server)))
    assert "another" in values(api)["DATABASE_URL"]
    until_ready(api, "demo")


def _opens(url: str) -> bool:
    try:
        write(url, "SELECT 1")
    except psycopg2.OperationalError:
        return False
    return True


@pytest.mark.usefixtures("operator")
def test_a_rotation_opens_a_second_account_and_closes_the_first(
    api: Api, kubelet: Kubelet, apply_vault: Vault, server: Path
) -> None:
    make_admin_secret(api, server)
    apply_vault(database=DATABASE)
    until_ready(api, "demo")
    role = names.shared_database(api.namespace, "demo")
    api.patch("MediaVault", "demo", {"metadata": {"annotations": {names.ROTATED_AT_ANNOTATION: "now"}}})
    until(lambda: values(api).get("retired") == role)
    until_ready(api, "demo")
    open_to = "SELECT rolname FROM pg_roles WHERE rolcanlogin AND rolname LIKE %s"
    until(lambda: ask(server, open_to, f"{role}%") == [(f"{role}_2",)])
    api.patch("MediaVault", "demo", {"spec": {"deletionPolicy": "Delete"}})
    until(lambda: (api.get("MediaVault", "demo") or {})["metadata"].get("finalizers"))
    api.delete("MediaVault", "demo")
    until(lambda: api.get("MediaVault", "demo") is None)
    assert ask(server, "SELECT rolname FROM pg_roles WHERE rolname LIKE %s", f"{role}%") == []
