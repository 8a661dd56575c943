"""The managed database's start script, with PostgreSQL's real programs and files as kubelets make them."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2  # type: ignore[import-untyped]
import pytest

from mediavault_operator.children.statefulset import START
from playing.waiting import until
from shared_postgres import programs

ENTRYPOINT = '#!/bin/sh\nexec "$@" -c unix_socket_directories="$PGHOST" -c fsync=off\n'
FIRST = {"owner": "vault", "database": "films", "username": "vault", "password": 'it\'s \\ "odd"'}
SECOND = {**FIRST, "username": "vault_2", "password": "another"}


@dataclass
class Container:
    """A folder with what the container would find, and the port of its server."""

    folder: Path
    port: int

    def write(self, secret: dict[str, str]) -> None:
        """Swap the Secret's files as the kubelet does, all at once."""
        mounted = self.folder / "secret"
        version = Path(tempfile.mkdtemp(prefix="..", dir=mounted))
        version.chmod(0o755)
        for key, value in secret.items():
            (version / key).write_text(value)
        (mounted / "..new").symlink_to(version.name)
        (mounted / "..new").replace(mounted / "..data")

    def leave_half(self) -> None:
        """What an initialization that was killed leaves."""
        half = self.folder / "data.new"
        half.mkdir()
        (half / "PG_VERSION").write_text("17")
        if os.getuid() == 0:
            shutil.chown(half, "postgres", "postgres")

    @contextmanager
    def running(self) -> Iterator[None]:
        """The script at work; it ends as the container does, with all that it began."""
        environment = {
            "PATH": f"{self.folder}/bin:{programs()}:{os.environ['PATH']}",
            "PGDATA": str(self.folder / "data"),
            "PGHOST": str(self.folder),
            "PGPORT": str(self.port),
            "SECRET": str(self.folder / "secret"),
        }
        who: dict[str, Any] = {"user": "postgres", "group": "postgres"} if os.getuid() == 0 else {}
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                ["/bin/sh", "-c", START],
                env=environment,
                cwd="/",
                stdout=log,
                stderr=log,
                start_new_session=True,
                **who,
            )
        try:
            yield
        finally:
            subprocess.run(["pkill", "-INT", "--session", str(process.pid)], check=False)
            process.wait(30)

    def ask(self, login: dict[str, str], statement: str) -> list[tuple[Any, ...]]:
        """The rows that an account is answered over TCP, where passwords count."""
        place = {"host": "127.0.0.1", "port": self.port, "dbname": login["database"]}
        with closing(
            psycopg2.connect(user=login["username"], password=login["password"], **place)
        ) as session:
            session.autocommit = True
            cursor = session.cursor()
            cursor.execute(statement)
            return list(cursor.fetchall()) if cursor.description else []

    def opens(self, login: dict[str, str]) -> bool:
        """Whether an account is let in."""
        try:
            return bool(self.ask(login, "SELECT 1"))
        except psycopg2.OperationalError:
            return False


@pytest.fixture
def container() -> Iterator[Container]:
    with tempfile.TemporaryDirectory(prefix="mediavault-start-", dir="/tmp") as name:
        folder = Path(name)
        (folder / "secret").mkdir()
        (folder / "bin").mkdir()
        (folder / "bin" / "docker-entrypoint.sh").write_text(ENTRYPOINT)
        (folder / "bin" / "docker-entrypoint.sh").chmod(0o755)
        if os.getuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        with closing(socket.socket()) as taken:
            taken.bind(("127.0.0.1", 0))
            port = taken.getsockname()[1]
        yield Container(folder, port)


def test_accounts_follow_their_secret_while_the_server_runs(container: Container) -> None:
    container.write(FIRST)
    container.leave_half()
    with container.running():
        until(lambda: container.opens(FIRST))
        assert not (container.folder / "data.new").exists()
        container.ask(FIRST, "CREATE TABLE kept AS SELECT 1 AS id")
        rights = container.ask(FIRST, "SELECT rolsuper, rolcreaterole FROM pg_roles WHERE rolname = 'vault'")
        assert rights == [(False, False)]
        container.write(SECOND)
        until(lambda: container.opens(SECOND))
        assert container.opens(FIRST), "the account of before opens until nothing uses it"
        container.ask(SECOND, "CREATE TABLE more AS SELECT id FROM kept")
        container.ask(FIRST, "DROP TABLE more")
        container.write({**SECOND, "retired": "vault"})
        until(lambda: not container.opens(FIRST))
        container.write({**FIRST, "password": "third"})
        until(lambda: container.opens({**FIRST, "password": "third"}))
        assert container.ask({**FIRST, "password": "third"}, "SELECT id FROM kept") == [(1,)]
    assert "it's" not in (container.folder / "log").read_text()


def test_a_database_that_stands_is_brought_to_a_secret_made_anew(container: Container) -> None:
    container.write(FIRST)
    with container.running():
        until(lambda: container.opens(FIRST))
    container.write({**FIRST, "password": "made anew"})
    with container.running():
        until(lambda: container.opens({**FIRST, "password": "made anew"}))
        assert not container.opens(FIRST)
