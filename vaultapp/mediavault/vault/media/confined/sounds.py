"""A piece of audio: what its tags say, how long it is, and its cover as two pictures."""

import io
import math
from contextlib import suppress
from typing import Any, BinaryIO, Final

from tinytag import TinyTag

from mediavault.vault.media.confined import images
from mediavault.vault.media.confined.answers import Answer, Facts
from mediavault.vault.media.confined.words import one_line

_TAGS: Final = ("title", "artist", "album", "genre")
_LARGEST_COVER: Final = 32 * 1024 * 1024
_MOST_TRACKS: Final = 10_000


def examine(source: BinaryIO, cover_formats: list[str]) -> Answer:
    """The facts of the piece; a cover that is none of these formats, or damaged, is passed over."""
    tags = TinyTag.get(file_obj=io.BufferedReader(source), image=True)  # type: ignore[type-var]
    facts: Facts = {name: text for name in _TAGS if (text := one_line(getattr(tags, name)))}
    if tags.duration and math.isfinite(tags.duration):
        facts["duration"] = round(tags.duration, 3)
    if isinstance(tags.track, int) and 0 < tags.track < _MOST_TRACKS:
        facts["track"] = tags.track
    return Answer(facts=facts, pictures=_cover(tags.images.any, cover_formats))


def _cover(image: Any, formats: list[str]) -> dict[str, bytes]:
    if image is not None and len(image.data) <= _LARGEST_COVER:
        with suppress(Exception):
            return images.examine(io.BytesIO(image.data), formats).pictures
    return {}
