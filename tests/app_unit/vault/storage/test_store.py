"""What every store does, whatever it is made of."""

import hashlib
import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mediavault.vault.storage.errors import ObjectMissing
from mediavault.vault.storage.interface import HEAD_SIZE, Store
from mediavault.vault.storage.keys import blob_key, thumbnail_key

CONTENT = b"some bytes" * 1000
SHA256 = hashlib.sha256(CONTENT).hexdigest()
KEY = blob_key(7, SHA256)


def publish(store: Store, key: str = KEY, content: bytes = CONTENT) -> None:
    with store.create_temporary() as temporary:
        temporary.write(content)
        temporary.finish()
        store.publish(temporary, key=key)


def read(store: Store, key: str = KEY) -> bytes:
    with store.open(key) as source:
        return source.read()


def test_what_was_published_is_read_back(store: Store) -> None:
    publish(store)
    assert read(store) == CONTENT
    assert store.exists(KEY)


def test_nothing_is_visible_before_it_is_published(store: Store) -> None:
    with store.create_temporary() as temporary:
        temporary.write(CONTENT)
        temporary.finish()
        assert not store.exists(KEY)
        assert list(store.keys("blobs/")) == []


def test_the_same_content_may_be_published_again(store: Store) -> None:
    publish(store)
    with store.open(KEY) as reading:
        publish(store)
        assert reading.read() == CONTENT
    assert read(store) == CONTENT
    assert list(store.keys("blobs/")) == [KEY]


@pytest.mark.parametrize("removed_meanwhile", [False, True])
def test_what_was_prepared_is_published_though_it_was_removed_meanwhile(
    store: Store, removed_meanwhile: bool
) -> None:
    content = CONTENT * 110
    with store.create_temporary() as temporary:
        temporary.write(content)
        temporary.finish()
        assert store.prepare(temporary, key=KEY) == store.exists(KEY)
        if removed_meanwhile:
            store.delete(KEY)
        store.publish(temporary, key=KEY)
    assert read(store) == content


def test_an_absent_object_is_missing_and_not_an_empty_one(store: Store) -> None:
    assert not store.exists(KEY)
    with pytest.raises(ObjectMissing):
        store.open(KEY)


def test_deleting_removes_the_bytes_and_twice_is_fine(store: Store) -> None:
    publish(store)
    store.delete(KEY)
    store.delete(KEY)
    assert not store.exists(KEY)


@pytest.mark.parametrize("key", ["blobs/../../secret", "/etc/passwd", "incoming/x", ".mediavault/db.sqlite3"])
def test_what_is_no_key_is_never_turned_into_a_path(store: Store, key: str) -> None:
    for reach in (store.open, store.exists, store.delete):
        with pytest.raises(ValueError, match="not a key"):
            reach(key)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(chunks=st.lists(st.binary(max_size=3 * HEAD_SIZE // 2), max_size=4))
def test_size_hash_and_head_are_those_of_all_that_was_written(store: Store, chunks: list[bytes]) -> None:
    whole = b"".join(chunks)
    with store.create_temporary() as temporary:
        for chunk in chunks:
            temporary.write(chunk)
        temporary.finish()
        assert temporary.size == len(whole)
        assert temporary.sha256 == hashlib.sha256(whole).hexdigest()
        assert temporary.head == whole[:HEAD_SIZE]
        with temporary.open() as source:
            assert source.read() == whole


def test_keys_are_listed_by_their_kind(store: Store) -> None:
    publish(store)
    publish(store, thumbnail_key(7, SHA256, "small"))
    assert list(store.keys("blobs/")) == [KEY]
    assert list(store.keys("thumbnails/")) == [thumbnail_key(7, SHA256, "small")]


def test_an_object_tells_its_size(store: Store) -> None:
    publish(store)
    assert store.size(KEY) == len(CONTENT)
    store.delete(KEY)
    with pytest.raises(ObjectMissing):
        store.size(KEY)


def test_an_empty_object_is_an_object(store: Store) -> None:
    publish(store, content=b"")
    assert (read(store), store.size(KEY), store.exists(KEY)) == (b"", 0, True)


def test_a_reader_goes_anywhere_and_says_where_it_is(store: Store) -> None:
    publish(store)
    with store.open(KEY) as source:
        assert source.seekable()
        assert source.readable()
        assert source.seek(5000) == 5000
        assert source.read(10) == CONTENT[5000:5010]
        assert source.tell() == 5010
        assert source.seek(-7, os.SEEK_END) == len(CONTENT) - 7
        assert source.read() == CONTENT[-7:]
        assert source.read(1) == b""
        assert source.seek(-10, os.SEEK_CUR) == len(CONTENT) - 10
        assert source.seek(len(CONTENT) + 5) == len(CONTENT) + 5
        assert source.read(5) == b""
        source.seek(0)
        buffer = bytearray(100)
        assert source.readinto(buffer) == 100  # type: ignore[attr-defined] # every binary file has it
        assert bytes(buffer) == CONTENT[:100]


def test_a_store_that_can_be_written_says_so(store: Store) -> None:
    store.check_writable()
    assert list(store.keys("blobs/")) == []


def test_a_complaint_names_the_store_and_the_reason(store: Store) -> None:
    assert "cannot be written" in store.complaint(ObjectMissing("the reason"))
    assert "the reason" in store.complaint(ObjectMissing("the reason"))
