"""An API server with nobody behind it, and the part of the controllers that a vault waits for, played.

No controller runs, so that what is measured is the operator and the API server: a Deployment's pods are
ready, and a claim is bound, as soon as they are seen.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

from benchmarks.operator.api import CONNECTIONS, Api, Object, connected
from benchmarks.programs import ROOT
from launcher import clusters
from launcher.cluster import Cluster, Shape, Source

NAMESPACE = "vaults"
VAULTS = f"/apis/mediavault.io/v1/namespaces/{NAMESPACE}/mediavaults"
DEPLOYMENTS = f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments"
SERVICES = f"/api/v1/namespaces/{NAMESPACE}/services"
SECRETS = f"/api/v1/namespaces/{NAMESPACE}/secrets"
CLAIMS = f"/api/v1/namespaces/{NAMESPACE}/persistentvolumeclaims"
_MANAGED = "mediavault.io/vault"
TARGET = "http"
PATIENCE = 600.0


@contextmanager
def api_server() -> Iterator[Cluster]:
    """A fresh API server with the CRDs and one namespace, and an audit log."""
    with clusters.lasting("benchmark", Shape.API_SERVER, audit=True, source=Source.PROCESSES) as cluster:
        cluster.kubectl("apply", "--server-side", "-f", str(ROOT / "crds"))
        cluster.kubectl("wait", "--for=condition=Established", "crd/mediavaults.mediavault.io")
        cluster.kubectl("create", "namespace", NAMESPACE)
        yield cluster


@dataclass
class Stage:
    """The vaults on an API server, when each became Ready, and when each child was seen last."""

    api: Api
    ready: dict[str, float] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    services: dict[str, Object] = field(default_factory=dict)
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def create(self, name: str) -> float:
        """A new embedded vault; the clock before it was asked for."""
        body = {
            "apiVersion": "mediavault.io/v1",
            "kind": "MediaVault",
            "metadata": {"name": name},
            "spec": {"database": {"embedded": {}}},
        }
        began = time.monotonic()
        await self.api.create(VAULTS, body)
        return began

    async def burst(self, names: list[str]) -> dict[str, float]:
        """Create all, many at once; the clock before each was asked for."""
        slots, began = asyncio.Semaphore(CONNECTIONS), {}

        async def one(name: str) -> None:
            async with slots:
                began[name] = await self.create(name)

        await asyncio.gather(*(one(name) for name in names))
        return began

    async def until_ready(self, names: list[str]) -> None:
        """Wait until all are Ready for their present generation."""
        async with self._news, asyncio.timeout(PATIENCE):
            await self._news.wait_for(lambda: all(name in self.ready for name in names))

    async def until_service(self, name: str, before: Object) -> float:
        """The clock when a later version of the Service than this one leads to the web pods' port."""

        def back() -> bool:
            seen = self.services.get(name)
            return (
                seen is not None
                and _version(seen) > _version(before)
                and seen["spec"]["ports"][0]["targetPort"] == TARGET
            )

        async with self._news, asyncio.timeout(PATIENCE):
            await self._news.wait_for(back)
        return time.monotonic()

    async def follow_vaults(self) -> None:
        """Remember when each vault became Ready."""
        async for kind, vault in self.api.watch(VAULTS):
            if kind not in ("ADDED", "MODIFIED"):
                continue
            name = vault["metadata"]["name"]
            if _is_ready(vault):
                self.ready.setdefault(name, time.monotonic())
            else:
                self.ready.pop(name, None)
            await self._tell()

    async def follow_services(self) -> None:
        """Remember each Service as it is."""
        async for kind, service in self.api.watch(SERVICES, _MANAGED):
            if kind in ("ADDED", "MODIFIED"):
                self.services[service["metadata"]["name"]] = service
            elif kind == "DELETED":
                self.services.pop(service["metadata"]["name"], None)
            await self._tell()

    async def play_deployments(self) -> None:
        """Be the Deployment controller and the kubelet."""
        async for kind, deployment in self.api.watch(DEPLOYMENTS, _MANAGED):
            if kind not in ("ADDED", "MODIFIED"):
                continue
            name, generation = deployment["metadata"]["name"], deployment["metadata"]["generation"]
            if name in self.broken or deployment.get("status", {}).get("observedGeneration") == generation:
                continue
            counts = dict.fromkeys(("replicas", "updatedReplicas", "readyReplicas", "availableReplicas"), 1)
            await self._played(f"{DEPLOYMENTS}/{name}/status", {"observedGeneration": generation, **counts})

    async def play_claims(self) -> None:
        """Be the provisioner."""
        async for kind, claim in self.api.watch(CLAIMS, _MANAGED):
            if kind in ("ADDED", "MODIFIED") and claim.get("status", {}).get("phase") != "Bound":
                size = claim["spec"]["resources"]["requests"]
                status = {"phase": "Bound", "capacity": size, "accessModes": claim["spec"]["accessModes"]}
                await self._played(f"{CLAIMS}/{claim['metadata']['name']}/status", status)

    async def _played(self, path: str, status: Object) -> None:
        await self.api.merge(path, {"status": status})

    async def _tell(self) -> None:
        async with self._news:
            self._news.notify_all()


@asynccontextmanager
async def played(kubeconfig: str) -> AsyncIterator[Stage]:
    """The stage with all its players, for the block; `kubeconfig` is the text of one in JSON."""
    async with connected(json.loads(kubeconfig)) as api:
        stage = Stage(api)
        parts = (
            stage.follow_vaults(),
            stage.follow_services(),
            stage.play_deployments(),
            stage.play_claims(),
        )
        # A player that fails ends the story.
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(part) for part in parts]
            yield stage
            for task in tasks:
                task.cancel()


def _version(service: Object) -> int:
    return int(service["metadata"]["resourceVersion"])


def _is_ready(vault: Object) -> bool:
    generation = vault["metadata"]["generation"]
    return any(
        each["type"] == "Ready" and each["status"] == "True" and each.get("observedGeneration") == generation
        for each in vault.get("status", {}).get("conditions") or ()
    )
