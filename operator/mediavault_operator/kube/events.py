"""Events: posted once per transition, best effort."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from mediavault_operator import names
from mediavault_operator.kube import errors, resources
from mediavault_operator.kube.client import Body, Client
from mediavault_operator.kube.resources import Resource
from mediavault_operator.status import Event

log = logging.getLogger(__name__)

_WITHOUT_NAMESPACE: Final = "default"
"""Where Kubernetes keeps the Events of what has no namespace."""
_AT_ONCE: Final = 4
"""Events that are posted at once: what is written for the vaults themselves must not wait behind them."""
_MOST: Final = 1000
"""Events that may wait to be posted."""
_LAST_WORDS: Final = 5.0
"""Seconds for which the end of the process may wait for Events."""


@dataclass(frozen=True)
class Announcer:
    """Posts Events; `instance` names this very process in them."""

    client: Client
    instance: str
    now: Callable[[], datetime]
    _posting: set[asyncio.Task[None]] = field(default_factory=set)
    _slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))

    def post_soon(self, resource: Resource, obj: Body, event: Event) -> None:
        """One Event about `obj`, for which nobody waits; it is dropped where very many wait to be posted."""
        if len(self._posting) >= _MOST:
            log.warning("%s %s: an Event was dropped: %s", resource.kind, obj["metadata"]["name"], event)
            return
        task = asyncio.create_task(self._send(self._body(resource, obj["metadata"], event)))
        self._posting.add(task)
        task.add_done_callback(self._posting.discard)

    async def posted(self) -> None:
        """Return when every Event is posted, or soon, and then the rest is given up."""
        if self._posting:
            _, left = await asyncio.wait(self._posting, timeout=_LAST_WORDS)
            for task in left:
                task.cancel()

    async def post(self, resource: Resource, obj: Body, event: Event) -> None:
        """One Event about `obj`."""
        await self._send(self._body(resource, obj["metadata"], event))

    async def _send(self, body: Body) -> None:
        async with self._slots:
            try:
                await self.client.create(resources.EVENT, body["metadata"]["namespace"], body)
            except errors.ApiError as error:
                kind, name = body["regarding"]["kind"], body["regarding"]["name"]
                log.warning("%s %s: an Event was not posted: %s", kind, name, error)

    def _body(self, resource: Resource, metadata: Body, event: Event) -> Body:
        named = ("name", "namespace", "uid", "resourceVersion")
        regarding = {name: metadata[name] for name in named if name in metadata}
        namespace = metadata.get("namespace", _WITHOUT_NAMESPACE)
        return {
            "apiVersion": resources.EVENT.api_version,
            "kind": resources.EVENT.kind,
            "metadata": {"generateName": f"{metadata['name']}-", "namespace": namespace},
            "eventTime": self.now().astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
            "type": event.type,
            "reason": event.reason,
            "note": event.message[:1024],
            "action": "Reconcile",
            "regarding": {"apiVersion": resource.api_version, "kind": resource.kind, **regarding},
            "reportingController": f"{names.GROUP}/operator",
            "reportingInstance": self.instance,
        }
