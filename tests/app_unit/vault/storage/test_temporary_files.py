"""Temporary files: gone when not wanted, locked by their writer, swept only when nobody may want them."""

import fcntl
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mediavault.vault.storage.errors import ObjectMissing, TemporaryBusy
from mediavault.vault.storage.files import FileStore
from mediavault.vault.storage.temporary_files import INCOMING, TemporaryFile, sweep

UNKNOWN_FOR = 601.0


def incoming(root: Path) -> list[str]:
    return sorted(path.name for path in (root / INCOMING).iterdir())


def open_descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_leaving_the_context_discards_the_bytes(tmp_path: Path) -> None:
    with TemporaryFile.created(tmp_path) as temporary:
        temporary.write(b"x")
        assert incoming(tmp_path) == [temporary.name]
    assert incoming(tmp_path) == []


def test_discarding_twice_is_fine(tmp_path: Path) -> None:
    temporary = TemporaryFile.created(tmp_path)
    temporary.discard()
    temporary.discard()
    assert incoming(tmp_path) == []


def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    before = open_descriptors()
    for _ in range(3):
        TemporaryFile.created(tmp_path).discard()
    assert open_descriptors() == before


def test_a_sweep_leaves_a_living_writer_alone(tmp_path: Path) -> None:
    with TemporaryFile.created(tmp_path) as temporary:
        assert sweep(tmp_path, now=time.time() + 10**6, keep=()) == 0
        assert incoming(tmp_path) == [temporary.name]


def test_a_sweep_removes_what_a_killed_writer_left(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path\n"
        "from mediavault.vault.storage.temporary_files import TemporaryFile\n"
        "TemporaryFile.created(Path(sys.argv[1])).write(b'half'); os.kill(os.getpid(), signal.SIGKILL)"
    )
    dead = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], env={"PYTHONPATH": os.pathsep.join(sys.path)}
    )
    assert dead.returncode == -9
    assert len(incoming(tmp_path)) == 1
    assert sweep(tmp_path, now=time.time() + UNKNOWN_FOR, keep=()) == 1
    assert incoming(tmp_path) == []


def test_a_sweep_does_not_even_lock_what_is_young(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    TemporaryFile.created(tmp_path).suspend()
    monkeypatch.setattr(fcntl, "flock", lambda *_: pytest.fail("who resumes it would be refused"))
    assert sweep(tmp_path, now=time.time(), keep=()) == 0


def test_a_sweep_leaves_what_was_written_to_while_it_looked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    TemporaryFile.created(tmp_path).suspend()
    later = time.time() + UNKNOWN_FOR
    monkeypatch.setattr(fcntl, "flock", lambda descriptor, _: os.utime(descriptor, (later, later)))
    assert sweep(tmp_path, now=later, keep=()) == 0
    assert len(incoming(tmp_path)) == 1


def test_a_sweep_touches_nothing_that_is_not_its_own(tmp_path: Path) -> None:
    (tmp_path / INCOMING).mkdir()
    (tmp_path / INCOMING / "README").write_text("a person's")
    (tmp_path / INCOMING / ("a" * 32 + ".bak")).write_text("a person's")
    assert sweep(tmp_path, now=time.time(), keep=()) == 0
    assert len(incoming(tmp_path)) == 2


def test_a_volume_without_locks_is_swept_by_age(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_locks(descriptor: int, operation: int) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(fcntl, "flock", no_locks)
    with TemporaryFile.created(tmp_path):
        assert sweep(tmp_path, now=time.time(), keep=()) == 0
        assert sweep(tmp_path, now=time.time() + 25 * 3600, keep=()) == 1


def test_a_name_swept_in_the_moment_of_its_birth_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = fcntl.flock
    removed: list[str] = []

    def swept_first(descriptor: int, operation: int) -> None:
        if not removed:
            removed.extend(incoming(tmp_path))
            (tmp_path / INCOMING / removed[0]).unlink()
        real(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", swept_first)
    with TemporaryFile.created(tmp_path) as temporary:
        assert incoming(tmp_path) == [temporary.name]
        assert temporary.name != removed[0]


def test_a_temporary_has_one_writer_at_a_time(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    with store.create_temporary() as temporary:
        temporary.checkpoint()
        with pytest.raises(TemporaryBusy):
            store.resume_temporary(temporary.name, size=0)
    store.resume_temporary(temporary.name, size=0).discard()


def test_a_volume_without_locks_lets_a_temporary_be_resumed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_locks(descriptor: int, operation: int) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(fcntl, "flock", no_locks)
    store = FileStore(tmp_path)
    temporary = store.create_temporary()
    temporary.suspend()
    store.resume_temporary(temporary.name, size=0).discard()
    assert incoming(tmp_path) == []


def test_bytes_that_a_disk_lost_are_missing(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    temporary = store.create_temporary()
    temporary.write(b"12345")
    temporary.suspend()
    os.truncate(tmp_path / INCOMING / temporary.name, 4)
    with pytest.raises(ObjectMissing, match="has only 4 of 5 bytes"):
        store.resume_temporary(temporary.name, size=5)


@pytest.mark.parametrize("name", ["../blobs", "x" * 32, "", "0" * 31])
def test_what_is_no_name_of_a_temporary_is_never_turned_into_a_path(tmp_path: Path, name: str) -> None:
    store = FileStore(tmp_path)
    with pytest.raises(ValueError, match="not the name"):
        store.resume_temporary(name, size=0)
    with pytest.raises(ValueError, match="not the name"):
        store.discard_temporary(name)


def test_a_resumption_that_fails_leaves_no_descriptor_open(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    temporary = store.create_temporary()
    temporary.suspend()
    before = open_descriptors()
    with pytest.raises(ObjectMissing):
        store.resume_temporary(temporary.name, size=1)
    assert open_descriptors() == before
