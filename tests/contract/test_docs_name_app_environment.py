"""Every environment variable that the app reads is documented, and nothing else is."""

import re
from pathlib import Path

import pytest

from mediavault.accounts.declared import Declared
from mediavault.backup.config import BackupConfig
from mediavault.config import AppConfig, InvalidConfig

DOCUMENT = Path(__file__).parents[2] / "docs" / "reference" / "app-environment.md"


class Recorder(dict[str, str]):
    """An environment that remembers which names it was asked for."""

    def __init__(self, values: dict[str, str]) -> None:
        super().__init__(values)
        self.asked: set[str] = set()

    def get(self, name: str, default: str | None = None) -> str | None:  # type: ignore[override]
        self.asked.add(name)
        return super().get(name, default)


def names_read(secret: Path) -> set[str]:
    secret.write_text("0123456789abcdefghij")
    given = {"ADMIN_PASSWORD_FILE": str(secret), "ADMIN_TOKEN_FILE": str(secret)}
    config, admin = (
        Recorder({"DATABASE_URL": "postgres://h/d"}),
        Recorder({"ADMIN_USERNAME": "admin", **given}),
    )
    with pytest.raises(InvalidConfig):
        AppConfig.from_env(config)
    Declared.from_env(admin)
    backup = Recorder({"BACKUP_REPOSITORY": "/backups", "BACKUP_PASSWORD_FILE": str(secret)})
    BackupConfig.from_env(backup)
    return config.asked | admin.asked | backup.asked


def test_the_table_names_each_variable_once(tmp_path: Path) -> None:
    documented = re.findall(r"^\| `([A-Z0-9_]+)`", DOCUMENT.read_text(), re.MULTILINE)
    assert sorted(documented) == sorted(names_read(tmp_path / "secret"))
