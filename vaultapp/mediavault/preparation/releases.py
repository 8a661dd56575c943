"""Which releases have prepared this database, and whether another one may take it up.

A release works on the schema of its own and of the next one, as a migration takes away only what the release
before had stopped to use. So a vault goes up one minor release at a time, and back by one. The table is made
here and not by a migration: every release must be able to read it before it changes anything.
"""

import re
from dataclasses import dataclass
from typing import Final, NamedTuple

from django.db import connection
from django.utils import timezone

_TABLE: Final = "mediavault_release"
_MAKE: Final = (
    "CREATE TABLE IF NOT EXISTS mediavault_release (version varchar(64) PRIMARY KEY, prepared_at varchar(64))"
)
_READ: Final = "SELECT version FROM mediavault_release ORDER BY prepared_at DESC"
_RECORD: Final = (
    "INSERT INTO mediavault_release (version, prepared_at) VALUES (%s, %s) "
    "ON CONFLICT (version) DO UPDATE SET prepared_at = excluded.prepared_at"
)


class ReleaseUnsupported(Exception):
    """This release cannot take up the database; it has changed nothing."""


class Line(NamedTuple):
    """A minor release with all its patches."""

    major: int
    minor: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"

    def precedes(self, other: "Line") -> bool:
        """Whether no minor release lies between; nobody knows which one is the last of a major release."""
        return other in (Line(self.major, self.minor + 1), Line(self.major + 1, 0))


@dataclass(frozen=True)
class Releases:
    """What a database tells of itself: the release that prepared it last, whose pods may still serve, and the
    newest that ever did. Both are empty where it is new.
    """

    last: str = ""
    newest: str = ""


def known_releases() -> Releases:
    """The releases that have prepared the database, as they were recorded."""
    with connection.cursor() as cursor:
        if _TABLE not in connection.introspection.table_names(cursor):
            return Releases()
        cursor.execute(_READ)
        versions = [str(row[0]) for row in cursor.fetchall()]
    return Releases(last=versions[0], newest=max(versions, key=_numbers)) if versions else Releases()


def record_release(version: str) -> None:
    """Remember that this release has prepared the database just now."""
    with connection.cursor() as cursor:
        cursor.execute(_MAKE)
        cursor.execute(_RECORD, [version, timezone.now().isoformat()])


def refuse_unsupported(own: str, known: Releases) -> None:
    """Raise ReleaseUnsupported where `own` is further from the newest release than one below, or further from
    the last one than one above.
    """
    if not known.newest:
        return
    this, last, newest = _line(own), _line(known.last), _line(known.newest)
    if this < newest and not this.precedes(newest):
        raise ReleaseUnsupported(
            f"The database was migrated by release {known.newest} and cannot go back to {own}: "
            f"use an image of {newest}, or of the minor release before it"
        )
    if last < this and not last.precedes(this):
        raise ReleaseUnsupported(
            f"Release {own} cannot take up a database of {known.last}: go up one minor release at a time, "
            f"next is {Line(last.major, last.minor + 1)}, or {last.major + 1}.0 after the last {last.major}.x"
        )


def _line(version: str) -> Line:
    return Line(*_numbers(version)[:2])


def _numbers(version: str) -> tuple[int, int, int]:
    found = re.match(r"(\d+)\.(\d+)(?:\.(\d+))?", version)
    return (int(found[1]), int(found[2]), int(found[3] or 0)) if found else (0, 0, 0)
