"""An HEIF image: what its header says of its size, and the program that shows it."""

import os
import re
import struct
from typing import Any, BinaryIO, Final

from mediavault.vault.media.recipe import EDGES, MOST_PIXELS, Size

REOPENS_OUTPUT: Final = True
_WORDS: Final = 2
# The header stands at the start, before what it describes.
_HEADER_BYTES: Final = 1024 * 1024
# Larger than is needed, because the program leaves pixels out where it should mix them.
_EDGE: Final = EDGES[Size.LARGE] * 3 // 2
_EXTENTS: Final = re.compile(rb"ispe\0\0\0\0(.{8})", re.DOTALL)
_TOLD: Final = re.compile(r"^size (\d{1,10})x(\d{1,10})$", re.MULTILINE)


class TooManyPixels(Exception):
    """Nothing of this size is decoded."""


def command(source: BinaryIO, details: dict[str, Any]) -> list[str]:
    """The arguments of heif-thumbnailer, which is `program`, after the size was told on descriptor 2.

    It reads descriptor 0 and writes a PNG, upright and with the camera's words, to what 1 is.
    """
    width, height = _size(source)
    os.write(_WORDS, f"size {width}x{height}\n".encode())
    if width * height > MOST_PIXELS:
        raise TooManyPixels
    return [details["program"], "-s", str(_EDGE), "-p", "/proc/self/fd/0", "/proc/self/fd/1"]


def told_size(words: str) -> tuple[int, int] | None:
    """Width and height as they were told, before any turning. Pure."""
    found = _TOLD.search(words)
    return (int(found[1]), int(found[2])) if found else None


def _size(source: BinaryIO) -> tuple[int, int]:
    """The extents of the largest image in the file: the others are its tiles and its thumbnail."""
    source.seek(0)
    extents = (struct.unpack(">II", each) for each in _EXTENTS.findall(source.read(_HEADER_BYTES)))
    return max(extents, key=lambda each: each[0] * each[1], default=(0, 0))
