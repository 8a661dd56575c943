"""The operator at work: caches filled, a queue of vaults with news, and workers that reconcile them.

Built once per process; handlers only tell it what they saw.
"""

import asyncio
import logging
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from time import monotonic
from typing import Final

from mediavault_operator import metrics, names
from mediavault_operator.children.pod import METRICS_PORT
from mediavault_operator.kube import complaints, resources
from mediavault_operator.kube.apply import Applier
from mediavault_operator.kube.cache import Cache, Key, Vaults, key_of
from mediavault_operator.kube.classes import Classes
from mediavault_operator.kube.client import Body, Client
from mediavault_operator.kube.complaints import Complaints
from mediavault_operator.kube.events import Announcer
from mediavault_operator.kube.kinds import OptionalKinds
from mediavault_operator.kube.observe import Sight
from mediavault_operator.kube.queue import WorkQueue, resync
from mediavault_operator.kube.references import References
from mediavault_operator.kube.report import Reporter
from mediavault_operator.kube.retention import Retention
from mediavault_operator.kube.usage import Usages
from mediavault_operator.kube.watch import LONG_SILENCE, Scope, Watch, insisting, listing, trimmed
from mediavault_operator.parting import Parting
from mediavault_operator.protecting import Protecting
from mediavault_operator.reconcile import Reconciler
from mediavault_operator.rolling import Rolling
from mediavault_operator.settings import OperatorSettings
from mediavault_operator.sharing import Sharing

log = logging.getLogger(__name__)

WORKERS: Final = 16
RESYNC_PERIOD: Final = 600.0
CLASS_PAUSE: Final = 0.3
"""Seconds for which news of a class's vaults are gathered, as they come by the hundred."""
TOO_OLD: Final = 180.0
"""Seconds for which a change may wait before the operator counts as stuck."""
_OURS: Final = f"{names.MANAGED_SELECTOR},{names.VAULT_LABEL}"


@dataclass(frozen=True)
class Stuck(Exception):
    """The oldest change has waited too long: the process should be restarted."""

    age: float

    def __str__(self) -> str:
        return f"a change has been waiting for {self.age:.0f} s"


