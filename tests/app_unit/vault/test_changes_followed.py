"""A client follows the changes feed while eight others write, on PostgreSQL."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Thread
from typing import Any

import pytest
from django.db import connection, connections
from rest_framework.test import APIClient

from mediavault.accounts.models import User
from mediavault.vault.actions.create_folder import create_folder
from mediavault.vault.actions.delete_rows import delete_rows
from mediavault.vault.actions.selection import Selection
from mediavault.vault.actions.toggle_favorite import toggle_favorite
from mediavault.vault.actions.update_folder import update_folder
from mediavault.vault.errors import VaultError
from mediavault.vault.models import Blob, File

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
WRITERS = 8


def write(owner: User, writer: int) -> None:
    chance = random.Random(writer)
    mine: list[int] = []
    try:
        for number in range(30):
            try:
                if not mine or chance.random() < 0.5:
                    name = f"{writer}-{number}"
                    mine.append(create_folder(owner_id=owner.pk, parent_folder_id=None, name=name).pk)
                elif chance.random() < 0.5:
                    update_folder(owner_id=owner.pk, folder_id=chance.choice(mine), name=f"{writer}+{number}")
                else:
                    delete_rows(owner_id=owner.pk, selection=Selection(folders=(mine.pop(),)))
            except VaultError:
                continue
    finally:
        connections.close_all()


def follow(client: APIClient, replica: dict[int, Any], cursor: str) -> tuple[str, bool]:
    query = {"page_size": "7", "cursor": cursor}
    body = client.get("/api/changes/", query).json()
    for change in body["changes"]:
        if change["deleted"]:
            replica.pop(change["id"], None)
        else:
            replica[change["id"]] = change["folder"]
    return body["cursor"], body["more"]


def test_a_client_that_follows_has_what_the_lists_have(as_ann: APIClient, ann: User) -> None:
    replica: dict[int, Any] = {}
    cursor, more = "", True
    with ThreadPoolExecutor(WRITERS) as pool:
        writers = [pool.submit(write, ann, writer) for writer in range(WRITERS)]
        while not all(writer.done() for writer in writers):
            cursor, _ = follow(as_ann, replica, cursor)
        for writer in writers:
            writer.result()
    while more:
        cursor, more = follow(as_ann, replica, cursor)
    assert len(replica) > WRITERS
    assert sorted(replica.values(), key=lambda row: row["id"]) == sorted(
        as_ann.get("/api/folders/").json(), key=lambda row: row["id"]
    )


class Before:
    """Lets another connection commit right before the first statement that reads a table."""

    def __init__(self, table: str, change: Callable[[], None]) -> None:
        self._reads, self._change = f'FROM "{table}"', change
        self.happened = False

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if self._reads in sql and not self.happened:
            self.happened = True
            other = Thread(target=self._commit)
            other.start()
            other.join()
        return execute(sql, params, many, context)

    def _commit(self) -> None:
        try:
            self._change()
        finally:
            connections.close_all()


def test_a_change_between_the_reads_of_a_page_is_not_passed_over(as_ann: APIClient, ann: User) -> None:
    """Files are read before folders: what comes between them must not move the cursor beyond the file."""
    blob = Blob.objects.create(owner=ann, sha256="0" * 64, size=1, references=1)
    file = File.objects.create(owner=ann, name="f", name_key="f", file=blob, size=1)

    def change() -> None:
        toggle_favorite(owner_id=ann.pk, file_id=file.pk)
        for name in "ab":
            create_folder(owner_id=ann.pk, parent_folder_id=None, name=name)

    cursor = as_ann.get("/api/changes/", {"cursor": "latest"}).json()["cursor"]
    between = Before("vault_folder", change)
    with connection.execute_wrapper(between):
        page = as_ann.get("/api/changes/", {"cursor": cursor, "page_size": 1}).json()
    assert between.happened
    seen = page["changes"]
    while page["more"] or not seen:
        page = as_ann.get("/api/changes/", {"cursor": page["cursor"], "page_size": 1}).json()
        seen += page["changes"]
    assert [change["kind"] for change in seen] == ["file", "folder", "folder"]
