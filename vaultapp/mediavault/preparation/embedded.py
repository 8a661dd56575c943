"""Migrating the embedded SQLite database on a copy, which takes its place only when all went well."""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from django.db import connection

from mediavault.preparation.database import apply_migrations, pending_migrations

_SIDES = ("-wal", "-shm", "-journal")


def migrate_embedded() -> int:
    """Apply what is pending and say how many migrations that were; on failure the database is as it was.

    Nothing else may have the database open meanwhile: it runs before the web container starts.
    """
    path = Path(str(connection.settings_dict["NAME"]))
    path.parent.mkdir(parents=True, exist_ok=True)
    with _only_one(path):
        if path.exists() and not pending_migrations():
            connection.close()
            return 0
        connection.close()
        copy = path.with_name(path.name + ".migrating")
        _remove(copy)
        try:
            _copy(path, copy)
            with _connected_to(copy):
                applied = apply_migrations()
            _settle(copy)
            _replace(path, copy)
        finally:
            _remove(copy)
        return applied


@contextmanager
def _only_one(path: Path) -> Iterator[None]:
    with path.with_name(path.name + ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _copy(path: Path, copy: Path) -> None:
    """A consistent copy with what the write-ahead log still holds, which is brought into `path` as well."""
    if not path.exists():
        return
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        source.backup(target)


@contextmanager
def _connected_to(path: Path) -> Iterator[None]:
    former = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = str(path)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = former


def _settle(copy: Path) -> None:
    """Leave the copy as one file, whole on the disk."""
    with closing(sqlite3.connect(copy)) as database:
        database.execute("PRAGMA journal_mode=DELETE").fetchall()
        broken = database.execute("PRAGMA quick_check").fetchone()[0]
    if broken != "ok":
        raise sqlite3.DatabaseError(f"the migrated copy is damaged: {broken}")
    _sync(copy)


def _replace(path: Path, copy: Path) -> None:
    for side in _SIDES:
        path.with_name(path.name + side).unlink(missing_ok=True)
    copy.replace(path)
    _sync(path.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(copy: Path) -> None:
    for name in (copy.name, *(copy.name + side for side in _SIDES)):
        with suppress(FileNotFoundError):
            copy.with_name(name).unlink()
