"""An upload whose process is killed before or after any step goes on where its row says."""

import os
import subprocess
import sys
from pathlib import Path

# Each step, a call that changes the disk or a statement for the database, is the last one of some process;
# then another one does what a client of tus does. Prints how many steps there are.
SCRIPT = """
import os, signal, sys, time
from datetime import timedelta

import django
import steps
django.setup()
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from mediavault.accounts.models import User
from mediavault.vault.actions import append_to_upload as appending
from mediavault.vault.actions.begin_upload import begin_upload
from mediavault.vault.actions.delete_file import delete_file
from mediavault.vault.actions.place_file import Place
from mediavault.vault.actions.sweep_store import sweep_store
from mediavault.vault.models import File, Upload
from mediavault.vault.storage.current import media_store
from mediavault.vault.storage.keys import blob_key

call_command("migrate", verbosity=0)
owner = User.objects.create_user("ann").pk
content = os.urandom(5000)
appending.CHECKPOINT_BYTES = 1500

def send(upload):
    rest = content[upload.offset :]
    chunks = (rest[at : at + 1000] for at in range(0, len(rest), 1000))
    part = appending.Part(offset=upload.offset, size=len(rest), chunks=chunks)
    appending.append_to_upload(
        owner_id=owner, upload_id=upload.pk, part=part, limit=2**30, now=timezone.now()
    )

def doomed(upload, last):
    steps.count_steps_on_disk()
    steps.count_steps_in_database()
    steps.choose(last)
    send(upload)
    os._exit(0)

def fresh():
    return begin_upload(
        place=Place(owner_id=owner, folder_id=None, name="a"),
        length=len(content),
        sha256="",
        expires_at=timezone.now() + timedelta(hours=1),
    )

def tried(when, last):
    upload = fresh()
    connection.close()
    child = os.fork()
    if not child:
        doomed(upload, f"{when}:{last}")
    status = os.waitpid(child, 0)[1]
    upload.refresh_from_db()
    known = File.objects.count()
    assert known == int(upload.is_finished), (when, last)
    assert upload.offset % 1000 == 0 or upload.is_finished
    if not upload.is_finished:
        send(upload)
    file = File.objects.get()
    with media_store().open(blob_key(owner, file.file.sha256)) as source:
        assert source.read() == content, (when, last)
    Upload.objects.all().delete()
    sweep_store(now=time.time() + 86400, with_orphans=True)
    assert list((media_store().root / "incoming").iterdir()) == [], (when, last)
    delete_file(owner_id=owner, file_id=file.pk)
    sweep_store(now=time.time() + 86400, with_orphans=True)
    assert list(media_store().keys("blobs/")) == [], (when, last)
    return os.waitstatus_to_exitcode(status)

for when in ("before", "after"):
    last = 1
    while (code := tried(when, last)) == -signal.SIGKILL:
        last += 1
    assert code == 0, code
    print(last - 1)
"""


def test_a_kill_at_any_step_costs_only_what_was_not_written_down(tmp_path: Path, media_root: Path) -> None:
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(sys.path),
        "DJANGO_SETTINGS_MODULE": "mediavault.development",
        "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3",
        "MEDIA_ROOT": str(media_root),
    }
    command = [sys.executable, "-c", SCRIPT]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    before, after = map(int, done.stdout.split())
    assert before == after
    assert before > 30, before
