"""Reading the parameters of a list: a reader gives the value of a text, or a ValueError with a sentence."""

import math
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from django.utils.dateparse import parse_date, parse_datetime

from mediavault.database.statements import Slot
from mediavault.vault.geography import EARTH_KM, Circle
from mediavault.vault.querysets import FileQuerySet

FLAGS = ("true", "false")
ROOT = "root"
MAX_NUMBER = 2**63 - 1
MAX_TEXT = 255
_MAX_KM = math.pi * EARTH_KM


@dataclass(frozen=True, eq=False)
class Filter:
    """One parameter: how its text is read, how it is described, what it leaves of the files.

    `kept` are those with few values, or with a slot for them, which are all read along the same index.
    """

    name: str
    read: Callable[[str], Any]
    schema: dict[str, Any]
    description: str
    narrow: Callable[[FileQuerySet[Any], Any], FileQuerySet[Any]] = lambda files, _: files
    kept: bool = False
    slot: Slot | None = None

    def described(self) -> dict[str, Any]:
        """The parameter as OpenAPI has it."""
        return {
            "name": self.name,
            "in": "query",
            "required": False,
            "schema": self.schema,
            "description": self.description,
        }


def compared(
    name: str, read: Callable[[str], Any], schema: dict[str, Any], description: str, lookup: str, **more: Any
) -> Filter:
    """A parameter whose value is compared with a column."""
    narrowed = lambda files, value: files.filter(**{lookup: value})  # noqa: E731
    return Filter(name, read, schema, description, narrowed, **more)


def one_of(allowed: tuple[str, ...]) -> Callable[[str], str]:
    """A reader of one of these words."""

    def read(text: str) -> str:
        if text not in allowed:
            raise ValueError(f"Must be one of {', '.join(allowed)}.")
        return text

    return read


def flag(text: str) -> bool:
    """`true` or `false`."""
    return one_of(FLAGS)(text) == "true"


def whole_number(text: str) -> int:
    """A number from 0 to what the database can hold."""
    if not (text.isascii() and text.isdigit() and len(text) <= 19) or int(text) > MAX_NUMBER:
        raise ValueError(f"Must be a whole number from 0 to {MAX_NUMBER}.")
    return int(text)


def folder(text: str) -> int | None:
    """The id of a folder, or None for the root."""
    if text == ROOT:
        return None
    try:
        return whole_number(text)
    except ValueError as error:
        raise ValueError("Give the id of a folder as a number, or 'root'.") from error


def words(text: str) -> str:
    """A text to look for."""
    if len(text) > MAX_TEXT:
        raise ValueError(f"Must have at most {MAX_TEXT} characters.")
    if any(unicodedata.category(character) == "Cc" for character in text):
        raise ValueError("Must not hold control characters.")
    return text


def moment(text: str) -> datetime:
    """A time, or the beginning of a day; without an offset it is in UTC."""
    try:
        day = parse_date(text)
        found = datetime.combine(day, time()) if day else parse_datetime(text)
        if found is not None:
            return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise ValueError(
        "Give a day or a time, like 2026-11-25 or 2026-11-25T07:00:00Z; a + must be sent as %2B."
    )


def circle(text: str) -> Circle:
    """LATITUDE,LONGITUDE,KM."""
    try:
        latitude, longitude, km = map(float, text.split(","))
        if abs(latitude) <= 90 and abs(longitude) <= 180 and 0 < km <= _MAX_KM:
            return Circle(latitude, longitude, km)
    except ValueError:
        pass
    raise ValueError("Give latitude, longitude and a distance in kilometres, like 47.37,8.54,10.")
