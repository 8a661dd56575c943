"""Zips of folders and of chosen files, read by the standard library."""

import io
import random
import zipfile
import zlib
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from mediavault.vault.models import Blob, File, Upload
from mediavault.vault.storage.digests import DIGESTS
from mediavault.vault.storage.errors import ObjectMissing
from tus_requests import CONTENT, begin, patch


def opened(response: Any) -> zipfile.ZipFile:
    assert response.status_code == 200, response.content
    made = b"".join(response)
    assert len(made) == int(response["Content-Length"])
    archive = zipfile.ZipFile(io.BytesIO(made))
    assert archive.testzip() is None
    return archive


def test_a_folder_is_a_zip_of_all_below(as_ann: APIClient, upload: Any, make_folder: Any) -> None:
    top = make_folder(as_ann, "Été").pk
    below = make_folder(as_ann, "below", parent_folder=top).pk
    make_folder(as_ann, "empty", parent_folder=below)
    upload(as_ann, "a.txt", b"a", folder=top)
    upload(as_ann, "\U0001f4a9 $(id).txt", b"b" * 3_000_000, folder=below)
    upload(as_ann, "elsewhere.txt", b"c")
    response = as_ann.get(f"/api/folders/{top}/zip/")
    assert response["Content-Type"] == "application/zip"
    assert response["Content-Disposition"].startswith("attachment;")
    names = {"a.txt": 1, "below/empty/": 0, "below/\U0001f4a9 $(id).txt": 3_000_000}
    assert {each.filename: each.file_size for each in opened(response).infolist()} == names


def test_files_and_folders_go_together_with_names_of_their_own(
    as_ann: APIClient, upload: Any, make_folder: Any
) -> None:
    one, two = make_folder(as_ann, "one").pk, make_folder(as_ann, "two").pk
    inner = make_folder(as_ann, "ONE", parent_folder=two).pk
    files = [upload(as_ann, name, b"x", folder=two).pk for name in ("a.txt", "b.txt")]
    files.append(upload(as_ann, "A.txt", b"y").pk)
    upload(as_ann, "in.txt", b"z", folder=inner)
    query = f"files={','.join(map(str, files))}&folders={one},{inner}"
    names = opened(as_ann.get(f"/api/zip/?{query}")).namelist()
    assert names == ["A (1).txt", "ONE (1)/in.txt", "a.txt", "b.txt", "one/"]
    assert opened(as_ann.get(f"/api/zip/?files={files[0]}&folders={two},{inner}")).namelist() == [
        "two/ONE/in.txt",
        "two/a.txt",
        "two/b.txt",
    ]


def test_any_range_is_that_of_the_whole(as_ann: APIClient, upload: Any, make_folder: Any) -> None:
    folder, dice = make_folder(as_ann, "f").pk, random.Random(4)
    for number in range(5):
        upload(as_ann, f"{number}.bin", dice.randbytes(1000 * number), folder=folder)
    url = f"/api/folders/{folder}/zip/"
    whole = b"".join(as_ann.get(url))
    for _ in range(100):
        start = dice.randrange(len(whole))
        end = dice.randrange(start, len(whole))
        response = as_ann.get(url, HTTP_RANGE=f"bytes={start}-{end}")
        assert (response.status_code, b"".join(response)) == (206, whole[start : end + 1])
        assert response["Content-Range"] == f"bytes {start}-{end}/{len(whole)}"
    assert as_ann.get(url, HTTP_RANGE=f"bytes={len(whole)}-").status_code == 416


def test_conditions_hold_until_something_changes(as_ann: APIClient, upload: Any, make_folder: Any) -> None:
    folder = make_folder(as_ann, "f").pk
    file = upload(as_ann, folder=folder)
    url = f"/api/folders/{folder}/zip/"
    head, first = as_ann.head(url), as_ann.get(url)
    assert (head.content, head["ETag"], head["Content-Length"]) == (
        b"",
        first["ETag"],
        first["Content-Length"],
    )
    assert as_ann.get(url, HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 304
    assert as_ann.get(url, HTTP_IF_MODIFIED_SINCE=first["Last-Modified"]).status_code == 304
    as_ann.patch(f"/api/files/{file.pk}/", {"name": "b.txt"})
    assert as_ann.get(url, HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 200
    assert as_ann.get(url, HTTP_IF_MATCH=first["ETag"]).status_code == 412
    part = as_ann.get(url, HTTP_RANGE="bytes=0-1", HTTP_IF_RANGE=first["ETag"])
    assert part.status_code == 200


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("", ["files", "folders"]),
        ("files=&folders=", ["files", "folders"]),
        ("files=a", ["files"]),
        ("files=1,,2", ["files"]),
        ("folders=-1", ["folders"]),
        ("folders=%00", ["folders"]),
        ("files=9223372036854775808", ["files"]),
        ("files=" + ",".join(["1"] * 1001), ["files"]),
        ("files=999999", ["files"]),
        ("folders=999999", ["folders"]),
    ],
)
def test_what_cannot_be_chosen_is_named(as_ann: APIClient, query: str, fields: list[str]) -> None:
    response = as_ann.get(f"/api/zip/?{query}")
    assert (response.status_code, list(response.json()["errors"])) == (400, fields)


