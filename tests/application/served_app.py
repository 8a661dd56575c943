"""The whole app as it is served: gunicorn with its own configuration, a database and a store of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg2  # type: ignore[import-untyped]
from django.db import connection

VAULTAPP = Path(__file__).resolve().parents[2] / "vaultapp"
START_SECONDS = 60
STOP_SECONDS = 60


@dataclass
class ServedApp:
    """One gunicorn. Several may share `environment`, and with it the database and the store."""

    environment: Mapping[str, str]
    port: int
    token: str
    log: Path
    application: str = "mediavault.wsgi:application"
    process: "subprocess.Popen[bytes] | None" = field(default=None, init=False)

    @property
    def url(self) -> str:
        """Where it is, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def headers(self) -> dict[str, str]:
        """What the account sends to be let in."""
        return {"Authorization": f"Token {self.token}"}

    def start(self) -> None:
        """Start it, and return once it is ready."""
        command = [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py"]
        command += ["--bind", f"127.0.0.1:{self.port}", self.application]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                env=dict(self.environment),
                cwd=VAULTAPP,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the app did not start:\n{self.log.read_text(errors='replace')[-4000:]}")
            time.sleep(0.05)

    def stop(self) -> None:
        """End it as a kubelet does, and wait for the end."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(STOP_SECONDS)

    def kill(self) -> None:
        """Kill all its processes at once, without a warning."""
        if self.process:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(STOP_SECONDS)

    def beside(self) -> "ServedApp":
        """Another replica of it, not yet started."""
        return ServedApp(self.environment, _free_port(), self.token, self.log, self.application)

    def _ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (OSError, urllib.error.URLError):
            return False


@contextmanager
def served_app(
    folder: Path,
    *,
    application: str = "mediavault.wsgi:application",
    before_prepare: str = "",
    **environment: str,
) -> Iterator[ServedApp]:
    """The app, served from `folder` with an account `admin`; on PostgreSQL where the tests run on it.

    Further variables of its environment, and a command to run before `prepare`, may be given.
    """
    token, password = "served0123456789abcdef", "open sesame"
    (folder / "token").write_text(token)
    (folder / "password").write_text(password)
    (folder / "media").mkdir(exist_ok=True)
    with _database(folder) as url:
        variables = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(VAULTAPP),
            "DJANGO_SETTINGS_MODULE": "mediavault.settings",
            "SECRET_KEY": "0123456789 served for tests abcdefghijklmnopqrstuvwxyz",
            "DATABASE_URL": url,
            "MEDIA_ROOT": str(folder / "media"),
            "ADMIN_USERNAME": "admin",
            "ADMIN_PASSWORD_FILE": str(folder / "password"),
            "ADMIN_TOKEN_FILE": str(folder / "token"),
            **environment,
        }
        if before_prepare:
            _manage(variables, *before_prepare.split())
        _manage(variables, "prepare")
        app = ServedApp(variables, _free_port(), token, folder / "log", application)
        try:
            app.start()
            yield app
        finally:
            app.stop()


def _manage(environment: Mapping[str, str], *arguments: str) -> None:
    command = [sys.executable, "manage.py", *arguments]
    subprocess.run(command, env=dict(environment), cwd=VAULTAPP, check=True, stdout=subprocess.DEVNULL)


@contextmanager
def _database(folder: Path) -> Iterator[str]:
    settings = connection.settings_dict
    if connection.vendor != "postgresql":
        yield f"sqlite:///{folder}/db.sqlite3"
        return
    name = f"served_{os.getpid()}_{time.monotonic_ns()}"
    server = {"host": settings["HOST"], "port": settings["PORT"] or 5432, "user": settings["USER"]}
    admin = psycopg2.connect(**server, password=settings["PASSWORD"], dbname="postgres")
    admin.autocommit = True
    try:
        admin.cursor().execute(f"CREATE DATABASE {name}")
        host = str(settings["HOST"]).replace("/", "%2F")
        yield f"postgres://{settings['USER']}:{settings['PASSWORD']}@{host}:{server['port']}/{name}"
        admin.cursor().execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        admin.close()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
