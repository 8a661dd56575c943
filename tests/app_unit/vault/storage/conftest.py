"""The stores that every test of the interface runs on."""

from pathlib import Path

import pytest

from mediavault.vault.storage.files import FileStore
from mediavault.vault.storage.interface import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return FileStore(tmp_path)
