"""The body of a request, taken into one buffer that is used again and again.

On gunicorn's threads the bytes come straight from the socket: gunicorn's own reader copies each of them
through two buffers, which costs more than to write and to hash them. Under any other server they come from
wsgi.input.
"""

import io
import socket
from collections.abc import Iterator
from typing import Final, Protocol

from django.conf import settings
from django.http import HttpRequest, RawPostDataException
from django.http.request import UnreadablePostError
from gunicorn.http.body import Body, LengthReader  # type: ignore[import-untyped]
from gunicorn.http.unreader import SocketUnreader  # type: ignore[import-untyped]

# More than a socket gives at a time, and what is hashed and copied next is still in the processor's cache.
_LARGEST_BUFFER: Final = 256 * 1024


class _Source(Protocol):
    def receive_into(self, room: memoryview) -> int: ...


def body_length(request: HttpRequest) -> int | None:
    """The declared length in bytes; None where the client has not said it."""
    said = request.META.get("CONTENT_LENGTH") or ""
    return int(said) if said.isascii() and said.isdigit() else None


def body_chunks(request: HttpRequest) -> Iterator[memoryview]:
    """The body in chunks of at most FILE_UPLOAD_MAX_MEMORY_SIZE; each one is overwritten by the next.

    UnreadablePostError where it ends before its declared length, or stops arriving.
    """
    if request._read_started:  # type: ignore[attr-defined] # Django's own mark, kept for what comes after us
        raise RawPostDataException("The body was read already.")
    request._read_started = True  # type: ignore[attr-defined]
    left = body_length(request) or 0
    source = _source(request)
    buffer = memoryview(bytearray(min(left, _LARGEST_BUFFER, settings.FILE_UPLOAD_MAX_MEMORY_SIZE)))
    while left:
        received = _receive(source, buffer[:left])
        left -= received
        yield buffer[:received]


def _receive(source: _Source, room: memoryview) -> int:
    try:
        received = source.receive_into(room)
    except UnreadablePostError:
        raise
    except OSError as error:
        raise UnreadablePostError(*error.args) from error
    if not received:
        raise UnreadablePostError("The body ended before its declared length.")
    return received


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
        self._early = memoryview(self._take_buffered())

    def receive_into(self, room: memoryview) -> int:
        if self._early:
            received = min(len(self._early), len(room))
            room[:received] = self._early[:received]
            self._early = self._early[received:]
            return received
        try:
            received = self._connection.recv_into(room)
        except OSError:
            self._body.failed = True
            raise
        self._body.reader.length -= received
        self._body.failed = not received
        return received

    def _take_buffered(self) -> bytes:
        """What gunicorn has read already; what follows the body belongs to the next request and goes back."""
        taken, self._body.buf = self._body.buf.getvalue(), io.BytesIO()
        reader = self._body.reader
        buffered = reader.unreader.take_buffered()
        own, others = buffered[: reader.length], buffered[reader.length :]
        reader.unreader.unread(others)
        reader.length -= len(own)
        return bytes(taken + own)


class _FromInput:
    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    def receive_into(self, room: memoryview) -> int:
        chunk = self._request.read(len(room))
        room[: len(chunk)] = chunk
        return len(chunk)
