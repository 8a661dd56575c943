"""What tags and covers tell of audio in every container."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from mediavault.vault.media.examination import Examination, State, is_quick
from mediavault.vault.media.recipe import EDGES, Size
from mediavault.vault.media.sniffing import sniff_type

Examine = Callable[[bytes, str], Examination]
TAGS = ("-metadata", "title=A\ttitle", "-metadata", "artist=Ann", "-metadata", "album=First", "-metadata")


@pytest.mark.parametrize("suffix", ["mp3", "m4a", "flac", "oga", "wav", "aiff"])
def test_tags_and_duration_are_told_of_every_container(
    suffix: str, recorded: Callable[..., bytes], examined: Examine
) -> None:
    # Without being told, ffmpeg puts FLAC into Ogg, whose length no tag reader tells.
    codec = ("-c:a", "libopus") if suffix == "oga" else ()
    content = recorded(f"tagged.{suffix}", *TAGS, "genre=Jazz", *codec)
    media_type = sniff_type(content, name=f"a.{suffix}")
    found = examined(content, media_type)
    assert (found.state, found.pictures, is_quick(media_type)) == (State.READY, {}, False)
    assert found.facts["title"] == "A title"
    assert found.facts["duration"] == pytest.approx(1, abs=0.1)


def test_a_cover_becomes_the_picture_and_a_broken_one_is_passed_over(
    recorded: Callable[..., bytes], examined: Examine, encode: Callable[..., bytes], tmp_path: Path
) -> None:
    cover = tmp_path / "cover.png"
    cover.write_bytes(encode(Image.new("RGB", (600, 300), "red"), "PNG"))
    covered = ("-i", str(cover), "-map", "0", "-map", "1", "-c:v", "copy", "-disposition:v", "attached_pic")
    content = recorded("covered.flac", *covered)
    found = examined(content, "audio/flac")
    pictures = [Image.open(BytesIO(found.pictures[size])).size for size in Size]
    assert pictures == [(EDGES[Size.SMALL], 128), (600, 300)]
    broken = examined(content.replace(b"IHDR", b"RDHI"), "audio/flac")
    assert (broken.state, broken.pictures) == (State.READY, {})
