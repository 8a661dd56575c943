"""What ffmpeg says about a film, as facts. Pure."""

import re
from contextlib import suppress
from datetime import datetime
from typing import Final

from mediavault.vault.media.confined.answers import Facts
from mediavault.vault.media.confined.words import one_line

_DURATION: Final = re.compile(r"^  Duration: (\d{1,6}):(\d\d):(\d\d\.\d\d)", re.MULTILINE)
_STREAM: Final = r"^  Stream #0:\d+[^\n]{0,40}?: %s: ([a-z0-9_]{1,40})([^\n]*)"
_VIDEO: Final = re.compile(_STREAM % "Video", re.MULTILINE)
_AUDIO: Final = re.compile(_STREAM % "Audio", re.MULTILINE)
_SIZE: Final = re.compile(r", (\d{1,5})x(\d{1,5})\b")
_SIDEWAYS: Final = re.compile(r"rotation of -?(?:90|270)\.00 degrees")
_TAG: Final = r"^ {4}%s *: ([^\n]+)"
_TITLE: Final = re.compile(_TAG % "title", re.MULTILINE)
_CREATED: Final = re.compile(_TAG % "creation_time", re.MULTILINE)
_LOCAL: Final = re.compile(_TAG % r"com\.apple\.quicktime\.creationdate", re.MULTILINE)
_MAKE: Final = re.compile(_TAG % r"com\.apple\.quicktime\.make", re.MULTILINE)
_MODEL: Final = re.compile(_TAG % r"com\.apple\.quicktime\.model", re.MULTILINE)
# Cameras without a clock write the epoch of QuickTime or of Unix.
_NO_CLOCK: Final = 1970
_PLACE: Final = re.compile(
    r"^ {4}(?:com\.apple\.quicktime\.location\.ISO6709|location) *: ([+-]\d{2}\.\d+)([+-]\d{3}\.\d+)",
    re.MULTILINE,
)


def film_facts(words: str) -> Facts:
    """width and height as it stands upright, duration, codec, title, taken_at, camera and place."""
    told = words.partition("\nStream mapping:")[0]
    return {**_shape(told), **_length(told), **_title(told), **_time(told), **_camera(told), **_place(told)}


def _shape(told: str) -> Facts:
    if not (video := _VIDEO.search(told)):
        return {"codec": audio[1]} if (audio := _AUDIO.search(told)) else {}
    size = _SIZE.search(video[2])
    if not size:
        return {"codec": video[1]}
    width, height = int(size[1]), int(size[2])
    if _SIDEWAYS.search(told):
        width, height = height, width
    return {"codec": video[1], "width": width, "height": height}


def _length(told: str) -> Facts:
    if not (found := _DURATION.search(told)):
        return {}
    return {"duration": round(int(found[1]) * 3600 + int(found[2]) * 60 + float(found[3]), 2)}


def _title(told: str) -> Facts:
    return {"title": one_line(found[1])} if (found := _TITLE.search(told)) else {}


def _time(told: str) -> Facts:
    for found in (_LOCAL.search(told), _CREATED.search(told)):
        if found:
            with suppress(ValueError):
                taken = datetime.fromisoformat(found[1].strip())
                return {"taken_at": taken.isoformat()} if taken.year > _NO_CLOCK else {}
    return {}


def _camera(told: str) -> Facts:
    words = [one_line(found[1]) for found in (_MAKE.search(told), _MODEL.search(told)) if found]
    return {"camera": one_line(" ".join(words))} if words else {}


def _place(told: str) -> Facts:
    if not (found := _PLACE.search(told)):
        return {}
    latitude, longitude = float(found[1]), float(found[2])
    inside = abs(latitude) <= 90 and abs(longitude) <= 180
    return {"latitude": latitude, "longitude": longitude} if inside else {}
