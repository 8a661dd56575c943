"""Keeps two launchers from working on the same thing at once."""

import fcntl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from launcher.progress import say


@contextmanager
def exclusively(lock: Path, what: str) -> Iterator[None]:
    """Hold this lock file for the block; wait, and say so, while another launcher holds it."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"another launcher is busy with {what}; waiting for it")
            fcntl.flock(held, fcntl.LOCK_EX)
        yield


@contextmanager
def first_free(locks: Iterable[Path]) -> Iterator[Path]:
    """Hold the first of these lock files that nobody holds, for the block."""
    for lock in locks:
        lock.parent.mkdir(parents=True, exist_ok=True)
        with lock.open("w") as held:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            yield lock
            return
