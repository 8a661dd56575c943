"""Temporaries that outlive their writer: what was suspended goes on, byte for byte, in any process."""

import hashlib
import os
import time
import zlib
from collections.abc import Callable
from typing import Any

import pytest

from mediavault.vault.storage import digests
from mediavault.vault.storage.errors import ObjectMissing
from mediavault.vault.storage.interface import HEAD_SIZE, Store, TemporaryObject
from mediavault.vault.storage.keys import blob_key

CONTENT = os.urandom(300_000)
SHA256 = hashlib.sha256(CONTENT).hexdigest()
CRC32 = zlib.crc32(CONTENT)
KEY = blob_key(7, SHA256)
UNKNOWN_FOR = 48 * 3600.0


def suspended(store: Store, content: bytes) -> str:
    with store.create_temporary() as temporary:
        temporary.write(content)
        temporary.suspend()
    return temporary.name


def published(store: Store, temporary: TemporaryObject) -> bytes:
    temporary.finish()
    store.publish(temporary, key=KEY)
    with store.open(KEY) as source:
        return source.read()


@pytest.fixture(params=["remembered", "forgotten"])
def memory(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Called between two writers: the second is in the same process, or in one that knows nothing."""

    def forget() -> None:
        monkeypatch.setattr(digests.DIGESTS, "_known", type(digests.DIGESTS._known)())

    return forget if request.param == "forgotten" else lambda: None


def test_a_suspended_temporary_goes_on_where_it_was(store: Store, memory: Callable[[], None]) -> None:
    name = suspended(store, CONTENT[:1000])
    for start, end in ((1000, 1000), (1000, 100_000), (100_000, 100_001)):
        memory()
        with store.resume_temporary(name, size=start) as temporary:
            temporary.write(CONTENT[start:end])
            assert temporary.size == end
            temporary.suspend()
    memory()
    with store.resume_temporary(name, size=100_001) as temporary:
        temporary.write(CONTENT[100_001:])
        temporary.finish()
        assert (temporary.size, temporary.sha256, temporary.crc32) == (len(CONTENT), SHA256, CRC32)
        assert temporary.head == CONTENT[:HEAD_SIZE]
        with temporary.open() as source:
            assert source.read() == CONTENT
        assert published(store, temporary) == CONTENT


def test_the_hash_of_bytes_that_another_process_wrote_since_is_not_the_remembered_one(store: Store) -> None:
    name = suspended(store, CONTENT[:1000])
    known = dict(digests.DIGESTS._known)
    with store.resume_temporary(name, size=1000) as temporary:
        temporary.write(b"a")
        temporary.suspend()
    later = dict(digests.DIGESTS._known)
    digests.DIGESTS._known.update(known)
    with store.resume_temporary(name, size=1000) as temporary:
        temporary.write(b"b")
        temporary.suspend()
    digests.DIGESTS._known.update(later)
    with store.resume_temporary(name, size=1001) as temporary:
        temporary.finish()
        assert temporary.sha256 == hashlib.sha256(CONTENT[:1000] + b"b").hexdigest()
        temporary.discard()


def test_bytes_beyond_what_was_acknowledged_are_cut_off(store: Store, memory: Callable[[], None]) -> None:
    name = suspended(store, CONTENT[:1000])
    with store.resume_temporary(name, size=1000) as temporary:
        temporary.write(b"never acknowledged")
        temporary.suspend()
    memory()
    with store.resume_temporary(name, size=1000) as temporary:
        temporary.write(CONTENT[1000:])
        temporary.finish()
        assert temporary.sha256 == SHA256
        assert published(store, temporary) == CONTENT


def test_a_checkpoint_can_be_resumed_after_its_writer_left(store: Store, memory: Callable[[], None]) -> None:
    with store.create_temporary() as temporary:
        temporary.write(CONTENT[:5000])
        temporary.checkpoint()
        temporary.write(b"lost")
    memory()
    with store.resume_temporary(temporary.name, size=5000) as resumed:
        resumed.write(CONTENT[5000:])
        assert published(store, resumed) == CONTENT


def test_what_a_resumed_writer_did_not_finish_leaves_the_last_point(store: Store) -> None:
    name = suspended(store, CONTENT[:10])
    with store.resume_temporary(name, size=10) as temporary:
        temporary.write(b"not kept")
    with pytest.raises(ObjectMissing):
        store.resume_temporary(name, size=11)
    store.resume_temporary(name, size=10).discard()


def test_a_published_temporary_is_no_more(store: Store) -> None:
    name = suspended(store, CONTENT)
    with store.resume_temporary(name, size=len(CONTENT)) as temporary:
        assert published(store, temporary) == CONTENT
    with pytest.raises(ObjectMissing):
        store.resume_temporary(name, size=len(CONTENT))


@pytest.mark.parametrize("size", [0, 10])
def test_a_discarded_temporary_is_missing(store: Store, size: int) -> None:
    name = suspended(store, b"0123456789"[:size])
    store.discard_temporary(name)
    store.discard_temporary(name)
    with pytest.raises(ObjectMissing):
        store.resume_temporary(name, size=size)


def test_what_nobody_ever_heard_of_is_missing(store: Store) -> None:
    with pytest.raises(ObjectMissing):
        store.resume_temporary("0" * 32, size=0)
    store.discard_temporary("0" * 32)


def test_suspending_ends_the_writing_without_discarding(store: Store) -> None:
    temporary = store.create_temporary()
    temporary.write(b"x")
    temporary.suspend()
    temporary.discard()
    store.resume_temporary(temporary.name, size=1).discard()


def test_a_sweep_keeps_what_the_database_knows_and_what_is_young(store: Store) -> None:
    known, unknown = suspended(store, b"1"), suspended(store, b"2")
    assert store.sweep_temporaries(now=time.time(), keep=()) == 0
    assert store.sweep_temporaries(now=time.time() + UNKNOWN_FOR, keep={known}) == 1
    with pytest.raises(ObjectMissing):
        store.resume_temporary(unknown, size=1)
    store.resume_temporary(known, size=1).discard()


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_a_chunks_memory_may_be_used_again_after_it_was_written(store: Store, kind: Any) -> None:
    buffer = bytearray(65536)
    with store.create_temporary() as temporary:
        for start in range(0, len(CONTENT), len(buffer)):
            piece = CONTENT[start : start + len(buffer)]
            buffer[: len(piece)] = piece
            temporary.write(kind(memoryview(buffer)[: len(piece)]))
        buffer[:] = bytes(len(buffer))
        temporary.finish()
        assert (temporary.sha256, temporary.head) == (SHA256, CONTENT[:HEAD_SIZE])
        assert published(store, temporary) == CONTENT
