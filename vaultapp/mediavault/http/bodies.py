"""The body of a request, taken into one buffer that is used again and again.

On gunicorn's threads the bytes come straight from the socket: gunicorn's own reader copies each of them
through two buffers, which costs more than to write and to hash them. Under any other server they come from
wsgi.input.
"""

import io
import mmap
import socket
import struct
import time
from collections.abc import Callable, Iterator
from typing import Final, Protocol

from django.conf import settings
from django.http import HttpRequest, RawPostDataException
from django.http.request import UnreadablePostError
from gunicorn.http.body import Body, LengthReader  # type: ignore[import-untyped]
from gunicorn.http.unreader import SocketUnreader  # type: ignore[import-untyped]

LARGEST_BUFFER: Final = 1024 * 1024
# So long a slow client's bytes may wait for the buffer to be full, and so often is asked whether to wait on.
_PATIENCE_SECONDS: Final = 1.0
# Bytes a second that a client must send on the whole, once it has had its time of grace.
SLOWEST = 4096
GRACE_SECONDS = 60.0


class _Source(Protocol):
    """`silence` is how many seconds a client may send nothing; TimeoutError tells of each."""

    silence: float

    def receive_into(self, room: memoryview) -> int: ...
    def close(self) -> None: ...


def body_length(request: HttpRequest) -> int | None:
    """The declared length in bytes; None where the client has not said it."""
    said = request.META.get("CONTENT_LENGTH") or ""
    return int(said) if said.isascii() and said.isdigit() else None


def body_buffer(request: HttpRequest) -> mmap.mmap:
    """Memory for the chunks of the body: whole pages, which can be written past the page cache."""
    length = body_length(request) or 1
    return mmap.mmap(-1, min(length, LARGEST_BUFFER, settings.FILE_UPLOAD_MAX_MEMORY_SIZE))


def body_chunks(
    request: HttpRequest,
    *,
    buffer: mmap.mmap | None = None,
    at_most: Callable[[], int] = lambda: LARGEST_BUFFER,
    while_silent: Callable[[], None] = lambda: None,
) -> Iterator[memoryview]:
    """The body in chunks of at most FILE_UPLOAD_MAX_MEMORY_SIZE; each one is overwritten by the next.

    UnreadablePostError, after all that came, where it ends before its declared length, stops arriving, or
    comes too slowly. `while_silent` is called each second in which nothing comes; it may raise, to end this.
    Each chunk stands at the start of the `buffer`, and has as many bytes as `at_most` says then.
    """
    if request._read_started:  # type: ignore[attr-defined] # Django's own mark, kept for what comes after us
        raise RawPostDataException("The body was read already.")
    request._read_started = True  # type: ignore[attr-defined]
    left = body_length(request) or 0
    request.received = 0  # type: ignore[attr-defined] # for the log
    if not left:
        return
    memory = memoryview(buffer or body_buffer(request))
    source, pace = _source(request), _Pace()
    try:
        while left:
            filled = 0
            try:
                for received in _arrivals(source, memory[: min(left, at_most())], pace, while_silent):
                    filled += received
                    request.received += received  # type: ignore[attr-defined]
            except Exception:
                if filled:
                    yield memory[:filled]
                raise
            left -= filled
            yield memory[:filled]
    finally:
        source.close()


def _arrivals(
    source: _Source, room: memoryview, pace: "_Pace", while_silent: Callable[[], None]
) -> Iterator[int]:
    """How many bytes come at a time, until the room is full, or some are there and time has passed."""
    filled, started = 0, time.monotonic()
    now = started
    while filled < len(room) and not (filled and now - started >= _PATIENCE_SECONDS):
        try:
            received = source.receive_into(room[filled:])
        except UnreadablePostError:
            raise
        except TimeoutError as error:
            if filled:
                pace.count(0, time.monotonic() - now)
                return
            if time.monotonic() - started >= source.silence:
                raise UnreadablePostError(*error.args) from error
            while_silent()
            continue
        except OSError as error:
            raise UnreadablePostError(*error.args) from error
        if not received:
            raise UnreadablePostError("The body ended before its declared length.")
        filled += received
        yield received
        before, now = now, time.monotonic()
        pace.count(received, now - before)


class _Pace:
    """How much came in how much time of waiting for it."""

    def __init__(self) -> None:
        self._received = 0
        self._seconds = 0.0

    def count(self, received: int, seconds: float) -> None:
        """Raises UnreadablePostError where it has become too slow."""
        self._received += received
        self._seconds += seconds
        if self._seconds > GRACE_SECONDS + self._received / SLOWEST:
            raise UnreadablePostError("The body came too slowly.")


def _source(request: HttpRequest) -> _Source:
    connection = request.META.get("gunicorn.socket")
    body = request.META.get("wsgi.input")
    if (
        isinstance(connection, socket.socket)
        and isinstance(body, Body)
        and isinstance(body.reader, LengthReader)
        and isinstance(body.reader.unreader, SocketUnreader)
    ):
        return _FromSocket(connection, body)
    return _FromInput(request)


class _FromSocket:
    """Keeps gunicorn's count of what is left, so that it goes on with the connection as ever."""

    def __init__(self, connection: socket.socket, body: Body) -> None:
        self._connection = connection
        self._body = body
        self.silence = connection.gettimeout() or GRACE_SECONDS
        # The kernel fills the room and watches the time: to be told of each piece costs more than to copy it.
        connection.settimeout(None)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, _timeval(_PATIENCE_SECONDS))
        self._early = memoryview(self._take_buffered())

    def receive_into(self, room: memoryview) -> int:
        if self._early:
            received = min(len(self._early), len(room))
            room[:received] = self._early[:received]
            self._early = self._early[received:]
            return received
        try:
            received = self._connection.recv_into(room, 0, socket.MSG_WAITALL)
        except OSError as error:
            self._body.failed = True
            if isinstance(error, BlockingIOError):
                raise TimeoutError("The client sends nothing.") from error
            raise
        self._body.reader.length -= received
        self._body.failed = not received
        return received

    def close(self) -> None:
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, _timeval(0))
        self._connection.settimeout(self.silence)

    def _take_buffered(self) -> bytes:
        """What gunicorn has read already; what follows the body belongs to the next request and goes back."""
        taken, self._body.buf = self._body.buf.getvalue(), io.BytesIO()
        reader = self._body.reader
        buffered = reader.unreader.take_buffered()
        own, others = buffered[: reader.length], buffered[reader.length :]
        reader.unreader.unread(others)
        reader.length -= len(own)
        return bytes(taken + own)


def _timeval(seconds: float) -> bytes:
    whole = int(seconds)
    return struct.pack("@ll", whole, int((seconds - whole) * 1e6))


class _FromInput:
    silence = 0.0

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    def receive_into(self, room: memoryview) -> int:
        chunk = self._request.read(len(room))
        room[: len(chunk)] = chunk
        return len(chunk)

    def close(self) -> None:
        """There is nothing to give back."""
