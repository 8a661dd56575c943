"""Programs that do one thing so many times when they are told to, on the servers' CPU."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from benchmarks.instance import APP
from benchmarks.machine import pinned, server_cpu
from benchmarks.measure import NotAvailable, Sample
from benchmarks.processes import Tree, sample
from benchmarks.programs import ROOT


@dataclass(frozen=True)
class Worker:
    """A program that waits for a number of times on its input, and says `done` after each order."""

    tree: Tree
    orders: IO[str]
    answers: IO[str]

    def do(self, times: int) -> float:
        """Have it done so many times; NotAvailable says why it was not."""
        self.orders.write(f"{times}\n")
        self.orders.flush()
        answer = self.answers.readline().strip()
        if answer != "done":
            raise NotAvailable(answer or "the program that does the work ended")
        return times

    def sample(self, times: int) -> Sample:
        """What it spends on so many."""
        return sample([self.tree], lambda: self.do(times))


@contextmanager
def worker(module: str, *arguments: str) -> Iterator[Worker]:
    """A module of ours as a program, warmed up once, for the block."""
    command = pinned(server_cpu(), [sys.executable, "-m", module, *arguments])
    env = {
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONPATH": f"{ROOT}{os.pathsep}{APP}",
        "VIPS_CONCURRENCY": "1",
    }
    with subprocess.Popen(
        command, env=env, cwd="/", stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        found = Worker(Tree(process.pid), process.stdin, process.stdout)
        try:
            found.do(1)
            yield found
        finally:
            process.terminate()
