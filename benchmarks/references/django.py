"""Stock Django projects on the app's own gunicorn worker."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.instance import APP
from benchmarks.postgres import Postgres
from benchmarks.processes import Tree, free_port, listening, serving
from benchmarks.programs import ROOT

_WORKER = "mediavault.http.threads.BoundedThreadWorker"
_THREADS = "64"


@dataclass(frozen=True)
class Stock:
    """The running stock project, without an access log; its uploads stand in `media`."""

    port: int
    trees: tuple[Tree, ...]
    media: Path


def command(application: str, port: int) -> list[str]:
    """gunicorn with the app's worker class and number of threads."""
    options = ["--worker-class", _WORKER, "--threads", _THREADS, "--bind", f"127.0.0.1:{port}"]
    options += ["--keep-alive", "75", "--log-level", "warning"]
    return [sys.executable, "-m", "gunicorn", *options, application]


def environment(**more: str) -> dict[str, str]:
    """What the processes of a stock project see."""
    path = os.environ.get("PATH", os.defpath)
    return {"PATH": path, "PYTHONPATH": f"{ROOT}{os.pathsep}{APP}", **more}


@contextmanager
def stock(server: Postgres, database: str, folder: Path) -> Iterator[Stock]:
    """The stock project over a database of the vault, for the block."""
    media = folder / "media"
    media.mkdir(parents=True, exist_ok=True)
    port = free_port()
    env = environment(
        DATABASE_URL=server.url(database),
        MEDIA_ROOT=str(media),
        DJANGO_SETTINGS_MODULE="benchmarks.references.stock.settings",
    )
    start = command("benchmarks.references.stock.wsgi", port)
    with serving(start, log=folder / "stock.log", ready=listening(port), env=env) as web:
        yield Stock(port, (server.tree, web), media)
