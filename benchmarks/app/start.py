"""From starting the web process to its first 200, beside an empty Django project."""

import http.client
import shutil
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.instance import APP, environment, prepare, web_command
from benchmarks.measure import Finding, Goal, Sample, costs
from benchmarks.pairs import Run
from benchmarks.postgres import postgres
from benchmarks.processes import free_port, serving
from benchmarks.programs import ROOT
from benchmarks.references import django


def start(run: Run) -> Iterator[Finding]:
    """Seconds of a cold start."""
    folder = run.folder / "vault"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with postgres(run.folder) as server:
        server.recreate("vault")
        env = environment(folder, server.url("vault"))
        prepare(env)
        pairs = run.alternate(
            lambda: _start(web_command, env, APP, folder / "web.log"),
            lambda: _start(
                lambda port: django.command("benchmarks.references.empty", port),
                django.environment(),
                ROOT,
                folder / "empty.log",
            ),
        )
    reference = "an empty Django project on the same worker"
    walls = tuple(pair.ours.wall / pair.reference.wall for pair in pairs)
    ours = statistics.median(pair.ours.wall for pair in pairs)
    theirs = statistics.median(pair.reference.wall for pair in pairs)
    note = f"{ours:.2f} against {theirs:.2f} s; CPU {statistics.median(costs(pairs)):.2f}x"
    yield Finding("cold start to the first 200: seconds", reference, Goal(1.3), walls, note)


def _start(command: Callable[[int], list[str]], env: dict[str, str], cwd: Path, log: Path) -> Sample:
    port = free_port()
    started = time.monotonic()
    with serving(command(port), log=log, ready=lambda: _answers(port), env=env, cwd=cwd) as tree:
        return Sample(cpu=tree.cpu(), wall=time.monotonic() - started, work=1)


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", "/livez")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
