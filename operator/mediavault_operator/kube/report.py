"""The only writer of a MediaVault's status, and of the Events about it."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mediavault_operator import names
from mediavault_operator.kube import errors, resources
from mediavault_operator.kube.cache import Key, Vaults, key_of
from mediavault_operator.kube.client import Body, Client
from mediavault_operator.kube.watch import trimmed
from mediavault_operator.status import Event, events_between

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reporter:
    """Tells what is the case; `instance` names this very process in Events."""

    client: Client
    vaults: Vaults
    instance: str
    now: Callable[[], datetime]

    async def report(self, vault: Body, status: Mapping[str, Any], extra: Iterable[Event] = ()) -> None:
        """Write `status` if it differs from the MediaVault's, and an Event per transition, and `extra`
        ones.
        """
        previous = vault.get("status") or {}
        happened = list(extra)
        if status != previous:
            await self._write(vault, status)
            happened += events_between(previous, status)
        await asyncio.gather(*(self._post(vault, event) for event in happened))

    async def _write(self, vault: Body, status: Mapping[str, Any]) -> None:
        metadata = {name: vault["metadata"][name] for name in ("name", "namespace", "uid")}
        body = {"apiVersion": names.API_VERSION, "kind": names.KIND, "metadata": metadata, "status": status}
        try:
            answer = await self.client.apply_status(resources.VAULT, metadata["namespace"], body)
        except (errors.NotFound, errors.Conflict):
            log.info("%s/%s: the MediaVault is gone", *key_of(vault))
            self.vaults.drop(vault)
            return
        self.vaults.put(trimmed(resources.VAULT, answer))

    async def _post(self, vault: Body, event: Event) -> None:
        key = key_of(vault)
        try:
            await self.client.create(resources.EVENT, key.namespace, self._body(vault, event, key))
        except errors.ApiError as error:
            log.warning("%s/%s: an Event was not posted: %s", *key, error)

    def _body(self, vault: Body, event: Event, key: Key) -> Body:
        regarding = {
            name: vault["metadata"][name] for name in ("name", "namespace", "uid", "resourceVersion")
        }
        return {
            "apiVersion": resources.EVENT.api_version,
            "kind": resources.EVENT.kind,
            "metadata": {"generateName": f"{key.name}-", "namespace": key.namespace},
            "eventTime": self.now().astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
            "type": event.type,
            "reason": event.reason,
            "note": event.message[:1024],
            "action": "Reconcile",
            "regarding": {"apiVersion": names.API_VERSION, "kind": names.KIND, **regarding},
            "reportingController": f"{names.GROUP}/operator",
            "reportingInstance": self.instance,
        }
