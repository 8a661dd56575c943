"""What happens to the pieces of a vault that is gone.

Children with an owner reference go by the cluster's garbage collection, also while the operator is away.
What has none is kept, and marked with the time, so that people and a later vault of the same name find
it. Where a last backup came first, or the policy was changed so shortly before the deletion that the
references do not show it yet, they are set right now.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from mediavault_operator import names
from mediavault_operator.kube import errors, resources
from mediavault_operator.kube.cache import Cache, Key, Ref, Vaults, key_of
from mediavault_operator.kube.client import Body, Client
from mediavault_operator.kube.watch import trimmed
from mediavault_operator.observed import component_of
from mediavault_operator.spec import data_may_go

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Retention:
    """Marks what outlives its vault."""

    client: Client
    cache: Cache
    vaults: Vaults
    now: Callable[[], datetime]

    async def retire(self, key: Key) -> None:
        """Set right and mark the pieces of a vault that is gone; nothing where all are marked."""
        last = self.vaults.last(key)
        pieces = self._pieces(key, last)
        if not self.cache.of(key):
            self.vaults.settle(key)
        if not pieces or await self._exists(key):
            return
        if last is not None and data_may_go(last) and await self._was_orphaned(key, last):
            last, pieces = None, self._pieces(key, None)
        await self._set_right(key, pieces, last)
        self.vaults.settle(key)

    async def release(self, vault: Body) -> None:
        """Set right the pieces of a vault that is about to go, so that its data go with it."""
        key = key_of(vault)
        await self._set_right(key, self._pieces(key, vault), vault)

    async def _set_right(self, key: Key, pieces: dict[Ref, Body], last: Body | None) -> None:
        await asyncio.gather(*(self._retire(key, ref, obj, last) for ref, obj in pieces.items()))

    def _pieces(self, key: Key, last: Body | None) -> dict[Ref, Body]:
        kept = {ref: obj for ref, obj in self.cache.of(key).items() if ref.kind in names.RETAINED_KINDS}
        return {ref: obj for ref, obj in kept.items() if _to_do(obj, last) is not None}

    async def _was_orphaned(self, key: Key, last: Body) -> bool:
        """Whether the deletion asked to leave everything: that takes the owner off what always has one."""
        name = names.service_account(key.name)
        try:
            account = await self.client.get(resources.SERVICE_ACCOUNT, key.namespace, name)
        except errors.NotFound:
            return False
        owners = account["metadata"].get("ownerReferences", ())
        return all(owner["uid"] != last["metadata"]["uid"] for owner in owners)

    async def _exists(self, key: Key) -> bool:
        try:
            await self.client.get(resources.VAULT, *key)
        except errors.NotFound:
            return False
        return True

    async def _retire(self, key: Key, ref: Ref, obj: Body, last: Body | None) -> None:
        patch = _patch(obj, last, now=self.now())
        resource = resources.of_kind(ref.kind)
        try:
            answer = await self.client.merge(resource, key.namespace, ref.name, patch)
        except errors.NotFound:
            return
        self.cache.put(trimmed(resource, answer), key=key)
        log.info("%s/%s: the vault goes, %s %s %s", *key, *ref, _to_do(obj, last))


def _to_do(obj: Body, last: Body | None) -> str | None:
    metadata = obj["metadata"]
    owned, marked = (
        "ownerReferences" in metadata,
        names.RETAINED_AT_ANNOTATION in metadata.get("annotations", {}),
    )
    if "deletionTimestamp" in metadata:
        return None
    if _goes(obj, last):
        return None if owned else "is released"
    if marked or (owned and last is None):
        return None
    return "is kept"


def _patch(obj: Body, last: Body | None, *, now: datetime) -> Body:
    metadata: Body = {"uid": obj["metadata"]["uid"]}
    if last is not None and _goes(obj, last):
        owner = {"apiVersion": names.API_VERSION, "kind": names.KIND}
        owner |= {name: last["metadata"][name] for name in ("name", "uid")}
        return {"metadata": {**metadata, "ownerReferences": [owner]}}
    stamp = now.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    annotations = {names.RETAINED_AT_ANNOTATION: stamp}
    return {"metadata": {**metadata, "annotations": annotations, "ownerReferences": None}}


def _goes(obj: Body, last: Body | None) -> bool:
    """Whether a piece goes with its vault; the key of backups stays, as they do."""
    return last is not None and data_may_go(last) and component_of(obj) != names.BACKUP
