"""Copies of what is far away, for programs that need files: few at once, and none too large."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import pytest

from mediavault.vault.storage import local
from mediavault.vault.storage.local import COPIES_AT_ONCE, TooManyCopies, local_file


@contextmanager
def copied() -> Iterator[BinaryIO]:
    """A copy of what is far away."""
    with local_file(BytesIO(b"from afar")) as copy:
        yield copy


def test_what_is_far_away_is_copied_and_what_is_a_file_is_not(tmp_path: Path) -> None:
    with copied() as copy:
        assert copy.read() == b"from afar"
        assert copy.fileno() > 0
    (tmp_path / "near").write_bytes(b"near")
    with (tmp_path / "near").open("rb", buffering=0) as near, local_file(near) as same:
        assert same is near


def test_of_what_is_very_large_only_the_first_part_is_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "MOST", 4)
    monkeypatch.setattr(local, "_BLOCK", 2)
    with copied() as copy:
        assert copy.read() == b"from"


def test_a_copy_waits_for_its_turn_and_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "PATIENCE_SECONDS", 0.01)
    with ExitStack() as others:
        for _ in range(COPIES_AT_ONCE):
            others.enter_context(copied())
        with pytest.raises(TooManyCopies), copied():
            pytest.fail("there is no room for it")
    with copied() as copy:
        assert copy.read() == b"from afar"
