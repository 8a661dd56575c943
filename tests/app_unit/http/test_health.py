"""/livez and /readyz."""

from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection, connections
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from mediavault.vault.storage.errors import StorageFull
from mediavault.vault.storage.files import FileStore

OK = {"database": "ok", "migrations": "ok", "storage": "ok"}


def test_a_serving_process_is_alive_without_a_database(client: Client) -> None:
    response = client.get("/livez")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.parametrize("method", ["get", "head"])
def test_all_is_ready(client: Client, db: None, method: str) -> None:
    response = getattr(client, method)("/readyz")
    assert response.status_code == 200
    if method == "get":
        assert response.json() == {"status": "ok", "checks": OK}


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
def test_a_probe_needs_no_host_that_we_know(client: Client, db: None, path: str) -> None:
    assert client.get(path, HTTP_HOST="10.0.0.7:8000").status_code == 200
    assert client.get(path, HTTP_HOST="").status_code == 200


def test_a_missing_migration_is_not_ready(client: Client, db: None) -> None:
    MigrationRecorder(connection).record_unapplied("vault", "0001_initial")
    response = client.get("/readyz")
    assert (response.status_code, response.json()["checks"]) == (503, {**OK, "migrations": "missing"})


def test_a_newer_database_is_ready(client: Client, db: None) -> None:
    MigrationRecorder(connection).record_applied("vault", "9999_of_the_next_release")
    assert client.get("/readyz").status_code == 200


def test_a_missing_media_root_is_not_ready(client: Client, db: None, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "none")
    response = client.get("/readyz")
    assert (response.status_code, response.json()["checks"]) == (503, {**OK, "storage": "unwritable"})


def test_a_full_disk_still_serves_what_is_there(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: FileStore) -> None:
        raise StorageFull("no space")

    monkeypatch.setattr(FileStore, "check_writable", full)
    response = client.get("/readyz")
    assert (response.status_code, response.json()["checks"]["storage"]) == (200, "full")


def test_a_database_that_does_not_answer_is_not_ready(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OperationalError("connection refused: password=hunter2")

    with monkeypatch.context() as during:
        during.setattr(type(connections["default"]), "cursor", refuse)
        response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"]["database"] == "unreachable"
    assert b"hunter2" not in response.content
