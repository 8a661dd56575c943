"""A suspended vault: nothing runs, and that is as it should be."""

from dataclasses import replace
from typing import Final

from mediavault_operator import names
from mediavault_operator.observed import component_of, is_running
from mediavault_operator.status.finding import Check, Finding, Level, View, fine, waiting
from mediavault_operator.status.refused import Place, refused


def no_pods_of(*components: str) -> Check:
    """A check that the pods of some components have gone."""

    def check(view: View) -> Finding | None:
        left = [pod for pod in view.observed.pods if component_of(pod) in components and is_running(pod)]
        if not left:
            return None
        return waiting("Suspending", f"pods of the vault that are still ending their work: {len(left)}")

    return check


def at_rest(checks: tuple[Check, ...]) -> tuple[Check, ...]:
    """The same checks, for a vault that waits for nothing while it is suspended."""
    return tuple(_patient(check) for check in checks)


def _patient(check: Check) -> Check:
    def patient(view: View) -> Finding | None:
        found = check(view)
        waits = found is not None and found.level is Level.WAITING
        return replace(found, level=Level.NOTED) if found is not None and waits else found

    return patient


SUSPENDED_DATABASE_CHECKS: Final[tuple[Check, ...]] = (
    refused(Place.DATABASE),
    no_pods_of(names.DATABASE),
)
SUSPENDED_WORKLOAD_CHECKS: Final[tuple[Check, ...]] = (
    refused(Place.WORKLOAD),
    no_pods_of(names.WEB, names.MIGRATE),
)


def is_suspended(view: View) -> Finding:  # noqa: ARG001 - of the same shape as its siblings
    """What to say of a part that rests."""
    return fine("Suspended", "the vault is suspended: set spec.suspend to false to start it")
