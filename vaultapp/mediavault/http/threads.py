"""gunicorn's threads, for clients that take their time: none holds a thread, or the accepting, for long."""

import socket
import time
from contextlib import suppress
from typing import Any, Final

from gunicorn.workers.gthread import TConn, ThreadWorker  # type: ignore[import-untyped]

from mediavault.http.shutdown import STOPPING
from mediavault.logs import NO_REQUEST, current_request

# From the first byte of a request to the last one of its headers.
HEADERS_SECONDS = 20.0
# How long a client may send nothing of a body, or take nothing of an answer: nginx's usual bound.
SILENCE_SECONDS = 60.0
_FAREWELL_SECONDS: Final = 2.0


class BoundedThreadWorker(ThreadWorker):  # type: ignore[misc] # gunicorn has no types
    """Bounds every wait for a client, where gunicorn's own threads wait for as long as it likes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._sending_headers: dict[TConn, float] = {}

    def handle(self, conn: TConn) -> Any:
        """Serve one request of a connection, in a thread."""
        # What gunicorn says of a request without an id does not belong to the one served before.
        current_request.set(NO_REQUEST)
        self._sending_headers[conn] = time.monotonic() + HEADERS_SECONDS
        try:
            kept = super().handle(conn)
        finally:
            self._sending_headers.pop(conn, None)
        if kept is False:
            _part(conn.sock)
        return kept

    def handle_request(self, req: Any, conn: TConn) -> Any:
        """Serve a request whose headers are here."""
        self._sending_headers.pop(conn, None)
        conn.sock.settimeout(SILENCE_SECONDS)
        try:
            return super().handle_request(req, conn)
        except TimeoutError:
            self.log.info("A client that took nothing of its answer for too long is given up.")
            return False

    def handle_exit(self, sig: int, frame: Any) -> None:
        """Called on SIGTERM: take no more, and finish what is under way."""
        STOPPING.set()
        super().handle_exit(sig, frame)

    def murder_pending(self) -> None:
        """Called every second: end the reading from those who are late with their headers."""
        super().murder_pending()
        now = time.monotonic()
        for conn, deadline in list(self._sending_headers.items()):
            if now > deadline:
                with suppress(OSError):
                    conn.sock.shutdown(socket.SHUT_RD)


def _part(connection: socket.socket) -> None:
    """Let the client see the end of its answer, and close first.

    gunicorn does this as well, but in the thread that accepts: each client that leaves its end open would
    stop the whole process for two seconds. After this there is nothing left for it to wait for.
    """
    deadline = time.monotonic() + _FAREWELL_SECONDS
    with suppress(OSError):
        connection.shutdown(socket.SHUT_WR)
        while (left := deadline - time.monotonic()) > 0:
            connection.settimeout(left)
            if not connection.recv(4096):
                break
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RD)
