"""The backend on a real PostgreSQL: threads borrow, and a slow client's thread does not keep it."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from rest_framework.test import APIClient

from mediavault.accounts.models import User
from mediavault.vault.actions import receive_content
from mediavault.vault.media.examination import Examination, State
from mediavault.vault.storage.temporary_files import TemporaryFile

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def backends() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


def test_many_threads_need_few_connections(ann: User) -> None:
    def ask(_: int) -> int:
        try:
            return User.objects.count()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(40) as pool:
        assert set(pool.map(ask, range(200))) == {1}
    assert backends() <= connection.settings_dict["MAX_CONNECTIONS"]


def test_a_connection_killed_by_the_server_is_replaced(ann: User) -> None:
    connection.close()
    killed = threading.Thread(target=_kill_all)
    killed.start()
    killed.join()
    assert User.objects.count() == 1


def _kill_all() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    connections.close_all()


def test_a_download_holds_no_connection(as_ann: APIClient, upload: Any) -> None:
    file = upload(as_ann, content=b"x" * 100_000)
    response = as_ann.get(f"/api/files/{file.pk}/stream/")
    assert connection.connection is None
    assert b"".join(response) == b"x" * 100_000


def test_an_upload_that_replaces_a_file_holds_no_connection_while_it_arrives(
    as_ann: APIClient, upload: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, held = upload(as_ann), []
    write = TemporaryFile.write

    def look(temporary: TemporaryFile, chunk: bytes) -> None:
        held.append(connection.connection)
        write(temporary, chunk)

    monkeypatch.setattr(TemporaryFile, "write", look)
    body = {"file": SimpleUploadedFile("a.txt", b"other text\n")}
    assert as_ann.patch(f"/api/files/{file.pk}/", body, format="multipart").status_code == 200
    assert held == [None]


def test_an_upload_holds_no_connection_while_its_thumbnail_is_made(
    as_ann: APIClient, upload: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = []

    def look(source: object, *, content_type: str) -> Examination:
        held.append(connection.connection)
        return Examination(State.UNSUPPORTED)

    monkeypatch.setattr(receive_content, "examine", look)
    upload(as_ann)
    assert held == [None]
