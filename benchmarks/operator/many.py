"""A start among very many vaults: whether its cost grows with their number, and no faster."""

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.measure import Finding, Goal
from benchmarks.operator.sides import OURS
from benchmarks.operator.stage import Stage, api_server, played
from benchmarks.pairs import Run
from launcher.cluster import Cluster

_MEGA = 1e6
_TIMES = 5
_CHUNK = 500


@dataclass(frozen=True)
class Started:
    """A start: seconds from the kill until a new vault was Ready, CPU seconds until then, bytes of memory."""

    seconds: float
    cpu: float
    memory: int


def many(run: Run) -> Iterator[Finding]:
    """Starts with half of five times the burst's vaults, and with all of them."""
    most = _TIMES * run.vaults
    run.settle()
    with api_server() as cluster:
        half, whole = asyncio.run(_told(cluster, cluster.kubeconfig.read_text(encoding="utf-8"), most))
    text = f"kill -9 with {most:,} vaults"
    note = f"{whole.seconds:.1f} against {half.seconds:.1f} s"
    ready = (whole.seconds / half.seconds,)
    yield Finding(f"{text}: a new vault is Ready after", "with half as many", Goal(2.3), ready, note)
    note = f"{whole.cpu:.2f} against {half.cpu:.2f} s"
    yield Finding(f"{text}: CPU", "with half as many", Goal(2.3), (whole.cpu / half.cpu,), note)
    yield Finding(f"memory with {most:,} vaults", "none", Goal(300, "MB"), (whole.memory / _MEGA,))


async def _told(cluster: Cluster, kubeconfig: str, most: int) -> tuple[Started, Started]:
    async with played(kubeconfig) as stage:
        await _made(cluster, stage, 0, most // 2)
        half = await _started(cluster, stage, "half")
        await _made(cluster, stage, most // 2, most)
        return half, await _started(cluster, stage, "whole")


async def _made(cluster: Cluster, stage: Stage, first: int, last: int) -> None:
    """Vaults of these numbers, Ready, and the operator that made them killed."""
    with OURS.start(cluster) as tree:
        for start in range(first, last, _CHUNK):
            names = [f"vault-{number}" for number in range(start, min(start + _CHUNK, last))]
            await stage.burst(names)
            await stage.until_ready(names)
            print(f"{start + len(names):,} of {last:,} vaults", flush=True)
        os.kill(tree.root, signal.SIGKILL)


async def _started(cluster: Cluster, stage: Stage, name: str) -> Started:
    began = time.monotonic()
    with OURS.start(cluster) as tree:
        await stage.create(name)
        await stage.until_ready([name])
        return Started(stage.ready[name] - began, tree.cpu(), tree.memory())
