"""Children that the API server would not take: conflicts, quotas, missing rights, admission."""

from collections.abc import Callable

from mediavault_operator.observed import Failure
from mediavault_operator.status.finding import Check, Finding, Level, View

CONFLICT = "Conflict"


def refused(*kinds: str, named: Callable[[str], tuple[str, ...]] | None = None) -> Check:
    """A check for refused children of these kinds, of a vault's `named` ones only where that is given."""

    def check(view: View) -> Finding | None:
        wanted = None if named is None else named(view.vault.name)
        for failure in view.observed.failures:
            if failure.kind in kinds and (wanted is None or failure.name in wanted):
                return _finding(failure)
        return None

    return check


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
    if failure.reason == "Terminating":
        return Finding(
            reason="Terminating",
            message=f"{failure.kind} {failure.name}: {failure.message}",
            level=Level.WAITING,
        )
    return Finding(reason=cause_of_refusal(failure.message, failure.reason), message=failure.message)


def cause_of_refusal(message: str, otherwise: str) -> str:
    """The reason behind an admission's message, as far as its words tell."""
    words = {
        "exceeded quota": "QuotaExceeded",
        "violates PodSecurity": "PodSecurityViolated",
        "denied the request": "AdmissionDenied",
        "LimitRange": "LimitRangeViolated",
    }
    return next((reason for word, reason in words.items() if word in message), otherwise or "Refused")
