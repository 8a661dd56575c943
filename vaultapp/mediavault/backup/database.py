"""The vault's database as one file, and back: by pg_dump and pg_restore, or SQLite's own backup."""

import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

import psycopg2.extensions  # type: ignore[import-untyped]
from django.db import connection, transaction

from mediavault.backup.failures import BackupFailed, Reason

Blob = tuple[int, str, int]
"""Owner's id, SHA-256 and size."""

_POSTGRES_PROGRAMS: Final = Path("/usr/lib/postgresql")
_BLOBS: Final = 'SELECT owner_id, sha256, size FROM vault_blob WHERE "references" > 0'


@contextmanager
def dumped(path: Path) -> Iterator[Iterator[Blob]]:
    """Write the database to `path`; what it gives are the blobs that files of this very dump have."""
    with _dumped_sqlite(path) if connection.vendor == "sqlite" else _dumped_postgres(path) as blobs:
        yield blobs


@contextmanager
def _dumped_sqlite(path: Path) -> Iterator[Iterator[Blob]]:
    try:
        with closing(sqlite3.connect(path)) as copy:
            with closing(sqlite3.connect(connection.settings_dict["NAME"])) as source:
                source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE").fetchall()
            yield iter(copy.execute(_BLOBS))
    except sqlite3.Error as error:
        raise BackupFailed(Reason.DATABASE, f"the database cannot be copied: {error}") from error


@contextmanager
def _dumped_postgres(path: Path) -> Iterator[Iterator[Blob]]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = str(cursor.fetchone()[0])
        # Not compressed: restic finds again what has not changed, and compresses the rest.
        _run("pg_dump", "--format=custom", "--compress=0", f"--snapshot={snapshot}", f"--file={path}")
        with connection.chunked_cursor() as blobs:
            blobs.execute(_BLOBS)
            yield iter(blobs.fetchone, None)


def is_empty() -> bool:
    """Whether the database has no table yet."""
    if connection.vendor == "sqlite" and not _sqlite_path().exists():
        return True
    return not connection.introspection.table_names()


def load(path: Path) -> None:
    """Bring the dump into a database that is empty, all or nothing."""
    connection.close()
    if connection.vendor == "sqlite":
        _load_sqlite(path)
    else:
        _run(
            "pg_restore",
            "--single-transaction",
            "--exit-on-error",
            "--no-owner",
            "--no-privileges",
            "--no-comments",
            str(path),
        )


def _load_sqlite(path: Path) -> None:
    target = _sqlite_path()
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f"{target.name}.restoring")
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(beside)) as copy:
        source.backup(copy)
    os.sync()
    beside.replace(target)


def loaded_blobs() -> Iterator[Blob]:
    """The blobs that files of the database have, whose schema may be of an older release."""
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(_BLOBS)
        yield from iter(cursor.fetchone, None)


def forget_holds() -> None:
    """Let go of what was held while the dump was made."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM vault_hold")


def _sqlite_path() -> Path:
    return Path(str(connection.settings_dict["NAME"]))


def _run(program: str, *arguments: str) -> None:
    password, dsn = _connection_string()
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"}
    if password:
        environment["PGPASSWORD"] = password
    ran = subprocess.run(  # noqa: S603 - PostgreSQL's own program, with arguments of our own
        [_program(program), f"--dbname={dsn}", *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if ran.returncode:
        raise BackupFailed(Reason.DATABASE, f"{program}: {' '.join(ran.stderr.split())[-500:]}")


def _connection_string() -> tuple[str, str]:
    """The password, which must not stand in a command line, and everything else."""
    params: dict[str, Any] = connection.get_connection_params()
    known = {name: value for name, value in params.items() if isinstance(value, str | int)}
    password = str(known.pop("password", "") or "")
    return password, psycopg2.extensions.make_dsn(**known)


def _program(name: str) -> str:
    """The newest of Debian's, whose own wrapper would need Perl; else what the PATH has."""
    found = sorted(_POSTGRES_PROGRAMS.glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    return str(found[-1]) if found else name
