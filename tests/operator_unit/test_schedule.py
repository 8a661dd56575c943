"""When a backup is due."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from mediavault_operator.schedule import next_due

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
NIGHTLY = "30 2 * * *"


def test_the_first_is_due_at_once() -> None:
    assert next_due(NIGHTLY, last=None, now=NOW) == NOW


def test_the_next_one_follows_the_last() -> None:
    last = NOW - timedelta(hours=9)
    assert next_due(NIGHTLY, last=last, now=NOW) == datetime(2026, 11, 23, 2, 30, tzinfo=UTC)


@pytest.mark.parametrize("days", [1, 30])
def test_however_many_were_missed_one_is_due(days: int) -> None:
    last = NOW - timedelta(days=days)
    due = next_due(NIGHTLY, last=last, now=NOW)
    assert due < NOW
    assert next_due(NIGHTLY, last=NOW, now=NOW) > NOW


def test_the_schedule_is_in_utc() -> None:
    last = NOW.astimezone(timezone(timedelta(hours=5)))
    assert next_due(NIGHTLY, last=last, now=NOW) == datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
