"""Why controllers could not make pods of a Job or a StatefulSet: they say so in Events and nowhere else.

A Deployment tells it in its own status. Only the last word about each child of a vault is kept.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from mediavault_operator.kube.cache import Cache, Key
from mediavault_operator.kube.client import Body
from mediavault_operator.kube.watch import Scope

SELECTOR: Final = {"fieldSelector": "reason=FailedCreate,type=Warning"}


@dataclass(frozen=True, kw_only=True)
class Complaints:
    """Follows Events by their regarded object's uid, as far as `cache` knows it as a vault's."""

    cache: Cache
    on_change: Callable[[Key], None]
    _notes: dict[str, str] = field(default_factory=dict)

    def of(self, key: Key) -> Mapping[str, str]:
        """What was said last of the vault's children, by their uids."""
        uids = (obj["metadata"]["uid"] for obj in self.cache.of(key).values())
        return {uid: self._notes[uid] for uid in uids if uid in self._notes}

    def replace(self, scope: Scope, objects: list[Body], resource_version: str) -> None:  # noqa: ARG002
        """A LIST: Events end after an hour, and what they said is not unsaid by that."""
        for obj in objects:
            self.changed(scope, obj)
        for uid in tuple(self._notes):
            if self.cache.home(uid) is None:
                del self._notes[uid]

    def changed(self, scope: Scope, obj: Body) -> None:  # noqa: ARG002
        """An Event is new, or was repeated."""
        uid, note = str((obj.get("regarding") or {}).get("uid", "")), str(obj.get("note") or "")
        key = self.cache.home(uid)
        if key is not None and self._notes.get(uid) != note:
            self._notes[uid] = note
            self.on_change(key)

    def removed(self, scope: Scope, obj: Body) -> None:  # noqa: ARG002
        """An Event has ended, and with it what is kept of a child that is gone."""
        uid = str((obj.get("regarding") or {}).get("uid", ""))
        if self.cache.home(uid) is None:
            self._notes.pop(uid, None)
