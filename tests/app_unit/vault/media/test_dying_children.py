"""Whatever becomes of the decoding children and their server, only that picture is missing."""

import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import pytest
from PIL import Image

from mediavault.vault.media import decoders, examination
from mediavault.vault.media.decoders import Decoders
from mediavault.vault.media.examination import Examination, State, examine
from mediavault.vault.media.recipe import CHILD


@pytest.fixture
def image(tmp_path: Path) -> Iterator[BinaryIO]:
    content = BytesIO()
    Image.new("RGB", (40, 30), "red").save(content, "PNG")
    (tmp_path / "image").write_bytes(content.getvalue())
    with (tmp_path / "image").open("rb", buffering=0) as source:
        yield source


@pytest.fixture(autouse=True)
def servers(monkeypatch: pytest.MonkeyPatch) -> Iterator[Decoders]:
    """Decoders of this test alone."""
    own = Decoders(most=2)
    monkeypatch.setattr(examination, "_DECODERS", own)
    yield own
    own.stop()


@pytest.fixture
def child_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Put another program in the server's place: the real one, but its children misbehave."""

    def misbehave(code: str, *, start: str = "", idle_seconds: float = 60) -> None:
        stand_in = tmp_path / "python"
        stand_in.write_text(
            f"#!{sys.executable}\nimport os, socket, sys, time\n"
            f"sys.path.insert(0, {str(decoders._IMPORT_ROOT)!r})\n"
            "from mediavault.vault.media.confined import child, images, server\n"
            "from mediavault.vault.media.recipe import Limits\n"
            "from mediavault.vault.media.sandbox import enter\n"
            "child.enter = lambda limits: None\n"
            + (f"images.examine = lambda source, details: exec({code!r}, globals())\n" if code else "")
            + f"{start}\nserver.serve(socket.socket(fileno=0), idle_seconds={idle_seconds})\n"
        )
        stand_in.chmod(0o755)
        monkeypatch.setattr(sys, "executable", str(stand_in))

    return misbehave


def failed(reason: str, *, passing: bool) -> Examination:
    return Examination(State.FAILED, reason, passing=passing)


LIMITS = "enter(Limits(address_space=400 << 20, output=1 << 20, cpu_seconds=1, wall_seconds=9))\n"


