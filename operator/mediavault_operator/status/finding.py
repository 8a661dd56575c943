"""The one shape of every check: it looks at a vault and says the first thing that is not as it should be."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import TypeAlias

from mediavault_operator.observed import Migrated, Object, Observed
from mediavault_operator.spec import MediaVault


class Level(IntEnum):
    """How grave a finding is; the gravest of all parts gives `Ready` its reason."""

    FINE = 0
    NOTED = 1
    WAITING = 2
    FAILING = 3
    STALLED = 4


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What a check has to say: a CamelCase reason, and a sentence that someone woken at night can act on."""

    reason: str
    message: str
    level: Level = Level.FAILING


@dataclass(frozen=True, kw_only=True)
class View:
    """All that checks may look at; `template` is the wanted migration, `done` the last that succeeded."""

    vault: MediaVault
    observed: Observed
    template: str | None
    done: Migrated | None
    now: datetime

    def age(self, obj: Object) -> float:
        """Seconds since an object was made."""
        created = str(obj.get("metadata", {}).get("creationTimestamp") or "")
        return (self.now - datetime.fromisoformat(created)).total_seconds() if created else 0.0


Check: TypeAlias = Callable[[View], Finding | None]


def first_finding(checks: tuple[Check, ...], view: View) -> Finding | None:
    """What the first check that has something to say says."""
    return next(filter(None, (check(view) for check in checks)), None)


def waiting(reason: str, message: str) -> Finding:
    """Something that is under way and needs nobody."""
    return Finding(reason=reason, message=message, level=Level.WAITING)


def fine(reason: str, message: str) -> Finding:
    """The finding of a part that is as it should be."""
    return Finding(reason=reason, message=message, level=Level.FINE)
