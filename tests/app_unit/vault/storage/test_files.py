"""The store on a file system: publishing, reading, removing, and keeping to its own folder."""

import hashlib
import os
from pathlib import Path

import pytest

from mediavault.vault.storage.errors import StorageUnavailable
from mediavault.vault.storage.files import FileStore
from mediavault.vault.storage.keys import blob_key, thumbnail_key

CONTENT = b"some bytes" * 1000
SHA256 = hashlib.sha256(CONTENT).hexdigest()
KEY = blob_key(7, SHA256)


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path)


def publish(store: FileStore, key: str = KEY, content: bytes = CONTENT) -> None:
    with store.create_temporary() as temporary:
        temporary.write(content)
        temporary.finish()
        store.publish(temporary, key=key)


def read(store: FileStore, key: str = KEY) -> bytes:
    with store.open(key) as source:
        return source.read()


def test_publishing_leaves_no_temporary_behind(store: FileStore) -> None:
    publish(store)
    assert list((store.root / "incoming").iterdir()) == []


def test_a_damaged_object_is_healed_by_publishing_it_again(store: FileStore) -> None:
    publish(store)
    (store.root / KEY).write_bytes(b"rot")
    publish(store)
    assert read(store) == CONTENT


def test_keys_lists_what_was_published_and_passes_other_files_by(store: FileStore) -> None:
    publish(store)
    publish(store, thumbnail_key(7, SHA256, "small"))
    (store.root / "blobs" / "7" / "note.txt").write_text("not ours")
    assert list(store.keys("blobs/")) == [KEY]
    assert list(store.keys("thumbnails/")) == [thumbnail_key(7, SHA256, "small")]


def test_no_symbolic_link_is_followed_to_a_file(store: FileStore, tmp_path: Path) -> None:
    publish(store)
    secret = tmp_path / "secret"
    secret.write_text("secret")
    (store.root / KEY).unlink()
    (store.root / KEY).symlink_to(secret)
    with pytest.raises(StorageUnavailable):
        store.open(KEY)


@pytest.mark.parametrize("part", ["blobs", "blobs/7", f"blobs/7/{SHA256[:2]}"])
def test_no_symbolic_link_is_followed_to_a_folder(
    store: FileStore, tmp_path_factory: pytest.TempPathFactory, part: str
) -> None:
    publish(store)
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "moved"
    (store.root / part).rename(elsewhere)
    (store.root / part).symlink_to(elsewhere)
    with pytest.raises(StorageUnavailable):
        store.open(KEY)
    with pytest.raises(StorageUnavailable):
        publish(store)


def test_the_root_itself_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "volume").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "volume")
    publish(FileStore(tmp_path / "link"))
    assert (tmp_path / "volume" / KEY).exists()


def test_a_root_that_is_gone_is_a_store_that_does_not_work(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "gone")
    for reach in (
        store.check_writable,
        store.create_temporary,
        lambda: store.open(KEY),
        lambda: store.exists(KEY),
    ):
        with pytest.raises(StorageUnavailable, match="does not exist"):
            reach()


def test_a_writable_store_says_so_and_keeps_nothing_of_the_probe(store: FileStore) -> None:
    store.check_writable()
    assert [name for _, _, names in os.walk(store.root) for name in names] == []


def test_nobody_else_on_the_machine_may_read_the_bytes(store: FileStore) -> None:
    publish(store)
    for path in [store.root / KEY, *(store.root / KEY).parents]:
        if path == store.root:
            break
        assert path.stat().st_mode & 0o007 == 0
