"""Files out of reach: Landlock, by which a process gives up all paths but a few for good."""

import ctypes
import os
import struct
from collections.abc import Iterable
from typing import Final


class LandlockUnavailable(Exception):
    """This kernel cannot put files out of the process's reach."""


# The same numbers on every machine.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_PATH_BENEATH: Final = 1
# Every right of Landlock's first version: whatever is not granted below, writing and making files included.
_ALL_RIGHTS: Final = (1 << 13) - 1
_EXECUTE, _READ_FILE, _READ_FOLDER = 1 << 0, 1 << 2, 1 << 3


def forget_files(*, programs: Iterable[str], readable: Iterable[int]) -> None:
    """Leave only the folders of programs, to be read and run, and these open files, to be opened again.

    LandlockUnavailable where the kernel has no Landlock.
    """
    ruleset = _call(_CREATE_RULESET, struct.pack("=Q", _ALL_RIGHTS), 8, 0)
    for path in programs:
        if os.path.isdir(path):  # noqa: PTH112
            folder = os.open(path, os.O_PATH | os.O_CLOEXEC)
            _allow(ruleset, folder, _EXECUTE | _READ_FILE | _READ_FOLDER)
            os.close(folder)
    for descriptor in readable:
        _allow(ruleset, descriptor, _READ_FILE)
    _call(_RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)


def _allow(ruleset: int, descriptor: int, rights: int) -> None:
    _call(_ADD_RULE, ruleset, _PATH_BENEATH, struct.pack("=Qi", rights, descriptor), 0)


def _call(number: int, *arguments: int | bytes) -> int:
    result = ctypes.CDLL(None, use_errno=True).syscall(ctypes.c_long(number), *arguments)
    if result < 0:
        raise LandlockUnavailable(f"Landlock ({number}): {os.strerror(ctypes.get_errno())}")
    return int(result)
