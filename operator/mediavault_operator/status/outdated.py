"""A vault that waits for its turn to take what its class says by now: it serves on, and tells of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from mediavault_operator.status.conditions import condition, settled

OUTDATED: Final = "Outdated"


def outdated_status(
    status: Mapping[str, Any], *, of_class: str, previous: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    """`status` with the condition that tells of the wait. No revision is named: each would be a write."""
    message = (
        f"MediaVaultClass {of_class} says something newer, which the vault takes in its turn: "
        f"kubectl describe mediavaultclass {of_class} tells how far the roll-out is, and what holds it up"
    )
    waits = condition(
        OUTDATED,
        True,
        reason="WaitsForTurn",
        message=message,
        generation=status["observedGeneration"],
        now=now,
    )
    return {**status, "conditions": settled([*status["conditions"], waits], previous)}
