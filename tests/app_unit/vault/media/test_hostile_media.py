"""Media that were cut off, are two things at once, or say they are huge: an examination always ends."""

import random
import struct
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from mediavault.vault.media.examination import Examination, State

Examine = Callable[[bytes, str], Examination]
PAGE = Path(__file__).parents[4] / "examples" / "media" / "a-page.pdf"
SOUNDS = {
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "flac": "audio/flac",
    "oga": "audio/ogg",
    "wav": "audio/wav",
    "aiff": "audio/aiff",
}
IMAGES = ("JPEG", "PNG", "WEBP", "AVIF", "TIFF", "GIF", "BMP")


def ended_quietly(found: Examination) -> bool:
    return found.state in (State.READY, State.FAILED) and not found.passing


@pytest.mark.parametrize("kind", [*IMAGES, *SOUNDS, "pdf"])
def test_a_file_cut_off_anywhere_ends_its_examination(
    kind: str,
    encode: Callable[..., bytes],
    quadrants: Image.Image,
    recorded: Callable[..., bytes],
    examined: Examine,
) -> None:
    if kind in IMAGES:
        whole, media_type = encode(quadrants, kind), f"image/{kind.lower()}"
    elif kind in SOUNDS:
        whole, media_type = recorded(f"cut.{kind}", "-metadata", "title=Cut"), SOUNDS[kind]
    else:
        whole, media_type = PAGE.read_bytes(), "application/pdf"
    chance = random.Random(kind)
    for length in [0, *(chance.randrange(len(whole)) for _ in range(20))]:
        found = examined(whole[:length], media_type)
        assert ended_quietly(found), (length, found)


@pytest.mark.parametrize("kind", [*IMAGES, "pdf"])
def test_damaged_bytes_end_it_too(
    kind: str, encode: Callable[..., bytes], quadrants: Image.Image, examined: Examine
) -> None:
    whole = PAGE.read_bytes() if kind == "pdf" else encode(quadrants, kind)
    chance = random.Random(kind)
    for _ in range(20):
        damaged = bytearray(whole)
        for _ in range(8):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        found = examined(bytes(damaged), "application/pdf" if kind == "pdf" else f"image/{kind.lower()}")
        assert found.state in (State.READY, State.FAILED)


def tiff(width: int, height: int) -> bytes:
    tags = {256: width, 257: height, 258: 8, 259: 1, 262: 1, 273: 8, 277: 1, 278: height, 279: 1}
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    return struct.pack("<2sHIH", b"II", 42, 8, len(tags)) + entries + bytes(4)


def webp(width: int, height: int) -> bytes:
    canvas = bytes(4) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    chunk = b"VP8X" + struct.pack("<I", len(canvas)) + canvas
    return b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk


def gif(width: int, height: int, frames: int = 1) -> bytes:
    frame = b"," + struct.pack("<HHHHB", 0, 0, width, height, 0) + b"\x02\x02\x4c\x01\x00"
    return b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + bytes(6) + frame * frames + b";"


def bitmap(width: int, height: int) -> bytes:
    return b"BM" + bytes(12) + struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (tiff(50_000, 50_000), "image/tiff"),
        (tiff(0x7FFFFFFF, 0x7FFFFFFF), "image/tiff"),
        (webp(16_383, 16_383), "image/webp"),
        (webp(1 << 24, 1 << 8), "image/webp"),
        (gif(65_535, 65_535), "image/gif"),
        (bitmap(50_000, 50_000), "image/bmp"),
    ],
    ids=["tiff", "endless tiff", "square webp", "wide webp", "gif", "bitmap"],
)
def test_what_says_it_is_huge_is_refused_at_once(content: bytes, media_type: str, examined: Examine) -> None:
    started = time.monotonic()
    found = examined(content, media_type)
    assert (found.state, found.passing) == (State.FAILED, False)
    assert time.monotonic() - started < 5


def test_of_many_frames_only_the_first_is_decoded(examined: Examine) -> None:
    started = time.monotonic()
    found = examined(gif(1000, 1000, frames=100_000), "image/gif")
    assert found.state in (State.READY, State.FAILED)
    assert time.monotonic() - started < 10


def test_what_is_two_things_at_once_is_only_what_it_begins_as(
    encode: Callable[..., bytes], quadrants: Image.Image, examined: Examine
) -> None:
    page, picture = PAGE.read_bytes(), encode(quadrants, "JPEG")
    script = b"<script>alert(1)</script>"
    assert examined(picture + page + script, "image/jpeg").facts == {"width": 600, "height": 400}
    assert examined(page + picture, "application/pdf").facts == {"pages": 1}
    assert examined(page, "image/jpeg").state == State.FAILED
    assert examined(picture, "application/pdf").state == State.FAILED
    assert examined(picture, "video/mp4").state == State.FAILED
    assert examined(picture, "audio/flac").facts == {}
