"""What a killed process leaves behind, and what the sweep makes of it."""

import hashlib
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone
from rest_framework.test import APIClient

from mediavault.accounts.models import User
from mediavault.vault.actions.finish_upload import finish_upload
from mediavault.vault.actions.sweep_store import Swept, sweep_store
from mediavault.vault.models import Blob, File, Upload
from mediavault.vault.storage.current import media_store
from mediavault.vault.storage.keys import blob_key, thumbnail_key


def publish(key: str, content: bytes = b"x") -> None:
    with media_store().create_temporary() as temporary:
        temporary.write(content)
        temporary.finish()
        media_store().publish(temporary, key=key)


def stored(media_root: Path) -> int:
    return sum(path.is_file() for path in media_root.rglob("*"))


def test_what_files_point_at_stays(as_ann: APIClient, upload: Any, media_root: Path) -> None:
    upload(as_ann)
    assert sweep_store(now=time.time(), with_orphans=True) == Swept(temporaries=0, unreferenced=0, orphans=0)
    assert stored(media_root) == 1


def test_bytes_published_without_a_row_go(ann: User, media_root: Path) -> None:
    publish(blob_key(ann.pk, "a" * 64))
    for size in ("small", "large"):
        publish(thumbnail_key(ann.pk, "a" * 64, size))
    assert sweep_store(now=time.time(), with_orphans=True).orphans == 3
    assert stored(media_root) == 0


@pytest.fixture
def killed(ann: User) -> Upload:
    """An upload in parts whose bytes were published when its process was killed, before its file was made."""
    sha256 = hashlib.sha256(b"x").hexdigest()
    publish(blob_key(ann.pk, sha256))
    return Upload.objects.create(
        owner=ann,
        name="a",
        on_conflict="fail",
        length=1,
        offset=1,
        sha256=sha256,
        temporary="0" * 32,
        expires_at=timezone.now() + timedelta(hours=1),
    )


def test_bytes_of_a_killed_upload_stay_and_become_its_file(killed: Upload) -> None:
    assert sweep_store(now=time.time(), with_orphans=True).orphans == 0
    finish_upload(killed)
    assert File.objects.get().file.sha256 == killed.sha256


def test_bytes_of_a_killed_upload_go_when_it_expires(killed: Upload, media_root: Path) -> None:
    assert sweep_store(now=time.time() + 7200, with_orphans=True).orphans == 1
    assert stored(media_root) == 0


def test_bytes_of_an_owner_who_was_deleted_go(
    as_ann: APIClient, ann: User, upload: Any, media_root: Path
) -> None:
    upload(as_ann)
    ann.delete()
    assert sweep_store(now=time.time(), with_orphans=True).orphans == 1
    assert stored(media_root) == 0


def test_a_blob_whose_last_file_went_before_its_bytes_goes(
    as_ann: APIClient, upload: Any, media_root: Path
) -> None:
    file = upload(as_ann)
    File.objects.filter(pk=file.pk).delete()
    Blob.objects.update(references=F("references") - 1)
    assert sweep_store(now=time.time(), with_orphans=True).unreferenced == 1
    assert (stored(media_root), Blob.objects.count()) == (0, 0)


def test_a_blob_that_counts_nobody_but_is_pointed_at_keeps_its_bytes(
    as_ann: APIClient, upload: Any, media_root: Path
) -> None:
    upload(as_ann)
    Blob.objects.update(references=0)
    assert sweep_store(now=time.time(), with_orphans=True).unreferenced == 0
    assert stored(media_root) == 1


def test_an_upload_after_a_kill_between_bytes_and_row_is_whole(
    as_ann: APIClient, ann: User, upload: Any
) -> None:
    file = upload(as_ann)
    Blob.objects.filter(pk=file.file_id).update(references=0)
    File.objects.all().delete()
    media_store().delete(blob_key(ann.pk, file.file.sha256))
    again = upload(as_ann)
    assert b"".join(as_ann.get(f"/api/files/{again.pk}/stream/")) == b"some text\n"


def test_an_abandoned_temporary_goes(media_root: Path, db: None) -> None:
    temporary = media_store().create_temporary()
    temporary.write(b"half")
    assert sweep_store(now=time.time(), with_orphans=True).temporaries == 0
    incoming = media_root / "incoming"
    left = incoming / ("0" * 32)
    left.write_bytes(b"left by a killed process")
    assert sweep_store(now=time.time() + 601, with_orphans=True).temporaries == 1
    assert not left.exists()
    temporary.discard()


def test_a_suspended_temporary_stays_while_an_upload_knows_it(ann: User) -> None:
    temporary = media_store().create_temporary()
    temporary.suspend()
    tomorrow = timezone.now() + timedelta(days=1)
    upload = Upload.objects.create(
        owner=ann, name="a", temporary=temporary.name, expires_at=tomorrow + timedelta(days=1)
    )
    assert sweep_store(now=tomorrow.timestamp(), with_orphans=True).temporaries == 0
    upload.delete()
    assert sweep_store(now=tomorrow.timestamp(), with_orphans=True).temporaries == 1
