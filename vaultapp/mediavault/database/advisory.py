"""Locks that hold while a client sends, over all pods: PostgreSQL's own, held by one connection per process.

They end with the process or its connection, so a killed writer leaves none behind, and no request keeps a
connection of the pool for them. On SQLite there is one process, and the locks are only its own.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg2  # type: ignore[import-untyped]
from django.db import connection


class LockTaken(Exception):
    """Somebody else holds the lock."""


_mutex = threading.Lock()
_held: set[int] = set()
_server: list[Any] = []  # the connection that holds the locks, while there are any


@contextmanager
def advisory_lock(key: int) -> Iterator[None]:
    """Hold the lock of this number (64 bits, signed); raises LockTaken at once where another one does."""
    with _mutex:
        if key in _held:
            raise LockTaken
        if connection.vendor == "postgresql":
            _lock_on_server(key)
        _held.add(key)
    try:
        yield
    finally:
        with _mutex:
            _held.discard(key)
            if _server:
                _unlock_on_server(key)


def _lock_on_server(key: int) -> None:
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
        raise LockTaken


def _unlock_on_server(key: int) -> None:
    with suppress(psycopg2.Error):
        _ask("SELECT pg_advisory_unlock(%s)", key)
    _close_if_idle()


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
