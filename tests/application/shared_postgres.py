"""A real PostgreSQL server that asks for passwords, with an admin who is no superuser."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg2  # type: ignore[import-untyped]
import pytest

PROGRAMS = Path("/usr/lib/postgresql")
ADMIN = "steward"
PASSWORD = "of the admin"
START_SECONDS = 30
RULES = "local all postgres trust\nlocal all all scram-sha-256\n"


def programs() -> Path:
    """The folder of PostgreSQL's programs."""
    found = sorted(PROGRAMS.glob("*/bin/initdb"))
    if not found:
        sentence = "PostgreSQL's programs are missing: install the package postgresql"
        pytest.fail(sentence) if os.environ.get("CI") else pytest.skip(sentence)
    return found[-1].parent


@contextmanager
def running_postgres() -> Iterator[Path]:
    """The folder of its socket, which is its host."""
    with tempfile.TemporaryDirectory(prefix="mediavault-shared-", dir="/tmp") as name:
        folder = Path(name)
        running = _start(programs(), folder)
        try:
            _wait(running, folder)
            ask(folder, f"CREATE ROLE {ADMIN} LOGIN CREATEDB CREATEROLE PASSWORD '{PASSWORD}'")
            yield folder
        finally:
            running.terminate()
            running.wait(START_SECONDS)


def ask(server: Path, statement: str, *values: object) -> list[tuple[Any, ...]]:
    """The rows that its superuser is answered."""
    with closing(psycopg2.connect(host=str(server), user="postgres", dbname="postgres")) as session:
        session.autocommit = True
        cursor = session.cursor()
        cursor.execute(statement, values)
        return list(cursor.fetchall()) if cursor.description else []


def _start(programs: Path, folder: Path) -> "subprocess.Popen[bytes]":
    who: dict[str, Any] = {}
    if os.getuid() == 0:  # PostgreSQL refuses to be root.
        who = {"user": "postgres", "group": "postgres", "extra_groups": []}
        shutil.chown(folder, "postgres", "postgres")
    data = folder / "data"
    initialise: list[str | Path] = [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust"]
    encoding = ("-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
    subprocess.run([*initialise, *encoding], check=True, stdout=subprocess.DEVNULL, cwd="/", **who)
    (data / "pg_hba.conf").write_text(RULES)
    settings = {"listen_addresses": "", "unix_socket_directories": str(folder), "fsync": "off"}
    settings |= {"log_statement": "all"}
    arguments = [f"-c{name}={value}" for name, value in settings.items()]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen([programs / "postgres", "-D", data, *arguments], stderr=log, cwd="/", **who)


def _wait(running: "subprocess.Popen[bytes]", folder: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg2.connect(host=str(folder), user="postgres", dbname="postgres").close()
            return
        except psycopg2.OperationalError:
            if running.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"PostgreSQL did not start: {(folder / 'log').read_text()[-2000:]}")
        time.sleep(0.1)
