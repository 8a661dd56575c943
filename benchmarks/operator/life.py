"""The same story of vaults told to one operator on an API server of its own, and what it cost."""

import asyncio
import base64
import itertools
import os
import signal
import statistics
import time
from collections.abc import Awaitable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import NotAvailable, percentile
from benchmarks.operator.sides import Side
from benchmarks.operator.stage import DEPLOYMENTS, SECRETS, SERVICES, VAULTS, Stage, api_server, played
from benchmarks.processes import Tree
from launcher.audit import api_requests, position
from launcher.cluster import Cluster

_ALONE = 40
_REPAIRS = 20
_EDITS = 20
_FAILING = 20
_FOREIGN = 200
_FOREIGN_BYTES = 100_000
_SETTLE_SECONDS = 3.0
_WRITES = frozenset({"create", "update", "patch", "delete"})
_READS = frozenset({"get", "list"})


@dataclass(frozen=True)
class Figures:
    """What one operator took. Times in seconds, memory in bytes, CPU in seconds of one vault."""

    alone: tuple[float, ...]
    beside_failing: tuple[float, ...]
    vaults: int
    burst_seconds: float
    burst_cpu: float
    create_writes: float
    create_reads: float
    update_writes: float
    noise_writes: int
    rest_calls: int
    deleted_back: float
    edited_back: float
    memory: int
    foreign_memory: int
    restart_seconds: float
    restart_writes: int

    @property
    def pace(self) -> float:
        """Vaults that became Ready in a second of the burst."""
        return self.vaults / self.burst_seconds

    def alone_at(self, share: float) -> float:
        """The time to Ready that this share of the vaults made one by one did not exceed."""
        return percentile(list(self.alone), share)


