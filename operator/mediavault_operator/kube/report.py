"""The only writer of a MediaVault's status, and of the Events about it."""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from mediavault_operator.kube import errors, resources
from mediavault_operator.kube.cache import Vaults, key_of
from mediavault_operator.kube.client import Body, Client
from mediavault_operator.kube.events import Announcer
from mediavault_operator.kube.resources import Resource
from mediavault_operator.kube.watch import trimmed
from mediavault_operator.status import Event, events_between
from mediavault_operator.status.conditions import is_ready

log = logging.getLogger(__name__)

STEP_SECONDS: Final = 0.5
"""How close steps on the way may follow each other to be told as one, and how long a dip must last."""


@dataclass(frozen=True)
class Reporter:
    """Tells what is the case of `resource`, which `vaults` are of."""

    client: Client
    vaults: Vaults
    announcer: Announcer
    now: Callable[[], datetime]
    resource: Resource = resources.VAULT
    _written: dict[str, datetime] = field(default_factory=dict)
    _dips: dict[str, datetime] = field(default_factory=dict)

    async def report(
        self, vault: Body, status: Mapping[str, Any], extra: Iterable[Event] = ()
    ) -> float | None:
        """Write `status` if it differs from the MediaVault's, and an Event per transition, and `extra` ones.

        A mere step on the way that follows another one closely, and a dip that may be over at once, are left
        for later: the answer is the seconds after which to look again, None where nothing is left to tell.
        """
        previous, uid = vault.get("status") or {}, vault["metadata"]["uid"]
        happened, wait = list(extra), None
        if status == previous:
            self._dips.pop(uid, None)
        else:
            wait = self._pause(uid, previous, status)
            if wait is None:
                self._dips.pop(uid, None)
                await self.write(vault, status)
                happened += events_between(previous, status)
        for event in happened:
            self.announcer.post_soon(self.resource, vault, event)
        return wait

    def forget(self, vault: Body) -> None:
        """Keep nothing of a MediaVault that is gone."""
        self._written.pop(vault["metadata"]["uid"], None)
        self._dips.pop(vault["metadata"]["uid"], None)

    def _pause(self, uid: str, previous: Mapping[str, Any], status: Mapping[str, Any]) -> float | None:
        """Seconds for which a status may wait: a step for the next one, a dip for being over."""
        now = self.now()
        since: datetime | None = None
        if _is_dip(previous, status):
            since = self._dips.setdefault(uid, now)
        elif _headline(previous) == _headline(status):
            since = self._written.get(uid)
        left = 0.0 if since is None else STEP_SECONDS - (now - since).total_seconds()
        return left if left > 0 else None

    async def write(self, vault: Body, status: Mapping[str, Any]) -> None:
        """Write `status` at once, without an Event; raises Conflict where another has its name."""
        metadata = {name: vault["metadata"][name] for name in ("name", "namespace", "uid")}
        body = {**self._kind(), "metadata": metadata, "status": status}
        try:
            answer = await self.client.apply_status(self.resource, metadata["namespace"], body)
        except errors.NotFound:
            log.info("%s/%s: the %s is gone", *key_of(vault), self.resource.kind)
            self.vaults.drop(vault)
            return
        self._written[metadata["uid"]] = self.now()
        self.vaults.put(trimmed(self.resource, answer))

    def _kind(self) -> dict[str, str]:
        return {"apiVersion": self.resource.api_version, "kind": self.resource.kind}


def _headline(status: Mapping[str, Any]) -> tuple[Any, ...]:
    """What people and tools wait for: never told late."""
    return (status.get("observedGeneration"), status.get("phase"), is_ready(status))


def _is_dip(previous: Mapping[str, Any], status: Mapping[str, Any]) -> bool:
    """Whether a vault is not ready any more though nobody asked for anything: a controller may just be
    slow.
    """
    unchanged = previous.get("observedGeneration") == status.get("observedGeneration")
    return unchanged and is_ready(previous) and not is_ready(status)
