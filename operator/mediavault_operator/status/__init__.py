"""What is the case with a vault, told so that people and tools can act on it."""

from mediavault_operator.status.compute import compute_status, is_refused, refused_status
from mediavault_operator.status.events import Event, events_between
from mediavault_operator.status.leaving import LastBackup, leaving_status
from mediavault_operator.status.outdated import outdated_status
from mediavault_operator.status.pause import paused_status

__all__ = [
    "Event",
    "LastBackup",
    "compute_status",
    "events_between",
    "is_refused",
    "leaving_status",
    "outdated_status",
    "paused_status",
    "refused_status",
]
