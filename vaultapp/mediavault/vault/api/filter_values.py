"""Reading the parameters of a list: a reader gives the value of a text, or a ValueError with a sentence."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mediavault.vault.querysets import FileQuerySet

FLAGS = ("true", "false")
ROOT = "root"
MAX_ID = 2**63 - 1


@dataclass(frozen=True)
class Filter:
    """One parameter: how its text is read, how it is described, what it leaves of the files."""

    name: str
    read: Callable[[str], Any]
    schema: dict[str, Any]
    description: str
    narrow: Callable[[FileQuerySet[Any], Any], FileQuerySet[Any]] = lambda files, _: files

    def described(self) -> dict[str, Any]:
        """The parameter as OpenAPI has it."""
        return {
            "name": self.name,
            "in": "query",
            "required": False,
            "schema": self.schema,
            "description": self.description,
        }


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
    if not (text.isascii() and text.isdigit() and len(text) <= 19) or int(text) > MAX_ID:
        raise ValueError(f"Must be a whole number from 0 to {MAX_ID}.")
    return int(text)


def folder(text: str) -> int | None:
    """The id of a folder, or None for the root."""
    if text == ROOT:
        return None
    try:
        return whole_number(text)
    except ValueError as error:
        raise ValueError("Give the id of a folder as a number, or 'root'.") from error
