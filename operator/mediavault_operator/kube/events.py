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
_LAST_WORDS: Final = 5.0
"""Seconds for which the end of the process may wait for Events."""


@dataclass(frozen=True)
class Announcer:
    """Posts Events; `instance` names this very process in them."""

    client: Client
    instance: str
    now: Callable[[], datetime]
    _posting: set[asyncio.Task[None]] = field(default_factory=set)

    def post_soon(self, resource: Resource, obj: Body, event: Event) -> None:
        """One Event about `obj`, which nobody has to wait for."""
        task = asyncio.create_task(self.post(resource, obj, event))
        self._posting.add(task)
        task.add_done_callback(self._posting.discard)

    async def posted(self) -> None:
        """Return when every Event is posted, or soon."""
        if self._posting:
            await asyncio.wait(self._posting, timeout=_LAST_WORDS)

    async def post(self, resource: Resource, obj: Body, event: Event) -> None:
        """One Event about `obj`."""
        metadata = obj["metadata"]
        namespace = metadata.get("namespace", _WITHOUT_NAMESPACE)
        try:
            await self.client.create(resources.EVENT, namespace, self._body(resource, metadata, event))
        except errors.ApiError as error:
            log.warning("%s %s: an Event was not posted: %s", resource.kind, metadata["name"], error)

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
