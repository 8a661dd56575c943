"""The stores that every test of the interface runs on: a folder, and a bucket of a real S3 server."""

from pathlib import Path

import pytest

from mediavault.config import S3Config
from mediavault.vault.storage.files import FileStore
from mediavault.vault.storage.interface import Store
from mediavault.vault.storage.s3.store import S3Store

# Many parts of little content.
PART = 64 * 1024


@pytest.fixture
def s3_store(s3: S3Config, tmp_path: Path) -> S3Store:
    return S3Store(s3, tmp_path, largest=0, smallest_part=PART)


@pytest.fixture(params=["file", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    found: Store = FileStore(tmp_path) if request.param == "file" else request.getfixturevalue("s3_store")
    return found
