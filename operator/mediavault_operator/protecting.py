"""The backups at work: what the watch shows of them, and a queue of the vaults whose backups have news."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Final

from mediavault_operator.kube import resources
from mediavault_operator.kube.backups import Backups, vault_of, waits_for
from mediavault_operator.kube.cache import Cache, Key, Vaults, key_of
from mediavault_operator.kube.client import Body, Client
from mediavault_operator.kube.events import Announcer
from mediavault_operator.kube.queue import WorkQueue, resync
from mediavault_operator.kube.report import Reporter
from mediavault_operator.reconcile_backups import BackupReconciler
from mediavault_operator.spec import Defaults

WORKERS: Final = 4


class Protecting:
    """Serves the backups of `vaults`; `on_news` hears of every vault that waits for one that has changed.

    `clock` gives seconds, monotonic.
    """

    def __init__(
        self,
        client: Client,
        *,
        vaults: Vaults,
        cache: Cache,
        announcer: Announcer,
        defaults: Defaults,
        on_news: Callable[[Key], None],
        now: Callable[[], datetime],
        clock: Callable[[], float],
    ) -> None:
        self._vaults = vaults
        self._on_news = on_news
        self.backups = Backups(on_change=self._changed)
        self._reporter = Reporter(client, self.backups, announcer, now=now, resource=resources.BACKUP)
        reconciler = BackupReconciler(
            client=client,
            vaults=vaults,
            backups=self.backups,
            cache=cache,
            reporter=self._reporter,
            on_end=self._tell,
            defaults=defaults,
            now=now,
        )
        self.queue: WorkQueue[Key] = WorkQueue(reconciler.reconcile, workers=WORKERS, clock=clock)

    async def run(self, *, period: float) -> None:
        """Serve until cancelled, and look at everything once in a `period` of seconds."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.queue.run())
            group.create_task(resync(self._protected, self.queue.add_later, period=period))

    def served(self, vault: Key) -> None:
        """A vault was looked at: its schedule begins when it is ready, of which nothing else tells."""
        if self._is_protected(vault):
            self.queue.add(vault)

    def _changed(self, backup: Body) -> None:
        if self.backups.get(key_of(backup)) is None:
            self._reporter.forget(backup)
        self.queue.add(vault_of(backup))
        self._tell(backup)

    def _tell(self, backup: Body) -> None:
        for key, vault in self._vaults.bodies().items():
            if waits_for(vault, backup):
                self._on_news(key)

    def _is_protected(self, key: Key) -> bool:
        status = (self._vaults.get(key) or {}).get("status") or {}
        return bool((status.get("effective") or {}).get("backup") or self.backups.of(key))

    def _protected(self) -> tuple[Key, ...]:
        return tuple(filter(self._is_protected, {*self._vaults.keys(), *self.backups.vaults()}))