@pytest.mark.parametrize(
    ("code", "reason", "passing"),
    [
        ("os.kill(os.getpid(), 11)", "the decoder died (status -11)", True),
        ("os._exit(99)", "the decoder died (status 99)", True),
        ("os._exit(0)", "the decoder died (status 0)", True),
        ("os.write(1, b'<html>'); os._exit(0)", "the decoder died (status 0)", True),
        ("os.write(1, bytes(4)); os._exit(0)", "the decoder died (status 0)", True),
        ("os.write(1, b'\\0\\0\\0\\2[]'); os._exit(0)", "the decoder died (status 0)", True),
        ("raise ValueError", "the image is damaged or of a kind that cannot be read", False),
        (LIMITS + "bytearray(500 << 20)", "the image needs too much memory", False),
        (LIMITS + "while True: pass", "the decoder died (status -9)", True),
    ],
)
def test_its_death_costs_one_picture(
    code: str,
    reason: str,
    passing: bool,
    image: BinaryIO,
    child_does: Callable[[str], None],
    servers: Decoders,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    executable = sys.executable
    child_does(code)
    assert examine(image, content_type="image/png") == failed(reason, passing=passing)
    monkeypatch.setattr(sys, "executable", executable)
    servers.stop()
    assert examine(image, content_type="image/png").state == State.READY


def test_the_server_outlives_its_children(
    image: BinaryIO, child_does: Callable[[str], None], servers: Decoders
) -> None:
    child_does("os.kill(os.getpid(), 11)")
    examine(image, content_type="image/png")
    server = servers._server
    examine(image, content_type="image/png")
    assert server is not None
    assert servers._server is server


def test_a_server_that_cannot_be_started_costs_one_picture_too(
    image: BinaryIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/nonexistent")
    assert examine(image, content_type="image/png") == failed(
        "the decoder could not be started: No such file or directory", passing=True
    )


def test_a_server_that_ends_at_once_is_not_started_for_ever(
    image: BinaryIO, child_does: Callable[..., None]
) -> None:
    child_does("", start="sys.exit(1)")
    assert examine(image, content_type="image/png") == failed(
        "the decoder could not be started: its server ends", passing=True
    )


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_server_is_started_again(image: BinaryIO, servers: Decoders, how: signal.Signals) -> None:
    for _ in range(3):
        assert examine(image, content_type="image/png").state == State.READY
        assert servers._server is not None
        servers._server.process.send_signal(how)


def test_a_server_killed_at_work_takes_its_child_along_and_the_file_gets_another(
    image: BinaryIO, child_does: Callable[[str], None], tmp_path: Path
) -> None:
    first = tmp_path / "first"
    child_does(
        f"if not os.path.exists({str(first)!r}):\n"
        f"    os.mkdir({str(first)!r}); os.kill(os.getppid(), 9); time.sleep(60)\n"
        "raise ValueError"
    )
    started = time.monotonic()
    found = examine(image, content_type="image/png")
    assert found.reason == "the image is damaged or of a kind that cannot be read"
    assert time.monotonic() - started < 10


def test_a_child_that_hangs_is_killed_in_time(
    image: BinaryIO, child_does: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    child_does("time.sleep(60)")
    monkeypatch.setattr(examination, "CHILD", replace(CHILD, wall_seconds=0.5))
    started = time.monotonic()
    assert examine(image, content_type="image/png") == failed("the decoder died (status -9)", passing=True)
    assert time.monotonic() - started < 5


def test_a_server_that_hangs_is_given_up(
    image: BinaryIO, child_does: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    child_does("", start="time.sleep(60)")
    monkeypatch.setattr(decoders, "_GRACE_SECONDS", -14.5)
    assert examine(image, content_type="image/png") == failed(
        "the decoder could not be started: its server ends", passing=True
    )


def test_a_child_that_floods_its_output_is_cut_off(
    image: BinaryIO, child_does: Callable[[str], None]
) -> None:
    child_does(LIMITS + "while True: os.write(1, b'RIFF0000WEBP' * 1000)")
    assert examine(image, content_type="image/png").state == State.FAILED


def test_the_child_learns_no_secret_of_the_apps_environment(
    image: BinaryIO, child_does: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SECRET_KEY", "very secret")
    seen = tmp_path / "seen"
    child_does(
        "links = [f'/proc/self/fd/{number}' for number in os.listdir('/proc/self/fd')]\n"
        "held = [os.readlink(link) for link in links if os.path.lexists(link)]\n"
        f"open({str(seen)!r}, 'w').write(f'{{dict(os.environ)}} {{held}}')"
    )
    examine(image, content_type="image/png")
    told = seen.read_text()
    assert "secret" not in told.lower()
    assert sorted(name for name in told.split("[")[1].split("'") if name.startswith("/")) == [
        "/memfd:output (deleted)",
        "/memfd:words (deleted)",
        str(tmp_path / "image"),
    ]


def test_an_upload_does_not_wait_for_ever_for_a_decoder(
    image: BinaryIO, servers: Decoders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoders, "PATIENCE_SECONDS", 0.1)
    with servers._free, servers._free:
        found = examine(image, content_type="image/png")
    assert found == failed("all decoders were busy for too long", passing=True)
    assert examine(image, content_type="image/png").state == State.READY


def test_the_server_ends_with_its_app(image: BinaryIO, servers: Decoders) -> None:
    examine(image, content_type="image/png")
    assert servers._server is not None
    servers._server.control.close()
    assert servers._server.process.wait(10) == 0


def test_a_server_with_nothing_to_do_ends_and_the_next_file_starts_another(
    image: BinaryIO, monkeypatch: pytest.MonkeyPatch, servers: Decoders, child_does: Callable[..., None]
) -> None:
    child_does("os._exit(99)", idle_seconds=0.2)
    for _ in range(2):
        assert examine(image, content_type="image/png").reason == "the decoder died (status 99)"
        assert servers._server is not None
        assert servers._server.process.wait(10) == 0


def test_a_kernel_that_cannot_confine_a_program_is_not_blamed_on_the_film(
    image: BinaryIO, child_does: Callable[..., None]
) -> None:
    refusal = "def refuse(limits, **_): raise child.SandboxUnavailable('no Landlock')"
    child_does("", start=f"{refusal}\nchild.enter_for_program = refuse")
    found = examine(image, content_type="video/mp4")
    assert found == failed("the decoder could not be confined", passing=False)


def abort_films(condition: str) -> str:
    """A server's start by which children of films abort where this holds of their task's `details`."""
    return (
        "from mediavault.vault.media.confined import films\n"
        "command = films.command\n"
        f"films.command = lambda source, details: os.abort() if {condition} else command(source, details)"
    )


@pytest.mark.parametrize(
    ("dies", "is_shown"), [("details['seconds']", True), ("details['seconds'] is not None", False)]
)
def test_a_child_that_dies_on_its_way_into_a_film_takes_nothing_that_was_told_before(
    dies: str,
    is_shown: bool,
    recorded: Callable[..., bytes],
    examined: Callable[[bytes, str], Examination],
    child_does: Callable[..., None],
) -> None:
    # No glance tells its length, so that the first child shows nothing.
    film = recorded("asked_twice.ts", "-c:v", "mpeg2video", seconds=2)
    child_does("", start=abort_films(dies))
    found = examined(film, "video/mp2t")
    assert (found.state, found.facts["width"], found.facts["height"]) == (State.READY, 64, 48)
    assert found.facts["duration"] == pytest.approx(2, abs=0.2)
    assert bool(found.pictures) == is_shown


def test_a_child_that_dies_when_asked_for_a_film_s_size_takes_no_picture_that_was_shown_before(
    recorded: Callable[..., bytes],
    examined: Callable[[bytes, str], Examination],
    child_does: Callable[..., None],
) -> None:
    film = recorded("sizeless.mkv", "-c:v", "mpeg2video", seconds=2)
    size, void = b"\xb0\x81\x40\xba\x81\x30", b"\xec\x81\x40\xec\x81\x30"
    assert film.count(size) == 1
    child_does("", start=abort_films("details['seconds'] is not None"))
    found = examined(film.replace(size, void), "video/matroska")
    assert (found.state, found.facts["codec"]) == (State.READY, "mpeg2video")
    assert "width" not in found.facts
    assert found.pictures
