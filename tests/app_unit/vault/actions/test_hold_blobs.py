"""While a backup holds the blobs, no bytes are removed, whatever is deleted meanwhile."""

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from mediavault.accounts.models import User
from mediavault.vault.actions import hold_blobs
from mediavault.vault.actions.hold_blobs import HoldLost, blobs_held
from mediavault.vault.actions.sweep_store import sweep_store
from mediavault.vault.models import Hold

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def nothing_left_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """Django leaves a connection to a database in memory open; Python 3.13 fails whichever test is next."""
    keep = hold_blobs._keep

    def keep_and_close(*arguments: Any) -> None:
        keep(*arguments)
        if connection.connection is not None:
            connection.connection.close()

    monkeypatch.setattr(hold_blobs, "_keep", keep_and_close)


def stored(media_root: Path) -> int:
    return sum(path.is_file() for path in (media_root / "blobs").rglob("*"))


def test_bytes_of_a_deleted_file_stay_until_the_sweep_after_the_hold(
    as_ann: APIClient, upload: Any, media_root: Path
) -> None:
    file = upload(as_ann)
    with blobs_held():
        assert as_ann.delete(f"/api/files/{file.pk}/").status_code == 204
        sweep_store(now=time.time(), with_orphans=True)
        assert stored(media_root) == 1
    sweep_store(now=time.time(), with_orphans=True)
    assert stored(media_root) == 0


def test_bytes_of_a_deleted_user_stay_while_they_are_held(
    ann: User, as_ann: APIClient, upload: Any, media_root: Path
) -> None:
    upload(as_ann)
    with blobs_held():
        ann.delete()
        assert sweep_store(now=time.time(), with_orphans=True).orphans == 0
    assert sweep_store(now=time.time(), with_orphans=True).orphans == 1
    assert stored(media_root) == 0


def test_a_hold_of_a_backup_that_was_killed_ends_by_itself(
    as_ann: APIClient, upload: Any, media_root: Path
) -> None:
    Hold.objects.create(until=timezone.now() - timedelta(seconds=1))
    file = upload(as_ann)
    assert as_ann.delete(f"/api/files/{file.pk}/").status_code == 204
    assert stored(media_root) == 0


def test_a_hold_that_ran_out_is_told_and_never_taken_up_again(ann: User) -> None:
    with blobs_held(lease=timedelta(seconds=0.3)) as check:
        Hold.objects.update(until=timezone.now())
        until(lambda: lost(check))
        assert not Hold.stands()


def test_a_hold_is_renewed_while_its_backup_is_busy(ann: User) -> None:
    with blobs_held(lease=timedelta(seconds=2)) as check:
        first = Hold.objects.get().until
        until(lambda: Hold.objects.get().until > first)
        check()
    assert not Hold.objects.exists()


def lost(check: Callable[[], None]) -> bool:
    try:
        check()
    except HoldLost:
        return True
    return False


def until(look: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not look():
        assert time.monotonic() < deadline
        time.sleep(0.02)
