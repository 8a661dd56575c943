"""What the pictures are, and what their making may cost: agreed between the app and its decoders. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Size(StrEnum):
    """The two pictures of a file."""

    SMALL = "small"
    LARGE = "large"


# Longest side in pixels; smaller images are never enlarged.
EDGES: Final = {Size.SMALL: 256, Size.LARGE: 1440}
QUALITY: Final = 80
# libwebp's effort, of 0 to 6: beyond 1 it costs up to eight times as much for pictures no smaller.
EFFORT: Final = 1
MOST_PIXELS: Final = 100_000_000


@dataclass(frozen=True)
class Limits:
    """What one child may use: bytes of addresses and of each output, seconds of processor and of patience."""

    address_space: int
    output: int
    cpu_seconds: int
    wall_seconds: float


CHILD: Final = Limits(
    address_space=512 * 1024 * 1024, output=8 * 1024 * 1024, cpu_seconds=10, wall_seconds=15.0
)
PROGRAM: Final = Limits(
    address_space=1024 * 1024 * 1024, output=8 * 1024 * 1024, cpu_seconds=20, wall_seconds=30.0
)
HEIF: Final = Limits(
    address_space=1024 * 1024 * 1024, output=16 * 1024 * 1024, cpu_seconds=20, wall_seconds=30.0
)
# The decoders' C library asks the kernel for large pages: pictures are large, and each page costs when it is
# first touched.
MEMORY: Final = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
# How long an upload waits for one of the few decoders, before it is left to a worker.
PATIENCE_SECONDS: Final = 60.0
# How long the server of the decoders stays without anything to decode.
IDLE_SECONDS: Final = 60.0

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
COVERS: Final = ("JPEG", "PNG", "WEBP", "GIF", "BMP")
SOUNDS: Final = frozenset({"audio/mpeg", "audio/mp4", "audio/flac", "audio/ogg", "audio/wav", "audio/aiff"})
# Where in a film its poster is taken from: past the black and the titles of its beginning.
POSTER_AT: Final = 0.1
# Only these of ffmpeg's demuxers ever see a file, and only the one that its content names.
DEMUXERS: Final = {
    "video/mp4": "mov",
    "video/quicktime": "mov",
    "video/matroska": "matroska",
    "video/webm": "matroska",
    "video/ogg": "ogg",
    "video/x-msvideo": "avi",
    "video/mp2t": "mpegts",
    "video/mpeg": "mpeg",
    "video/x-flv": "flv",
    "video/x-ms-asf": "asf",
    "audio/matroska": "matroska",
    "audio/webm": "matroska",
    "audio/aac": "aac",
    "audio/amr": "amr",
}
HEIFS: Final = frozenset({"image/heic", "image/heif"})
DOCUMENTS: Final = frozenset({"application/pdf"})
