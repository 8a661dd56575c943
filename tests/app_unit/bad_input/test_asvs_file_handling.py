"""OWASP ASVS 5.0, chapter V5: each requirement of file handling by its number."""

import io
import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from mediavault.vault.media.presentation import presented
from mediavault.vault.models import File
from mediavault.vault.storage.errors import StorageFull
from mediavault.vault.storage.temporary_files import TemporaryFile

DOCS = Path(__file__).resolve().parents[3] / "docs"
PAGE = b"<!doctype html><script>alert(1)</script>"


def archive(*entries: zipfile.ZipInfo, content: bytes = b"x") -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as into:
        for entry in entries:
            into.writestr(entry, content)
    return packed.getvalue()


def stored(media_root: Path) -> list[Path]:
    return [path for path in media_root.rglob("*") if path.is_file() or path.is_symlink()]


def test_v5_1_1_the_documents_say_which_types_and_sizes_are_taken_and_what_happens_to_bad_ones() -> None:
    text = (DOCS / "delivery.md").read_text("utf-8")
    for said in ("MAX_UPLOAD_SIZE", "413", "Everything else", "attachment", "`/media/` serves\nnothing"):
        assert said in text, said


def test_v5_2_1_a_file_larger_than_the_bound_is_refused(as_ann: Any, settings: Any) -> None:
    settings.MAX_UPLOAD_SIZE = 10
    body = {"file": SimpleUploadedFile("a.txt", b"x" * 11)}
    assert as_ann.post("/api/files/", body, format="multipart").status_code == 413


def test_v5_2_2_the_content_decides_what_a_file_is_whatever_its_name_claims(as_ann: Any, upload: Any) -> None:
    file = upload(as_ann, "holiday.jpg", PAGE)
    assert file.type == "text/html"
    served = as_ann.head(f"/api/files/{file.pk}/stream/")
    assert served["Content-Type"] == "application/octet-stream"
    assert served["Content-Disposition"].startswith("attachment;")


def test_v5_2_3_an_archive_is_never_unpacked(as_ann: Any, upload: Any, media_root: Path) -> None:
    bomb = archive(zipfile.ZipInfo("zeros"), content=b"\0" * 50_000_000)
    file = upload(as_ann, "bomb.zip", bomb)
    assert sum(path.stat().st_size for path in stored(media_root)) == file.size == len(bomb)


def test_v5_2_4_what_would_fill_the_vault_is_refused(as_ann: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: object) -> None:
        raise StorageFull("less than the reserve would be left")

    monkeypatch.setattr(TemporaryFile, "finish", full)
    body = {"file": SimpleUploadedFile("a.txt", b"x")}
    assert as_ann.post("/api/files/", body, format="multipart").status_code == 507
    assert not File.objects.exists()


def test_v5_2_5_a_symbolic_link_in_an_archive_reaches_nothing(
    as_ann: Any, upload: Any, media_root: Path
) -> None:
    link = zipfile.ZipInfo("link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    upload(as_ann, "links.zip", archive(link, content=b"/etc/passwd"))
    assert not [path for path in stored(media_root) if path.is_symlink()]


def test_v5_2_6_an_image_of_too_many_pixels_is_kept_and_never_decoded(as_ann: Any, upload: Any) -> None:
    flood = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(flood, "PNG")
    file = upload(as_ann, "flood.png", flood.getvalue())
    shown = as_ann.get(f"/api/files/{file.pk}/").json()
    assert shown["thumbnail"] is None
    assert (file.file.state, "pixels" in file.file.reason) == ("failed", True)


@pytest.mark.parametrize("name", ["run.php", "run.py", "run.html", "run.svg", "run.sh"])
def test_v5_3_1_an_uploaded_program_is_never_run(
    as_ann: Any, upload: Any, name: str, media_root: Path
) -> None:
    file = upload(as_ann, name, PAGE)
    served = as_ann.head(f"/api/files/{file.pk}/stream/")
    assert "sandbox" in served["Content-Security-Policy"]
    assert not presented(served["Content-Type"]).inline
    assert Client().get(f"/media/{file.name}").status_code == 404
    assert not [path for path in stored(media_root) if path.stat().st_mode & 0o111]


def test_v5_3_2_no_name_of_a_user_stands_in_a_path_of_the_store(
    as_ann: Any, upload: Any, media_root: Path
) -> None:
    upload(as_ann, "..%2f..%2fsecret-name.txt")
    assert "secret-name" not in "".join(str(path.relative_to(media_root)) for path in stored(media_root))


def test_v5_3_3_an_archive_with_paths_that_climb_writes_nowhere(
    as_ann: Any, upload: Any, media_root: Path
) -> None:
    upload(as_ann, "slip.zip", archive(zipfile.ZipInfo("../../slipped"), zipfile.ZipInfo("/slipped")))
    assert not list(media_root.parent.rglob("slipped"))


def test_v5_4_1_the_server_names_what_it_serves(as_ann: Any, upload: Any) -> None:
    file = upload(as_ann, "a.txt")
    served = as_ann.head(f"/api/files/{file.pk}/download/?filename=evil.html")
    assert served["Content-Disposition"] == 'attachment; filename="a.txt"'


def test_v5_4_2_a_name_is_encoded_so_that_it_cannot_add_to_the_header(as_ann: Any, upload: Any) -> None:
    file = upload(as_ann)
    name = 'a"; filename="evil.html'
    assert as_ann.patch(f"/api/files/{file.pk}/", {"name": name}).status_code == 200
    said = as_ann.head(f"/api/files/{file.pk}/download/")["Content-Disposition"]
    assert said.count('filename="') == 1
    assert said.endswith("filename*=UTF-8''a%22%3B%20filename%3D%22evil.html")


def test_v5_4_3_what_an_antivirus_program_refuses_is_never_served(
    as_ann: Any, settings: Any, media_root: Path
) -> None:
    settings.SCAN_COMMAND = ("sh", "-c", "! grep -q EICAR")
    infected = {"file": SimpleUploadedFile("a.txt", b"EICAR")}
    assert as_ann.post("/api/files/", infected, format="multipart").status_code == 422
    assert not File.objects.exists()
    harmless = {"file": SimpleUploadedFile("a.txt", b"text")}
    assert as_ann.post("/api/files/", harmless, format="multipart").status_code == 201
