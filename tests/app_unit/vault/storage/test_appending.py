"""Appending in pieces of any size, through the page cache and past it."""

import errno
import fcntl
import os
import random
from pathlib import Path
from typing import Any

import pytest

from mediavault.vault.storage import appending
from mediavault.vault.storage.appending import Appender

CONTENT = random.Random(1).randbytes(400_000)
BLOCK = 4096


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(appending, "_CACHED", 64 * 1024)
    monkeypatch.setattr(appending, "_GATHERED", 32 * 1024)


@pytest.fixture
def descriptor(tmp_path: Path) -> Any:
    opened = os.open(tmp_path / "file", os.O_RDWR | os.O_CREAT)
    yield opened
    os.close(opened)


def appended(descriptor: int, content: bytes, sizes: list[int], *, start: int = 0) -> bytes:
    os.pwrite(descriptor, content[:start], 0)
    appender, at = Appender(descriptor, start), start
    while at < len(content):
        for size in sizes:
            appender.append(content[at : at + size])
            at += size
    appender.flush()
    return os.pread(descriptor, len(content) + 1, 0)


@pytest.mark.parametrize("start", [0, 1, 64 * 1024, 64 * 1024 + 1, 100_000])
@pytest.mark.parametrize("sizes", [[BLOCK], [1, 70_000, 4095], [250_000], [32 * 1024]])
@pytest.mark.parametrize("length", [len(CONTENT), 64 * 1024 + 8 * BLOCK])
def test_pieces_of_any_size_become_the_whole(
    descriptor: int, start: int, sizes: list[int], length: int
) -> None:
    assert (
        appended(descriptor, CONTENT[: max(length, start)], sizes, start=start)
        == CONTENT[: max(length, start)]
    )


def test_a_file_system_that_wants_its_cache_has_its_way(
    descriptor: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = fcntl.fcntl

    def refusing(file: int, command: int, flags: int = 0) -> int:
        if command == fcntl.F_SETFL and flags & os.O_DIRECT:
            raise OSError(errno.EINVAL, "Invalid argument")
        return real(file, command, flags)

    monkeypatch.setattr(fcntl, "fcntl", refusing)
    assert appended(descriptor, CONTENT, [10_000]) == CONTENT


def test_the_rest_of_a_large_file_leaves_the_cache_alone(descriptor: int) -> None:
    flags = fcntl.fcntl(descriptor, fcntl.F_GETFL)
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETFL, flags | os.O_DIRECT)
    except OSError:
        pytest.skip("this file system has no way past its cache")
    fcntl.fcntl(descriptor, fcntl.F_SETFL, flags)
    appender = Appender(descriptor, 0)
    for start in range(0, len(CONTENT), 10_000):
        appender.append(CONTENT[start : start + 10_000])
    appender.flush()
    assert cached(descriptor, 0)
    assert not cached(descriptor, 128 * 1024)


def cached(descriptor: int, at: int) -> bool:
    try:
        return os.preadv(descriptor, [bytearray(BLOCK)], at, os.RWF_NOWAIT) == BLOCK
    except BlockingIOError:
        return False


def test_what_found_no_room_is_written_when_there_is_some(
    descriptor: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, full = os.pwrite, True

    def pwrite(file: int, content: Any, at: int) -> int:
        if full:
            real(file, content[:BLOCK], at)
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(file, content, at)

    appender = Appender(descriptor, 64 * 1024)
    appender.append(CONTENT[:20_000])
    monkeypatch.setattr(os, "pwrite", pwrite)
    with pytest.raises(OSError, match="No space"):
        appender.flush()
    full = False
    appender.flush()
    assert os.pread(descriptor, 30_000, 64 * 1024) == CONTENT[:20_000]
