"""Locks that hold while a client sends, over all pods: PostgreSQL's own, held by one connection per process.

They end with the process or its connection, so a killed writer leaves none behind, and no request keeps a
connection of the pool for them. On SQLite there is one process, and the locks are only its own.

Who waits for a lock holds a second one meanwhile, its wish: by that the holder can see that he is waited for.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

import psycopg2  # type: ignore[import-untyped]
from django.db import connection

_RETRY_SECONDS: Final = 0.2
# Between a lock's number and that of its wish.
_WISH: Final = 1 << 62


class LockTaken(Exception):
    """Somebody else holds the lock."""


_mutex = threading.Lock()
_held: set[int] = set()
_server: list[Any] = []  # the connection that holds the locks, while there are any


@contextmanager
def advisory_lock(key: int, *, patience: float = 0.0) -> Iterator[None]:
    """Hold the lock of this number (64 bits, signed); raises LockTaken where another one does for so long."""
    if not _take(key):
        _await(key, patience)
    try:
        yield
    finally:
        _give_back(key)


def is_wished(key: int) -> bool:
    """Whether somebody waits for the lock, which the caller holds."""
    if not _take(key ^ _WISH):
        return True
    _give_back(key ^ _WISH)
    return False


def _await(key: int, patience: float) -> None:
    deadline = time.monotonic() + patience
    wishing = False
    try:
        while time.monotonic() < deadline:
            wishing = wishing or _take(key ^ _WISH)
            time.sleep(_RETRY_SECONDS)
            if _take(key):
                return
    finally:
        if wishing:
            _give_back(key ^ _WISH)
    raise LockTaken


def _take(key: int) -> bool:
    with _mutex:
        if key in _held or (connection.vendor == "postgresql" and not _taken_on_server(key)):
            return False
        _held.add(key)
        return True


def _give_back(key: int) -> None:
    with _mutex:
        _held.discard(key)
        if _server:
            with suppress(psycopg2.Error):
                _ask("SELECT pg_advisory_unlock(%s)", key)
            _close_if_idle()


def _taken_on_server(key: int) -> bool:
    with connection.wrap_database_errors:
        if not _server or _server[0].closed:
            _server[:] = [_connect()]
        try:
            taken = _ask("SELECT pg_try_advisory_lock(%s)", key)
        except psycopg2.Error:
            # The server was restarted, and its locks are gone; rows are guarded by their offsets as well.
            _server[:] = [_connect()]
            taken = _ask("SELECT pg_try_advisory_lock(%s)", key)
    if not taken:
        _close_if_idle()
    return taken


def _close_if_idle() -> None:
    if not _held and _server:
        _server.pop().close()


def _connect() -> Any:
    made = psycopg2.connect(**connection.get_connection_params())
    made.autocommit = True
    return made


def _ask(sql: str, key: int) -> bool:
    with _server[0].cursor() as cursor:
        cursor.execute(sql, [key])
        return bool(cursor.fetchone()[0])
