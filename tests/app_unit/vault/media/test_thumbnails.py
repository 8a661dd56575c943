"""Thumbnails of real, odd, damaged and hostile images, made by the real child."""

import logging
import struct
import sys
import time
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageCms

from mediavault.vault.media.recipe import EDGE
from mediavault.vault.media.thumbnails import NoThumbnail, Thumbnail, make_thumbnail

Encode = Callable[..., bytes]
RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


@pytest.fixture
def made(tmp_path: Path) -> Callable[[bytes, str], Thumbnail | NoThumbnail]:
    def make(content: bytes, media_type: str) -> Thumbnail | NoThumbnail:
        (tmp_path / "image").write_bytes(content)
        with (tmp_path / "image").open("rb", buffering=0) as source:
            return make_thumbnail(source, content_type=media_type)

    return make


@pytest.fixture
def picture(made: Callable[[bytes, str], Thumbnail | NoThumbnail]) -> Callable[[bytes, str], Image.Image]:
    def decoded(content: bytes, media_type: str) -> Image.Image:
        thumbnail = made(content, media_type)
        assert isinstance(thumbnail, Thumbnail), thumbnail
        image = Image.open(BytesIO(thumbnail.data), formats=["WEBP"])
        image.load()
        return image

    return decoded


def corners(image: Image.Image) -> list[tuple[int, ...]]:
    """The pure colours nearest to the four quadrants, read like a page."""
    rgb = image.convert("RGB")
    across, down = (rgb.width // 4, rgb.width * 3 // 4), (rgb.height // 4, rgb.height * 3 // 4)
    pixels = [rgb.getpixel((x, y)) for y in down for x in across]
    return [tuple(255 * (band > 127) for band in pixel) for pixel in pixels if isinstance(pixel, tuple)]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "TIFF", "BMP", "GIF"])
def test_each_kind_of_image_gets_its_thumbnail(
    kind: str, encode: Encode, quadrants: Image.Image, picture: Callable[[bytes, str], Image.Image]
) -> None:
    small = picture(encode(quadrants, kind), f"image/{kind.lower()}")
    assert small.size == (EDGE, 341)
    assert corners(small) == [RED, GREEN, BLUE, WHITE]


