"""The cage of the decoding child: entered once, after the imports and before the first untrusted byte."""

import ctypes
import os
import platform
import resource
import struct
from typing import Final

from mediavault.vault.media.landlock import LandlockUnavailable, forget_files
from mediavault.vault.media.recipe import Limits
from mediavault.vault.media.seccomp import MACHINES, Machine, program, program_filter

_PR_SET_PDEATHSIG: Final = 1
_PR_SET_SECCOMP: Final = 22
_PR_SET_NO_NEW_PRIVS: Final = 38
_SECCOMP_MODE_FILTER: Final = 2
_SIGKILL: Final = 9
_PROGRAMS: Final = ("/usr", "/lib", "/lib64")
_PROGRAM_DESCRIPTORS: Final = 64


class SandboxUnavailable(Exception):
    """This machine or kernel cannot confine the process, so it must not decode anything."""


def die_with(parent: int) -> None:
    """End this process when its parent, which has this id, ends."""
    _prctl(_PR_SET_PDEATHSIG, _SIGKILL, 0)
    if os.getppid() != parent:
        os.kill(os.getpid(), _SIGKILL)


def enter(limits: Limits) -> None:
    """Give up everything but computing: for good, and for this process alone.

    Memory is bounded in bytes of address space and time in seconds of CPU; open files grow no further than to
    the output's size; no file can be opened or made, no process started and no network used from here on
    (SandboxUnavailable where that cannot be had).
    """
    machine = _machine()
    _limit(limits, descriptors=3)
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    _filter(program(machine))


def enter_for_program(limits: Limits, *, reopens_output: bool) -> None:
    """Give up what a program that this process will become does not need.

    It may read and map the files of the system's programs and open descriptor 0 again, nothing else; it may
    have threads, but start no process and use no network (SandboxUnavailable where that cannot be had).
    One that `reopens_output` writes to a path: it may open what is in no file system, as the output is.
    """
    machine = _machine()
    _limit(limits, descriptors=_PROGRAM_DESCRIPTORS)
    _prctl(_PR_SET_NO_NEW_PRIVS, 1, 0)
    try:
        forget_files(programs=_PROGRAMS, readable=[0])
    except LandlockUnavailable as error:
        raise SandboxUnavailable(str(error)) from error
    _filter(program_filter(machine, writing=reopens_output))


def _machine() -> Machine:
    machine = MACHINES.get(platform.machine())
    if machine is None:
        raise SandboxUnavailable(f"no system call filter is known for {platform.machine()}")
    return machine


def _limit(limits: Limits, *, descriptors: int) -> None:
    for limit, value in (
        (resource.RLIMIT_AS, limits.address_space),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_FSIZE, limits.output),
        (resource.RLIMIT_NOFILE, descriptors),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))


def _filter(code: bytes) -> None:
    instructions = ctypes.create_string_buffer(code)
    count = (len(instructions) - 1) // struct.calcsize("<HBBI")
    header = ctypes.create_string_buffer(struct.pack("@HP", count, ctypes.addressof(instructions)))
    _prctl(_PR_SET_NO_NEW_PRIVS, 1, 0)
    _prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.addressof(header))


def _prctl(option: int, first: int, second: int) -> None:
    arguments = (ctypes.c_ulong(value) for value in (first, second, 0, 0))
    if ctypes.CDLL(None, use_errno=True).prctl(option, *arguments) != 0:
        raise SandboxUnavailable(f"prctl({option}): {os.strerror(ctypes.get_errno())}")
