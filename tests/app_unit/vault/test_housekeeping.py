"""The sweep of a serving process: it goes on whatever happens to it."""

from pathlib import Path
from typing import Any

from mediavault.vault.housekeeping import sweep_once


def test_a_sweep_that_goes_through_says_so(db: None, media_root: Path) -> None:
    (media_root / "incoming").mkdir()
    left = media_root / "incoming" / ("0" * 32)
    left.touch()
    assert sweep_once()
    assert not left.exists()


def test_a_volume_that_is_not_there_ends_no_process(db: None, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "none")
    assert not sweep_once()
