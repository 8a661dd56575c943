"""How a command of the app ended in a pod: its exit code, and the one line of JSON that it leaves for us."""

import json
from collections.abc import Mapping
from enum import IntEnum
from typing import Any

from mediavault_operator import names


class PrepareExit(IntEnum):
    """The exit codes of the app's `prepare` that are told apart; every other one is a failed migration."""

    CONFIGURATION_WRONG = 2
    DATABASE_UNREACHABLE = 3
    STORE_UNUSABLE = 4
    RELEASE_UNSUPPORTED = 5


def prepare_report(pod: Mapping[str, Any]) -> Mapping[str, Any]:
    """What `prepare` wrote at its end in this pod: its one line of JSON, empty where there is none yet."""
    return report_of(pod, names.PREPARE_CONTAINER)


def report_of(pod: Mapping[str, Any], container: str) -> Mapping[str, Any]:
    """What a command wrote at its end in a container of this pod, empty where there is nothing yet."""
    ends = _ends(pod, container)
    return next(filter(None, (_report(str(end.get("message") or "")) for end in ends)), {})


def prepare_exit(pod: Mapping[str, Any]) -> int | None:
    """The exit code of `prepare` when it ended last in this pod, None while it has not."""
    ends = _ends(pod, names.PREPARE_CONTAINER)
    return next((int(end["exitCode"]) for end in ends if "exitCode" in end), None)


def _ends(pod: Mapping[str, Any], name: str) -> tuple[Mapping[str, Any], ...]:
    """How a container ended in this pod, the last time first."""
    status = pod.get("status", {})
    everything = (*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ()))
    states = (
        container.get(key) or {}
        for container in everything
        if container.get("name") == name
        for key in ("state", "lastState")
    )
    return tuple(state["terminated"] for state in states if state.get("terminated"))


def _report(message: str) -> Mapping[str, Any]:
    try:
        report = json.loads(message.strip().rpartition("\n")[2] or "{}")
    except ValueError:
        return {}
    return report if isinstance(report, dict) else {}
