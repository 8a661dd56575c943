"""Posters and facts of films in every container, by the real ffmpeg in its cage."""

import random
import time
from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image

from mediavault.vault.media.examination import Examination, State, is_quick
from mediavault.vault.media.recipe import Size
from mediavault.vault.media.sniffing import sniff_type

Examine = Callable[[bytes, str], Examination]
Recorded = Callable[..., bytes]
# Ten seconds, each a grey of its own and begun by a key frame.
GREYS = (
    "-vf",
    "scale=96:64,format=gray,geq=lum='16+20*floor(T)',format=yuv420p",
    "-r",
    "5",
    "-g",
    "5",
    "-bf",
    "0",
)
KINDS = {
    "mp4": ("video/mp4", "-c:v", "libx264"),
    "mov": ("video/quicktime", "-c:v", "mpeg4"),
    "mkv": ("video/matroska", "-c:v", "libx264"),
    "webm": ("video/webm", "-c:v", "libvpx"),
    "ogv": ("video/ogg", "-c:v", "libtheora"),
    "avi": ("video/x-msvideo", "-c:v", "mpeg4"),
    "ts": ("video/mp2t", "-c:v", "mpeg2video", "-r", "25", "-g", "25"),
    "mpg": ("video/mpeg", "-c:v", "mpeg2video", "-r", "25", "-g", "25"),
    "flv": ("video/x-flv", "-c:v", "flv"),
    "asf": ("video/x-ms-asf", "-c:v", "mpeg4"),
}


@pytest.fixture(scope="session")
def film(recorded: Recorded) -> Callable[[str], bytes]:
    def record(suffix: str) -> bytes:
        return recorded(f"greys.{suffix}", *GREYS, *KINDS[suffix][1:], seconds=10)

    return record


def poster(found: Examination) -> Image.Image:
    return Image.open(BytesIO(found.pictures[Size.LARGE])).convert("L")


@pytest.mark.parametrize("suffix", KINDS)
def test_each_container_gets_its_poster_from_near_a_tenth_of_its_length(
    suffix: str, film: Callable[[str], bytes], examined: Examine
) -> None:
    content = film(suffix)
    media_type = sniff_type(content, name=f"film.{suffix}")
    found = examined(content, media_type)
    assert (media_type, found.state, found.reason) == (KINDS[suffix][0], State.READY, "")
    assert not is_quick(media_type)
    assert (found.facts["width"], found.facts["height"]) == (96, 64)
    assert found.facts["duration"] == pytest.approx(10, abs=0.5)
    grey = poster(found).getpixel((48, 32))
    assert isinstance(grey, int | float)
    # From the second that begins at a tenth, or the one before or after it.
    assert 0 <= grey <= 60


def test_it_stands_upright_with_square_pixels(recorded: Recorded, examined: Examine) -> None:
    content = recorded("turned.mp4", "-vf", "scale=64:48,setsar=2", "-c:v", "libx264")
    assert poster(examined(content, "video/mp4")).size == (128, 48)
    # The identity matrix of the track's header becomes that of a quarter turn.
    upright = (65536).to_bytes(4) + bytes(12) + (65536).to_bytes(4) + bytes(12) + (1 << 30).to_bytes(4)
    turned = (
        bytes(4)
        + (65536).to_bytes(4)
        + bytes(4)
        + (0xFFFF0000).to_bytes(4)
        + bytes(16)
        + (1 << 30).to_bytes(4)
    )
    at = content.index(upright, content.index(b"tkhd"))
    sideways = content[:at] + turned + content[at + 36 :]
    found = examined(sideways, "video/mp4")
    assert (found.facts["width"], found.facts["height"]) == (48, 64)
    picture = poster(found)
    assert picture.width < picture.height


def test_tags_of_a_telephone_are_told(recorded: Recorded, examined: Examine) -> None:
    tags = {
        "creation_time": "2024-05-06T07:08:09Z",
        "com.apple.quicktime.make": "Apple",
        "com.apple.quicktime.model": "iPhone 15",
        "com.apple.quicktime.location.ISO6709": "+48.5100+002.2500+035.0/",
    }
    options = [word for name, value in tags.items() for word in ("-metadata", f"{name}={value}")]
    content = recorded("tagged.mov", *options, "-movflags", "use_metadata_tags", "-c:v", "mpeg4")
    facts = examined(content, "video/quicktime").facts
    assert facts["taken_at"] == "2024-05-06T07:08:09+00:00"
    assert (facts["camera"], facts["latitude"], facts["longitude"]) == ("Apple iPhone 15", 48.51, 2.25)


def test_sound_alone_in_a_film_s_container_is_ready_without_a_picture(
    recorded: Recorded, examined: Examine
) -> None:
    found = examined(recorded("sound.weba", "-c:a", "libopus", "-f", "webm"), "audio/webm")
    assert (found.state, found.facts["codec"], found.pictures) == (State.READY, "opus", {})


def test_without_ffmpeg_films_are_kept_as_they_are(
    examined: Examine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    found = examined(b"", "video/mp4")
    assert (found.state, found.reason) == (
        State.UNSUPPORTED,
        "this vault has no program to look into films",
    )


def test_a_list_of_other_files_in_a_film_s_clothes_is_not_followed(examined: Examine) -> None:
    for content in (
        b"ffconcat version 1.0\nfile /etc/passwd\n",
        b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n",
    ):
        for media_type in ("video/mp4", "video/matroska", "video/mp2t", "video/mpeg"):
            assert examined(content, media_type).state == State.FAILED


@pytest.mark.parametrize("suffix", KINDS)
def test_a_film_cut_off_anywhere_ends_its_examination(
    suffix: str, film: Callable[[str], bytes], examined: Examine, caplog: pytest.LogCaptureFixture
) -> None:
    whole, chance = film(suffix), random.Random(suffix)
    for length in [0, *(chance.randrange(len(whole)) for _ in range(20))]:
        started = time.monotonic()
        found = examined(whole[:length], KINDS[suffix][0])
        assert found.state in (State.READY, State.FAILED), length
        assert not found.passing, (length, found.reason)
        assert time.monotonic() - started < 15


def test_a_film_that_lies_about_its_size_costs_nothing_else(
    film: Callable[[str], bytes], examined: Examine
) -> None:
    content = film("mp4")
    for name in (b"moov", b"mdat", b"trak", b"stsz", b"avc1"):
        at = content.index(name) - 4
        for size in (0, 1, 7, 0x7FFFFFFF, 0xFFFFFFFF):
            lying = content[:at] + size.to_bytes(4) + content[at + 4 :]
            assert examined(lying, "video/mp4").state in (State.READY, State.FAILED)
