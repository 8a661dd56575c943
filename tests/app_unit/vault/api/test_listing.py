"""Lists: what they hold, how they are ordered, paged and filtered, and what they cost."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from mediavault.accounts.models import User
from mediavault.vault.models import Blob, File, Folder
from mediavault.vault.paths import name_key
from paging import next_page, pages


@pytest.fixture
def many(ann: User) -> list[File]:
    """25 files of every group, in folders three deep."""
    folder: Folder | None = None
    for level in "abc":
        folder = Folder.objects.create(owner=ann, parent_folder=folder, name=level, name_key=level)
    blob = Blob.objects.create(owner=ann, sha256="0" * 64, size=1, references=25)
    types = ("image/png", "video/mp4", "audio/mpeg", "application/pdf", "text/plain")
    return File.objects.bulk_create(
        File(
            owner=ann,
            folder=folder,
            name=f"File {number:02}",
            name_key=name_key(f"File {number:02}"),
            file=blob,
            size=number % 7,
            type=types[number % 5],
            is_favorite=number % 3 == 0,
        )
        for number in range(25)
    )


def test_a_list_is_a_plain_array_as_in_the_seed(as_ann: APIClient, many: list[File]) -> None:
    body = as_ann.get("/api/files/").json()
    assert isinstance(body, list)
    assert {row["path"] for row in body} == {f"/a/b/c/File {number:02}" for number in range(25)}


@pytest.mark.parametrize("column", ["name", "size", "type", "created_at", "taken_at"])
@pytest.mark.parametrize("sign", ["", "-"])
def test_pages_show_every_row_once_in_order(
    as_ann: APIClient, many: list[File], column: str, sign: str
) -> None:
    found = pages(as_ann, f"/api/files/?ordering={sign}{column}&page_size=4")
    assert [len(page) for page in found] == [4, 4, 4, 4, 4, 4, 1]
    rows = [row for page in found for row in page]
    assert len({row["id"] for row in rows}) == 25
    values = [(row["created_at"] if row[column] is None else row[column], row["id"]) for row in rows]
    assert values == sorted(values, reverse=sign == "-")


def test_a_cursor_keeps_the_filters(as_ann: APIClient, many: list[File]) -> None:
    found = pages(as_ann, "/api/files/?type=image&page_size=2")
    assert [len(page) for page in found] == [2, 2, 1]
    assert {row["type"] for page in found for row in page} == {"image/png"}


def test_a_row_deleted_between_pages_hides_no_other(as_ann: APIClient, many: list[File]) -> None:
    response = as_ann.get("/api/files/?page_size=5")
    as_ann.delete(f"/api/files/{response.json()[-1]['id']}/")
    rest = pages(as_ann, next_page(response))
    assert [row["name"] for page in rest for row in page] == [f"File {number:02}" for number in range(5, 25)]


def test_a_cursor_of_another_ordering_is_refused(as_ann: APIClient, many: list[File]) -> None:
    url = as_ann.get("/api/files/?page_size=5")["Link"].partition(">")[0].removeprefix("<")
    response = as_ann.get(f"{url}&ordering=size")
    assert (response.status_code, list(response.json()["errors"])) == (400, ["cursor"])


def test_the_list_of_another_user_does_not_open_by_my_cursor(
    as_ann: APIClient, as_bob: APIClient, many: list[File]
) -> None:
    url = as_ann.get("/api/files/?page_size=5")["Link"].partition(">")[0].removeprefix("<")
    assert as_bob.get(url).json() == []


@pytest.mark.parametrize(
    ("group", "types"),
    [
        ("image", {"image/png"}),
        ("video", {"video/mp4"}),
        ("audio", {"audio/mpeg"}),
        ("document", {"application/pdf", "text/plain"}),
        ("", {"image/png", "video/mp4", "audio/mpeg", "application/pdf", "text/plain"}),
    ],
)
def test_the_type_filter_knows_the_seeds_groups(
    as_ann: APIClient, many: list[File], group: str, types: set[str]
) -> None:
    assert {row["type"] for row in as_ann.get(f"/api/files/?type={group}").json()} == types


@pytest.mark.parametrize(("value", "count"), [("true", 9), ("false", 25), ("", 25)])
def test_the_favorite_filter_is_the_seeds(
    as_ann: APIClient, many: list[File], value: str, count: int
) -> None:
    assert len(as_ann.get(f"/api/files/?favorite={value}").json()) == count


@pytest.mark.parametrize("path", ["/api/files/", "/api/folders/"])
def test_a_list_costs_the_same_queries_however_long(
    as_ann: APIClient,
    many: list[File],
    path: str,
    make_folder: Callable[..., Folder],
    django_assert_max_num_queries: Any,
) -> None:
    for number in range(10):
        make_folder(as_ann, f"folder {number}")
    for size in (1, 25):
        with django_assert_max_num_queries(3):  # the token with its user, the rows, the paths
            assert as_ann.get(f"{path}?page_size={size}").status_code == 200


def test_a_row_of_a_list_says_what_the_single_file_says(
    as_ann: APIClient, ann: User, many: list[File], upload: Callable[..., File]
) -> None:
    blob = Blob.objects.create(
        owner=ann,
        sha256="1" * 64,
        size=2**40,
        state=Blob.State.FAILED,
        reason='ends "early" \\ \n ü',
        has_thumbnail=True,
        facts={"title": 'Füße "\\', "exposure": 0.0125, "size": [1, None, True], "nested": {"a": "日本"}},
    )
    odd = File.objects.filter(pk=many[3].pk)
    odd.update(
        file=blob, name='a "quoted" \'ü日🎞.jpg', type='x/"', taken_at="0999-12-31T23:59:59Z", size=2**40
    )
    odd.update(created_at="2026-01-01T00:00:00Z", updated_at="2026-01-01T00:00:00.5Z")
    Folder.objects.filter(name="b").update(name="b\"'ü日")
    upload(as_ann, "at the root.txt")
    rows = as_ann.get("/api/files/").json()
    assert len(rows) == 26
    for row in rows:
        assert row == as_ann.get(f"/api/files/{row['id']}/").json()
        assert list(row) == list(as_ann.get(f"/api/files/{row['id']}/").json())


def test_a_row_of_a_list_says_what_the_single_folder_says(as_ann: APIClient, many: list[File]) -> None:
    Folder.objects.filter(name="b").update(name="b\"'ü日", created_at="2026-01-01T00:00:00Z")
    rows = as_ann.get("/api/folders/").json()
    assert len(rows) == 3
    for row in rows:
        assert row == as_ann.get(f"/api/folders/{row['id']}/").json()


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("folder=root", ["at root"]),
        ("folder={c}", [f"File {number:02}" for number in range(25)]),
        ("folder={a}", ["in a"]),
        ("folder={a}&recursive=false", ["in a"]),
        ("folder={b}&recursive=true", [f"File {number:02}" for number in range(25)]),
        ("folder={a}&recursive=true", [*(f"File {number:02}" for number in range(25)), "in a"]),
        ("folder=root&recursive=true", ["at root", *(f"File {number:02}" for number in range(25)), "in a"]),
        ("folder={a}&recursive=true&type=audio&favorite=true", ["File 12"]),
        ("folder=", ["at root", *(f"File {number:02}" for number in range(25)), "in a"]),
    ],
)
def test_a_folder_narrows_the_list(
    as_ann: APIClient, many: list[File], upload: Callable[..., File], query: str, names: list[str]
) -> None:
    folders = dict(Folder.objects.values_list("name", "pk"))
    upload(as_ann, "at root")
    upload(as_ann, "in a", folder=folders["a"])
    assert [row["name"] for row in as_ann.get(f"/api/files/?{query.format(**folders)}").json()] == names


def test_a_foreign_folder_narrows_the_list_as_little_as_an_unknown_one(
    as_ann: APIClient, as_bob: APIClient, many: list[File], make_folder: Callable[..., Folder]
) -> None:
    foreign = Folder.objects.get(name="c").pk
    for folder_id in (foreign, 999_999):
        for more in ("", "&recursive=true"):
            response = as_bob.get(f"/api/files/?folder={folder_id}{more}")
            assert response.status_code == 400
            assert response.json()["errors"] == {"folder": [f"No folder of yours has the id {folder_id}."]}
    assert as_bob.get(f"/api/files/?folder={make_folder(as_bob, 'empty').pk}").json() == []
