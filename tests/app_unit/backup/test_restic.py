"""restic over targets that are not as one would wish."""

from pathlib import Path

import pytest

from mediavault.backup import restic
from mediavault.backup.config import BackupConfig
from mediavault.backup.failures import BackupFailed, Reason
from s3_server import KEY, SECRET, S3Server


@pytest.fixture
def without_a_bucket(s3_server: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> restic.Restic:
    """A repository in a bucket that is not there, of which restic hopes that it comes."""
    monkeypatch.setattr(restic, "PROBE_SECONDS", 4.0)
    (tmp_path / "key").write_text("a key")
    config = BackupConfig(
        repository=f"s3:{s3_server.url}/new-{tmp_path.name.replace('_', '-')}/photos",
        password_file=str(tmp_path / "key"),
        s3_region="",
        s3_access_key_id=KEY,
        s3_secret_access_key=SECRET,
    )
    return restic.Restic(config, cache=tmp_path / "cache")


def test_a_bucket_that_is_not_there_is_made_for_a_backup(without_a_bucket: restic.Restic) -> None:
    without_a_bucket.open(create=True)
    assert without_a_bucket.snapshots() == ()


def test_a_bucket_that_is_not_there_has_nothing_to_restore(without_a_bucket: restic.Restic) -> None:
    with pytest.raises(BackupFailed) as failure:
        without_a_bucket.open(create=False)
    assert failure.value.reason is Reason.NO_REPOSITORY
