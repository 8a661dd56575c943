"""Pictures and facts of real, odd, damaged and hostile images, by the real children."""

import logging
import struct
import sys
import time
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageCms

from mediavault.vault.media.confined import images
from mediavault.vault.media.examination import Examination, State, examine
from mediavault.vault.media.recipe import EDGES, Size

Encode = Callable[..., bytes]
Examine = Callable[[bytes, str], Examination]
Picture = Callable[[bytes, str], Image.Image]
SMALL, LARGE = EDGES[Size.SMALL], EDGES[Size.LARGE]
RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def opened(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data), formats=["WEBP"])
    image.load()
    return image


@pytest.fixture
def picture(examined: Examine) -> Picture:
    """The small picture, and by the way a look at the large one."""

    def decoded(content: bytes, media_type: str) -> Image.Image:
        found = examined(content, media_type)
        assert found.state == State.READY, found
        small, large = opened(found.pictures[Size.SMALL]), opened(found.pictures[Size.LARGE])
        assert max(small.size) <= SMALL
        assert corners(small) == corners(large)
        return small

    return decoded


def corners(image: Image.Image) -> list[tuple[int, ...]]:
    """The pure colours nearest to the four quadrants, read like a page."""
    rgb = image.convert("RGB")
    across, down = (rgb.width // 4, rgb.width * 3 // 4), (rgb.height // 4, rgb.height * 3 // 4)
    pixels = [rgb.getpixel((x, y)) for y in down for x in across]
    return [tuple(255 * (band > 127) for band in pixel) for pixel in pixels if isinstance(pixel, tuple)]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "TIFF", "BMP", "GIF"])
def test_each_kind_of_image_gets_its_thumbnail(
    kind: str, encode: Encode, quadrants: Image.Image, picture: Picture
) -> None:
    small = picture(encode(quadrants, kind), f"image/{kind.lower()}")
    assert small.size == (SMALL, 171)
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
    picture: Picture,
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Camera of Jane Doe"
    exif.get_ifd(0x8825)[2] = (48.0, 8.0, 29.0)
    small = picture(encode(quadrants, kind, exif=exif), f"image/{kind.lower()}")
    assert small.size == ((SMALL, 171) if orientation < 5 else (171, SMALL))
    assert corners(small) == UPRIGHT[orientation]
    assert not small.getexif()
    assert {"exif", "xmp", "icc_profile"}.isdisjoint(small.info)


def test_a_printers_image_gets_screen_colours(
    encode: Encode, quadrants: Image.Image, picture: Picture
) -> None:
    assert corners(picture(encode(quadrants.convert("CMYK"), "JPEG"), "image/jpeg")) == [
        RED,
        GREEN,
        BLUE,
        WHITE,
    ]


def test_a_colour_profile_is_applied_and_a_broken_one_ignored(
    encode: Encode, quadrants: Image.Image, picture: Picture
) -> None:
    for profile in (ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(), b"not a profile"):
        small = picture(encode(quadrants, "PNG", icc_profile=profile), "image/png")
        assert corners(small) == [RED, GREEN, BLUE, WHITE]


def test_transparency_survives_in_a_palette_and_in_full_colour(encode: Encode, picture: Picture) -> None:
    clear = Image.new("RGBA", (100, 100), (255, 0, 0, 255))
    clear.paste((0, 0, 0, 0), (0, 0, 50, 100))
    for kind, image in (("PNG", clear), ("PNG", clear.quantize(8)), ("GIF", clear), ("WEBP", clear)):
        small = picture(encode(image, kind), f"image/{kind.lower()}")
        assert small.mode == "RGBA"
        assert [small.getchannel("A").getpixel((x, 50)) for x in (10, 90)] == [0, 255]


def test_the_first_picture_of_an_animation_is_taken(encode: Encode, picture: Picture) -> None:
    frames = [Image.new("RGB", (64, 64), colour) for colour in (RED, GREEN, BLUE)]
    animation = encode(frames[0], "GIF", save_all=True, append_images=frames[1:])
    small = picture(animation, "image/gif")
    assert getattr(small, "n_frames", 1) == 1
    assert corners(small) == [RED] * 4


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bits_of_grey_become_eight(kind: str, encode: Encode, picture: Picture) -> None:
    row = b"".join(struct.pack("<H", value) for value in (0, 16384, 32768, 65535) for _ in range(25))
    small = picture(encode(Image.frombytes("I;16", (100, 100), row * 100), kind), f"image/{kind.lower()}")
    grey = [small.convert("L").getpixel((x, 50)) for x in (10, 35, 60, 90)]
    assert all(
        abs(int(str(found)) - wanted) < 6 for found, wanted in zip(grey, (0, 64, 128, 255), strict=True)
    )


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_no_mode_of_a_png_is_too_odd(mode: str, encode: Encode, picture: Picture) -> None:
    assert picture(encode(Image.new(mode, (30, 20)), "PNG"), "image/png").size == (30, 20)


