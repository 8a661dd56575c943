"""Temporary objects: hashed on the way, gone when not wanted, swept only when their writer is dead."""

import fcntl
import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mediavault.vault.storage.temporary import HEAD_SIZE, INCOMING, TemporaryObject, sweep


def incoming(root: Path) -> list[str]:
    return sorted(path.name for path in (root / INCOMING).iterdir())


def open_descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(chunks=st.lists(st.binary(max_size=3 * HEAD_SIZE // 2), max_size=4))
def test_size_hash_and_head_are_those_of_all_that_was_written(tmp_path: Path, chunks: list[bytes]) -> None:
    whole = b"".join(chunks)
    with TemporaryObject(tmp_path) as temporary:
        for chunk in chunks:
            temporary.write(chunk)
        assert temporary.size == len(whole)
        assert temporary.sha256 == hashlib.sha256(whole).hexdigest()
        assert temporary.head == whole[:HEAD_SIZE]
        with temporary.open() as source:
            assert source.read() == whole


def test_leaving_the_context_discards_the_bytes(tmp_path: Path) -> None:
    with TemporaryObject(tmp_path) as temporary:
        temporary.write(b"x")
        assert incoming(tmp_path) == [temporary.name]
    assert incoming(tmp_path) == []


def test_discarding_twice_is_fine(tmp_path: Path) -> None:
    temporary = TemporaryObject(tmp_path)
    temporary.discard()
    temporary.discard()
    assert incoming(tmp_path) == []


def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    before = open_descriptors()
    for _ in range(3):
        TemporaryObject(tmp_path).discard()
    assert open_descriptors() == before


def test_a_sweep_leaves_a_living_writer_alone(tmp_path: Path) -> None:
    with TemporaryObject(tmp_path) as temporary:
        assert sweep(tmp_path, now=time.time() + 10**6) == 0
        assert incoming(tmp_path) == [temporary.name]


def test_a_sweep_removes_at_once_what_a_killed_writer_left(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path\n"
        "from mediavault.vault.storage.temporary import TemporaryObject\n"
        "TemporaryObject(Path(sys.argv[1])).write(b'half'); os.kill(os.getpid(), signal.SIGKILL)"
    )
    dead = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], env={"PYTHONPATH": os.pathsep.join(sys.path)}
    )
    assert dead.returncode == -9
    assert len(incoming(tmp_path)) == 1
    assert sweep(tmp_path, now=time.time()) == 1
    assert incoming(tmp_path) == []


def test_a_sweep_touches_nothing_that_is_not_its_own(tmp_path: Path) -> None:
    (tmp_path / INCOMING).mkdir()
    (tmp_path / INCOMING / "README").write_text("a person's")
    (tmp_path / INCOMING / ("a" * 32 + ".bak")).write_text("a person's")
    assert sweep(tmp_path, now=time.time()) == 0
    assert len(incoming(tmp_path)) == 2


def test_a_volume_without_locks_is_swept_by_age(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_locks(descriptor: int, operation: int) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(fcntl, "flock", no_locks)
    with TemporaryObject(tmp_path):
        assert sweep(tmp_path, now=time.time()) == 0
        assert sweep(tmp_path, now=time.time() + 25 * 3600) == 1


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
    with TemporaryObject(tmp_path) as temporary:
        assert incoming(tmp_path) == [temporary.name]
        assert temporary.name != removed[0]