UPRIGHT = {
    1: [RED, GREEN, BLUE, WHITE],
    2: [GREEN, RED, WHITE, BLUE],
    3: [WHITE, BLUE, GREEN, RED],
    4: [BLUE, WHITE, RED, GREEN],
    5: [RED, BLUE, GREEN, WHITE],
    6: [BLUE, RED, WHITE, GREEN],
    7: [WHITE, GREEN, BLUE, RED],
    8: [GREEN, WHITE, RED, BLUE],
}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", sorted(UPRIGHT))
def test_it_stands_upright_and_tells_nothing_about_its_maker(
    kind: str,
    orientation: int,
    encode: Encode,
    quadrants: Image.Image,
    picture: Callable[[bytes, str], Image.Image],
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Camera of Jane Doe"
    exif.get_ifd(0x8825)[2] = (48.0, 8.0, 29.0)
    small = picture(encode(quadrants, kind, exif=exif), f"image/{kind.lower()}")
    assert small.size == ((EDGE, 341) if orientation < 5 else (341, EDGE))
    assert corners(small) == UPRIGHT[orientation]
    assert not small.getexif()
    assert {"exif", "xmp", "icc_profile"}.isdisjoint(small.info)


def test_a_printers_image_gets_screen_colours(
    encode: Encode, quadrants: Image.Image, picture: Callable[[bytes, str], Image.Image]
) -> None:
    assert corners(picture(encode(quadrants.convert("CMYK"), "JPEG"), "image/jpeg")) == [
        RED,
        GREEN,
        BLUE,
        WHITE,
    ]


def test_a_colour_profile_is_applied_and_a_broken_one_ignored(
    encode: Encode, quadrants: Image.Image, picture: Callable[[bytes, str], Image.Image]
) -> None:
    for profile in (ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(), b"not a profile"):
        small = picture(encode(quadrants, "PNG", icc_profile=profile), "image/png")
        assert corners(small) == [RED, GREEN, BLUE, WHITE]


def test_transparency_survives_in_a_palette_and_in_full_colour(
    encode: Encode, picture: Callable[[bytes, str], Image.Image]
) -> None:
    clear = Image.new("RGBA", (100, 100), (255, 0, 0, 255))
    clear.paste((0, 0, 0, 0), (0, 0, 50, 100))
    for kind, image in (("PNG", clear), ("PNG", clear.quantize(8)), ("GIF", clear), ("WEBP", clear)):
        small = picture(encode(image, kind), f"image/{kind.lower()}")
        assert small.mode == "RGBA"
        assert [small.getchannel("A").getpixel((x, 50)) for x in (10, 90)] == [0, 255]


def test_the_first_picture_of_an_animation_is_taken(
    encode: Encode, picture: Callable[[bytes, str], Image.Image]
) -> None:
    frames = [Image.new("RGB", (64, 64), colour) for colour in (RED, GREEN, BLUE)]
    animation = encode(frames[0], "GIF", save_all=True, append_images=frames[1:])
    small = picture(animation, "image/gif")
    assert getattr(small, "n_frames", 1) == 1
    assert corners(small) == [RED] * 4


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bits_of_grey_become_eight(
    kind: str, encode: Encode, picture: Callable[[bytes, str], Image.Image]
) -> None:
    row = b"".join(struct.pack("<H", value) for value in (0, 16384, 32768, 65535) for _ in range(25))
    small = picture(encode(Image.frombytes("I;16", (100, 100), row * 100), kind), f"image/{kind.lower()}")
    grey = [small.convert("L").getpixel((x, 50)) for x in (10, 35, 60, 90)]
    assert all(
        abs(int(str(found)) - wanted) < 6 for found, wanted in zip(grey, (0, 64, 128, 255), strict=True)
    )


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_no_mode_of_a_png_is_too_odd(
    mode: str, encode: Encode, picture: Callable[[bytes, str], Image.Image]
) -> None:
    assert picture(encode(Image.new(mode, (30, 20)), "PNG"), "image/png").size == (30, 20)


@pytest.mark.parametrize("mode", ["I", "F", "CMYK", "YCbCr", "LAB", "RGBX"])
def test_no_mode_of_a_tiff_is_too_odd(
    mode: str, encode: Encode, picture: Callable[[bytes, str], Image.Image]
) -> None:
    assert picture(encode(Image.new(mode, (30, 20)), "TIFF"), "image/tiff").size == (30, 20)


def test_a_small_image_is_not_enlarged_and_a_thin_one_keeps_a_pixel(
    encode: Encode, picture: Callable[[bytes, str], Image.Image]
) -> None:
    assert picture(encode(Image.new("RGB", (3, 2)), "PNG"), "image/png").size == (3, 2)
    assert picture(encode(Image.new("RGB", (5000, 1)), "PNG"), "image/png").size == (EDGE, 1)


def test_other_types_are_told_as_unsupported_and_start_no_child(
    made: Callable[[bytes, str], Thumbnail | NoThumbnail], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/nonexistent")
    found = made(b"%PDF-1.4", "application/pdf")
    assert isinstance(found, NoThumbnail)
    assert not found.failed


def png(width: int, height: int, data: bytes = b"") -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(data))
        + chunk(b"IEND", b"")
    )


def test_a_pixel_bomb_is_refused_before_it_is_unpacked(
    made: Callable[[bytes, str], Thumbnail | NoThumbnail],
) -> None:
    started = time.monotonic()
    found = made(png(50_000, 50_000, bytes(10**7)), "image/png")
    assert found == NoThumbnail("the image has too many pixels", failed=True)
    assert time.monotonic() - started < 5


def test_every_truncation_fails_alone(
    encode: Encode,
    quadrants: Image.Image,
    made: Callable[[bytes, str], Thumbnail | NoThumbnail],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.CRITICAL)
    for kind in ("JPEG", "PNG", "WEBP", "AVIF", "TIFF"):
        whole = encode(quadrants, kind)
        for length in (0, 12, len(whole) // 2):
            found = made(whole[:length], f"image/{kind.lower()}")
            assert isinstance(found, NoThumbnail), (kind, length)
            assert found.failed


def test_the_decoder_is_chosen_by_the_type_and_opens_nothing_else(
    encode: Encode, quadrants: Image.Image, made: Callable[[bytes, str], Thumbnail | NoThumbnail]
) -> None:
    assert isinstance(made(encode(quadrants, "TIFF"), "image/jpeg"), NoThumbnail)
    assert isinstance(made(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "image/png"), NoThumbnail)
