"""A paused vault: it is looked at and told of, and nothing of it is written."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from mediavault_operator import names
from mediavault_operator.status.conditions import condition, settled

PAUSED: Final = "Paused"


def paused_status(
    known: Mapping[str, Any], *, generation: int, previous: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    """`known` with the condition that tells of the pause, which alone is about the spec as it is written."""
    message = (
        f"nothing of this vault is made, changed or repaired while it has the annotation "
        f"{names.PAUSED_ANNOTATION}: remove it to go on"
    )
    paused = condition(PAUSED, True, reason="Annotated", message=message, generation=generation, now=now)
    others = [dict(each) for each in known.get("conditions") or () if each.get("type") != PAUSED]
    return {
        "observedGeneration": -1,
        "phase": "Pending",
        **known,
        "conditions": settled([*others, paused], previous),
    }
