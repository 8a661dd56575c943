"""A client follows the changes feed while eight others write, on PostgreSQL."""

import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections
from rest_framework.test import APIClient

from mediavault.accounts.models import User
from mediavault.vault.actions.create_folder import create_folder
from mediavault.vault.actions.delete_rows import delete_rows
from mediavault.vault.actions.selection import Selection
from mediavault.vault.actions.update_folder import update_folder
from mediavault.vault.errors import VaultError

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
