"""Which of several operators leads: a Lease of the API server, held by one of them at a time.

An operator that has seen the same record for as long as the record says it holds, by its own clock, may take
the Lease: nobody's clock is compared with anybody else's. The rules are those of client-go's leader election.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from mediavault_operator.kube import errors
from mediavault_operator.kube.client import Body, Client
from mediavault_operator.kube.resources import LEASE

log = logging.getLogger(__name__)

HELD_SECONDS: Final = 15
"""For how long a Lease holds without being renewed; a released one holds for one second."""
_API_VERSION: Final = "coordination.k8s.io/v1"
_MICROTIME: Final = "%Y-%m-%dT%H:%M:%S.%fZ"


@dataclass(kw_only=True)
class Lease:
    """One operator's view of the Lease `name`. `clock` counts seconds, `now` tells the time to others."""

    client: Client
    namespace: str
    name: str
    identity: str
    clock: Callable[[], float]
    now: Callable[[], datetime]
    _seen: Body = field(default_factory=dict, init=False)
    _seen_at: float = field(default=0.0, init=False)

    @property
    def holder(self) -> str:
        """Who holds it, as far as we have seen; nobody where it is empty."""
        return str(self._seen.get("spec", {}).get("holderIdentity") or "")

    async def hold(self) -> bool:
        """Take or renew the Lease if that may be done, and say whether we hold it. Raises ApiError."""
        try:
            self._look(await self.client.get(LEASE, self.namespace, self.name))
        except errors.NotFound:
            return await self._create()
        if self.holder not in ("", self.identity) and not self._expired():
            return False
        return await self._write(self._record(HELD_SECONDS))

    async def release(self) -> None:
        """Let another take it at once, if we hold it. Raises ApiError."""
        if self.holder == self.identity:
            await self._write({**self._record(1), "holderIdentity": ""})

    def _look(self, body: Body) -> None:
        if body.get("spec") != self._seen.get("spec"):
            self._seen_at = self.clock()
        self._seen = body

    def _expired(self) -> bool:
        held = self._seen["spec"].get("leaseDurationSeconds") or HELD_SECONDS
        return self.clock() >= self._seen_at + float(held)

    async def _create(self) -> bool:
        body = {
            "apiVersion": _API_VERSION,
            "kind": "Lease",
            "metadata": {"name": self.name, "namespace": self.namespace},
            "spec": self._record(HELD_SECONDS),
        }
        try:
            self._look(await self.client.create(LEASE, self.namespace, body))
        except errors.AlreadyExists:
            return False
        return True

    async def _write(self, record: Body) -> bool:
        """Replace the record that we have seen; one that somebody has changed meanwhile is left alone."""
        version = self._seen["metadata"]["resourceVersion"]
        patch = {"metadata": {"resourceVersion": version}, "spec": record}
        try:
            self._look(await self.client.merge(LEASE, self.namespace, self.name, patch))
        except errors.Conflict:
            return False
        return True

    def _record(self, seconds: int) -> Body:
        spec = self._seen.get("spec", {})
        now = self.now().strftime(_MICROTIME)
        leading = self.holder == self.identity
        return {
            "holderIdentity": self.identity,
            "leaseDurationSeconds": seconds,
            "acquireTime": spec.get("acquireTime", now) if leading else now,
            "renewTime": now,
            "leaseTransitions": int(spec.get("leaseTransitions") or 0) + (0 if leading else 1),
        }
