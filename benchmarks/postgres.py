"""The benchmark's own PostgreSQL server, whose data stays in build/ for the next run."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2  # type: ignore[import-untyped]

from benchmarks.measure import NotAvailable
from benchmarks.processes import Tree, free_port, serving
from benchmarks.programs import postgres_programs

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "150",
    "shared_buffers": "512MB",
    "max_wal_size": "4GB",
    # It would count as ours or as the reference's by chance; what is seeded is vacuumed once.
    "autovacuum": "off",
    "log_destination": "jsonlog",
    "logging_collector": "on",
    "log_directory": "log",
    "log_filename": "server",
}


@dataclass(frozen=True)
class Postgres:
    """A running server."""

    port: int
    tree: Tree
    log: Path

    def url(self, database: str) -> str:
        """What DATABASE_URL says for one of its databases."""
        return f"postgres://postgres@127.0.0.1:{self.port}/{database}"

    def run(self, database: str, *statements: str) -> list[tuple[Any, ...]]:
        """Run statements, each for itself, and give the last one's rows."""
        connection = psycopg2.connect(
            host="127.0.0.1", port=self.port, user="postgres", dbname=database, connect_timeout=5
        )
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)
                return list(cursor.fetchall()) if cursor.description else []
        finally:
            connection.close()

    def recreate(self, database: str) -> None:
        """An empty database of this name."""
        self.run(
            "postgres",
            f"DROP DATABASE IF EXISTS {database} WITH (FORCE)",
            f"CREATE DATABASE {database}",
        )

    def exists(self, database: str) -> bool:
        """Whether there is a database of this name."""
        return bool(self.run("postgres", f"SELECT 1 FROM pg_database WHERE datname = '{database}'"))

    def comment(self, database: str) -> str:
        """What is noted on a database, nothing as an empty text."""
        told = f"SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '{database}'"
        return "".join(row[0] or "" for row in self.run("postgres", told))


@contextmanager
def postgres(folder: Path) -> Iterator[Postgres]:
    """A server on the data in `folder`, made where there is none, for the block."""
    programs = postgres_programs()
    user = "postgres" if os.getuid() == 0 else None
    data = folder / "postgres"
    if not (data / "PG_VERSION").exists():
        _initialise(programs, data, user)
    port = free_port()
    options = [f"-c{name}={value}" for name, value in {**_SETTINGS, "port": str(port)}.items()]
    with serving(
        [str(programs / "postgres"), "-D", str(data), *options],
        log=folder / "postgres.log",
        ready=lambda: _answers(port),
        user=user,
        cwd=data,
    ) as tree:
        yield Postgres(port, tree, data / "log" / "server.json")


def _initialise(programs: Path, data: Path, user: str | None) -> None:
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True, mode=0o700)
    if user:
        shutil.chown(data, user, user)
    command = [str(programs / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8"]
    done = subprocess.run(
        [*command, "--locale=C.UTF-8", "--no-sync"],
        capture_output=True,
        text=True,
        check=False,
        user=user,
        group=user,
        extra_groups=[] if user else None,
        cwd="/",
    )
    if done.returncode:
        hint = "PostgreSQL refuses to run as root, so its user needs access to this folder"
        raise NotAvailable(f"initdb failed ({hint}): {done.stderr[-300:]}")


def _answers(port: int) -> bool:
    try:
        psycopg2.connect(
            host="127.0.0.1", port=port, user="postgres", dbname="postgres", connect_timeout=2
        ).close()
    except psycopg2.OperationalError:
        return False
    return True