def test_more_entries_than_the_vault_allows_are_refused_by_name(
    as_ann: APIClient, upload: Any, make_folder: Any, settings: Any
) -> None:
    folder = make_folder(as_ann, "f").pk
    make_folder(as_ann, "empty", parent_folder=folder)
    files = [upload(as_ann, f"{number}.txt", b"x", folder=folder).pk for number in range(3)]
    addresses = {
        f"/api/folders/{folder}/zip/": "id",
        f"/api/zip/?folders={folder}": "folders",
        f"/api/zip/?files={','.join(map(str, files))}": "files",
    }
    for address, entries in zip(addresses, (5, 5, 3), strict=True):
        settings.ZIP_MAX_ENTRIES = entries
        assert opened(as_ann.get(address)).namelist()
        settings.ZIP_MAX_ENTRIES = entries - 1
        response = as_ann.get(address)
        assert (response.status_code, list(response.json()["errors"])) == (400, [addresses[address]])
        assert str(entries - 1) in response.json()["detail"]


def test_what_is_anothers_is_as_unknown_as_what_never_was(
    as_ann: APIClient, as_bob: APIClient, upload: Any, make_folder: Any
) -> None:
    mine, file, folder = upload(as_ann).pk, upload(as_bob).pk, make_folder(as_bob, "secret").pk
    refused = as_ann.get(f"/api/zip/?files={mine},{file}").json()
    assert refused["errors"] == {"files": [f"No file of yours has the id {file}."]}
    refused = as_ann.get(f"/api/zip/?folders={folder}").json()
    assert refused["errors"] == {"folders": [f"No folder of yours has the id {folder}."]}
    assert as_ann.get(f"/api/folders/{folder}/zip/").status_code == 404


def test_statements_do_not_grow_with_the_folder(as_ann: APIClient, upload: Any, make_folder: Any) -> None:
    def statements(pk: int) -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert as_ann.get(f"/api/folders/{pk}/zip/").status_code == 200
        return len(seen)

    small, large = make_folder(as_ann, "small").pk, make_folder(as_ann, "large").pk
    upload(as_ann, folder=small)
    for number in range(10):
        inner = make_folder(as_ann, f"{number}", parent_folder=large).pk
        upload(as_ann, "a.txt", b"%d" % number, folder=inner)
    assert statements(large) == statements(small)
    Blob.objects.update(crc32=None)
    assert statements(large) == statements(small)
    assert not Blob.objects.filter(crc32=None).exists()


@pytest.mark.parametrize("way", ["form", "put", "replaced", "tus", "tus elsewhere"])
def test_however_a_file_came_no_zip_reads_it_beforehand(as_ann: APIClient, upload: Any, way: str) -> None:
    if way == "form":
        upload(as_ann, "a.bin", CONTENT)
    elif way == "put":
        as_ann.put("/api/upload/a.bin", CONTENT, content_type="application/octet-stream")
    elif way == "replaced":
        address = f"/api/files/{upload(as_ann, 'a.bin', b'other').pk}/content/"
        as_ann.put(address, CONTENT, content_type="application/octet-stream")
    else:
        address = begin(as_ann)
        patch(as_ann, address, 0, CONTENT[:1000])
        if way == "tus elsewhere":
            DIGESTS.forget(Upload.objects.get().temporary)
        assert patch(as_ann, address, 1000, CONTENT[1000:]).status_code == 204
    assert File.objects.get().file.crc32 == zlib.crc32(CONTENT)


def test_bytes_that_are_lost_end_the_body_before_its_length(
    as_ann: APIClient, upload: Any, make_folder: Any, media_root: Any
) -> None:
    folder = make_folder(as_ann, "f").pk
    for name in "abc":
        upload(as_ann, name, name.encode() * 2_000_000, folder=folder)
    url = f"/api/folders/{folder}/zip/"
    assert as_ann.head(url).status_code == 200
    next(each for each in media_root.rglob("*") if each.is_file() and each.read_bytes()[:1] == b"b").unlink()
    body = iter(as_ann.get(url))
    assert b"a" * 1000 in next(body)
    with pytest.raises(ObjectMissing):
        list(body)
