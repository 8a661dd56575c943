"""Objects that a vault refers to but does not own, each watched by name for as long as somebody refers to it.

Of a Secret only digests of its values are kept, and the address of a server where it holds one.
"""

import asyncio
import base64
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Final, NamedTuple

from mediavault_operator import names
from mediavault_operator.kube import errors, resources
from mediavault_operator.kube.cache import Key
from mediavault_operator.kube.client import Body, Client
from mediavault_operator.kube.watch import Scope, Watch
from mediavault_operator.observed import Address, ReferencedSecret, SharedServer

_PATIENCE: Final = 15.0
_ADDRESS: Final = ("host", "port", "sslmode")


class Target(NamedTuple):
    """A referred object, in the namespace of the vaults that refer to it."""

    kind: str
    namespace: str
    name: str


@dataclass
class _Followed:
    watch: Watch
    task: asyncio.Task[None]
    answered: asyncio.Event
    vaults: set[Key] = field(default_factory=set)
    seen: Body | None = None


class References:
    """Follows what vaults refer to; `on_change` hears of every vault that refers to something with news."""

    def __init__(self, client: Client, *, on_change: Callable[[Key], None]) -> None:
        self._client = client
        self._on_change = on_change
        self._followed: dict[Target, _Followed] = {}

    async def follow(self, key: Key, wanted: Iterable[Target]) -> None:
        """From now on the vault refers to these objects and to no others; returns when each has been
        looked up.
        """
        wanted = set(wanted)
        for target in wanted:
            self._start(target).vaults.add(key)
        for target, followed in tuple(self._followed.items()):
            if key in followed.vaults and target not in wanted:
                followed.vaults.discard(key)
                self._stop_unwanted(target, followed)
        for target in wanted:
            await self._looked_up(target)

    def claim(self, target: Target) -> Body | None:
        """The claim, or None where there is none."""
        return self._followed[target].seen

    def secret(self, target: Target, *keys: str) -> ReferencedSecret:
        """Whether the Secret stands and has the keys, and a digest of their values."""
        seen = self._followed[target].seen
        if seen is None:
            return ReferencedSecret(found=False)
        digests = [seen["digests"].get(key, "") for key in keys]
        return ReferencedSecret(found=True, has_key=all(digests), digest=".".join(digests))

    def server(self, target: Target) -> SharedServer:
        """The shared server that a Secret tells of; of what it says only the address is known here."""
        followed = self._followed[target]
        seen = followed.seen
        if seen is None or followed.watch.forbidden:
            return SharedServer(found=False, forbidden=followed.watch.forbidden)
        missing = tuple(key for key in names.SERVER_KEYS if key not in seen["digests"])
        digest = hashlib.sha256(repr(sorted(seen["digests"].items())).encode()).hexdigest()
        address = None if missing else Address(**seen["address"])
        return SharedServer(found=True, missing=missing, address=address, digest=digest)

    def close(self) -> None:
        """Stop every watch."""
        for followed in self._followed.values():
            followed.task.cancel()
        self._followed.clear()

    def replace(self, scope: Scope, objects: list[Body], resource_version: str) -> None:  # noqa: ARG002
        """A LIST of one name."""
        self._take(_target(scope), objects[0] if objects else None)

    def changed(self, scope: Scope, obj: Body) -> None:
        """An event of a watch."""
        self._take(_target(scope), obj)

    def removed(self, scope: Scope, obj: Body) -> None:  # noqa: ARG002
        """An event of a watch."""
        self._take(_target(scope), None)

    def _start(self, target: Target) -> _Followed:
        if target not in self._followed:
            selector = {"fieldSelector": f"metadata.name={target.name}"}
            scope = Scope(resources.of_kind(target.kind), target.namespace, selector)
            watch = Watch(self._client, scope, self, on_flip=partial(self._flipped, target))
            self._followed[target] = _Followed(watch, asyncio.create_task(watch.run()), asyncio.Event())
        return self._followed[target]

    def _stop_unwanted(self, target: Target, followed: _Followed) -> None:
        if not followed.vaults:
            followed.task.cancel()
            del self._followed[target]

    async def _looked_up(self, target: Target) -> None:
        try:
            async with asyncio.timeout(_PATIENCE):
                await self._followed[target].answered.wait()
        except TimeoutError:
            raise errors.Unreachable(f"{target.kind} {target.name} could not be looked up yet") from None

    def _take(self, target: Target, obj: Body | None) -> None:
        followed = self._followed.get(target)
        if followed is None:
            return
        followed.answered.set()
        known, followed.seen = followed.seen, _reduced(obj)
        if followed.seen != known:
            self._tell(followed)

    def _flipped(self, target: Target) -> None:
        """The right to see an object was refused, which is an answer too, or given."""
        if (followed := self._followed.get(target)) is not None:
            if followed.watch.forbidden:
                followed.answered.set()
            self._tell(followed)

    def _tell(self, followed: _Followed) -> None:
        for key in followed.vaults:
            self._on_change(key)


def _target(scope: Scope) -> Target:
    name = scope.selector["fieldSelector"].removeprefix("metadata.name=")
    return Target(scope.resource.kind, scope.namespace or "", name)


def _reduced(obj: Body | None) -> Body | None:
    if obj is None or obj["kind"] != "Secret":
        return obj
    values = {name: base64.b64decode(value) for name, value in obj.get("data", {}).items()}
    address = {key: values[key].decode(errors="replace").strip() for key in _ADDRESS if values.get(key)}
    digests = {name: hashlib.sha256(value).hexdigest() for name, value in values.items() if value}
    return {"digests": digests, "address": address}
