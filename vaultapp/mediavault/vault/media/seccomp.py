"""The system call filters of decoding children, as classic BPF programs. Pure.

Allowed is what reading an open file, computing and writing to an open pipe need. Everything else, network,
files, processes and whatever the kernel will learn later, fails with EPERM.
"""

import errno
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Final

_NUMBER_OFFSET: Final = 0
_ARCHITECTURE_OFFSET: Final = 4
_LOAD: Final = 0x20  # BPF_LD | BPF_W | BPF_ABS
_JUMP_EQUAL: Final = 0x15  # BPF_JMP | BPF_JEQ | BPF_K
_RETURN: Final = 0x06  # BPF_RET | BPF_K
ALLOW: Final = 0x7FFF0000
KILL_PROCESS: Final = 0x80000000
REFUSE: Final = 0x00050000 | errno.EPERM
_UNKNOWN: Final = 0x00050000 | errno.ENOSYS
_AND: Final = 0x54  # BPF_ALU | BPF_AND | BPF_K
_ARGUMENTS_OFFSET: Final = 16
_CLONE_THREAD: Final = 0x00010000
_CLONE3: Final = 435
# O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_APPEND and the bit of O_TMPFILE.
_WRITING: Final = 0x1 | 0x2 | 0x40 | 0x200 | 0x400 | 0x400000
# How C's fopen(path, "w") opens.
_AS_FOPEN: Final = 0x1 | 0x40 | 0x200

_Instruction = tuple[int, int, int, int]


@dataclass(frozen=True)
class Machine:
    """A processor architecture: the kernel's name for it in filters and its numbers of calls.

    `allowed` are the calls of a child that computes, `started` those that a program needs on top to be
    loaded, `opening` and `cloning` what it may call with some flags only.
    """

    audit: int
    allowed: dict[str, int]
    started: dict[str, int]
    opening: int
    cloning: int


MACHINES: Final = {
    "x86_64": Machine(
        audit=0xC000003E,
        allowed={
            "read": 0,
            "write": 1,
            "close": 3,
            "fstat": 5,
            "lseek": 8,
            "mmap": 9,
            "mprotect": 10,
            "munmap": 11,
            "brk": 12,
            "rt_sigaction": 13,
            "rt_sigprocmask": 14,
            "rt_sigreturn": 15,
            "pread64": 17,
            "readv": 19,
            "writev": 20,
            "sched_yield": 24,
            "mremap": 25,
            "madvise": 28,
            "getpid": 39,
            "exit": 60,
            "gettid": 186,
            "futex": 202,
            "restart_syscall": 219,
            "clock_gettime": 228,
            "clock_nanosleep": 230,
            "exit_group": 231,
            "getrandom": 318,
        },
        started={
            "ioctl": 16,
            "access": 21,
            "execve": 59,
            "fcntl": 72,
            "getcwd": 79,
            "readlink": 89,
            "getrusage": 98,
            "getuid": 102,
            "getgid": 104,
            "geteuid": 107,
            "getegid": 108,
            "sigaltstack": 131,
            "statfs": 137,
            "arch_prctl": 158,
            "sched_getaffinity": 204,
            "getdents64": 217,
            "set_tid_address": 218,
            "newfstatat": 262,
            "readlinkat": 267,
            "set_robust_list": 273,
            "statx": 332,
            "rseq": 334,
            "faccessat2": 439,
        },
        opening=257,
        cloning=56,
    ),
    "aarch64": Machine(
        audit=0xC00000B7,
        allowed={
            "close": 57,
            "lseek": 62,
            "read": 63,
            "write": 64,
            "readv": 65,
            "writev": 66,
            "pread64": 67,
            "fstat": 80,
            "exit": 93,
            "exit_group": 94,
            "futex": 98,
            "clock_gettime": 113,
            "clock_nanosleep": 115,
            "sched_yield": 124,
            "restart_syscall": 128,
            "rt_sigaction": 134,
            "rt_sigprocmask": 135,
            "rt_sigreturn": 139,
            "getpid": 172,
            "gettid": 178,
            "brk": 214,
            "munmap": 215,
            "mremap": 216,
            "mmap": 222,
            "mprotect": 226,
            "madvise": 233,
            "getrandom": 278,
        },
        started={
            "getcwd": 17,
            "fcntl": 25,
            "ioctl": 29,
            "statfs": 43,
            "faccessat": 48,
            "getdents64": 61,
            "readlinkat": 78,
            "newfstatat": 79,
            "set_tid_address": 96,
            "set_robust_list": 99,
            "sched_getaffinity": 123,
            "sigaltstack": 132,
            "getrusage": 165,
            "getuid": 174,
            "geteuid": 175,
            "getgid": 176,
            "getegid": 177,
            "execve": 221,
            "statx": 291,
            "rseq": 293,
            "faccessat2": 439,
        },
        opening=56,
        cloning=220,
    ),
}


def program(machine: Machine) -> bytes:
    """The filter as an array of struct sock_filter, in the machine's (little endian) byte order."""
    return _packed(_beginning(machine), _allowed(machine.allowed.values()))


def program_filter(machine: Machine, *, writing: bool) -> bytes:
    """The filter of a program to be started: it may open files to read, and have threads but no processes.

    `writing` lets it open files as C does to write them; which ones, others say.
    """
    opening = (0, _AS_FOPEN) if writing else (0,)
    return _packed(
        _beginning(machine),
        _where(machine.opening, argument=2, mask=_WRITING, values=opening),
        _where(machine.cloning, argument=0, mask=_CLONE_THREAD, values=(_CLONE_THREAD,)),
        # Its flags stand in memory, where no filter can look; without it the C library calls clone.
        [(_JUMP_EQUAL, 0, 1, _CLONE3), (_RETURN, 0, 0, _UNKNOWN)],
        _allowed([*machine.allowed.values(), *machine.started.values()]),
    )


def _beginning(machine: Machine) -> list[_Instruction]:
    return [
        (_LOAD, 0, 0, _ARCHITECTURE_OFFSET),
        (_JUMP_EQUAL, 1, 0, machine.audit),
        (_RETURN, 0, 0, KILL_PROCESS),
        (_LOAD, 0, 0, _NUMBER_OFFSET),
    ]


def _where(number: int, *, argument: int, mask: int, values: tuple[int, ...]) -> list[_Instruction]:
    """Allow a call where these bits of an argument have one of these values."""
    return [
        (_JUMP_EQUAL, 0, 4 + len(values), number),
        (_LOAD, 0, 0, _ARGUMENTS_OFFSET + 8 * argument),
        (_AND, 0, 0, mask),
        *((_JUMP_EQUAL, len(values) - at, 0, value) for at, value in enumerate(values)),
        (_RETURN, 0, 0, REFUSE),
        (_RETURN, 0, 0, ALLOW),
    ]


def _allowed(calls: Iterable[int]) -> list[_Instruction]:
    numbers = sorted(calls)
    # A match jumps over the comparisons that are left and over the refusal, to the permission at the end.
    comparisons = [(_JUMP_EQUAL, len(numbers) - at, 0, number) for at, number in enumerate(numbers)]
    return [*comparisons, (_RETURN, 0, 0, REFUSE), (_RETURN, 0, 0, ALLOW)]


def _packed(*parts: list[_Instruction]) -> bytes:
    return b"".join(struct.pack("<HBBI", *instruction) for instruction in chain(*parts))
