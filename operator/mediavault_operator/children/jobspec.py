"""What every Job of a vault has in common: a few attempts, and exit codes that tell which are worth it."""

from collections.abc import Mapping
from typing import Any, Final

# A bound for a Job that everyone forgot; long work must not be killed by a clock.
LONGEST_SECONDS: Final = 24 * 3600


def job_spec(
    template: dict[str, Any], *, kept_seconds: int, container: str, on_exit: Mapping[str, tuple[int, ...]]
) -> dict[str, Any]:
    """The spec of a Job of this pod template, removed `kept_seconds` after its end.

    A pod that the node takes away is no failed attempt. `on_exit` says by an action which exit codes of
    `container` are none either (`Ignore`), and which end it all (`FailJob`).
    """
    disrupted = {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]}
    exits = [
        {
            "action": action,
            "onExitCodes": {"containerName": container, "operator": "In", "values": [*map(int, codes)]},
        }
        for action, codes in on_exit.items()
    ]
    return {
        "backoffLimit": 2,
        "activeDeadlineSeconds": LONGEST_SECONDS,
        "ttlSecondsAfterFinished": kept_seconds,
        "podFailurePolicy": {"rules": [disrupted, *exits]},
        "template": template,
    }
