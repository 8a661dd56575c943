"""tus 1.0 at /api/uploads/: uploads that do not end as they were meant to."""

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from mediavault.vault.actions import append_to_upload
from mediavault.vault.actions.expire_uploads import expire_uploads
from mediavault.vault.models import File, Upload
from tus_requests import CONTENT, begin, content, incoming, kind, metadata, patch, send


def test_a_file_that_is_not_what_was_meant_is_not_kept(as_ann: APIClient, media_root: Path) -> None:
    address = begin(as_ann, sha256=hashlib.sha256(b"other").hexdigest())
    refused = patch(as_ann, address, 0, CONTENT)
    assert (refused.status_code, kind(refused)) == (460, "checksum-mismatch")
    assert send(as_ann, "HEAD", address).status_code == 404
    assert (incoming(media_root), File.objects.count()) == (0, 0)
    good = begin(as_ann, sha256=hashlib.sha256(CONTENT).hexdigest())
    assert patch(as_ann, good, 0, CONTENT).status_code == 204


def test_a_name_taken_at_the_beginning_is_refused_before_a_byte(as_ann: APIClient, upload: Any) -> None:
    upload(as_ann, "a.bin")
    headers = {"Upload-Length": "5", **metadata(filename="A.bin")}
    assert send(as_ann, "POST", "/api/uploads/", **headers).status_code == 409


def test_a_name_taken_meanwhile_leaves_the_upload_whole_until_it_has_another(
    as_ann: APIClient, upload: Any
) -> None:
    address = begin(as_ann)
    patch(as_ann, address, 0, CONTENT[:10])
    upload(as_ann, "a.bin")
    refused = patch(as_ann, address, 10, CONTENT[10:])
    assert (refused.status_code, kind(refused)) == (409, "name-taken")
    assert send(as_ann, "HEAD", address).status_code == 409
    renamed = patch(as_ann, address, len(CONTENT), b"", **metadata(filename="b.bin"))
    assert (renamed.status_code, File.objects.get(name="b.bin").size) == (204, len(CONTENT))


@pytest.mark.parametrize(("policy", "names"), [("rename", ["a (1).bin", "a.bin"]), ("replace", ["a.bin"])])
def test_a_taken_name_is_renamed_or_replaced(
    as_ann: APIClient, upload: Any, policy: str, names: list[str]
) -> None:
    upload(as_ann, "a.bin")
    patch(as_ann, begin(as_ann, on_conflict=policy), 0, CONTENT)
    assert sorted(File.objects.values_list("name", flat=True)) == names


def test_an_upload_is_given_up(as_ann: APIClient, media_root: Path) -> None:
    address = begin(as_ann)
    patch(as_ann, address, 0, CONTENT[:10])
    assert send(as_ann, "DELETE", address).status_code == 204
    assert send(as_ann, "HEAD", address).status_code == 404
    assert patch(as_ann, address, 10, CONTENT[10:]).status_code == 404
    assert incoming(media_root) == 0


def test_an_upload_that_nobody_goes_on_with_ends(as_ann: APIClient, media_root: Path) -> None:
    address = begin(as_ann)
    patch(as_ann, address, 0, CONTENT[:10])
    Upload.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    for response in (send(as_ann, "HEAD", address), patch(as_ann, address, 10, b"x")):
        assert response.status_code == 410
    assert as_ann.get("/api/uploads/").json() == []
    assert expire_uploads(now=timezone.now()) == 1
    assert (incoming(media_root), Upload.objects.count()) == (0, 0)


def test_bytes_that_the_store_has_lost_are_asked_for_again(as_ann: APIClient, media_root: Path) -> None:
    address = begin(as_ann)
    patch(as_ann, address, 0, CONTENT[:10])
    (media_root / "incoming" / Upload.objects.get().temporary).unlink()
    refused = patch(as_ann, address, 10, CONTENT[10:])
    assert (refused.status_code, refused["Upload-Offset"]) == (409, "0")
    assert patch(as_ann, address, 0, CONTENT).status_code == 204


@pytest.mark.parametrize("step", ["finish_upload._create", "place_file.File.objects.create"])
def test_a_file_whose_making_was_cut_off_is_made_when_asked_for(
    as_ann: APIClient, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    address = begin(as_ann)

    def cut(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(f"mediavault.vault.actions.{step}", cut)
        with pytest.raises(KeyboardInterrupt):
            patch(as_ann, address, 0, CONTENT)
    told = send(as_ann, "HEAD", address)
    assert (told["Upload-Offset"], content(as_ann, told["X-File-Id"])) == (str(len(CONTENT)), CONTENT)


def test_a_long_part_is_safe_before_its_end(as_ann: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(append_to_upload, "CHECKPOINT_BYTES", 1000)
    seen: list[int] = []
    real = append_to_upload._save

    def save(upload: Upload, temporary: Any) -> None:
        real(upload, temporary)
        seen.append(Upload.objects.get().offset)

    monkeypatch.setattr(append_to_upload, "_save", save)
    monkeypatch.setattr("mediavault.http.bodies.LARGEST_BUFFER", 600)
    assert patch(as_ann, begin(as_ann), 0, CONTENT).status_code == 204
    assert seen[:2] == [1200, 2400]
