"""Bytes to measure with: files that no compression and no chance makes easier."""

import os
import random
from pathlib import Path

HUNDRED_MB = 100_000_000
_PIECE = 1024 * 1024


def random_file(path: Path, size: int) -> Path:
    """A file of so many random bytes, made once."""
    if not path.exists() or path.stat().st_size != size:
        path.parent.mkdir(parents=True, exist_ok=True)
        source = random.Random(size)
        fresh = path.with_suffix(".part")
        with fresh.open("wb") as file:
            for start in range(0, size, _PIECE):
                file.write(source.randbytes(min(_PIECE, size - start)))
        fresh.replace(path)
    return path


def sparse_file(path: Path, size: int) -> Path:
    """A file of so many zeros that takes no room."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.truncate(size)
    return path


def unique() -> bytes:
    """A few bytes that make a body different from every one before."""
    return os.urandom(16)
