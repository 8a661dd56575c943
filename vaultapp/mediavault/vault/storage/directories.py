"""Directories of the store, walked component by component so that no symbolic link is ever followed."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from mediavault.vault.storage.errors import StorageUnavailable

_OPEN_DIRECTORY: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_DIRECTORY_MODE: Final = 0o750


@contextmanager
def opened_directory(root: Path, *parts: str, create: bool = False) -> Iterator[int]:
    """File descriptor of the directory `root/parts...`; only `root` itself may be a symbolic link.

    With create, missing ones are made and each new entry is flushed to the disk. A missing part is a
    FileNotFoundError, a missing root StorageUnavailable: the volume is not there.
    """
    descriptor = _open_root(root)
    try:
        for part in parts:
            if create:
                _make(descriptor, part)
            child = os.open(part, _OPEN_DIRECTORY | os.O_NOFOLLOW, dir_fd=descriptor)
            os.close(descriptor)
            descriptor = child
        yield descriptor
    finally:
        os.close(descriptor)


def _open_root(root: Path) -> int:
    try:
        return os.open(root, _OPEN_DIRECTORY)
    except FileNotFoundError as error:
        raise StorageUnavailable(f"the media root {root} does not exist") from error


def _make(parent: int, name: str) -> None:
    with suppress(FileExistsError):
        os.mkdir(name, _DIRECTORY_MODE, dir_fd=parent)
        os.fsync(parent)
