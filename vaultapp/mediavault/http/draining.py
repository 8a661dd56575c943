"""Reading on after an early refusal, so that a client which is still sending gets to see it.

Closing a socket with unread bytes makes the kernel send a reset, and most clients then report the reset and
never the answer (413, 401, ...). So the rest is read and thrown away, within nginx's bounds for the same.
"""

import socket
from collections.abc import Callable
from contextlib import suppress
from threading import Timer
from typing import Final

from django.http import HttpRequest
from django.http.request import UnreadablePostError
from django.http.response import HttpResponseBase

_SILENCE_SECONDS: Final = 5.0
_WHOLE_SECONDS: Final = 30.0
_CHUNK: Final = 256 * 1024
_FIRST_ERROR: Final = 400


class DrainUnreadBody:
    """Middleware: once a refusal is sent, take what the client still sends of its request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer first; reading on belongs to the closing of the response, which servers do after sending."""
        response = self.get_response(request)
        if response.status_code >= _FIRST_ERROR and request.META.get("CONTENT_LENGTH") not in (None, "", "0"):
            close = response.close

            def close_drained() -> None:
                _drain(request)
                close()

            response.close = close_drained  # type: ignore[method-assign]
        return response


def _drain(request: HttpRequest) -> None:
    connection = request.META.get("gunicorn.socket")
    if not isinstance(connection, socket.socket):
        return
    # A trickle of bytes would never fall silent, so the whole is bounded as well.
    deadline = Timer(_WHOLE_SECONDS, _stop_reading, (connection,))
    deadline.daemon = True
    deadline.start()
    try:
        connection.settimeout(_SILENCE_SECONDS)
        while request.read(_CHUNK):
            pass
    except (UnreadablePostError, OSError):
        return
    finally:
        deadline.cancel()


def _stop_reading(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RD)