class Engine:
    """Serves the vaults of `settings.watch_namespaces`, or of every namespace."""

    def __init__(self, client: Client, settings: OperatorSettings, *, instance: str) -> None:
        self._client = client
        self._namespaces: tuple[str | None, ...] = settings.watch_namespaces or (None,)
        self._vaults = Vaults()
        self._queue: WorkQueue[Key] = WorkQueue(
            self._serve, workers=WORKERS, clock=monotonic, may_wait=self._vaults.is_settled
        )
        self._cache = Cache(label=names.VAULT_LABEL, on_change=self._queue.add)
        self._references = References(client, on_change=self._queue.add)
        self._kinds = OptionalKinds(
            client,
            self._cache,
            namespaces=self._namespaces,
            selector=_OURS,
            clock=monotonic,
            on_change=self._all_are_due,
        )
        self._complaints = Complaints(cache=self._cache, on_change=self._queue.add)
        self._usages = Usages(
            vaults=self._vaults,
            cache=self._cache,
            period=settings.usage_seconds,
            port=METRICS_PORT,
            on_change=self._queue.add,
        )
        self._class_queue: WorkQueue[str] = WorkQueue(self._serve_class, workers=1, clock=monotonic)
        self._classes = Classes(defaults=settings.defaults, on_change=self._class_changed)
        self._sharing = Sharing(client, on_change=self._queue.add, clock=monotonic)
        self._announcer = announcer = Announcer(client, instance=instance, now=_now)
        self._reporter = Reporter(client, self._vaults, announcer, now=_now)
        self._protecting = self._build_for_backups(settings)
        self._rolling = Rolling(
            client,
            self._vaults,
            self._classes,
            announcer,
            reports=not settings.watch_namespaces,
            on_turn=self._queue.add,
            now=_now,
        )
        self._watches_classes = settings.watch_classes
        self._reconciler = self._build(settings)
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Wait for the API server to serve MediaVaults, then work in the background."""
        await self._wait_for_crd()
        queues: dict[str, metrics.Queue] = {
            "vaults": self._queue,
            "backups": self._protecting.queue,
            "classes": self._class_queue,
        }
        metrics.REGISTRY.register(metrics.Standing(queues=queues, statuses=self._statuses))
        self._tasks = [asyncio.create_task(self._run(), name="engine")]

    async def stop(self) -> None:
        """End all work and close every connection."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._references.close()
        self._sharing.close()
        self._kinds.close()
        await self._announcer.posted()
        await self._client.close()

    def seen(self, body: Body) -> None:
        """A MediaVault as it is now."""
        if self._vaults.put(trimmed(resources.VAULT, body)):
            self._queue.add(key_of(body))

    def gone(self, body: Body) -> None:
        """A MediaVault that was deleted, as it was last."""
        self._tell_class(body)
        self._reporter.forget(body)
        if self._vaults.drop(trimmed(resources.VAULT, body)):
            self._queue.add(key_of(body))

    def check(self) -> float:
        """Seconds that the oldest change has waited; raises Stuck where that is too long, or work has
        ended.
        """
        for task in self._tasks:
            if task.done():
                raise Stuck(float("inf"))
        if (age := max(self._queue.oldest_age(), self._protecting.queue.oldest_age())) > TOO_OLD:
            raise Stuck(age)
        return age

    def _build(self, settings: OperatorSettings) -> Reconciler:
        retention = Retention(self._client, self._cache, self._vaults, now=_now)
        return Reconciler(
            vaults=self._vaults,
            cache=self._cache,
            sight=Sight(
                *(self._cache, self._references, self._sharing, self._protecting.backups),
                *(self._kinds, self._usages, self._complaints),
            ),
            applier=Applier(self._client, self._cache),
            retention=retention,
            reporter=self._reporter,
            rolling=self._rolling,
            sharing=self._sharing,
            parting=Parting(
                *(self._client, self._vaults, self._protecting.backups, self._sharing),
                *(retention, self._announcer, settings.defaults, _now),
            ),
            defaults=settings.defaults,
            now=_now,
            token=secrets.token_hex,
        )

    def _build_for_backups(self, settings: OperatorSettings) -> Protecting:
        return Protecting(
            self._client,
            vaults=self._vaults,
            cache=self._cache,
            announcer=self._announcer,
            defaults=settings.defaults,
            on_news=self._queue.add,
            now=_now,
            clock=monotonic,
        )

    async def _run(self) -> None:
        async with asyncio.TaskGroup() as group:
            watches = [
                Watch(self._client, Scope(resource, namespace, {"labelSelector": _OURS}), self._cache)
                for resource in resources.WATCHED
                for namespace in self._namespaces
            ]
            watches += [
                Watch(self._client, Scope(resources.BACKUP, namespace, {}), self._protecting.backups)
                for namespace in self._namespaces
            ]
            if self._watches_classes:
                watches.append(Watch(self._client, Scope(resources.CLASS, None, {}), self._classes))
            for watch in watches:
                group.create_task(watch.run())
            for watch in watches:
                await watch.listed.wait()
            # Only now are the objects known that Events regard.
            for namespace in self._namespaces:
                scope = Scope(resources.EVENT, namespace, complaints.SELECTOR)
                watch = Watch(self._client, scope, self._complaints, silence=LONG_SILENCE)
                group.create_task(watch.run())
            await self._kinds.look([resource.kind for resource in resources.OPTIONAL])
            await self._list_vaults()
            log.info(
                "all listed: %d vaults, %d with children", len(self._vaults.keys()), len(self._cache.keys())
            )
            self._all_are_due()
            for name in self._classes.names():
                self._class_queue.add_later(name, CLASS_PAUSE)
            for worked_off in (self._queue, self._class_queue, self._usages):
                group.create_task(worked_off.run())
            group.create_task(resync(self._known, self._queue.add_later, period=RESYNC_PERIOD))
            group.create_task(self._protecting.run(period=RESYNC_PERIOD))

    async def _list_vaults(self) -> None:
        """Know every vault before the first reconcile: a child without one is then known as an orphan."""
        for namespace in self._namespaces:
            watch_once = Scope(resources.VAULT, namespace, {})
            bodies, _ = await insisting(partial(listing, self._client, watch_once))
            for body in bodies:
                self._vaults.put(body)

    async def _wait_for_crd(self) -> None:
        kinds = [resources.VAULT, resources.BACKUP]
        if self._watches_classes:
            kinds.append(resources.CLASS)
        for kind in kinds:
            while not await insisting(partial(self._client.served, kind)):
                log.warning("the CRD %s.%s is not installed: waiting for it", kind.plural, kind.group)
                await asyncio.sleep(2)

    async def _serve(self, key: Key) -> float | None:
        try:
            with metrics.reconciles.time():
                return await self._reconciler.reconcile(key)
        finally:
            if (body := self._vaults.get(key)) is not None:
                self._tell_class(body)
            self._protecting.served(key)

    async def _serve_class(self, name: str) -> float | None:
        return await self._rolling.reconcile(name)

    def _tell_class(self, vault: Body) -> None:
        """What a vault did may be another one's turn."""
        if (name := self._classes.of(vault)) is not None:
            self._class_queue.add_later(name, CLASS_PAUSE)

    def _class_changed(self, name: str) -> None:
        """Every vault that belongs to the class, or did, is due, once the first turns have been given."""
        self._class_queue.add_later(name, CLASS_PAUSE)
        for key, body in self._vaults.bodies().items():
            if name in (self._classes.of(body), ((body.get("status") or {}).get("class") or {}).get("name")):
                self._queue.add_later(key, 2 * CLASS_PAUSE)

    def _statuses(self) -> Iterator[Body]:
        return (body.get("status") or {} for body in self._vaults.bodies().values())

    def _all_are_due(self) -> None:
        for key in self._known():
            self._queue.add(key)

    def _known(self) -> tuple[Key, ...]:
        return tuple({*self._vaults.keys(), *self._cache.keys()})


def _now() -> datetime:
    return datetime.now(UTC)
