"""A vault that is served, and a repository beside it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from served_app import served_app
from used_vault import Vault


@pytest.fixture
def repository(tmp_path: Path) -> dict[str, str]:
    """The environment that names a repository and its key."""
    (tmp_path / "key").write_text("an encryption key")
    return {
        "BACKUP_REPOSITORY": str(tmp_path / "repository"),
        "BACKUP_PASSWORD_FILE": str(tmp_path / "key"),
        "TMPDIR": str(tmp_path),
    }


@pytest.fixture
def vault(django_db_modify_db_settings: None, tmp_path: Path, repository: dict[str, str]) -> Iterator[Vault]:
    folder = tmp_path / "vault"
    folder.mkdir()
    with served_app(folder, **repository) as running:
        yield Vault(running)