@pytest.mark.parametrize("mode", ["I", "F", "CMYK", "YCbCr", "LAB", "RGBX"])
def test_no_mode_of_a_tiff_is_too_odd(mode: str, encode: Encode, picture: Picture) -> None:
    assert picture(encode(Image.new(mode, (30, 20)), "TIFF"), "image/tiff").size == (30, 20)


def test_a_small_image_is_not_enlarged_and_a_thin_one_keeps_a_pixel(encode: Encode, picture: Picture) -> None:
    assert picture(encode(Image.new("RGB", (3, 2)), "PNG"), "image/png").size == (3, 2)
    assert picture(encode(Image.new("RGB", (5000, 1)), "PNG"), "image/png").size == (SMALL, 1)


def test_other_types_are_told_as_unsupported_and_start_no_child(
    examined: Examine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/nonexistent")
    found = examined(b"PK", "application/zip")
    assert found == Examination(State.UNSUPPORTED, "files of type application/zip have no thumbnail")


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
    examined: Examine,
) -> None:
    started = time.monotonic()
    found = examined(png(50_000, 50_000, bytes(10**7)), "image/png")
    assert found == Examination(State.FAILED, "the image has too many pixels")
    assert time.monotonic() - started < 5


def test_every_truncation_fails_alone(
    encode: Encode,
    quadrants: Image.Image,
    examined: Examine,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.CRITICAL)
    for kind in ("JPEG", "PNG", "WEBP", "AVIF", "TIFF"):
        whole = encode(quadrants, kind)
        for length in (0, 12, len(whole) // 2):
            found = examined(whole[:length], f"image/{kind.lower()}")
            assert found.state == State.FAILED, (kind, length)


def test_the_decoder_is_chosen_by_the_type_and_opens_nothing_else(
    encode: Encode, quadrants: Image.Image, examined: Examine
) -> None:
    assert examined(encode(quadrants, "TIFF"), "image/jpeg").state == State.FAILED
    postscript = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"
    assert examined(postscript, "image/png").state == State.FAILED


def test_facts_are_told_upright_and_as_the_camera_wrote_them(
    encode: Encode, quadrants: Image.Image, examined: Examine
) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x0110] = 6, "NIKON\0", "NIKON D5"
    exif.get_ifd(0x8769).update({0x9003: "2024:05:06 07:08:09", 0x9011: "+02:00"})
    exif.get_ifd(0x8825).update({1: "S", 2: (48.0, 30.0, 36.0), 3: "E", 4: (2.0, 15.0, 0.0)})
    for kind in ("JPEG", "PNG", "WEBP", "AVIF"):
        assert examined(encode(quadrants, kind, exif=exif), f"image/{kind.lower()}").facts == {
            "width": 400,
            "height": 600,
            "taken_at": "2024-05-06T07:08:09+02:00",
            "camera": "NIKON D5",
            "latitude": -48.51,
            "longitude": 2.25,
        }, kind


def test_the_large_picture_is_large(encode: Encode, examined: Examine) -> None:
    found = examined(encode(Image.new("RGB", (3000, 2000), "red"), "JPEG"), "image/jpeg")
    assert [opened(found.pictures[size]).size for size in Size] == [(256, 171), (1440, 960)]


def test_a_wide_photo_is_decoded_no_larger_than_its_picture_needs(encode: Encode) -> None:
    with Image.open(BytesIO(encode(Image.new("RGB", (5800, 300)), "JPEG"))) as photo:
        assert images._decoded(photo).size == (LARGE, 74)
        assert getattr(photo, "decoderconfig", None) == (4, 0)


def test_what_is_no_file_here_is_examined_too(encode: Encode, quadrants: Image.Image) -> None:
    found = examine(BytesIO(encode(quadrants, "PNG")), content_type="image/png")
    assert found.state == State.READY


def test_sixteen_threads_at_once_each_get_their_own(encode: Encode, tmp_path: Path) -> None:
    for width in range(1, 17):
        (tmp_path / f"{width}").write_bytes(encode(Image.new("RGB", (width, 30)), "PNG"))

    def look(width: int) -> object:
        with (tmp_path / f"{width}").open("rb", buffering=0) as source:
            return examine(source, content_type="image/png").facts["width"]

    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(look, range(1, 17))) == list(range(1, 17))
