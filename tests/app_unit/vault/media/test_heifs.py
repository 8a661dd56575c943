"""Pictures and facts of HEIC images, by the real heif-thumbnailer in its cage."""

import os
import random
import shutil
import struct
import subprocess
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from mediavault.vault.media import examination
from mediavault.vault.media.examination import Examination, State, is_quick
from mediavault.vault.media.recipe import Size
from mediavault.vault.media.sniffing import sniff_type

Examine = Callable[[bytes, str], Examination]


@pytest.fixture(scope="module")
def heic(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., bytes]:
    """An image as heif-enc writes it: `heic(image, exif=...)`."""
    for program in ("heif-enc", "heif-thumbnailer"):
        if shutil.which(program) is None:
            reason = f"{program} is missing: install the packages libheif-examples and heif-thumbnailer"
            if os.environ.get("CI"):
                pytest.fail(reason)
            pytest.skip(reason)
    folder = tmp_path_factory.mktemp("heic")

    def encode(image: Image.Image, **options: Any) -> bytes:
        image.save(folder / "image.jpg", quality=95, **options)
        command: list[str | Path] = [
            "heif-enc",
            "-q",
            "60",
            "-o",
            folder / "image.heic",
            folder / "image.jpg",
        ]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return (folder / "image.heic").read_bytes()

    return encode


@pytest.fixture
def phone(heic: Callable[..., bytes], quadrants: Image.Image) -> bytes:
    exif = Image.Exif()
    exif.endian = ">"
    exif[0x010F], exif[0x0110], exif[0x0112] = "Apple", "iPhone 14", 1
    exif.get_ifd(0x8769)[0x9003] = "2024:05:06 07:08:09"
    return heic(quadrants, exif=exif)


def colours(picture: bytes) -> list[str]:
    """What stands in the corners: top left, top right, bottom left, bottom right."""
    image = Image.open(BytesIO(picture)).convert("RGB")
    width, height = image.size
    names = {(1, 0, 0): "red", (0, 1, 0): "green", (0, 0, 1): "blue", (1, 1, 1): "white"}
    found = []
    for x, y in ((9, 9), (width - 9, 9), (9, height - 9), (width - 9, height - 9)):
        pixel = image.getpixel((x, y))
        assert isinstance(pixel, tuple)
        found.append(names[tuple(int(each > 128) for each in pixel[:3])])  # type: ignore[index]
    return found


def test_one_has_both_pictures_and_the_camera_s_facts(phone: bytes, examined: Examine) -> None:
    media_type = sniff_type(phone, name="")
    assert not is_quick(media_type)
    found = examined(phone, media_type)
    assert (found.state, found.reason) == (State.READY, "")
    assert found.facts == {
        "width": 600,
        "height": 400,
        "camera": "Apple iPhone 14",
        "taken_at": "2024-05-06T07:08:09",
    }
    assert colours(found.pictures[Size.LARGE]) == ["red", "green", "blue", "white"]
    assert colours(found.pictures[Size.SMALL]) == ["red", "green", "blue", "white"]
    for picture in found.pictures.values():
        assert not Image.open(BytesIO(picture)).getexif()


def test_what_is_larger_than_its_pictures_keeps_its_size_in_the_facts(
    heic: Callable[..., bytes], quadrants: Image.Image, examined: Examine
) -> None:
    found = examined(heic(quadrants.resize((3000, 2000))), "image/heic")
    assert (found.facts["width"], found.facts["height"]) == (3000, 2000)
    assert Image.open(BytesIO(found.pictures[Size.LARGE])).size == (1440, 960)


def test_the_container_says_how_it_stands_and_not_the_camera(phone: bytes, examined: Examine) -> None:
    """Phones write both, and whoever heeds both turns twice."""
    upright, turned = (struct.pack(">HHIHH", 0x0112, 3, 1, orientation, 0) for orientation in (1, 6))
    assert phone.count(upright) == 1
    found = examined(phone.replace(upright, turned), "image/heic")
    assert colours(found.pictures[Size.LARGE]) == ["red", "green", "blue", "white"]


def test_one_cut_off_anywhere_ends_its_examination(phone: bytes, examined: Examine) -> None:
    chance = random.Random(1)
    for length in [0, *(chance.randrange(len(phone)) for _ in range(6))]:
        found = examined(phone[:length], "image/heic")
        assert (found.state, found.passing, found.pictures) == (State.FAILED, False, {}), length


def test_damaged_bytes_end_it_too(phone: bytes, examined: Examine) -> None:
    chance = random.Random(2)
    for _ in range(6):
        damaged = bytearray(phone)
        for _ in range(8):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        found = examined(bytes(damaged), "image/heic")
        assert found.state in (State.READY, State.FAILED)
        assert not found.passing or "died" in found.reason


def test_one_that_says_it_is_huge_is_not_decoded(phone: bytes, examined: Examine) -> None:
    extents = struct.pack(">4sIII", b"ispe", 0, 600, 400)
    assert extents in phone
    huge = phone.replace(extents, struct.pack(">4sIII", b"ispe", 0, 50_000, 50_000))
    found = examined(huge, "image/heic")
    assert found == Examination(State.FAILED, "the image has too many pixels")


def test_one_that_lies_about_its_size_costs_no_more_than_the_cage_allows(
    heic: Callable[..., bytes], examined: Examine
) -> None:
    large = heic(Image.new("RGB", (3000, 2000), "red"))
    extents = struct.pack(">4sIII", b"ispe", 0, 3000, 2000)
    assert extents in large
    lying = large.replace(extents, struct.pack(">4sIII", b"ispe", 0, 60, 40))
    found = examined(lying, "image/heic")
    assert found.state in (State.READY, State.FAILED)


def test_where_no_program_is_they_are_unsupported(
    phone: bytes, examined: Examine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(examination.shutil, "which", lambda name: None)  # type: ignore[attr-defined]
    found = examined(phone, "image/heic")
    assert found == Examination(State.UNSUPPORTED, "this vault has no program to look into HEIF images")
