"""How a change of a class reaches its vaults: a bounded number at a time, and none after one that got worse.

What a vault was served with stands in its `status.class`, so that a restart of the operator forgets nothing:

    name, revision   the class and its revision that the vault took last
    defaults         what the class decided then; a vault that waits is served with it
    rollingSince     from taking a revision until the vault is Ready with it
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias

from mediavault_operator.observed import true_condition
from mediavault_operator.spec import Layer, VaultClass, is_paused

Body: TypeAlias = Mapping[str, Any]
Key: TypeAlias = tuple[str, str]
"""Namespace and name of a vault."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What a class means for one vault at this moment.

    `layer` lies under the vault's spec and `remembered` is its `status.class`. `takes` says that the vault
    begins to roll, which must be remembered before anything is changed, or it could not be counted.
    `waits_for` is the class whose newer revision the vault has no turn for yet.
    """

    layer: Layer
    remembered: Mapping[str, Any] | None
    takes: bool = False
    waits_for: str | None = None


@dataclass(frozen=True, kw_only=True)
class Member:
    """One vault of a class, as its status tells."""

    key: Key
    updated: bool
    waits: bool
    ready: bool
    failing: bool
    since: datetime | None


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Where the roll-out of a class stands, the vaults that may `take` it now and those that got `worse`.

    `look_again` are the seconds until one of those that roll will have had its time.
    """

    total: int
    updated: int
    ready: int
    rolling: int
    waiting: int
    take: tuple[Key, ...] = ()
    worse: tuple[Key, ...] = ()
    look_again: float | None = None


def standing(vault: Body, of_class: VaultClass, *, granted: bool, now: datetime) -> Standing:
    """What the class means for a vault; `granted` says that it is the vault's turn."""
    known = _known(vault)
    if waits(vault, of_class) and not granted:
        return Standing(layer=known.get("defaults") or {}, remembered=known or None, waits_for=of_class.name)
    metadata = vault["metadata"]
    layer = of_class.layer(name=metadata["name"], namespace=metadata["namespace"])
    if _has(vault, of_class):
        return Standing(layer=layer, remembered=known)
    taken = {"name": of_class.name, "revision": of_class.revision, "defaults": layer}
    # One that was failing before can tell nothing of the new revision by failing still.
    if "rollingSince" in known or (granted and not _holds(vault, "Degraded")):
        taken["rollingSince"] = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Standing(layer=layer, remembered=taken, takes="rollingSince" in taken)


def waits(vault: Body, of_class: VaultClass) -> bool:
    """Whether a vault needs a turn to go over to the class as it is now.

    One that serves nobody has nothing to lose, one that is on its way may be mended by what is newer, and
    who writes another class has asked for it.
    """
    known = _known(vault)
    if _has(vault, of_class) or "rollingSince" in known:
        return False
    chosen = (vault.get("spec") or {}).get("className")
    if chosen is not None and chosen != known.get("name"):
        return False
    return int(_status(vault).get("readyReplicas") or 0) > 0


def remember(status: Mapping[str, Any], stands: Standing) -> dict[str, Any]:
    """The status with what is to be known of the class; a vault that is Ready has arrived."""
    if stands.remembered is None:
        return dict(status)
    known = dict(stands.remembered)
    if _holds({"status": status}, "Ready"):
        known.pop("rollingSince", None)
    return {**status, "class": known}


def member(key: Key, vault: Body, of_class: VaultClass) -> Member:
    """A vault as a member of its class."""
    # One that is paused takes no turn, and must not hold one.
    acts = not is_paused(vault)
    since = _known(vault).get("rollingSince") if acts else None
    return Member(
        key=key,
        updated=_has(vault, of_class),
        waits=acts and waits(vault, of_class),
        ready=_holds(vault, "Ready"),
        failing=_holds(vault, "Degraded"),
        since=datetime.fromisoformat(since) if since else None,
    )


def progress(
    members: Iterable[Member], of_class: VaultClass, *, granted: Collection[Key], now: datetime
) -> Progress:
    """Where the roll-out stands, given whose turn has come already."""
    members = tuple(members)
    deadline = of_class.rollout.deadline
    rolling = [each for each in members if each.since or (each.waits and each.key in granted)]
    left = {each.key: deadline - (now - each.since).total_seconds() for each in rolling if each.since}
    worse = tuple(
        sorted(each.key for each in rolling if each.since and (each.failing or left[each.key] <= 0))
    )
    waiting = sorted(each.key for each in members if each.waits and each.key not in granted)
    free = max(0, of_class.rollout.bound(len(members)) - len(rolling))
    return Progress(
        total=len(members),
        updated=sum(each.updated for each in members),
        ready=sum(each.ready for each in members),
        rolling=len(rolling),
        waiting=len(waiting),
        take=() if worse else tuple(waiting[:free]),
        worse=worse,
        look_again=min((seconds for seconds in left.values() if seconds > 0), default=None),
    )


def _has(vault: Body, of_class: VaultClass) -> bool:
    known = _known(vault)
    return bool(known.get("name") == of_class.name and known.get("revision") == of_class.revision)


def _known(vault: Body) -> Mapping[str, Any]:
    return _status(vault).get("class") or {}


def _status(vault: Body) -> Mapping[str, Any]:
    return vault.get("status") or {}


def _holds(vault: Body, kind: str) -> bool:
    return true_condition(vault, kind) is not None
