"""The app as a pod runs it: migrated, with its web process, front and worker, and a token to ask with."""

import secrets
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.client import Client
from benchmarks.measure import NotAvailable
from benchmarks.postgres import Postgres
from benchmarks.processes import Tree, free_port, listening, serving, wait_until_idle
from benchmarks.programs import ROOT, SEARCH, program

APP = ROOT / "vaultapp"


@dataclass(frozen=True)
class Instance:
    """A running instance: where it listens, a token of its owner, and the processes that count as it."""

    port: int
    token: str
    trees: tuple[Tree, ...]
    media: Path

    @property
    def headers(self) -> dict[str, str]:
        """What every request carries."""
        return {"Authorization": f"Token {self.token}"}

    def client(self) -> Client:
        """A connection that asks as the owner."""
        return Client(self.port, self.headers)

    def url(self, path: str) -> str:
        """The address of a path."""
        return f"http://127.0.0.1:{self.port}{path}"

    def memory(self) -> int:
        """Proportional set size in bytes of its processes, without the database's."""
        return sum(tree.memory() for tree in self.trees[1:])


def environment(folder: Path, database_url: str) -> dict[str, str]:
    """The app's configuration, with its secrets beside it in `folder`."""
    media = folder / "media"
    media.mkdir(parents=True, exist_ok=True)
    for name in ("secret-key", "password", "token"):
        if not (folder / name).exists():
            (folder / name).write_text(secrets.token_hex(20))
    return {
        "PATH": SEARCH,
        "DATABASE_URL": database_url,
        "MEDIA_ROOT": str(media),
        "SECRET_KEY_FILE": str(folder / "secret-key"),
        "ADMIN_USERNAME": "admin",
        "ADMIN_PASSWORD_FILE": str(folder / "password"),
        "ADMIN_TOKEN_FILE": str(folder / "token"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def prepare(env: Mapping[str, str]) -> None:
    """Migrate the database and make the account."""
    done = subprocess.run(
        [sys.executable, "manage.py", "prepare"],
        cwd=APP,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise NotAvailable(f"prepare failed: {done.stdout[-300:]} {done.stderr[-700:]}")


@contextmanager
def fresh_instance(server: Postgres, folder: Path) -> Iterator[Instance]:
    """An instance with an empty database and an empty store, for the block."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    server.recreate("vault")
    env = environment(folder, server.url("vault"))
    prepare(env)
    try:
        with running(server, folder, env) as found:
            yield found
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running(
    server: Postgres, folder: Path, env: Mapping[str, str], *, token: str | None = None, works: bool = True
) -> Iterator[Instance]:
    """The processes of an instance that is prepared, for the block; without the worker unless it works."""
    port = free_port()
    accepting = _accepting(folder / "front.sock")
    commands = [(web_command(), accepting), (_front_command(folder, port), listening(port))]
    if works:
        heartbeat = folder / "heartbeat"
        work = [sys.executable, "manage.py", "work", "--heartbeat", str(heartbeat)]
        commands.append((work, heartbeat.exists))
    env = {**env, "FRONT_SOCKET": str(folder / "front.sock")}
    with ExitStack() as ended:
        trees = [
            ended.enter_context(serving(command, log=folder / f"{number}.log", ready=ready, env=env, cwd=APP))
            for number, (command, ready) in enumerate(commands)
        ]
        wait_until_idle([server.tree, *trees])
        yield Instance(
            port=port,
            token=token or (folder / "token").read_text(),
            trees=(server.tree, *trees),
            media=folder / "media",
        )


def web_command(port: int | None = None) -> list[str]:
    """gunicorn as the image starts it; with a port it listens there instead of at the front's socket."""
    bind = ["--bind", f"127.0.0.1:{port}"] if port else []
    config = ["--config", "gunicorn.conf.py"]
    return [sys.executable, "-m", "gunicorn", *config, *bind, "mediavault.wsgi:application"]


def _front_command(folder: Path, port: int) -> list[str]:
    program("nginx")
    place = ["--folder", str(folder / "front"), "--listen", f"127.0.0.1:{port}"]
    return [sys.executable, "-m", "mediavault.front", "serve", *place]


def _accepting(path: Path) -> Callable[[], bool]:
    def ready() -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(str(path)) == 0

    return ready
