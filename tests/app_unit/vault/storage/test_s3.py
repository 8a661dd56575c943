"""What only a bucket does: parts, completed uploads that nobody heard of, errors, presigned URLs."""

import hashlib
import os
import subprocess
import sys
import time
import urllib.request
from dataclasses import replace
from pathlib import Path

import pytest

from mediavault.config import S3Config
from mediavault.vault.storage.errors import StorageUnavailable
from mediavault.vault.storage.keys import blob_key
from mediavault.vault.storage.s3 import bucket as calls
from mediavault.vault.storage.s3.bucket import Bucket
from mediavault.vault.storage.s3.store import S3Store

PART = 64 * 1024
CONTENT = os.urandom(5 * PART + 17)
KEY = blob_key(7, hashlib.sha256(CONTENT).hexdigest())


@pytest.fixture
def bucket(s3: S3Config) -> Bucket:
    return Bucket(s3)


def left(bucket: Bucket) -> list[str]:
    return [key for key, _ in bucket.stored("incoming/")] + [key for key, *_ in bucket.uploads("incoming/")]


@pytest.mark.parametrize("size", [0, PART - 1, PART, PART + 1, len(CONTENT)])
def test_an_object_of_any_number_of_parts_is_whole_and_leaves_nothing_else(
    s3_store: S3Store, bucket: Bucket, size: int
) -> None:
    with s3_store.create_temporary() as temporary:
        temporary.write(CONTENT[:size])
        temporary.finish()
        s3_store.publish(temporary, key=KEY)
    with s3_store.open(KEY) as source:
        assert source.read() == CONTENT[:size]
    assert left(bucket) == []


def test_what_is_given_up_leaves_nothing(s3_store: S3Store, bucket: Bucket) -> None:
    with s3_store.create_temporary() as temporary:
        temporary.write(CONTENT)
        assert left(bucket) != []
    assert left(bucket) == []


def test_an_upload_that_was_completed_by_a_writer_who_then_died_goes_on(
    s3_store: S3Store, bucket: Bucket
) -> None:
    with s3_store.create_temporary() as temporary:
        temporary.write(CONTENT[: 2 * PART + 5])
        temporary.suspend()
    with s3_store.resume_temporary(temporary.name, size=2 * PART + 5) as dying:
        dying.write(CONTENT[2 * PART + 5 :])
        dying.finish()
    with s3_store.resume_temporary(temporary.name, size=2 * PART + 5) as resumed:
        resumed.write(CONTENT[2 * PART + 5 :])
        resumed.finish()
        assert resumed.sha256 == hashlib.sha256(CONTENT).hexdigest()
        s3_store.publish(resumed, key=KEY)
    with s3_store.open(KEY) as source:
        assert source.read() == CONTENT


def test_points_do_not_heap_up(s3_store: S3Store, bucket: Bucket) -> None:
    with s3_store.create_temporary() as temporary:
        for start in range(0, 5 * PART, 1000):
            temporary.write(CONTENT[start : start + 1000])
            temporary.checkpoint()
        assert len(list(bucket.stored("incoming/"))) == 3
        temporary.discard()
    assert left(bucket) == []


def test_a_sweep_ends_uploads_that_a_killed_writer_left(s3_store: S3Store, bucket: Bucket) -> None:
    bucket.begin("incoming/" + "0" * 32)
    assert s3_store.sweep_temporaries(now=time.time(), keep=()) == 0
    assert s3_store.sweep_temporaries(now=time.time() + 48 * 3600, keep=()) == 1
    assert left(bucket) == []


def test_a_server_that_cannot_copy_parts_does_not_publish_an_empty_object(
    s3_store: S3Store, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "LARGEST_COPY", PART)
    with s3_store.create_temporary() as temporary:
        temporary.write(CONTENT)
        temporary.finish()
        with pytest.raises(StorageUnavailable, match="cannot copy"):
            s3_store.publish(temporary, key=KEY)
    assert not s3_store.exists(KEY)
    assert left(bucket) == []


def test_a_reader_asks_for_no_more_than_a_part(s3_store: S3Store) -> None:
    with s3_store.create_temporary() as temporary:
        temporary.write(CONTENT)
        temporary.finish()
        s3_store.publish(temporary, key=KEY)
    with s3_store.open_part(KEY, start=1000, length=500) as part:
        assert part.read() == CONTENT[1000:1500]


def test_a_presigned_url_gives_the_bytes_with_the_headers_that_were_signed(
    s3: S3Config, tmp_path: Path
) -> None:
    store = S3Store(replace(s3, presigned_redirects=True), tmp_path, largest=0, smallest_part=PART)
    with store.create_temporary() as temporary:
        temporary.write(CONTENT)
        temporary.finish()
        store.publish(temporary, key=KEY)
    headers = {"Content-Type": "video/mp4", "Content-Disposition": 'inline; filename="a.mp4"'}
    url = store.presigned_url(KEY, headers=headers, seconds=60)
    assert url is not None
    with urllib.request.urlopen(urllib.request.Request(url, headers={"Range": "bytes=1-2"})) as answer:
        assert answer.read() == CONTENT[1:3]
        assert answer.headers["Content-Type"] == "video/mp4"


@pytest.mark.parametrize(
    "change",
    [{"bucket": "absent"}, {"secret_access_key": "wrong"}, {"endpoint_url": "http://127.0.0.1:1"}],
    ids=["no bucket", "wrong secret", "no server"],
)
def test_a_store_that_cannot_be_written_says_why_without_the_secret(
    s3: S3Config, tmp_path: Path, change: dict[str, str]
) -> None:
    store = S3Store(replace(s3, **change), tmp_path, largest=0)  # type: ignore[arg-type]
    with pytest.raises(StorageUnavailable) as failed:
        store.check_writable()
    complaint = store.complaint(failed.value)
    assert complaint.startswith(f"The bucket {change.get('bucket', s3.bucket)} at http://127.0.0.1:")
    assert "secret" not in complaint.replace("secret key", "")


def test_a_vault_on_a_file_system_does_not_load_boto3() -> None:
    code = (
        "import sys, django; django.setup()\n"
        "from mediavault.vault.storage.current import media_store\n"
        "import mediavault.urls; media_store(); assert 'botocore' not in sys.modules"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    environment["DJANGO_SETTINGS_MODULE"] = "mediavault.development"
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
