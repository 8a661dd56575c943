"""Where backups go, and what opens them: read from the environment by the commands that need it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mediavault.config import InvalidConfig


@dataclass(frozen=True)
class BackupConfig:
    """One vault's repository, as restic names it, and the file with the key that everything is encrypted by.

    Without S3 keys restic looks for those of the pod's role.
    """

    repository: str
    password_file: str
    s3_region: str
    s3_access_key_id: str = field(repr=False)
    s3_secret_access_key: str = field(repr=False)

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "BackupConfig":
        """What BACKUP_* say; raises InvalidConfig with all problems."""
        problems: list[str] = []
        config = cls(
            repository=environ.get("BACKUP_REPOSITORY", "").strip(),
            password_file=environ.get("BACKUP_PASSWORD_FILE", "").strip(),
            s3_region=environ.get("BACKUP_S3_REGION", "").strip(),
            s3_access_key_id=_secret(environ, "BACKUP_S3_ACCESS_KEY_ID_FILE", problems),
            s3_secret_access_key=_secret(environ, "BACKUP_S3_SECRET_ACCESS_KEY_FILE", problems),
        )
        if not config.repository:
            problems.append(
                "BACKUP_REPOSITORY is missing: set it to a folder or to s3:https://server/bucket/path."
            )
        if not config.password_file or not _secret(environ, "BACKUP_PASSWORD_FILE", problems):
            problems.append("BACKUP_PASSWORD_FILE must name the file that holds the encryption key.")
        if problems:
            raise InvalidConfig(tuple(problems))
        return config


def _secret(environ: Mapping[str, str], name: str, problems: list[str]) -> str:
    path = environ.get(name, "").strip()
    if not path:
        return ""
    try:
        return Path(path).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        problems.append(f"{name} names {path}, which cannot be read.")
        return ""
