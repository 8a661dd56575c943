"""The decoding child: source on descriptor 0, answer on 1, words on 2, and nothing else.

Whatever a file does to its decoder, it does in here: without network, files or processes, in bounded memory
and time.
"""

import io
import os
import traceback
from collections.abc import Sequence
from importlib import import_module
from typing import Final, NoReturn

from mediavault.vault.media.confined.answers import Answer, Outcome
from mediavault.vault.media.confined.requests import BY_PROGRAM, Request
from mediavault.vault.media.recipe import MEMORY
from mediavault.vault.media.sandbox import SandboxUnavailable, die_with, enter, enter_for_program

_SOURCE, _OUTPUT, _WORDS = range(3)
_HIGHEST_DESCRIPTOR: Final = 1 << 20
_FAILED: Final = 1
# Of a child that could not even become a program: none of the programs' own.
NO_SANDBOX_STATUS: Final = 97


def become_child(request: Request, descriptors: Sequence[int], *, server: int) -> NoReturn:
    """Do the task in this process, which its server has just forked for it, and end it."""
    try:
        die_with(server)
        for number, descriptor in zip((_SOURCE, _OUTPUT, _WORDS), descriptors, strict=False):
            os.dup2(descriptor, number)
        os.closerange(_WORDS + 1, _HIGHEST_DESCRIPTOR)
        if request.task in BY_PROGRAM:
            _become_program(request)
        _write(_examined(request).packed())
    except SandboxUnavailable as error:
        os.write(_WORDS, str(error).encode())
        os._exit(NO_SANDBOX_STATUS)
    except BaseException:  # noqa: BLE001 nothing may return into the server's own loop
        os.write(_WORDS, traceback.format_exc().encode("utf-8", "replace"))
        os._exit(_FAILED)
    # Without the interpreter's shutdown, which has no business here and may trip over the limits.
    os._exit(0)


def _become_program(request: Request) -> NoReturn:
    module = import_module(f"mediavault.vault.media.confined.{request.task}")
    enter_for_program(request.limits, reopens_output=module.REOPENS_OUTPUT)
    arguments: list[str] = module.command(io.FileIO(_SOURCE, closefd=False), request.details)
    os.execve(arguments[0], arguments, {"LC_ALL": "C", **MEMORY})  # noqa: S606 the program is ours


def _examined(request: Request) -> Answer:
    # Before the sandbox closes: what it imports could not be opened from inside.
    module = import_module(f"mediavault.vault.media.confined.{request.task}")
    try:
        enter(request.limits)
    except (SandboxUnavailable, OSError, ValueError) as error:
        return Answer(Outcome.NO_SANDBOX, words=str(error))
    try:
        answer: Answer = module.examine(io.FileIO(_SOURCE, closefd=False), request.details)
        return answer
    except MemoryError:
        return Answer(Outcome.OUT_OF_MEMORY)
    except Exception as error:  # noqa: BLE001 decoders raise anything at all on damaged input
        return Answer(Outcome.DAMAGED, words=f"{type(error).__name__}: {error}")


def _write(data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(_OUTPUT, rest) :]
