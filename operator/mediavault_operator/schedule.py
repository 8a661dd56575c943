"""When a backup is due, from the schedule and the last one alone, so that nothing has to be remembered."""

from datetime import UTC, datetime

from cronsim import CronSim


def next_due(schedule: str, *, last: datetime | None, now: datetime) -> datetime:
    """The moment at which the next backup is due, in UTC; in the past where one was missed, once for all.

    Without a `last` one it is due at once.
    """
    if last is None:
        return now.astimezone(UTC)
    due: datetime = next(CronSim(schedule, last.astimezone(UTC)))
    return due
