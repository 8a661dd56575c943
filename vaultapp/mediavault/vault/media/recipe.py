"""What a thumbnail is, and what its making may cost: agreed between the app and the decoding child. Pure."""

from enum import IntEnum
from typing import Final

# Longest side in pixels; smaller images are never enlarged.
EDGE: Final = 512
QUALITY: Final = 80
MOST_PIXELS: Final = 100_000_000
LARGEST_RESULT: Final = 1024 * 1024

ADDRESS_SPACE: Final = 512 * 1024 * 1024
CPU_SECONDS: Final = 10
WALL_SECONDS: Final = 15.0
# How long an upload waits for one of the few decoders, before it is kept without a thumbnail.
PATIENCE_SECONDS: Final = 60.0

# Only these of Pillow's decoders ever see a file, and only the one that its content names.
DECODERS: Final = {
    "image/jpeg": ("JPEG", "MPO"),
    "image/png": ("PNG",),
    "image/gif": ("GIF",),
    "image/webp": ("WEBP",),
    "image/avif": ("AVIF",),
    "image/tiff": ("TIFF",),
    "image/bmp": ("BMP",),
}


class Outcome(IntEnum):
    """How the child ended, as its exit status."""

    MADE = 0
    DAMAGED = 10
    TOO_MANY_PIXELS = 11
    OUT_OF_MEMORY = 12
    NO_SANDBOX = 13
