"""Whatever becomes of the decoding child, the app goes on and only that thumbnail is missing."""

import sys
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from threading import BoundedSemaphore, Timer
from typing import BinaryIO

import pytest
from PIL import Image

from mediavault.vault.media import thumbnails
from mediavault.vault.media.thumbnails import NoThumbnail, Thumbnail, make_thumbnail


@pytest.fixture
def image(tmp_path: Path) -> Iterator[BinaryIO]:
    content = BytesIO()
    Image.new("RGB", (40, 30), "red").save(content, "PNG")
    (tmp_path / "image").write_bytes(content.getvalue())
    with (tmp_path / "image").open("rb", buffering=0) as source:
        yield source


@pytest.fixture
def child_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Put another program in the child's place: it imports the real modules and then misbehaves."""

    def replace(code: str) -> None:
        stand_in = tmp_path / "python"
        root = thumbnails._IMPORT_ROOT
        stand_in.write_text(
            f"#!{sys.executable}\nimport os, sys, time\nsys.path.insert(0, {str(root)!r})\n"
            "from mediavault.vault.media.sandbox import enter\n" + code
        )
        stand_in.chmod(0o755)
        monkeypatch.setattr(sys, "executable", str(stand_in))

    return replace


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("os.kill(os.getpid(), 11)", "the decoder died (status -11)"),
        ("os._exit(99)", "the decoder died (status 99)"),
        ("os._exit(0)", "the decoder died (status 0)"),
        ("os.write(1, b'<html>'); os._exit(0)", "the decoder died (status 0)"),
        ("os._exit(13)", "the decoder could not be confined"),
        (
            (
                "enter(address_space=400 << 20, cpu_seconds=5)\n"
                "try: bytearray(500 << 20)\nexcept MemoryError: os._exit(12)"
            ),
            "the image needs too much memory",
        ),
        ("enter(address_space=400 << 20, cpu_seconds=1)\nwhile True: pass", "the decoder died (status -9)"),
    ],
)
def test_its_death_costs_one_thumbnail(
    code: str,
    reason: str,
    image: BinaryIO,
    child_does: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    child_does(code)
    assert make_thumbnail(image, content_type="image/png") == NoThumbnail(reason, failed=True)
    monkeypatch.undo()
    assert isinstance(make_thumbnail(image, content_type="image/png"), Thumbnail)


def test_a_child_that_cannot_be_started_costs_one_thumbnail_too(
    image: BinaryIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/nonexistent")
    found = make_thumbnail(image, content_type="image/png")
    assert found == NoThumbnail("the decoder could not be started: No such file or directory", failed=True)


def test_a_child_that_hangs_is_killed_in_time(
    image: BinaryIO, child_does: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    child_does("time.sleep(60)")
    monkeypatch.setattr(thumbnails, "WALL_SECONDS", 0.5)
    started = time.monotonic()
    assert make_thumbnail(image, content_type="image/png") == NoThumbnail(
        "the decoder died (status -9)", failed=True
    )
    assert time.monotonic() - started < 5


def test_a_child_that_floods_its_output_is_cut_off(
    image: BinaryIO, child_does: Callable[[str], None]
) -> None:
    child_does("while True: os.write(1, b'RIFF0000WEBP' * 1000)")
    found = make_thumbnail(image, content_type="image/png")
    assert isinstance(found, NoThumbnail)
    assert found.failed


def test_the_child_learns_no_secret_of_the_apps_environment(
    image: BinaryIO, child_does: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SECRET_KEY", "very secret")
    seen = tmp_path / "seen"
    child_does(
        "links = [f'/proc/self/fd/{number}' for number in os.listdir('/proc/self/fd')]\n"
        "held = [os.readlink(link) for link in links if os.path.exists(link)]\n"
        f"open({str(seen)!r}, 'w').write(f'{{dict(os.environ)}} {{held}}')"
    )
    make_thumbnail(image, content_type="image/png")
    assert "secret" not in seen.read_text().lower()
    files = [name for name in seen.read_text().split("[")[1].split("'") if name.startswith("/")]
    assert files == [str(tmp_path / "image")]


def test_no_thread_for_the_deadline_costs_one_thumbnail_and_leaves_no_child(
    image: BinaryIO, child_does: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(timer: Timer) -> None:
        raise RuntimeError("can't start new thread")

    child_does("time.sleep(60)")
    monkeypatch.setattr(Timer, "start", refuse)
    started = time.monotonic()
    assert make_thumbnail(image, content_type="image/png") == NoThumbnail(
        "the decoder could not be started: can't start new thread", failed=True
    )
    assert time.monotonic() - started < 5


def test_an_upload_does_not_wait_for_ever_for_a_decoder(
    image: BinaryIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thumbnails, "_CHILDREN", BoundedSemaphore(1))
    monkeypatch.setattr(thumbnails, "PATIENCE_SECONDS", 0.1)
    with thumbnails._CHILDREN:
        found = make_thumbnail(image, content_type="image/png")
    assert found == NoThumbnail("all decoders were busy for too long", failed=True)
    assert isinstance(make_thumbnail(image, content_type="image/png"), Thumbnail)
