"""/api/folders/{id}/contents/: folders first, then files, in pages that go from the ones to the others."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from django.core import signing
from rest_framework.test import APIClient

from mediavault.vault.models import File, Folder
from paging import next_page, pages

Make = Callable[..., Folder]
Upload = Callable[..., File]
ORDERINGS = [sign + name for name in ("name", "size", "type", "created_at", "taken_at") for sign in ("", "-")]


@pytest.fixture
def holidays(as_ann: APIClient, make_folder: Make, upload: Upload) -> Folder:
    """A folder with seven folders and nine files, whose names lie between each other's."""
    folder = make_folder(as_ann, "Holidays")
    for number in range(7):
        below = make_folder(as_ann, f"{(number * 5) % 7} folder", parent_folder=folder.pk)
        upload(as_ann, "not seen", folder=below.pk)
    for number in range(9):
        content = b"x" * (number * 4 % 9) if number % 2 else b"%PDF-1.4\n" + b"y" * number
        upload(as_ann, f"{(number * 5) % 9} file", content, folder=folder.pk)
    return folder


def test_the_folders_come_first_and_each_entry_says_what_it_is(as_ann: APIClient, holidays: Folder) -> None:
    entries = as_ann.get(f"/api/folders/{holidays.pk}/contents/").json()
    assert [(entry["kind"], entry["name"]) for entry in entries] == [
        *(("folder", f"{number} folder") for number in range(7)),
        *(("file", f"{number} file") for number in range(9)),
    ]


def test_an_entry_says_what_the_single_row_says(as_ann: APIClient, holidays: Folder) -> None:
    for entry in as_ann.get(f"/api/folders/{holidays.pk}/contents/").json():
        row = as_ann.get(f"/api/{entry.pop('kind')}s/{entry['id']}/").json()
        assert list(entry.items()) == list(row.items())


@pytest.mark.parametrize("ordering", ORDERINGS)
@pytest.mark.parametrize("size", [1, 3, 7, 8, 15, 16])
def test_pages_show_every_entry_once_in_the_order_of_the_whole(
    as_ann: APIClient, holidays: Folder, ordering: str, size: int
) -> None:
    url = f"/api/folders/{holidays.pk}/contents/?ordering={ordering}"
    whole = as_ann.get(url).json()
    found = pages(as_ann, f"{url}&page_size={size}")
    assert [entry for page in found for entry in page] == whole
    assert {len(page) for page in found[:-1]} <= {size}
    assert len({(entry["kind"], entry["id"]) for entry in whole}) == 16


@pytest.mark.parametrize(
    ("name", "of_folders", "of_files"),
    [
        ("name", "name", "name"),
        ("size", "name", "size"),
        ("type", "name", "type"),
        ("created_at", "created_at", "created_at"),
        ("taken_at", "created_at", "created_at"),
    ],
)
@pytest.mark.parametrize("sign", ["", "-"])
def test_each_ordering_arranges_folders_and_files(
    as_ann: APIClient, holidays: Folder, name: str, of_folders: str, of_files: str, sign: str
) -> None:
    entries = as_ann.get(f"/api/folders/{holidays.pk}/contents/?ordering={sign}{name}").json()
    for kind, column in (("folder", of_folders), ("file", of_files)):
        values = [(entry[column], entry["id"]) for entry in entries if entry["kind"] == kind]
        for before, after in pairwise(values):
            assert before > after if sign else before < after


def test_the_root_has_what_is_in_no_folder(
    as_ann: APIClient, holidays: Folder, upload: Upload, as_bob: APIClient
) -> None:
    upload(as_ann, "at the root")
    upload(as_bob, "of Bob")
    entries = as_ann.get("/api/folders/root/contents/").json()
    assert [(entry["kind"], entry["path"]) for entry in entries] == [
        ("folder", "/Holidays"),
        ("file", "/at the root"),
    ]


def test_an_empty_folder_has_an_empty_page(as_ann: APIClient, make_folder: Make) -> None:
    response = as_ann.get(f"/api/folders/{make_folder(as_ann, 'empty').pk}/contents/")
    assert (response.status_code, response.json(), "Link" in response) == (200, [], False)
    assert as_ann.get("/api/folders/root/contents/?page_size=1").json()[0]["name"] == "empty"


def test_a_foreign_folder_is_not_found_and_no_cursor_opens_it(
    as_ann: APIClient, as_bob: APIClient, holidays: Folder
) -> None:
    url = f"/api/folders/{holidays.pk}/contents/?page_size=1"
    assert as_bob.get(url).status_code == 404
    assert as_bob.get(next_page(as_ann.get(url))).status_code == 404
    assert as_bob.get("/api/folders/999999/contents/").status_code == 404


def test_a_folder_that_goes_between_pages_hides_no_entry(as_ann: APIClient, holidays: Folder) -> None:
    response = as_ann.get(f"/api/folders/{holidays.pk}/contents/?page_size=7")
    as_ann.delete(f"/api/folders/{response.json()[-1]['id']}/?contents=delete")
    rest = pages(as_ann, next_page(response))
    assert [entry["name"] for page in rest for entry in page] == [f"{number} file" for number in range(9)]


@pytest.mark.parametrize("forge", ["tampered", "of a list", "of another ordering", "nonsense"])
def test_a_cursor_that_is_not_of_these_pages_is_refused(
    as_ann: APIClient, holidays: Folder, forge: str
) -> None:
    url = f"/api/folders/{holidays.pk}/contents/?page_size=2"
    forged = {
        "tampered": next_page(as_ann.get(url)).replace("cursor=", "cursor=x"),
        "of a list": f"{url}&{next_page(as_ann.get('/api/files/?page_size=2')).partition('?')[2]}",
        "of another ordering": next_page(as_ann.get(url)) + "&ordering=size",
        "nonsense": f"{url}&cursor={signing.dumps(['name', 'folder', 1])}",
    }[forge]
    response = as_ann.get(forged)
    assert (response.status_code, list(response.json()["errors"])) == (400, ["cursor"])


@pytest.mark.parametrize("query", ["ordering=color", "ordering=--name", "page_size=0", "page_size=1001"])
def test_nonsense_is_refused_by_name(as_ann: APIClient, query: str) -> None:
    response = as_ann.get(f"/api/folders/root/contents/?{query}")
    assert (response.status_code, list(response.json()["errors"])) == (400, [query.partition("=")[0]])


def test_a_page_costs_the_same_statements_however_long(
    as_ann: APIClient, holidays: Folder, django_assert_max_num_queries: Any
) -> None:
    for size in (1, 7, 8, 1000):
        with django_assert_max_num_queries(4):  # the token with its user, folders, files, the path
            assert as_ann.get(f"/api/folders/{holidays.pk}/contents/?page_size={size}").status_code == 200
