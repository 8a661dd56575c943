"""Lists while hundreds read slowly, beside the same pod with nobody else."""

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from benchmarks import vault
from benchmarks.content import HUNDRED_MB, random_file
from benchmarks.instance import Instance, fresh_instance
from benchmarks.machine import client_cpu, pinned
from benchmarks.measure import Finding, Goal, NotAvailable, percentile
from benchmarks.pairs import Run
from benchmarks.postgres import postgres
from benchmarks.programs import ROOT

_CROWDS: Final = (200, 500)
_REQUESTS: Final = 500
_WARM: Final = 100
_LIST = "/api/files/?page_size=100"
_MB: Final = 1e6


def readers(run: Run) -> Iterator[Finding]:
    """p99 of a list and memory with 200 and 500 readers at 100 KB/s."""
    with postgres(run.folder) as server, fresh_instance(server, run.folder / "vault") as ours:
        file = random_file(run.folder / "content" / "hundred.bin", HUNDRED_MB)
        with ours.client() as client:
            path = f"/api/files/{vault.upload(client, file, 'hundred.bin')}/stream/"
        latencies(ours, _WARM)
        for crowd in _CROWDS:
            ratios, grown, each = [], [], []
            for _ in range(run.pairs):
                run.settle()
                alone, memory = percentile(latencies(ours, _REQUESTS), 0.99), ours.memory()
                with _slow_readers(ours, path, crowd):
                    among = percentile(latencies(ours, _REQUESTS), 0.99)
                    grown.append((ours.memory() - memory) / _MB)
                ratios.append(among / alone)
                each.append((among * 1000, alone * 1000))
            work = f"{crowd} readers at 100 KB/s"
            note = "{:.3g} against {:.3g} ms".format(*map(statistics.median, zip(*each, strict=True)))
            yield Finding(f"{work}: list p99", "the same pod idle", Goal(2), tuple(ratios), note)
            yield Finding(f"{work}: memory added", "the same pod idle", Goal(10, "MB"), tuple(grown))


def latencies(ours: Instance, requests: int) -> list[float]:
    """Seconds of each of so many lists, asked in turn on one connection."""
    found = []
    with ours.client() as client:
        for _ in range(requests):
            started = time.monotonic()
            client.ask("GET", _LIST)
            found.append(time.monotonic() - started)
    return found


@contextmanager
def _slow_readers(ours: Instance, path: str, crowd: int) -> Iterator[None]:
    told = [str(ours.port), path, ours.token, str(crowd)]
    command = [sys.executable, "-m", "benchmarks.clients.slow_readers", *told]
    with subprocess.Popen(
        pinned(client_cpu(), command), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            if process.stdout is None or process.stdout.readline() != "reading\n":
                raise NotAvailable(f"{crowd} readers were not served")
            yield
            if process.poll() is not None:
                raise NotAvailable("a slow reader was cut off")
        finally:
            process.kill()
