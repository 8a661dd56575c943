"""A process whose last step is chosen: it dies before or after its n-th one.

A step is a call that changes the disk, a statement for the database, or a commit. "before:7" and "after:7"
say which is the last; only the thread that chose it counts.
"""

import os
import signal
import threading
from collections.abc import Callable
from typing import Any

_DISK = ("mkdir", "pwrite", "fsync", "rename", "unlink", "ftruncate")
_thread = threading.local()
_write = os.write


def count_steps_on_disk() -> None:
    """From now on the steps on the disk are counted, once one is chosen."""
    for name in _DISK:
        setattr(os, name, _counted(name, getattr(os, name)))


def count_steps_in_database() -> None:
    """From now on statements and commits are counted too."""
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.backends.utils import CursorWrapper

    wrapper: Any = BaseDatabaseWrapper
    CursorWrapper.execute = _counted("", CursorWrapper.execute)  # type: ignore[method-assign]
    wrapper.commit = _counted("commit", wrapper.commit)


def choose(last: str) -> None:
    """Begin to count in this thread, which dies there, or nowhere if `last` is "never:0"."""
    when, _, number = last.partition(":")
    _thread.taken, _thread.last = [], (when, int(number))


def taken() -> list[str]:
    """The names of the steps since then; a statement's is its first word."""
    found: list[str] = _thread.taken
    return found


def forget() -> None:
    """Count no more."""
    _thread.last = None


def tell(sentence: str) -> None:
    """Write a line to the file that the environment names, if it does."""
    if path := os.environ.get("STEPS_LOG"):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        _write(descriptor, f"{sentence}\n".encode())
        os.close(descriptor)


def _counted(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
    def step(*args: Any, **kwargs: Any) -> Any:
        last = getattr(_thread, "last", None)
        if last is None:
            return real(*args, **kwargs)
        _thread.taken.append(name or str(args[1]).split(None, 1)[0])
        here = len(_thread.taken)
        if last == ("before", here):
            _die(last)
        try:
            return real(*args, **kwargs)
        finally:
            if last == ("after", here):
                _die(last)

    return step


def _die(last: tuple[str, int]) -> None:
    tell(f"died, process {os.getpid()}, {last[0]} step {last[1]}: {' '.join(_thread.taken)}")
    os.kill(os.getpid(), signal.SIGKILL)
