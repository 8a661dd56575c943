"""Whether this process is about to end: what could go on for long ends early then, at a good point."""

import threading
from collections.abc import Iterator
from typing import Final, TypeVar

STOPPING: Final = threading.Event()
ChunkT = TypeVar("ChunkT")


class ServerStopping(Exception):
    """What is under way can go on elsewhere, and shall."""


def until_stopping(chunks: Iterator[ChunkT]) -> Iterator[ChunkT]:
    """The same chunks; raises ServerStopping instead of waiting for the next one once the process ends."""
    for chunk in chunks:
        yield chunk
        check_not_stopping()


def check_not_stopping() -> None:
    """Raises ServerStopping once the process ends."""
    if STOPPING.is_set():
        raise ServerStopping