class Story:
    """One operator from its start to its second start, on one cluster."""

    def __init__(self, side: Side, cluster: Cluster, stage: Stage) -> None:
        if cluster.audit_log is None:
            raise NotAvailable("the API server keeps no audit log")
        self._side = side
        self._cluster = cluster
        self._stage = stage
        self._log: Path = cluster.audit_log

    async def told(self, vaults: int, rest_seconds: float) -> Figures:
        """The whole story with a burst of so many vaults."""
        with ExitStack() as first:
            tree = first.enter_context(self._side.start(self._cluster))
            await self._one("canary")
            self._say("one by one")
            alone = tuple([await self._one(f"alone-{number}") for number in range(_ALONE)])
            self._say(f"one by one beside {_FAILING} that fail")
            beside = await self._beside_failing()
            self._say(f"{vaults:,} at once")
            burst_seconds, burst_cpu, calls = await self._burst(tree, vaults)
            self._say("changes")
            update = await self._updates()
            noise = await self._noise()
            self._say(f"{rest_seconds:g} s of rest")
            rest = await self._count(asyncio.sleep(rest_seconds), _WRITES | _READS)
            self._say("repairs")
            deleted = statistics.median([await self._deleted(number) for number in range(_REPAIRS)])
            edited = statistics.median([await self._edited(number) for number in range(_REPAIRS)])
            memory = tree.memory()
            foreign = await self._foreign(tree)
            os.kill(tree.root, signal.SIGKILL)
        self._say("killed, and started again")
        restart_seconds, restart_writes = await self._restart()
        return Figures(
            alone=alone,
            beside_failing=beside,
            vaults=vaults,
            burst_seconds=burst_seconds,
            burst_cpu=burst_cpu / vaults,
            create_writes=calls[0] / vaults,
            create_reads=calls[1] / vaults,
            update_writes=update,
            noise_writes=noise,
            rest_calls=rest,
            deleted_back=deleted,
            edited_back=edited,
            memory=memory,
            foreign_memory=foreign,
            restart_seconds=restart_seconds,
            restart_writes=restart_writes,
        )

    def _say(self, what: str) -> None:
        print(f"{self._side.name}: {what}", flush=True)

    async def _one(self, name: str) -> float:
        began = await self._stage.create(name)
        await self._stage.until_ready([name])
        return self._stage.ready[name] - began

    async def _beside_failing(self) -> tuple[float, ...]:
        """As one by one, while vaults stand whose Service cannot be made, as somebody else's has its name."""
        for number in range(_FAILING):
            service = {"metadata": {"name": f"failing-{number}"}, "spec": {"ports": [{"port": 80}]}}
            await self._stage.api.create(SERVICES, service)
            await self._stage.create(f"failing-{number}")
        times = tuple([await self._one(f"beside-{number}") for number in range(_ALONE)])
        for number in range(_FAILING):
            await self._stage.api.delete(f"{VAULTS}/failing-{number}")
        return times

    async def _foreign(self, tree: Tree) -> int:
        """Bytes of memory that large Secrets of others cost."""
        before, text = tree.memory(), base64.b64encode(bytes(_FOREIGN_BYTES)).decode()
        for number in range(_FOREIGN):
            await self._stage.api.create(
                SECRETS, {"metadata": {"name": f"foreign-{number}"}, "data": {"large": text}}
            )
        await asyncio.sleep(_SETTLE_SECONDS)
        return tree.memory() - before

    async def _burst(self, tree: Tree, vaults: int) -> tuple[float, float, tuple[int, int]]:
        names = [f"burst-{number}" for number in range(vaults)]
        await asyncio.sleep(_SETTLE_SECONDS)
        start, cpu = position(self._log), tree.cpu()
        began = await self._stage.burst(names)
        await self._stage.until_ready(names)
        seconds = max(self._stage.ready[name] for name in names) - min(began.values())
        await asyncio.sleep(_SETTLE_SECONDS)
        return seconds, tree.cpu() - cpu, (self._calls(start, _WRITES), self._calls(start, _READS))

    async def _updates(self) -> float:
        """Writes for a changed field that concerns one child."""

        async def change() -> None:
            names = [f"burst-{number}" for number in range(_EDITS)]
            for name in names:
                self._stage.ready.pop(name, None)
                await self._stage.api.merge(f"{VAULTS}/{name}", {"spec": {"service": {"port": 8080}}})
            if self._side.name == "ours":
                await self._stage.until_ready(names)
            await asyncio.sleep(_SETTLE_SECONDS)

        return await self._count(change(), _WRITES) / _EDITS

    async def _noise(self) -> int:
        """Writes for labels and annotations of others, on vaults and on their children."""

        async def disturb() -> None:
            noise = {"metadata": {"labels": {"noise": "1"}, "annotations": {"noise": "1"}}}
            for number in range(_EDITS, 2 * _EDITS):
                for path in (VAULTS, SERVICES, DEPLOYMENTS):
                    await self._stage.api.merge(f"{path}/burst-{number}", noise)
            await asyncio.sleep(_SETTLE_SECONDS)

        return await self._count(disturb(), _WRITES)

    async def _deleted(self, number: int) -> float:
        name = f"burst-{2 * _EDITS + number}"
        before, began = self._stage.services[name], time.monotonic()
        await self._stage.api.delete(f"{SERVICES}/{name}")
        return await self._stage.until_service(name, before) - began

    async def _edited(self, number: int) -> float:
        name = f"burst-{2 * _EDITS + _REPAIRS + number}"
        port = {"name": "http", "port": 80, "protocol": "TCP", "targetPort": "elsewhere"}
        began = time.monotonic()
        edited = await self._stage.api.merge(f"{SERVICES}/{name}", {"spec": {"ports": [port]}})
        return await self._stage.until_service(name, edited) - began

    async def _restart(self) -> tuple[float, int]:
        """From starting a killed operator until a new vault is Ready, and writes for vaults that stood."""
        start, began = position(self._log), time.monotonic()
        with self._side.start(self._cluster):
            await self._one("after-the-restart")
            seconds = self._stage.ready["after-the-restart"] - began
            await asyncio.sleep(_SETTLE_SECONDS)
            requests = self._requests(start, _WRITES)
        return seconds, sum(1 for each in requests if not each.startswith("after-the-restart"))

    async def _count(self, happening: Awaitable[None], verbs: frozenset[str]) -> int:
        start = position(self._log)
        await happening
        return self._calls(start, verbs)

    def _calls(self, start: int, verbs: frozenset[str]) -> int:
        return len(self._requests(start, verbs))

    def _requests(self, start: int, verbs: frozenset[str]) -> Sequence[str]:
        """The names of what the operator's requests were about; Events and Leases are left out."""
        found = itertools.chain.from_iterable(
            api_requests(self._log, user_agent=agent, start=start) for agent in self._side.agents
        )
        kept = (each for each in found if each.resource.split(".")[0] not in ("events", "leases"))
        return [each.name for each in kept if each.verb in verbs and each.code < 400 and not each.dry_run]


def tell(side: Side, vaults: int, rest_seconds: float) -> Figures:
    """The figures of one side on a cluster of its own."""

    async def told(cluster: Cluster, kubeconfig: str) -> Figures:
        async with played(kubeconfig) as stage:
            return await Story(side, cluster, stage).told(vaults, rest_seconds)

    with api_server() as cluster:
        return asyncio.run(told(cluster, cluster.kubeconfig.read_text(encoding="utf-8")))
