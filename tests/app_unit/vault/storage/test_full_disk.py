"""A volume that is really full or read-only: named for what it is, nothing half-made, soon well again."""

import hashlib
import os
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from mediavault.vault.storage.errors import StorageFull, StorageUnavailable
from mediavault.vault.storage.files import FileStore
from mediavault.vault.storage.keys import blob_key
from mediavault.vault.storage.temporary_files import RESERVE

MEBIBYTE = b"\xa5" * 1024 * 1024


def store_bytes(store: FileStore, content: bytes) -> str:
    key = blob_key(7, hashlib.sha256(content).hexdigest())
    with store.create_temporary() as temporary:
        temporary.write(content)
        temporary.finish()
        store.publish(temporary, key=key)
    return key


@pytest.fixture
def volume(tmp_path: Path) -> Iterator[Path]:
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=6m,mode=0777", "mediavault-test", str(tmp_path)],
        check=False,
        capture_output=True,
        text=True,
    )
    if mounted.returncode != 0:
        reason = f"cannot mount a small disk, so a full one is NOT tested: {mounted.stderr.strip()}"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    yield tmp_path
    subprocess.run(["umount", str(tmp_path)], check=True)


def test_a_full_disk_is_told_as_full_and_keeps_nothing_of_the_failed_upload(volume: Path) -> None:
    store = FileStore(volume)
    kept = store_bytes(store, MEBIBYTE)
    with pytest.raises(StorageFull):
        store_bytes(store, MEBIBYTE * 2)
    assert list(store.keys("blobs/")) == [kept]
    assert list((volume / "incoming").iterdir()) == []


def test_a_full_disk_is_well_again_once_something_was_deleted(volume: Path) -> None:
    store = FileStore(volume)
    first = store_bytes(store, MEBIBYTE)
    with pytest.raises(StorageFull):
        store_bytes(store, MEBIBYTE + b"2")
    store.delete(first)
    assert store.exists(store_bytes(store, MEBIBYTE + b"2"))


def test_uploads_leave_room_for_the_database_to_write_that_they_are_deleted(volume: Path) -> None:
    store = FileStore(volume)
    stored = 0
    with suppress(StorageFull):
        for stored in range(6):
            store_bytes(store, MEBIBYTE + bytes([stored]))
    assert stored == 1
    assert _room(volume) >= RESERVE


def _room(volume: Path) -> int:
    told = os.statvfs(volume)
    return told.f_bavail * told.f_frsize


def test_a_disk_without_room_for_an_empty_file_is_told_as_full(volume: Path) -> None:
    store = FileStore(volume)
    store.check_writable()
    with pytest.raises(OSError, match="No space left"):
        (volume / "ballast").write_bytes(MEBIBYTE * 7)
    with pytest.raises(StorageFull):
        store.check_writable()


def test_a_read_only_disk_is_unavailable_and_not_full(volume: Path) -> None:
    store = FileStore(volume)
    key = store_bytes(store, b"x")
    subprocess.run(["mount", "-o", "remount,ro", str(volume)], check=True)
    with pytest.raises(StorageUnavailable):
        store.check_writable()
    with pytest.raises(StorageUnavailable):
        store.delete(key)
    assert store.exists(key)
