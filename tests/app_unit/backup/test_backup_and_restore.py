"""A vault in use is backed up by real restic, and a new vault made of the backup has all of it."""

import hashlib
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from mediavault.config import S3Config
from s3_server import KEY, SECRET
from served_app import served_app
from used_vault import Vault, run

FEW = b"a few words\n"


def shown(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows without the addresses, which name the server."""
    return [{key: value for key, value in row.items() if key not in ("file", "thumbnail")} for row in rows]


def hashes(vault: Vault) -> dict[str, str]:
    return {row["name"]: hashlib.sha256(vault.content(row)).hexdigest() for row in vault.rows("files")}


def fill(vault: Vault) -> None:
    folder = vault.make_folder("Holidays")
    inner = vault.make_folder("Sea", parent_folder=folder["id"])
    vault.put("words.txt", FEW)
    vault.put("same.txt", FEW)
    vault.put(f"large.bin?folder={inner['id']}", os.urandom(3_000_000))


def test_a_new_vault_of_a_backup_has_the_same_files_folders_and_accounts(
    vault: Vault, repository: dict[str, str], tmp_path: Path
) -> None:
    fill(vault)
    taken = run(vault, "backup")
    assert (taken.code, taken.outcome["files"], taken.outcome["missing"]) == (0, 2, 0)
    assert taken.outcome["kept"] == taken.outcome["snapshot"][:8]
    folder = tmp_path / "restored"
    folder.mkdir()
    restore = f"restore {taken.outcome['snapshot']}"
    with served_app(folder, before_prepare=restore, **repository) as app:
        restored = Vault(app)
        assert hashes(restored) == hashes(vault)
        for kind in ("files", "folders"):
            assert shown(restored.rows(kind)) == shown(vault.rows(kind))
        assert restored.ask("GET", "auth/user/").json() == vault.ask("GET", "auth/user/").json()
        assert not (folder / "media" / ".restoring").exists()
        assert restored.put("new.txt", b"and it goes on")["size"] == 14


def test_a_second_backup_sends_only_what_is_new(vault: Vault) -> None:
    vault.put("large.bin", os.urandom(20_000_000))
    first = run(vault, "backup").outcome
    vault.put("words.txt", FEW)
    second = run(vault, "backup").outcome
    assert first["added"] > 20_000_000
    assert second["size"] > 20_000_000
    assert second["added"] < 3_000_000


def test_files_deleted_after_a_backup_are_in_it(
    vault: Vault, repository: dict[str, str], tmp_path: Path
) -> None:
    file = vault.put("words.txt", FEW)
    snapshot = run(vault, "backup").outcome["snapshot"]
    vault.delete(file)
    run(vault, "backup")
    folder = tmp_path / "restored"
    folder.mkdir()
    with served_app(folder, before_prepare=f"restore {snapshot}", **repository) as app:
        assert hashes(Vault(app)) == {"words.txt": hashlib.sha256(FEW).hexdigest()}


def test_a_vault_that_has_data_is_never_overwritten(vault: Vault) -> None:
    vault.put("words.txt", FEW)
    snapshot = run(vault, "backup").outcome["snapshot"]
    before = hashes(vault)
    refused = run(vault, "restore", snapshot)
    assert (refused.code, refused.outcome["reason"]) == (2, "VaultNotEmpty")
    assert hashes(vault) == before


def test_a_wrong_key_is_told_as_such(vault: Vault, tmp_path: Path) -> None:
    assert run(vault, "backup").code == 0
    (tmp_path / "other").write_text("another key")
    refused = run(vault, "backup", BACKUP_PASSWORD_FILE=str(tmp_path / "other"))
    assert (refused.code, refused.outcome["reason"]) == (2, "WrongKey")


def test_a_missing_key_is_a_wrong_configuration(vault: Vault, tmp_path: Path) -> None:
    refused = run(vault, "backup", BACKUP_PASSWORD_FILE=str(tmp_path / "absent"))
    assert refused.code == 2
    assert "BACKUP_PASSWORD_FILE" in refused.outcome["error"]


def test_a_snapshot_that_is_not_there_is_told_as_such(vault: Vault, tmp_path: Path) -> None:
    assert run(vault, "backup").code == 0
    (tmp_path / "empty").mkdir()
    empty = {
        "MEDIA_ROOT": str(tmp_path / "empty"),
        "DATABASE_URL": f"sqlite:///{tmp_path}/empty/db.sqlite3",
    }
    refused = run(vault, "restore", "0123abcd" * 8, **empty)
    assert (refused.code, refused.outcome["reason"]) == (2, "SnapshotNotFound")


def test_a_repository_that_is_damaged_fails_the_backup(vault: Vault, repository: dict[str, str]) -> None:
    vault.put("large.bin", os.urandom(1_000_000))
    assert run(vault, "backup").code == 0
    packs = [path for path in Path(repository["BACKUP_REPOSITORY"], "data").rglob("*") if path.is_file()]
    largest = max(packs, key=lambda path: path.stat().st_size)
    largest.chmod(0o600)
    with largest.open("r+b") as pack:
        pack.seek(1000)
        pack.write(b"\0" * 100)
    failed = run(vault, "backup")
    assert (failed.code, failed.outcome["reason"]) == (1, "RepositoryDamaged")


def test_bytes_that_were_lost_before_are_counted(vault: Vault) -> None:
    vault.put("words.txt", FEW)
    for blob in Path(vault.app.environment["MEDIA_ROOT"], "blobs").rglob("*"):
        if blob.is_file():
            blob.unlink()
    taken = run(vault, "backup")
    assert (taken.code, taken.outcome["files"], taken.outcome["missing"]) == (0, 0, 1)


def test_retention_forgets_scheduled_snapshots_and_no_others(vault: Vault) -> None:
    asked_for = run(vault, "backup").outcome["snapshot"][:8]
    scheduled = [run(vault, "backup", "--scheduled", "--keep-last=2").outcome for _ in range(3)]
    last = [each["snapshot"][:8] for each in scheduled[1:]]
    assert scheduled[-1]["kept"].split() == [asked_for, *last]


def test_a_backup_goes_to_a_bucket(vault: Vault, s3: S3Config, tmp_path: Path) -> None:
    (tmp_path / "s3-key").write_text(KEY)
    (tmp_path / "s3-secret").write_text(SECRET)
    bucket = {
        "BACKUP_REPOSITORY": f"s3:{s3.endpoint_url}/{s3.bucket}/backups/photos",
        "BACKUP_S3_ACCESS_KEY_ID_FILE": str(tmp_path / "s3-key"),
        "BACKUP_S3_SECRET_ACCESS_KEY_FILE": str(tmp_path / "s3-secret"),
    }
    fill(vault)
    taken = run(vault, "backup", **bucket)
    assert taken.code == 0, taken.said
    assert SECRET not in taken.said
    assert "an encryption key" not in taken.said
    (tmp_path / "s3-secret").write_text("wrong")
    refused = run(vault, "backup", **bucket)
    assert (refused.code, refused.outcome["reason"]) == (2, "AccessDenied")


@pytest.mark.parametrize("moment", ["restored", "verified"])
def test_a_restore_that_was_killed_is_done_again(
    vault: Vault, repository: dict[str, str], tmp_path: Path, moment: str
) -> None:
    fill(vault)
    snapshot = run(vault, "backup").outcome["snapshot"]
    folder = tmp_path / "restored"
    staging = folder / "media" / ".restoring" / snapshot
    staging.mkdir(parents=True)
    if moment == "restored":
        (staging / "raw").mkdir()
        (staging / "raw" / "half").write_text("half a file")
    else:
        restic(repository, "restore", snapshot, "--target", str(staging / "raw"))
        media, dump = Path(vault.app.environment["MEDIA_ROOT"]), tmp_path / "mediavault-backup"
        for each in (staging / "raw" / media.relative_to("/")).iterdir():
            each.rename(staging / each.name)
        (staging / "raw" / dump.relative_to("/") / "database").rename(staging / "database")
        (staging / "blobs").rename(folder / "media" / "blobs")
        (staging / "verified").touch()
    with served_app(folder, before_prepare=f"restore {snapshot}", **repository) as app:
        assert hashes(Vault(app)) == hashes(vault)


def restic(repository: dict[str, str], *arguments: str) -> None:
    options = ["--repo", repository["BACKUP_REPOSITORY"]]
    options += ["--password-file", repository["BACKUP_PASSWORD_FILE"], "--no-cache"]
    subprocess.run(["restic", *options, *arguments], check=True, stdout=subprocess.DEVNULL)
