"""The app's side of the decoders: starts their server when it is needed, and asks it."""

import os
import select
import socket
import subprocess
import sys
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore, Lock
from typing import Final

from mediavault.vault.media.confined.requests import Request
from mediavault.vault.media.recipe import MEMORY, PATIENCE_SECONDS

_IMPORT_ROOT: Final = Path(__file__).resolve().parents[3]
_STATUS_BYTES: Final = 4
_LONGEST_WORDS: Final = 64 * 1024
# Beyond the child's own time: for the server's start, and for its being slow on a busy machine.
_GRACE_SECONDS: Final = 15.0


class DecodersUnavailable(Exception):
    """No child could be had; another time, one may."""


@dataclass(frozen=True)
class Ended:
    """A child that has ended: its exit status, negative a signal's number, its output and its words."""

    status: int
    output: bytes
    words: str


class Decoders:
    """The server of the decoders, shared by the threads of this process; `most` children at a time."""

    def __init__(self, *, most: int) -> None:
        self._free = BoundedSemaphore(most)
        self._lock = Lock()
        self._server: _Server | None = None

    def run(self, request: Request, source: int) -> Ended:
        """Let a child do this with the open file (DecodersUnavailable where none can be had)."""
        if not self._free.acquire(timeout=PATIENCE_SECONDS):
            raise DecodersUnavailable("all decoders were busy for too long")
        try:
            # A server that has just ended for being idle, or was killed, is replaced; but not for ever.
            for _ in range(2):
                if (ended := self._asked(request, source)) is not None:
                    return ended
        except OSError as error:
            raise DecodersUnavailable(f"the decoder could not be started: {error.strerror}") from error
        finally:
            self._free.release()
        raise DecodersUnavailable("the decoder could not be started: its server ends")

    def stop(self) -> None:
        """End the server and its children."""
        with self._lock:
            self._stop()

    def _asked(self, request: Request, source: int) -> Ended | None:
        """What the child came to, or None where the server went away."""
        with ExitStack() as stack:
            output, words = (os.memfd_create(name) for name in ("output", "words"))
            reader, writer = os.pipe()
            for descriptor in (output, words, reader):
                stack.callback(os.close, descriptor)
            try:
                server = self._send(request.packed(), [source, output, words, writer])
            finally:
                os.close(writer)
            status = _status(reader, request.limits.wall_seconds + _GRACE_SECONDS)
            if status is None:
                # It is ending, or hangs: it kills late children itself.
                self._replace(server)
                return None
            return Ended(
                status,
                _content(output, request.limits.output),
                _content(words, _LONGEST_WORDS).decode("utf-8", "replace").strip(),
            )

    def _send(self, message: bytes, descriptors: list[int]) -> "_Server":
        with self._lock:
            if self._server is not None and self._server.process.poll() is None:
                with suppress(BrokenPipeError, ConnectionResetError):
                    socket.send_fds(self._server.control, [message], descriptors)
                    return self._server
            self._stop()
            self._server = _launched()
            socket.send_fds(self._server.control, [message], descriptors)
            return self._server

    def _replace(self, server: "_Server") -> None:
        with self._lock:
            if self._server is server:
                self._stop()

    def _stop(self) -> None:
        if self._server is not None:
            self._server.control.close()
            self._server.process.kill()
            self._server.process.wait()
            self._server = None


@dataclass(frozen=True)
class _Server:
    process: "subprocess.Popen[bytes]"
    control: socket.socket


def _launched() -> _Server:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        try:
            process = subprocess.Popen(
                [sys.executable, "-P", "-s", "-B", "-m", "mediavault.vault.media.confined.server"],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                # No secret of the app's environment is passed on.
                env={"PYTHONPATH": str(_IMPORT_ROOT), "LC_ALL": "C.UTF-8", **MEMORY},
                cwd="/",
            )
        except OSError:
            ours.close()
            raise
    return _Server(process, ours)


def _status(reader: int, seconds: float) -> int | None:
    poll = select.poll()
    poll.register(reader, select.POLLIN)
    data = os.read(reader, _STATUS_BYTES) if poll.poll(seconds * 1000) else b""
    return int.from_bytes(data, signed=True) if data else None


def _content(descriptor: int, most: int) -> bytes:
    return os.pread(descriptor, min(os.fstat(descriptor).st_size, most), 0)
