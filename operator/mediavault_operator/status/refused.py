"""Children that the API server would not take: conflicts, quotas, missing rights, admission."""

import re
from enum import StrEnum
from typing import Final

from mediavault_operator import names
from mediavault_operator.observed import Failure, Object, name_of, uid_of
from mediavault_operator.status.finding import Check, Finding, Level, View
from mediavault_operator.status.growth import growth_that_is_refused

CONFLICT = "Conflict"
_DRAWN: Final = re.compile(r'pods "[^"]*"')
"""A pod that was never made: its name is another one at each attempt, and would make a message new."""
_PASSING = ("Terminating", "Changed")
"""Reasons that go by themselves."""


class Place(StrEnum):
    """The part of a vault that a refused child is told of."""

    STORAGE = "storage"
    DATABASE = "database"
    MIGRATION = "migration"
    WORKLOAD = "workload"
    SERVICE = "service"


def refused(place: Place) -> Check:
    """A check for refused children of one part."""

    def check(view: View) -> Finding | None:
        told = (failure for failure in view.observed.failures if _place(failure, view.vault.name) is place)
        return next(map(_finding, told), None)

    return check


def _place(failure: Failure, vault: str) -> Place:
    if failure.name in (names.database(vault), names.database_secret(vault)):
        return Place.DATABASE
    places = {
        "PersistentVolumeClaim": Place.STORAGE,
        "StatefulSet": Place.DATABASE,
        "Job": Place.MIGRATION,
        "Service": Place.SERVICE,
        "Ingress": Place.SERVICE,
        "HTTPRoute": Place.SERVICE,
    }
    return places.get(failure.kind, Place.WORKLOAD)


def conflicts(view: View) -> Finding | None:
    """All objects of others that stand where children of this vault belong."""
    found = [failure for failure in view.observed.failures if failure.reason == CONFLICT]
    if not found:
        return None
    return Finding(
        reason="NameTaken", message="; ".join(failure.message for failure in found), level=Level.STALLED
    )


def _finding(failure: Failure) -> Finding:
    if failure.reason == CONFLICT:
        return Finding(reason="NameTaken", message=failure.message, level=Level.STALLED)
    if failure.reason in _PASSING:
        return Finding(
            reason=failure.reason,
            message=f"{failure.kind} {failure.name}: {failure.message}",
            level=Level.WAITING,
        )
    if (growth := growth_that_is_refused(failure)) is not None:
        return growth
    return Finding(reason=_cause_of_refusal(failure.message, failure.reason), message=failure.message)


def pods_refused(view: View, maker: Object) -> Finding | None:
    """What a controller said about the pods of a Job or a StatefulSet that it could not make."""
    said = view.observed.complaints.get(uid_of(maker))
    if said is None:
        return None
    return pods_not_made(f"the pods of {maker.get('kind')} {name_of(maker)}", said)


def pods_not_made(which: str, said: str, otherwise: str = "PodsNotMade") -> Finding:
    """What a controller `said` of pods it cannot make; `otherwise` is the reason where no word tells one."""
    told = _DRAWN.sub("a pod", said)
    return Finding(reason=_cause_of_refusal(said, otherwise), message=f"{which} cannot be made: {told}")


def _cause_of_refusal(message: str, otherwise: str) -> str:
    """The reason behind an admission's message, as far as its words tell."""
    words = {
        "exceeded quota": "QuotaExceeded",
        "violates PodSecurity": "PodSecurityViolated",
        "denied the request": "AdmissionDenied",
        "usage per ": "LimitRangeViolated",
        "limit to request ratio per ": "LimitRangeViolated",
        "no PriorityClass with name": "PriorityClassMissing",
        "pod rejected: RuntimeClass": "RuntimeClassMissing",
    }
    return next((reason for word, reason in words.items() if word in message), otherwise or "Refused")
