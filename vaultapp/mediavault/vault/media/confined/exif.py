"""What a camera wrote about a picture: when, with what and where. Pure."""

import re
from contextlib import suppress
from datetime import datetime
from math import isfinite
from typing import Any, Final

from PIL import Image

from mediavault.vault.media.confined.answers import Facts
from mediavault.vault.media.confined.words import one_line

_MAKE, _MODEL, _ORIENTATION = 0x010F, 0x0110, 0x0112
_EXIF_IFD, _GPS_IFD = 0x8769, 0x8825
# The moment of the exposure, else of its digitisation, each with the tag of its offset from UTC.
_TIMES: Final = ((0x9003, 0x9011), (0x9004, 0x9012))
_TIME: Final = re.compile(r"(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)")
_OFFSET: Final = re.compile(r"[+-]\d\d:\d\d")


def orientation_of(exif: Image.Exif) -> int:
    """How the picture has to be turned to stand upright, as EXIF numbers it: 1 to 8."""
    found = exif.get(_ORIENTATION)
    return found if isinstance(found, int) and 1 <= found <= 8 else 1


def exif_facts(exif: Image.Exif) -> Facts:
    """`taken_at`, `camera`, `latitude` and `longitude`, those that are there and make sense."""
    return {**_camera(exif), **_time(exif.get_ifd(_EXIF_IFD)), **_place(exif.get_ifd(_GPS_IFD))}


def _camera(exif: Image.Exif) -> Facts:
    make, model = one_line(exif.get(_MAKE)), one_line(exif.get(_MODEL))
    # Many makers write their name into the model as well.
    named = model if model.casefold().startswith(make.casefold()) else f"{make} {model}".strip()
    return {"camera": one_line(named)} if named else {}


def _time(tags: dict[int, Any]) -> Facts:
    for time_tag, offset_tag in _TIMES:
        time, offset = one_line(tags.get(time_tag)), one_line(tags.get(offset_tag))
        if found := _TIME.match(time):
            with suppress(ValueError):
                said = "{}-{}-{}T{}".format(*found.groups()) + offset * bool(_OFFSET.fullmatch(offset))
                return {"taken_at": datetime.fromisoformat(said).isoformat()}
    return {}


def _place(tags: dict[int, Any]) -> Facts:
    latitude = _degrees(tags.get(2), negative=tags.get(1) == "S")
    longitude = _degrees(tags.get(4), negative=tags.get(3) == "W")
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        return {}
    return {"latitude": round(latitude, 7), "longitude": round(longitude, 7)}


def _degrees(parts: Any, *, negative: bool) -> float | None:
    try:
        degrees, minutes, seconds = (float(part) for part in parts)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    value = degrees + minutes / 60 + seconds / 3600
    return (-value if negative else value) if isfinite(value) else None
