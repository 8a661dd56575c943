"""What the operator has seen of one vault's children; the shell fills it from its watched caches.

Objects are held as the API server gave them (`metadata`, `spec`, `status`), trimmed or not.
Builders and status only read it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from mediavault_operator import names

Object: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Failure:
    """One child that the API server would not take: `reason` as the API server words it.

    A foreign object of the same name has the reason `Conflict`.
    """

    kind: str
    name: str
    reason: str
    message: str


@dataclass(frozen=True, kw_only=True)
class ReferencedSecret:
    """The Secret of an external database: whether it stands, has the key, and a SHA-256 of the value."""

    found: bool
    has_key: bool = False
    digest: str = ""


@dataclass(frozen=True, kw_only=True)
class Observed:
    """Every child of one vault as last seen; None or empty is what was not there.

    `migration` is `status.migration` of the MediaVault: what has been migrated before.
    `media_claim` is the claim in use: the vault's own or the existing one that the spec names.
    """

    deployment: Object | None = None
    service: Object | None = None
    media_claim: Object | None = None
    database_claim: Object | None = None
    stateful_set: Object | None = None
    jobs: tuple[Object, ...] = ()
    pods: tuple[Object, ...] = ()
    pod_disruption_budget: Object | None = None
    referenced_secret: ReferencedSecret | None = None
    failures: tuple[Failure, ...] = ()
    migration: Mapping[str, str] | None = None


@dataclass(frozen=True, kw_only=True)
class Migrated:
    """What the database has been migrated to: Job template, image, secrets and the app's version."""

    template: str
    image: str
    secrets: str
    version: str


def component_of(obj: Object) -> str:
    """The component label of an object, empty where it has none."""
    return str((obj.get("metadata", {}).get("labels") or {}).get(names.COMPONENT_LABEL, ""))
