"""The sweep of a serving process: it goes on whatever happens to it."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from rest_framework.test import APIClient

from mediavault.vault.housekeeping import ORPHANS_AFTER_SECONDS, sweep_once
from mediavault.vault.models import Blob, File


def test_a_sweep_that_goes_through_says_so(db: None, media_root: Path) -> None:
    (media_root / "incoming").mkdir()
    left = media_root / "incoming" / ("0" * 32)
    left.touch()
    os.utime(left, (0, 0))
    assert sweep_once(serving_for=0)
    assert not left.exists()


def test_a_volume_that_is_not_there_ends_no_process(db: None, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "none")
    assert not sweep_once(serving_for=0)


@pytest.mark.django_db(transaction=True)
def test_bytes_that_the_database_does_not_know_are_left_alone_for_a_day(
    as_ann: APIClient, upload: Any, media_root: Path
) -> None:
    upload(as_ann)
    stored = {path for path in media_root.rglob("*") if path.is_file()}
    File.objects.all().delete()
    Blob.objects.all().delete()
    assert sweep_once(serving_for=ORPHANS_AFTER_SECONDS - 1)
    assert {path for path in media_root.rglob("*") if path.is_file()} == stored
    assert sweep_once(serving_for=ORPHANS_AFTER_SECONDS)
    assert not any(path.is_file() for path in media_root.rglob("*"))


@pytest.mark.django_db(transaction=True)
def test_expired_sessions_go() -> None:
    for days in (-1, 1):
        Session.objects.create(session_key=f"key{days}", expire_date=timezone.now() + timedelta(days=days))
    assert sweep_once(serving_for=0)
    assert [session.session_key for session in Session.objects.all()] == ["key1"]
