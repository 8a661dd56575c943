"""The administrator's own check of bytes that have come, by a program, before anything is made of them.

The program reads the bytes from its standard input and says by its exit status what they are: 0 harmless, 1
refused, anything else that it could not tell. It has no secret of the app's environment.
"""

import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Sequence
from contextlib import suppress
from io import FileIO
from typing import BinaryIO, Final

from mediavault.vault.errors import ScanFailed, ScanRefused

_REFUSED: Final = 1
_BLOCK: Final = 1024 * 1024
_MOST_WORDS: Final = 500


def scan(source: BinaryIO, *, command: Sequence[str], seconds: float) -> None:
    """Return where the program finds the bytes harmless; raises ScanRefused, or ScanFailed, also after so
    many seconds.
    """
    words = os.memfd_create("words")
    try:
        status = _status(source, words, command, seconds)
        said = os.pread(words, _MOST_WORDS, 0).decode("utf-8", "replace").strip()
    except OSError as error:
        raise ScanFailed(f"{command[0]} cannot be run: {error.strerror}") from error
    finally:
        os.close(words)
    if status == _REFUSED:
        raise ScanRefused(said)
    if status != 0:
        raise ScanFailed(f"{command[0]} ended with status {status}: {said!r}")


def _status(source: BinaryIO, words: int, command: Sequence[str], seconds: float) -> int:
    is_file = isinstance(source, FileIO)
    with subprocess.Popen(  # noqa: S603 the program is the administrator's
        command,
        stdin=source if is_file else subprocess.PIPE,
        stdout=words,
        stderr=words,
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"},
        cwd="/",
        start_new_session=True,
    ) as process:
        late = threading.Timer(seconds, os.killpg, (process.pid, signal.SIGKILL))
        late.start()
        try:
            if process.stdin is not None:
                # Which it need not read to the end.
                with suppress(BrokenPipeError), process.stdin as pipe:
                    shutil.copyfileobj(source, pipe, _BLOCK)
            return process.wait()
        finally:
            late.cancel()
