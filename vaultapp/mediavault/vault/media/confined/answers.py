"""How a decoding child tells the app what it found: one object of JSON, then the pictures. Pure."""

import json
import struct
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from math import isfinite
from typing import Any, Final, Self

from mediavault.vault.media.confined.words import LONGEST_LINE

Facts = dict[str, str | int | float]

_KINDS: Final = dict.fromkeys(("taken_at", "camera", "codec", "title", "artist", "album", "genre"), str) | (
    dict.fromkeys(("width", "height", "duration", "latitude", "longitude", "track", "pages"), float)
)
_LENGTH: Final = struct.Struct("!I")


class Outcome(StrEnum):
    """How decoding ended, where the child lived to tell."""

    MADE = "made"
    DAMAGED = "damaged"
    TOO_MANY_PIXELS = "too many pixels"
    OUT_OF_MEMORY = "out of memory"
    NO_SANDBOX = "no sandbox"


@dataclass(frozen=True)
class Answer:
    """The facts, the pictures by size as WebP, and for the log the decoder's own words."""

    outcome: Outcome = Outcome.MADE
    facts: Facts = field(default_factory=dict)
    pictures: dict[str, bytes] = field(default_factory=dict)
    words: str = ""

    def packed(self) -> bytes:
        """The answer as bytes."""
        told = {
            "outcome": self.outcome,
            "facts": self.facts,
            "pictures": {name: len(picture) for name, picture in self.pictures.items()},
            "words": self.words,
        }
        head = json.dumps(told, allow_nan=False).encode()
        return b"".join((_LENGTH.pack(len(head)), head, *self.pictures.values()))

    @classmethod
    def unpacked(cls, data: bytes) -> Self:
        """The answer in the bytes of a child that may have been taken over: ValueError where it is none."""
        try:
            (length,) = _LENGTH.unpack_from(data)
            at = _LENGTH.size + length
            told = json.loads(data[_LENGTH.size : at])
            pictures = {}
            for name, size in told["pictures"].items():
                pictures[name] = data[at : at + size]
                at += size
            outcome, facts, words = Outcome(told["outcome"]), told["facts"], told["words"]
        except (struct.error, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ValueError("not an answer") from error
        if at != len(data) or not all(map(_is_webp, pictures.values())) or not _are_facts(facts):
            raise ValueError("not an answer")
        return cls(outcome, facts, pictures, str(words))


def _is_webp(picture: bytes) -> bool:
    return picture.startswith(b"RIFF") and picture[8:12] == b"WEBP"


def _are_facts(facts: Any) -> bool:
    return isinstance(facts, dict) and all(map(_is_fact, facts.keys(), facts.values()))


def _is_fact(name: str, fact: Any) -> bool:
    if name == "taken_at":
        datetime.fromisoformat(fact)
    if _KINDS.get(name) is str:
        return isinstance(fact, str) and fact.isprintable() and len(fact) <= LONGEST_LINE
    return isinstance(fact, int | float) and name in _KINDS and isfinite(fact)
