"""Uploads that are brought to their place in a bucket before their owner is locked."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from django.db import DatabaseError, connection

from mediavault.accounts.models import User
from mediavault.config import S3Config
from mediavault.vault.actions.adopt_blob import adopt_blob
from mediavault.vault.actions.create_file import create_file
from mediavault.vault.actions.owner_lock import owner_lock
from mediavault.vault.actions.place_file import Place
from mediavault.vault.actions.prepare_blob import prepared_blob
from mediavault.vault.actions.receive_content import Content, receive_content
from mediavault.vault.actions.sweep_store import sweep_store
from mediavault.vault.errors import Gone
from mediavault.vault.storage.current import media_store
from mediavault.vault.storage.interface import TemporaryObject
from mediavault.vault.storage.s3.bucket import Bucket

pytestmark = pytest.mark.django_db(transaction=True)
LARGE = os.urandom(1024 * 1024)


@pytest.fixture(autouse=True)
def in_bucket(s3: S3Config, settings: Any) -> None:
    settings.S3 = s3


@contextmanager
def received() -> Iterator[TemporaryObject]:
    with media_store().create_temporary() as temporary:
        temporary.write(LARGE)
        temporary.finish()
        yield temporary


@pytest.fixture
def content(ann: User) -> Iterator[Content]:
    with received() as temporary:
        yield receive_content(owner_id=ann.pk, temporary=temporary, name="a.bin")


def stored() -> list[bytes]:
    found = []
    for key in media_store().keys("blobs/"):
        with media_store().open(key) as source:
            found.append(source.read())
    return found


def test_the_bytes_are_sent_before_the_lock_is_taken(ann: User, monkeypatch: pytest.MonkeyPatch) -> None:
    real, sent_under_lock = Bucket.put, []

    def put(self: Bucket, *args: Any) -> None:
        sent_under_lock.append(connection.in_atomic_block)
        real(self, *args)

    monkeypatch.setattr(Bucket, "put", put)
    with received() as temporary:
        create_file(place=Place(ann.pk, None, "a.bin"), upload=temporary)
    assert (sent_under_lock, stored()) == ([False], [LARGE])


def test_what_is_refused_under_the_lock_leaves_nothing(ann: User, content: Content) -> None:
    with suppress(Gone), prepared_blob(owner_id=ann.pk, content=content):
        assert stored() == [LARGE]
        raise Gone
    assert stored() == []


def test_what_is_refused_leaves_the_same_bytes_to_another_upload(ann: User, content: Content) -> None:
    with suppress(Gone), prepared_blob(owner_id=ann.pk, content=content):
        with received() as temporary:
            create_file(place=Place(ann.pk, None, "b.bin"), upload=temporary)
        raise Gone
    assert stored() == [LARGE]


def test_what_fails_under_the_lock_leaves_its_bytes_to_the_next_attempt(ann: User, content: Content) -> None:
    with suppress(DatabaseError), prepared_blob(owner_id=ann.pk, content=content):
        raise DatabaseError
    assert stored() == [LARGE]


def test_what_a_sweep_removes_meanwhile_is_sent_again(ann: User, content: Content) -> None:
    with prepared_blob(owner_id=ann.pk, content=content):
        assert sweep_store(now=time.time(), with_orphans=True).orphans == 1
        with owner_lock(ann.pk):
            adopt_blob(owner_id=ann.pk, content=content)
    assert stored() == [LARGE]
