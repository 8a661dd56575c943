"""What the watches and our own writes have shown of the vaults' objects: every read of a reconcile.

Versions are compared, so an event that is older than what we know, our own echo above all, changes
nothing and wakes nobody; and a write's answer that arrives after the object's deletion does not raise it
from the dead.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from mediavault_operator.kube.client import Body
from mediavault_operator.kube.watch import Scope
from mediavault_operator.status.conditions import is_ready

_REMEMBERED_GONE: Final = 4096


class Key(NamedTuple):
    """A vault: its namespace and name."""

    namespace: str
    name: str


class Ref(NamedTuple):
    """An object of a vault: its kind and name, in the vault's namespace."""

    kind: str
    name: str


class Cache:
    """Objects by the vault whose label they carry. `on_change` hears of every vault with news from the
    watches.
    """

    def __init__(self, *, label: str, on_change: Callable[[Key], None]) -> None:
        self._label = label
        self._on_change = on_change
        self._vaults: dict[Key, dict[Ref, Body]] = {}
        self._home: dict[str, Key] = {}
        self._gone: OrderedDict[str, int] = OrderedDict()

    def of(self, key: Key) -> dict[Ref, Body]:
        """The objects of a vault: a copy of the table, not of the objects, which nobody may change."""
        return dict(self._vaults.get(key, {}))

    def home(self, uid: str) -> Key | None:
        """The vault whose object has this uid, None where it is nobody's."""
        return self._home.get(uid)

    def keys(self) -> tuple[Key, ...]:
        """Every vault that has objects, whether it still exists or not."""
        return tuple(self._vaults)

    def put(self, obj: Body, *, key: Key) -> bool:
        """Take `obj` as the newest known state of an object of `key`; False where it is not news."""
        uid, ref = obj["metadata"]["uid"], _ref(obj)
        if version(obj) <= self._gone.get(uid, -1):
            return False
        known = self._vaults.get(key, {}).get(ref)
        if known is not None and version(known) >= version(obj):
            return False
        if (home := self._home.get(uid, key)) != key:
            self._forget(home, ref)
            self._on_change(home)
        self._vaults.setdefault(key, {})[ref] = obj
        self._home[uid] = key
        return True

    def find(self, obj: Body, *, key: Key) -> None:
        """Take an object that was looked up by name, as the watches do not show it without its labels."""
        self._gone.pop(obj["metadata"]["uid"], None)
        self.put(obj, key=key)

    def drop(self, obj: Body, *, at: int) -> bool:
        """Forget an object that was gone at version `at`; False where it is not what we know under its
        name.
        """
        uid, ref = obj["metadata"]["uid"], _ref(obj)
        self._bury(uid, at)
        key = self._home.pop(uid, None)
        if key is None or self._vaults[key][ref]["metadata"]["uid"] != uid:
            return False
        self._forget(key, ref)
        return True

    def replace(self, scope: Scope, objects: list[Body], resource_version: str) -> None:
        """A LIST: what is not in it and not younger is gone."""
        listed, at = {obj["metadata"]["uid"] for obj in objects}, int(resource_version)
        for obj in tuple(self._in(scope)):
            if obj["metadata"]["uid"] not in listed and version(obj) <= at:
                self._remove(obj, at=at)
        for obj in objects:
            self.changed(scope, obj)

    def changed(self, scope: Scope, obj: Body) -> None:  # noqa: ARG002
        """An event of a watch."""
        key = self._key(obj)
        if self.put(obj, key=key):
            self._on_change(key)

    def removed(self, scope: Scope, obj: Body) -> None:  # noqa: ARG002
        """An event of a watch: deleted, or without our labels any more."""
        self._remove(obj, at=version(obj))

    def _remove(self, obj: Body, *, at: int) -> None:
        key = self._home.get(obj["metadata"]["uid"])
        if self.drop(obj, at=at) and key is not None:
            self._on_change(key)

    def _in(self, scope: Scope) -> Iterator[Body]:
        for key, objects in self._vaults.items():
            if scope.namespace in (None, key.namespace):
                yield from (obj for ref, obj in objects.items() if ref.kind == scope.resource.kind)

    def _key(self, obj: Body) -> Key:
        metadata = obj["metadata"]
        return Key(metadata["namespace"], metadata["labels"][self._label])

    def _forget(self, key: Key, ref: Ref) -> None:
        del self._vaults[key][ref]
        if not self._vaults[key]:
            del self._vaults[key]

    def _bury(self, uid: str, at: int) -> None:
        self._gone[uid] = at
        if len(self._gone) > _REMEMBERED_GONE:
            self._gone.popitem(last=False)


class Vaults:
    """The newest known body of every MediaVault."""

    def __init__(self) -> None:
        self._bodies: dict[Key, Body] = {}
        self._last: dict[Key, Body] = {}

    def get(self, key: Key) -> Body | None:
        """The MediaVault, or None where none is known."""
        return self._bodies.get(key)

    def keys(self) -> tuple[Key, ...]:
        """Every MediaVault."""
        return tuple(self._bodies)

    def bodies(self) -> dict[Key, Body]:
        """Every MediaVault with its body: a copy of the table."""
        return dict(self._bodies)

    def is_settled(self, key: Key) -> bool:
        """Whether a MediaVault's status already says that all is well with what it asks for."""
        body = self._bodies.get(key)
        if body is None or "deletionTimestamp" in body["metadata"]:
            return False
        status = body.get("status") or {}
        return is_ready(status) and status.get("observedGeneration") == body["metadata"].get("generation")

    def put(self, body: Body) -> bool:
        """Take `body` as the newest known state; False where it is not news, as our own echo is not."""
        key = key_of(body)
        known = self._bodies.get(key)
        if known is not None and version(known) >= version(body):
            return False
        self._bodies[key] = body
        self._last.pop(key, None)
        return True

    def drop(self, body: Body) -> bool:
        """Forget a MediaVault that is gone; False where another one of its name is known already."""
        key = key_of(body)
        known = self._bodies.get(key)
        if known is not None and known["metadata"]["uid"] != body["metadata"]["uid"]:
            return False
        self._bodies.pop(key, None)
        self._last[key] = body
        return True

    def last(self, key: Key) -> Body | None:
        """The last state of a MediaVault that was seen to go, until `settle`."""
        return self._last.get(key)

    def settle(self, key: Key) -> None:
        """Forget what was known of a MediaVault that is gone."""
        self._last.pop(key, None)


def key_of(vault: Body) -> Key:
    """The key of a MediaVault's body."""
    return Key(vault["metadata"]["namespace"], vault["metadata"]["name"])


def _ref(obj: Body) -> Ref:
    return Ref(obj["kind"], obj["metadata"]["name"])


def version(obj: Body) -> int:
    """An object's resourceVersion; the API server guarantees that they compare as numbers within a kind."""
    return int(obj["metadata"]["resourceVersion"])
