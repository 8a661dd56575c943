from pathlib import Path

import pytest

from mediavault.vault.storage.errors import StorageError
from mediavault.vault.storage.files import FileStore
from mediavault.vault.storage.readiness import PAUSE_SECONDS, wait_until_writable


class Clock:
    """Time that passes by sleeping only."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_a_store_that_can_be_written_is_not_waited_for(tmp_path: Path) -> None:
    clock = Clock()
    wait_until_writable(FileStore(tmp_path), clock=clock, sleep=clock.sleep)
    assert clock.now == 0.0


def test_a_store_that_becomes_writable_in_time_is_taken(tmp_path: Path) -> None:
    root, clock = tmp_path / "volume", Clock()
    root.write_text("a file where the folder should be")

    def repair(seconds: float) -> None:
        clock.sleep(seconds)
        root.unlink()
        root.mkdir()

    wait_until_writable(FileStore(root), clock=clock, sleep=repair)
    assert clock.now == PAUSE_SECONDS


def test_a_store_that_stays_unwritable_is_given_up(tmp_path: Path) -> None:
    root, clock = tmp_path / "volume", Clock()
    root.write_text("a file where the folder should be")
    with pytest.raises(StorageError):
        wait_until_writable(FileStore(root), patience=5.0, clock=clock, sleep=clock.sleep)
    assert clock.now == 5.0
