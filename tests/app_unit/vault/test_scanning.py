"""A scanner, which is a real program: what it says decides, whichever way the bytes come."""

import os
import stat
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from mediavault.vault.errors import ScanFailed, ScanRefused
from mediavault.vault.models import File, Upload
from mediavault.vault.scanning import scan

TUS: dict[str, Any] = {"HTTP_TUS_RESUMABLE": "1.0.0"}
PATCH: dict[str, Any] = {**TUS, "content_type": "application/offset+octet-stream"}
BAD, UNSURE, GOOD = b"EICAR", b"UNSURE", b"harmless"
SCANNER = f"""#!/bin/sh
content=$(cat)
case "$content" in
  {BAD.decode()}*) echo "found: Eicar"; exit 1 ;;
  {UNSURE.decode()}*) exit 2 ;;
  SLOW) sleep 60 & wait ;;
  ENV) env >&2; exit 3 ;;
esac
"""


@pytest.fixture
def scanner(tmp_path: Path, settings: Any) -> Path:
    program = tmp_path / "scanner"
    program.write_text(SCANNER)
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    settings.SCAN_COMMAND, settings.SCAN_SECONDS = (str(program),), 30
    return program


def form(client: Any, content: bytes) -> Any:
    body = {"file": SimpleUploadedFile("a", content)}
    return client.post("/api/files/", body, format="multipart")


def raw(client: Any, content: bytes) -> Any:
    return client.put("/api/upload/a", content, content_type="application/octet-stream")


def tus(client: Any, content: bytes) -> Any:
    made = begun(client, content)
    return client.generic("PATCH", made["Location"], content, HTTP_UPLOAD_OFFSET="0", **PATCH)


def tus_at_once(client: Any, content: bytes) -> Any:
    return begun(client, content, body=content)


def begun(client: Any, content: bytes, body: bytes = b"") -> Any:
    told = {**(PATCH if body else TUS), "HTTP_UPLOAD_METADATA": "filename YQ=="}
    return client.generic("POST", "/api/uploads/", body, HTTP_UPLOAD_LENGTH=str(len(content)), **told)


WAYS = pytest.mark.parametrize("send", [form, raw, tus, tus_at_once])
Send = Callable[[Any, bytes], Any]


def kind(answer: Any) -> str:
    return str(answer.json()["type"].rpartition("/")[2])


def stored(media_root: Path) -> list[Path]:
    return [path for path in media_root.rglob("*") if path.is_file()]


@WAYS
def test_harmless_bytes_come_in(as_ann: Any, scanner: Path, send: Send) -> None:
    assert send(as_ann, GOOD).status_code in (201, 204)
    assert File.objects.get().size == len(GOOD)


@WAYS
def test_refused_bytes_leave_nothing(
    as_ann: Any, scanner: Path, send: Send, media_root: Path, caplog: pytest.LogCaptureFixture
) -> None:
    answer = send(as_ann, BAD)
    assert (answer.status_code, kind(answer)) == (422, "content-refused")
    assert not File.objects.exists()
    assert not Upload.objects.exists()
    assert stored(media_root) == []
    assert "found: Eicar" in caplog.text
    assert b"Eicar" not in answer.content


@WAYS
def test_bytes_that_could_not_be_judged_are_not_published(as_ann: Any, scanner: Path, send: Send) -> None:
    answer = send(as_ann, UNSURE)
    assert (answer.status_code, kind(answer), answer["Retry-After"]) == (503, "scan-failed", "5")
    assert not File.objects.exists()


def test_an_upload_in_parts_is_finished_once_the_scanner_is_back(as_ann: Any, scanner: Path) -> None:
    made = begun(as_ann, GOOD)
    scanner.chmod(0)
    where, there = made["Location"], str(len(GOOD))
    assert as_ann.generic("PATCH", where, GOOD, HTTP_UPLOAD_OFFSET="0", **PATCH).status_code == 503
    scanner.chmod(0o700)
    assert as_ann.generic("PATCH", where, b"", HTTP_UPLOAD_OFFSET=there, **PATCH).status_code == 204
    assert File.objects.exists()


def test_new_bytes_of_a_file_are_judged_too(as_ann: Any, scanner: Path, upload: Any) -> None:
    file = upload(as_ann, "a", GOOD)
    answer = as_ann.put(f"/api/files/{file.pk}/content/", BAD, content_type="application/octet-stream")
    assert answer.status_code == 422
    body = {"file": SimpleUploadedFile("a", BAD)}
    assert as_ann.patch(f"/api/files/{file.pk}/", body, format="multipart").status_code == 422
    file.refresh_from_db()
    assert file.size == len(GOOD)


def test_one_that_takes_too_long_is_killed_with_all_it_started(scanner: Path) -> None:
    began = time.monotonic()
    with pytest.raises(ScanFailed, match="status -9"):
        scan(BytesIO(b"SLOW"), command=[str(scanner)], seconds=0.5)
    assert time.monotonic() - began < 30


def test_it_sees_no_secret(scanner: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://user:password@host/name")
    with pytest.raises(ScanFailed) as failed:
        scan(BytesIO(b"ENV"), command=[str(scanner)], seconds=30)
    assert "PATH=" in str(failed.value)
    assert "password" not in str(failed.value)


def test_one_that_does_not_read_to_the_end_may_answer() -> None:
    with pytest.raises(ScanRefused):
        scan(BytesIO(bytes(10 * 1024 * 1024)), command=["false"], seconds=30)


def test_a_file_is_its_standard_input_itself(tmp_path: Path) -> None:
    (tmp_path / "content").write_bytes(GOOD)
    with (tmp_path / "content").open("rb", buffering=0) as source:
        scan(source, command=["test", "-f", "/dev/stdin"], seconds=30)
        assert os.lseek(source.fileno(), 0, os.SEEK_CUR) == 0


def test_a_program_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ScanFailed, match="cannot be run"):
        scan(BytesIO(GOOD), command=[str(tmp_path / "absent")], seconds=30)
