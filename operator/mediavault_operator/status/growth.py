"""A claim that is to become larger: whether it does, and what to do where it cannot."""

from typing import Final

from mediavault_operator.claims import capacity, claim_conditions, failed_growth, requested_size
from mediavault_operator.observed import Failure, Object, name_of
from mediavault_operator.status.finding import Finding, Level

CANNOT_GROW: Final = "CannotGrow"
_UNDER_WAY: Final = {
    "Resizing": "its storage provider enlarges the volume",
    "FileSystemResizePending": (
        "its volume has grown, and its file system grows when the node comes to it; with some providers "
        "that is when the pod starts anew"
    ),
}


def growing(claim: Object | None) -> str:
    """How a claim is on its way to be larger, as the end of a sentence; empty where it is not."""
    conditions = claim_conditions(claim)
    step = next((text for kind, text in _UNDER_WAY.items() if kind in conditions), "")
    return f"grows to {requested_size(claim)}: {step}" if step else ""


def growth_that_failed(claim: Object) -> Finding | None:
    """What to say where the storage provider could not enlarge the volume."""
    said = failed_growth(claim)
    if said is None:
        return None
    message = (
        f"the claim {name_of(claim)} has {capacity(claim)} and does not grow to {requested_size(claim)}: "
        f"{said or 'no reason was given'}. It is tried again; to have less, write a size above "
        f"{capacity(claim)}"
    )
    return Finding(reason=CANNOT_GROW, message=message)


def growth_that_is_refused(failure: Failure) -> Finding | None:
    """What to say of a claim that the API server does not let grow."""
    if failure.kind != "PersistentVolumeClaim" or "can be resized" not in failure.message:
        return None
    message = (
        f"the claim {failure.name} cannot grow: its volume was made by hand or its storage class does not "
        "allow it. Write the size of before, or set allowVolumeExpansion in the class. "
        f"The API server says: {failure.message}"
    )
    return Finding(reason=CANNOT_GROW, message=message, level=Level.STALLED)
