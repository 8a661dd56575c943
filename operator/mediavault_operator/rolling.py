"""One class and its vaults: whose turn it is to go over to what the class says now."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from mediavault_operator import names
from mediavault_operator.choosing import invalid, missing
from mediavault_operator.kube import errors, resources
from mediavault_operator.kube.cache import Key, Vaults
from mediavault_operator.kube.classes import Classes
from mediavault_operator.kube.client import Body, Client
from mediavault_operator.kube.events import Announcer
from mediavault_operator.kube.watch import trimmed
from mediavault_operator.rollout import Progress, Standing, member, progress, standing
from mediavault_operator.spec import Bounds, InvalidSpec, VaultClass
from mediavault_operator.status.conditions import find
from mediavault_operator.status.vaultclass import class_events, class_status, invalid_class_status

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Footing:
    """What a vault stands on: its class's bounds, and what it means for the vault."""

    bounds: Bounds
    stands: Standing


WITHOUT_CLASS = Footing(bounds=Bounds(), stands=Standing(layer={}, remembered=None))


@dataclass(frozen=True)
class Rolling:
    """Decides for all vaults of a class together, so that their turns are counted in one place.

    `on_turn` hears of each vault whose turn has come. With `reports` the status of classes is written: an
    operator of some namespaces alone knows too few of the vaults for that.
    """

    client: Client
    vaults: Vaults
    classes: Classes
    announcer: Announcer
    reports: bool
    on_turn: Callable[[Key], None]
    now: Callable[[], datetime]
    _granted: dict[Key, str] = field(default_factory=dict)

    def footing(self, key: Key, vault: Body) -> Footing:
        """What the vault stands on; raises `InvalidSpec` where its class is not there, or not valid."""
        name = self.classes.of(vault)
        if name is None:
            return WITHOUT_CLASS
        found = self.classes.parsed(name)
        if found is None:
            chosen = (vault.get("spec") or {}).get("className") == name
            raise InvalidSpec((missing(name, chosen=chosen),))
        if not isinstance(found, VaultClass):
            raise InvalidSpec((invalid(name, found),))
        granted = self._granted.get(key) == found.revision
        return Footing(found.bounds, standing(vault, found, granted=granted, now=self.now()))

    def taken(self, key: Key) -> None:
        """The vault's status tells of its turn by now."""
        self._granted.pop(key, None)

    async def reconcile(self, name: str) -> float | None:
        """Give turns to the vaults of a class and tell how far it has reached them.

        Returns the seconds after which to look again though nothing may have happened.
        """
        body, found = self.classes.body(name), self.classes.parsed(name)
        if body is None or found is None:
            return None
        previous, generation = body.get("status") or {}, body["metadata"].get("generation", 0)
        if not isinstance(found, VaultClass):
            status = invalid_class_status(
                generation=generation, problems=found, previous=previous, now=self.now()
            )
            await self._report(body, status)
            return None
        reached = self._advance(found)
        troubles = {f"{key[0]}/{key[1]}": self._trouble(Key(*key)) for key in reached.worse}
        status = class_status(
            generation=generation,
            revision=found.revision,
            found=reached,
            troubles=troubles,
            previous=previous,
            now=self.now(),
        )
        await self._report(body, status)
        return reached.look_again

    def _advance(self, of_class: VaultClass) -> Progress:
        bodies = self.vaults.bodies()
        mine = {key: body for key, body in bodies.items() if self.classes.of(body) == of_class.name}
        for key in [key for key in self._granted if key not in bodies]:
            del self._granted[key]
        granted = {key for key in mine if self._granted.get(key) == of_class.revision}
        members = [member(key, body, of_class) for key, body in mine.items()]
        reached = progress(members, of_class, granted=granted, now=self.now())
        for key in (Key(*each) for each in reached.take):
            self._granted[key] = of_class.revision
            self.on_turn(key)
        if reached.take:
            log.info("class %s: %d vaults begin to roll", of_class.name, len(reached.take))
        return reached

    def _trouble(self, key: Key) -> str:
        status = (self.vaults.get(key) or {}).get("status") or {}
        return str((find(status, "Ready") or {}).get("message", ""))

    async def _report(self, body: Body, status: Mapping[str, Any]) -> None:
        previous = body.get("status") or {}
        if not self.reports or status == previous:
            return
        metadata = {name: body["metadata"][name] for name in ("name", "uid")}
        wanted = {"apiVersion": names.API_VERSION, "kind": names.CLASS_KIND, "metadata": metadata}
        try:
            answer = await self.client.apply_status(resources.CLASS, None, {**wanted, "status": status})
        except (errors.NotFound, errors.Conflict):
            log.info("class %s: it is gone", metadata["name"])
            return
        self.classes.put(trimmed(resources.CLASS, answer))
        events = class_events(previous, status)
        await asyncio.gather(*(self.announcer.post(resources.CLASS, body, event) for event in events))
