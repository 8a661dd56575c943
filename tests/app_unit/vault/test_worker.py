"""The worker's turns: what is examined, tried again, given up, given back."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from django.core.management import call_command
from django.utils import timezone
from PIL import Image
from rest_framework.test import APIClient

from mediavault.accounts.models import User
from mediavault.vault.actions.claim_examination import LEASE, claim_examination
from mediavault.vault.actions.enqueue_examinations import enqueue_examinations
from mediavault.vault.media import decoders, examination
from mediavault.vault.media.decoders import Decoders
from mediavault.vault.media.examination import Examination, State
from mediavault.vault.models import Blob, File, Ledger, MediaTask
from mediavault.vault.storage.current import media_store
from mediavault.vault.storage.keys import blob_key, thumbnail_key
from mediavault.vault.worker import IDLE_SECONDS, TROUBLE_SECONDS, Stopping, Worker

pytestmark = pytest.mark.django_db(transaction=True)
WEBP = b"RIFF    WEBP"


def found(source: BinaryIO, *, content_type: str) -> Examination:
    facts: dict[str, str | int | float] = {"taken_at": "2024-05-01T10:00:00", "camera": "Pinhole"}
    return Examination(State.READY, facts=facts, pictures={"small": WEBP, "large": WEBP})


def down(source: BinaryIO, *, content_type: str) -> Examination:
    return Examination(State.FAILED, "the decoder died", passing=True)


def damaged(source: BinaryIO, *, content_type: str) -> Examination:
    return Examination(State.FAILED, "the film is damaged")


def broken(source: BinaryIO, *, content_type: str) -> Examination:
    raise RuntimeError("secret of the file")


def stopping(source: BinaryIO, *, content_type: str) -> Examination:
    raise Stopping


@pytest.fixture
def queued(as_ann: APIClient, upload: Any) -> File:
    file: File = upload(as_ann)
    enqueue_examinations(blob_ids=[file.file_id])
    return file


@pytest.fixture
def heartbeat(tmp_path: Path) -> Path:
    return tmp_path / "heartbeat"


def long_ago() -> None:
    MediaTask.objects.update(due_at=timezone.now() - timedelta(hours=1))


def test_what_is_found_stands_in_the_store_the_blob_and_its_files(
    ann: User, queued: File, heartbeat: Path
) -> None:
    before = Ledger.objects.get(owner=ann).revision
    assert Worker(heartbeat=heartbeat, examiner=found).turn() == 0
    queued.refresh_from_db()
    blob = queued.file
    assert (blob.state, blob.has_thumbnail, blob.camera) == ("ready", True, "Pinhole")
    assert queued.taken_at is not None
    assert queued.taken_at.isoformat() == "2024-05-01T10:00:00+00:00"
    assert queued.revision > before
    assert media_store().exists(thumbnail_key(ann.pk, blob.sha256, "small"))
    assert not MediaTask.objects.exists()


def test_an_empty_queue_is_asked_again_later(heartbeat: Path) -> None:
    assert Worker(heartbeat=heartbeat, examiner=found).turn() == IDLE_SECONDS
    assert heartbeat.exists()


def test_damaged_media_is_told_at_once(queued: File, heartbeat: Path) -> None:
    Worker(heartbeat=heartbeat, examiner=damaged).turn()
    assert Blob.objects.values_list("state", "reason").get() == ("failed", "the film is damaged")
    assert not MediaTask.objects.exists()


@pytest.mark.parametrize(
    ("examiner", "reason"),
    [(down, "the decoder died"), (broken, "the examination failed (RuntimeError)")],
)
def test_what_may_pass_is_tried_three_times_with_pauses_and_given_up(
    queued: File, heartbeat: Path, examiner: Any, reason: str
) -> None:
    worker = Worker(heartbeat=heartbeat, examiner=examiner)
    for attempt in (1, 2):
        long_ago()
        worker.turn()
        assert MediaTask.objects.get().attempts == attempt
        assert worker.turn() == IDLE_SECONDS
    long_ago()
    worker.turn()
    told = Blob.objects.values_list("state", "reason").get()
    assert told == ("failed", f"gave up after 3 attempts: {reason}")
    assert not MediaTask.objects.exists()


def test_an_image_that_found_no_decoder_free_when_it_came_is_left_to_the_worker(
    as_ann: APIClient, upload: Any, heartbeat: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = BytesIO()
    Image.new("RGB", (40, 30), "red").save(image, "PNG")
    own = Decoders(most=1)
    monkeypatch.setattr(examination, "_DECODERS", own)
    monkeypatch.setattr(decoders, "PATIENCE_SECONDS", 0.01)
    with own._free:
        file = upload(as_ann, "dot.png", image.getvalue())
    assert (file.file.state, file.file.reason) == ("pending", "")
    Worker(heartbeat=heartbeat).turn()
    own.stop()
    file.file.refresh_from_db()
    assert (file.file.state, file.file.has_thumbnail) == ("ready", True)


def test_poison_does_not_keep_others_waiting(as_ann: APIClient, upload: Any, heartbeat: Path) -> None:
    poison, good = upload(as_ann, "poison.txt", b"poison"), upload(as_ann, "good.txt", b"good")
    enqueue_examinations(blob_ids=[poison.file_id, good.file_id])

    def picky(source: BinaryIO, *, content_type: str) -> Examination:
        examiner = broken if source.read() == b"poison" else found
        return examiner(source, content_type=content_type)

    worker = Worker(heartbeat=heartbeat, examiner=picky)
    worker.turn()
    worker.turn()
    good.file.refresh_from_db()
    assert good.file.state == "ready"


def test_one_that_killed_three_workers_is_not_opened_again(queued: File, heartbeat: Path) -> None:
    MediaTask.objects.update(attempts=3)
    Worker(heartbeat=heartbeat, examiner=found).turn()
    told = Blob.objects.values_list("state", "reason").get()
    assert told == ("failed", "gave up after 3 attempts: each ended the worker")


def test_a_stop_gives_the_work_back_as_if_it_had_not_begun(queued: File, heartbeat: Path) -> None:
    Worker(heartbeat=heartbeat, examiner=stopping).run()
    assert MediaTask.objects.get().attempts == 0
    assert claim_examination(now=timezone.now()) is not None


def test_a_volume_that_is_away_is_no_fault_of_the_files(
    queued: File, heartbeat: Path, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "none")
    assert Worker(heartbeat=heartbeat, examiner=found).turn() == TROUBLE_SECONDS
    assert MediaTask.objects.get().attempts == 0


def test_missing_bytes_are_told(ann: User, queued: File, heartbeat: Path) -> None:
    media_store().delete(blob_key(ann.pk, queued.file.sha256))
    Worker(heartbeat=heartbeat, examiner=found).turn()
    assert Blob.objects.get().reason == "the bytes are missing"


def test_a_file_deleted_meanwhile_is_forgotten(as_ann: APIClient, queued: File, heartbeat: Path) -> None:
    sha256 = queued.file.sha256

    def late(source: BinaryIO, *, content_type: str) -> Examination:
        as_ann.delete(f"/api/files/{queued.pk}/")
        return found(source, content_type=content_type)

    Worker(heartbeat=heartbeat, examiner=late).turn()
    assert not Blob.objects.exists()
    assert not MediaTask.objects.exists()
    assert not media_store().exists(thumbnail_key(queued.owner_id, sha256, "small"))


def test_who_was_late_does_not_overwrite_who_came_after(queued: File, heartbeat: Path) -> None:
    def late(source: BinaryIO, *, content_type: str) -> Examination:
        claim_examination(now=timezone.now() + LEASE + timedelta(seconds=1))
        return damaged(source, content_type=content_type)

    Worker(heartbeat=heartbeat, examiner=late).turn()
    assert Blob.objects.get().state == "ready"
    assert MediaTask.objects.get().attempts == 2


def test_media_are_queued_again_by_command(as_ann: APIClient, upload: Any) -> None:
    failed, other = upload(as_ann, "a", b"a"), upload(as_ann, "b", b"b")
    Blob.objects.filter(pk=failed.file_id).update(state="failed")
    call_command("examine", "--failed")
    assert [task.pk for task in MediaTask.objects.all()] == [failed.file_id]
    MediaTask.objects.update(attempts=3)
    call_command("examine", "--all")
    assert set(MediaTask.objects.values_list("pk", "attempts")) == {(failed.file_id, 0), (other.file_id, 0)}
