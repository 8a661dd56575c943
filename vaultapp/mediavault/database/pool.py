"""Connections that are lent for the time of a request.

A thread that waits for a slow client must not keep a connection, and a pod must not need as many of them as
it has threads: PostgreSQL has a hundred for all pods together by default.
"""

import select
import threading
from collections.abc import Callable
from typing import Any, Protocol


class Connection(Protocol):
    """What the pool needs of a database connection."""

    closed: int

    def fileno(self) -> int: ...
    def close(self) -> None: ...
    def get_transaction_status(self) -> int: ...


class PoolExhausted(Exception):
    """No connection became free in time."""


class ConnectionPool:
    """At most `size` connections, made when needed and kept when given back in order."""

    def __init__(self, *, size: int, patience: float) -> None:
        """`patience` is how many seconds a borrower waits before PoolExhausted."""
        self._free = threading.BoundedSemaphore(size)
        self._patience = patience
        self._idle: list[Connection] = []
        self._size = size

    def take(self, make: Callable[[], Any]) -> Any:
        """An idle connection that is still good, or a new one of `make`."""
        if not self._free.acquire(timeout=self._patience):
            raise PoolExhausted(f"all {self._size} connections are in use")
        try:
            return self._idle_one() or make()
        except BaseException:
            self._free.release()
            raise

    def give_back(self, connection: Connection) -> None:
        """End a loan; a connection that is broken or left in a transaction is closed."""
        try:
            if _usable(connection):
                self._idle.append(connection)
            else:
                connection.close()
        finally:
            self._free.release()

    def close_idle(self) -> None:
        """Close what nobody has borrowed."""
        while self._idle:
            self._idle.pop().close()

    def _idle_one(self) -> Connection | None:
        while True:
            try:
                # The last one given back, so that the others may grow old unused.
                connection = self._idle.pop()
            except IndexError:
                return None
            if _usable(connection):
                return connection
            connection.close()


def _usable(connection: Connection) -> bool:
    if connection.closed or connection.get_transaction_status() != 0:
        return False
    # An idle server says nothing: whatever can be read now is its farewell.
    # poll, because select refuses descriptors from 1024 on, which a thousand clients make.
    poll = select.poll()
    poll.register(connection, select.POLLIN)
    return not poll.poll(0)
