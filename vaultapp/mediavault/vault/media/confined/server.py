"""The server of the decoders, a program of its own: imports them once, then forks one child per file.

`python -m mediavault.vault.media.confined.server` takes requests from the socket on its descriptor 0. It
never looks at a file itself, has one thread and no state: it may be killed at any time, and is started again
for the next file. It ends by itself when its app has closed the socket, or has wanted nothing for a while.
"""

import gc
import os
import select
import signal
import socket
import struct
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

# Imported for the children, who would otherwise import them each.
from mediavault.vault.media.confined import frames, images
from mediavault.vault.media.confined.child import become_child
from mediavault.vault.media.confined.requests import DESCRIPTORS, LONGEST, Request
from mediavault.vault.media.recipe import IDLE_SECONDS

STATUS: Final = struct.Struct("!i")
_PRELOADED: Final = (images, frames)
_FIRST_TO_GO: Final = "1000"


@dataclass(frozen=True)
class _Child:
    pid: int
    handle: int
    status: int
    deadline: float


def serve(control: socket.socket, *, idle_seconds: float) -> None:
    """Answer requests until the app is gone or has been quiet for so long; no child outlives this."""
    children: dict[int, _Child] = {}
    idle_since = time.monotonic()
    try:
        while children or time.monotonic() < idle_since + idle_seconds:
            until = min((child.deadline for child in children.values()), default=idle_since + idle_seconds)
            for descriptor in _readable([control.fileno(), *children], until - time.monotonic()):
                if child := children.pop(descriptor, None):
                    _bury(child)
                    idle_since = time.monotonic()
                elif not _take(control, children):
                    return
            _kill_late(children)
    finally:
        for child in children.values():
            os.kill(child.pid, signal.SIGKILL)


def _readable(descriptors: list[int], seconds: float) -> list[int]:
    poll = select.poll()
    for descriptor in descriptors:
        poll.register(descriptor, select.POLLIN)
    return [descriptor for descriptor, _ in poll.poll(max(0.0, seconds) * 1000)]


def _take(control: socket.socket, children: dict[int, _Child]) -> bool:
    """Start a child for the next request; False where there will be no more."""
    message, descriptors, _, _ = socket.recv_fds(control, LONGEST, DESCRIPTORS)
    try:
        if not message:
            return False
        with suppress(OSError):  # no process to be had: the app sees that nothing will come
            child = _forked(Request.unpacked(message), descriptors)
            children[child.handle] = child
        return True
    finally:
        for descriptor in descriptors:
            os.close(descriptor)


def _forked(request: Request, descriptors: list[int]) -> _Child:
    server, pid = os.getpid(), os.fork()
    if pid == 0:
        become_child(request, descriptors, server=server)
    deadline = time.monotonic() + request.limits.wall_seconds
    return _Child(pid, os.pidfd_open(pid), os.dup(descriptors[-1]), deadline)


def _bury(child: _Child) -> None:
    _, status = os.waitpid(child.pid, 0)
    with suppress(OSError):  # the app has stopped waiting
        os.write(child.status, STATUS.pack(os.waitstatus_to_exitcode(status)))
    os.close(child.status)
    os.close(child.handle)


def _kill_late(children: dict[int, _Child]) -> None:
    now = time.monotonic()
    for child in children.values():
        if child.deadline <= now:
            os.kill(child.pid, signal.SIGKILL)


if __name__ == "__main__":
    # Of all the vault's processes, the kernel should end these first where memory runs out.
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(_FIRST_TO_GO, encoding="ascii")
    # Meant for the app, which ends this server by closing the socket, after its last request.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.freeze()
    with socket.socket(fileno=0) as app:
        serve(app, idle_seconds=IDLE_SECONDS)
