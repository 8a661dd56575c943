"""Several writers of one upload, on PostgreSQL: one at a time, over threads and processes."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.utils import timezone

from mediavault.accounts.models import User
from mediavault.database.advisory import LockTaken, advisory_lock
from mediavault.vault.actions import upload_writer
from mediavault.vault.actions.append_to_upload import Part, append_to_upload
from mediavault.vault.actions.begin_upload import begin_upload
from mediavault.vault.actions.place_file import Place
from mediavault.vault.actions.upload_writer import give_way
from mediavault.vault.errors import OffsetMismatch, UploadBusy, VaultError
from mediavault.vault.models import File, Upload
from mediavault.vault.storage.current import media_store

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
CONTENT = os.urandom(256 * 1024)
AT_ONCE = 8

# Holds a lock in a process of its own until it is killed.
HOLDER = """
import sys, django
django.setup()
from django.db import connection
from mediavault.database.advisory import advisory_lock
connection.settings_dict.update(NAME=sys.argv[2], HOST=sys.argv[3], PORT=sys.argv[4], USER=sys.argv[5])
with advisory_lock(int(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def upload(ann: User) -> Upload:
    return begin_upload(
        place=Place(owner_id=ann.pk, folder_id=None, name="a"),
        length=len(CONTENT),
        sha256="",
        expires_at=timezone.now() + timedelta(hours=1),
    )


def append(upload: Upload, chunks: Iterator[bytes]) -> object:
    part = Part(offset=0, size=len(CONTENT), chunks=chunks)
    try:
        return append_to_upload(
            owner_id=upload.owner_id, upload_id=upload.pk, part=part, limit=2**30, now=timezone.now()
        )
    except VaultError as error:
        return error
    finally:
        connections.close_all()


def test_of_many_at_once_one_writes_and_the_others_are_turned_away(upload: Upload) -> None:
    start = threading.Barrier(AT_ONCE)

    def run(_: int) -> object:
        start.wait(10)
        return append(upload, iter([CONTENT]))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        results = list(pool.map(run, range(AT_ONCE)))
    assert sum(isinstance(each, Upload) for each in results) == 1
    assert all(isinstance(each, Upload | UploadBusy | OffsetMismatch) for each in results)
    assert (File.objects.get().size, Upload.objects.get().is_finished) == (len(CONTENT), True)


def test_a_writer_that_waits_for_its_client_holds_no_transaction(
    upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload_writer, "_PATIENCE_SECONDS", 0.0)
    asked: list[tuple[object, ...]] = []

    def slow() -> Iterator[bytes]:
        yield CONTENT[:1000]
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'")
            asked.append(cursor.fetchone())
        assert isinstance(append(upload, iter([CONTENT])), UploadBusy)
        yield CONTENT[1000:]

    assert isinstance(append(upload, slow()), Upload)
    assert asked == [(0,)]


def test_a_writer_whose_client_is_silent_gives_way_with_all_it_has(upload: Upload) -> None:
    waiting = threading.Event()

    def silent() -> Iterator[bytes]:
        yield CONTENT[:1000]
        waiting.set()
        while True:
            give_way(upload.pk)

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(append, upload, silent())
        assert waiting.wait(10)
        assert isinstance(append(upload, iter([CONTENT])), OffsetMismatch)
        assert isinstance(first.result(10), UploadBusy)
    assert Upload.objects.get().offset == 1000


@pytest.fixture
def held_elsewhere() -> Iterator[Callable[[int], "subprocess.Popen[str]"]]:
    running: list[subprocess.Popen[str]] = []

    def hold(key: int) -> "subprocess.Popen[str]":
        settings = connection.settings_dict
        server = [str(settings[name]) for name in ("NAME", "HOST", "PORT", "USER")]
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(sys.path),
            "DJANGO_SETTINGS_MODULE": "mediavault.development",
        }
        process = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(key), *server],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        return process

    yield hold
    for process in running:
        process.kill()
        process.communicate()


def test_a_lock_of_another_process_ends_with_it(
    held_elsewhere: Callable[[int], "subprocess.Popen[str]"],
) -> None:
    other = held_elsewhere(-7)
    with pytest.raises(LockTaken), advisory_lock(-7):
        pass
    with advisory_lock(-8):
        pass
    other.kill()
    other.wait()
    deadline = timezone.now() + timedelta(seconds=20)
    while True:
        try:
            with advisory_lock(-7):
                return
        except LockTaken:
            assert timezone.now() < deadline


def test_a_row_that_another_has_written_is_not_written_over(upload: Upload) -> None:
    """Should the server lose its locks, offsets still hold."""

    def overtaken() -> Iterator[bytes]:
        yield CONTENT[:1000]
        with media_store().create_temporary() as other:
            other.write(CONTENT[:500])
            other.suspend()
        Upload.objects.filter(pk=upload.pk).update(offset=500, temporary=other.name)
        yield CONTENT[1000:]

    assert isinstance(append(upload, overtaken()), OffsetMismatch)
    assert Upload.objects.get().offset == 500
    assert not File.objects.exists()
