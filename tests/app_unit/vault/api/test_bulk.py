"""Many files and folders in one call, and single ones by the same actions."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from mediavault.vault.models import Blob, File, Folder, Tombstone

Upload = Callable[..., File]
MakeFolder = Callable[..., Folder]


def post(client: APIClient, what: str, **body: Any) -> Any:
    return client.post(f"/api/bulk/{what}/", body)


def paths(client: APIClient) -> set[str]:
    files = client.get("/api/files/").json()
    return {row["path"] for row in [*files, *client.get("/api/folders/").json()]}


def stored(root: Path) -> int:
    return sum(path.is_file() for path in (root / "blobs").rglob("*"))


@pytest.fixture
def tree(as_ann: APIClient, upload: Upload, make_folder: MakeFolder) -> dict[str, Any]:
    """/a/x.txt, /a/b/y.txt with the same bytes, /c and /z.txt."""
    a, c = make_folder(as_ann, "a"), make_folder(as_ann, "c")
    b = make_folder(as_ann, "b", parent_folder=a.pk)
    x, y = upload(as_ann, "x.txt", folder=a.pk), upload(as_ann, "y.txt", folder=b.pk)
    return {"a": a, "b": b, "c": c, "x": x, "y": y, "z": upload(as_ann, "z.txt", b"other")}


def test_files_and_folders_move_together(as_ann: APIClient, tree: dict[str, Any]) -> None:
    response = post(
        as_ann, "move", files=[tree["z"].pk, tree["x"].pk], folders=[tree["b"].pk], folder=tree["c"].pk
    )
    assert response.status_code == 204, response.content
    assert paths(as_ann) == {"/a", "/c", "/c/b", "/c/b/y.txt", "/c/z.txt", "/c/x.txt"}


def test_what_lies_in_a_selected_folder_goes_with_it(as_ann: APIClient, tree: dict[str, Any]) -> None:
    post(as_ann, "move", files=[tree["x"].pk], folders=[tree["a"].pk, tree["b"].pk], folder=tree["c"].pk)
    assert {"/c/a/b/y.txt", "/c/a/x.txt"} <= paths(as_ann)


@pytest.mark.parametrize("target", ["a", "b"])
def test_a_folder_cannot_go_into_itself(as_ann: APIClient, tree: dict[str, Any], target: str) -> None:
    before = paths(as_ann)
    response = post(as_ann, "move", folders=[tree["a"].pk], files=[tree["z"].pk], folder=tree[target].pk)
    assert (response.status_code, list(response.json()["errors"])) == (400, ["folder"])
    assert paths(as_ann) == before


@pytest.mark.parametrize("what", ["move", "copy", "delete", "favorite"])
def test_all_or_nothing_happens_and_a_foreign_id_is_an_unknown_one(
    as_ann: APIClient, as_bob: APIClient, upload: Upload, tree: dict[str, Any], what: str
) -> None:
    foreign, before = upload(as_bob, "secret.txt"), paths(as_ann)
    more = {"folder": tree["c"].pk, "is_favorite": True}
    answers = [
        post(as_ann, what, files=[tree["z"].pk, each], **more).json() for each in (foreign.pk, 999_999)
    ]
    for answer, each in zip(answers, (foreign.pk, 999_999), strict=True):
        assert answer["errors"] == {"files": [f"No file of yours has the id {each}."]}
    assert paths(as_ann) == before
    assert not File.objects.filter(is_favorite=True).exists()


def test_a_taken_name_fails_and_names_who_has_it(
    as_ann: APIClient, upload: Upload, tree: dict[str, Any]
) -> None:
    other = upload(as_ann, "X.txt")
    response = post(as_ann, "move", files=[tree["x"].pk, tree["z"].pk], folder=None)
    assert (response.status_code, response.json()["existing"]) == (409, {"kind": "file", "id": other.pk})


def test_a_taken_name_is_numbered_or_replaced_as_wished(
    as_ann: APIClient,
    upload: Upload,
    tree: dict[str, Any],
    media_root: Path,
    django_capture_on_commit_callbacks: Any,
) -> None:
    other = upload(as_ann, "x.txt", b"to be replaced")
    assert post(as_ann, "copy", files=[tree["x"].pk], folder=None, on_conflict="rename").status_code == 201
    assert "/x (1).txt" in paths(as_ann)
    with django_capture_on_commit_callbacks(execute=True):
        assert (
            post(as_ann, "move", files=[tree["x"].pk], folder=None, on_conflict="replace").status_code == 204
        )
    assert not File.objects.filter(pk=other.pk).exists()
    assert Tombstone.objects.filter(row_id=other.pk, kind="file").count() == 1
    assert "/a/x.txt" not in paths(as_ann)
    assert stored(media_root) == Blob.objects.count() == 2


@pytest.mark.parametrize("first", ["here", "elsewhere"])
def test_what_is_there_already_keeps_its_name(
    as_ann: APIClient, upload: Upload, tree: dict[str, Any], first: str
) -> None:
    order = (tree["c"].pk, tree["a"].pk) if first == "here" else (tree["a"].pk, tree["c"].pk)
    rows = {folder: upload(as_ann, "same.txt", folder=folder) for folder in order}
    ids = [file.pk for file in rows.values()]
    assert post(as_ann, "move", files=ids, folder=tree["c"].pk, on_conflict="rename").status_code == 204
    assert {"/c/same.txt", "/c/same (1).txt"} <= paths(as_ann)
    assert File.objects.get(pk=rows[tree["c"].pk].pk).name == "same.txt"


def test_what_gives_way_to_a_copy_is_copied_before(
    as_ann: APIClient, upload: Upload, tree: dict[str, Any]
) -> None:
    upload(as_ann, "z.txt", b"old", folder=tree["b"].pk)
    body = {"files": [tree["z"].pk], "folders": [tree["a"].pk], "folder": tree["b"].pk}
    assert post(as_ann, "copy", on_conflict="replace", **body).status_code == 201
    copied = next(row for row in as_ann.get("/api/files/").json() if row["path"] == "/a/b/a/b/z.txt")
    assert copied["size"] == len(b"old")


def test_numbering_many_names_asks_for_the_names_once(
    as_ann: APIClient, upload: Upload, make_folder: MakeFolder
) -> None:
    def statements(count: int) -> int:
        into = make_folder(as_ann, f"into {count}")
        ids = [
            upload(as_ann, "same.txt", folder=make_folder(as_ann, f"{count} {number}").pk).pk
            for number in range(count)
        ]
        with CaptureQueriesContext(connection) as queries:
            body = {"files": ids, "folder": into.pk, "on_conflict": "rename"}
            assert post(as_ann, "move", **body).status_code == 204
        return len(queries)

    assert statements(3) == statements(20)


def test_a_folder_is_never_replaced(as_ann: APIClient, make_folder: MakeFolder, tree: dict[str, Any]) -> None:
    make_folder(as_ann, "a", parent_folder=tree["c"].pk)
    response = post(as_ann, "move", folders=[tree["a"].pk], folder=tree["c"].pk, on_conflict="replace")
    assert response.status_code == 409


def test_a_copied_tree_has_rows_of_its_own_and_the_same_bytes(
    as_ann: APIClient, tree: dict[str, Any], media_root: Path
) -> None:
    response = as_ann.post(f"/api/folders/{tree['a'].pk}/copy/", {"parent_folder": tree["c"].pk})
    assert (response.status_code, response.json()["path"]) == (201, "/c/a")
    assert {"/c/a/x.txt", "/c/a/b/y.txt", "/a/x.txt"} <= paths(as_ann)
    assert Blob.objects.get(sha256=tree["x"].file.sha256).references == 4
    assert stored(media_root) == 2
    as_ann.delete(f"/api/folders/{tree['a'].pk}/?contents=delete")
    assert as_ann.get(f"/api/files/?folder={response.json()['id']}").json()[0]["name"] == "x.txt"
    assert Blob.objects.get(sha256=tree["x"].file.sha256).references == 2


def test_a_folder_can_be_copied_into_itself_as_it_was(as_ann: APIClient, tree: dict[str, Any]) -> None:
    assert (
        as_ann.post(f"/api/folders/{tree['a'].pk}/copy/", {"parent_folder": tree["b"].pk}).status_code == 201
    )
    assert "/a/b/a/b/y.txt" in paths(as_ann)
    assert "/a/b/a/b/a" not in paths(as_ann)


def test_a_file_is_copied_beside_itself_under_another_name(as_ann: APIClient, tree: dict[str, Any]) -> None:
    address = f"/api/files/{tree['x'].pk}/copy/"
    assert as_ann.post(address).status_code == 409
    assert as_ann.post(address, {"on_conflict": "rename"}).json()["path"] == "/a/x (1).txt"
    copy = as_ann.post(address, {"name": "new.txt", "folder": None})
    assert (copy.json()["path"], copy.json()["sha256"]) == ("/new.txt", tree["x"].file.sha256)
    assert as_ann.get(copy["Location"]).json() == copy.json()


def test_a_deleted_tree_takes_its_files_and_their_bytes_with_it(
    as_ann: APIClient, tree: dict[str, Any], media_root: Path, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        response = as_ann.delete(f"/api/folders/{tree['a'].pk}/?contents=delete")
    assert response.status_code == 204
    assert paths(as_ann) == {"/c", "/z.txt"}
    assert stored(media_root) == Blob.objects.count() == 1
    gone = set(Tombstone.objects.values_list("kind", "row_id"))
    assert gone == {("folder", tree["a"].pk), ("folder", tree["b"].pk)} | {
        ("file", tree["x"].pk),
        ("file", tree["y"].pk),
    }


def test_deleted_folders_leave_their_files_at_the_root_unless_told_otherwise(
    as_ann: APIClient, tree: dict[str, Any]
) -> None:
    assert post(as_ann, "delete", folders=[tree["a"].pk], files=[tree["z"].pk]).status_code == 204
    assert paths(as_ann) == {"/c", "/x.txt", "/y.txt"}
    response = as_ann.delete(f"/api/folders/{tree['c'].pk}/?contents=burn")
    assert (response.status_code, list(response.json()["errors"])) == (400, ["contents"])


def test_a_mark_is_a_state_that_can_be_set_twice(as_ann: APIClient, tree: dict[str, Any]) -> None:
    address = f"/api/files/{tree['x'].pk}/favorite/"
    for _ in range(2):
        assert as_ann.put(address).status_code == 204
    assert [row["id"] for row in as_ann.get("/api/files/?favorite=true").json()] == [tree["x"].pk]
    assert as_ann.delete(address).status_code == 204
    assert post(as_ann, "favorite", files=[tree["x"].pk, tree["y"].pk], is_favorite=True).status_code == 204
    assert len(as_ann.get("/api/files/?favorite=true").json()) == 2


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"folder": None}, "files"),
        ({"files": [1]}, "folder"),
        ({"files": "1", "folder": None}, "files"),
        ({"files": [0], "folder": None}, "files.0"),
        ({"files": ["x"], "folder": None}, "files.0"),
        ({"files": [2**63], "folder": None}, "files.0"),
        ({"files": list(range(1, 1002)), "folder": None}, "files"),
        ({"folders": {"a": 1}, "folder": None}, "folders"),
        ({"files": [1], "on_conflict": "perhaps", "folder": None}, "on_conflict"),
        ({"files": [1], "folder": "x"}, "folder"),
        ({"files": [1], "folder": 999_999}, "folder"),
    ],
)
def test_a_bad_selection_is_refused_by_name(as_ann: APIClient, body: dict[str, Any], field: str) -> None:
    response = as_ann.post("/api/bulk/move/", body)
    assert (response.status_code, list(response.json()["errors"])) == (400, [field])


def test_breadcrumbs_lead_from_the_root_to_the_folder(as_ann: APIClient, tree: dict[str, Any]) -> None:
    found = as_ann.get(f"/api/folders/{tree['b'].pk}/breadcrumbs/").json()
    assert found == [{"id": tree["a"].pk, "name": "a"}, {"id": tree["b"].pk, "name": "b"}]


def test_the_tree_can_be_asked_for_whole_or_in_part(as_ann: APIClient, tree: dict[str, Any]) -> None:
    whole = as_ann.get("/api/folders/tree/").json()
    assert [(row["name"], row["level"]) for row in whole] == [("a", 1), ("c", 1), ("b", 2)]
    assert [row["name"] for row in as_ann.get("/api/folders/tree/?depth=1").json()] == ["a", "c"]
    part = as_ann.get(f"/api/folders/tree/?folder={tree['a'].pk}").json()
    assert [row["id"] for row in part] == [tree["a"].pk, tree["b"].pk]
    assert as_ann.get("/api/folders/tree/?depth=0").status_code == 400


def test_statements_do_not_grow_with_what_is_changed(
    as_ann: APIClient, upload: Upload, make_folder: MakeFolder
) -> None:
    def statements(count: int) -> list[int]:
        top = make_folder(as_ann, f"top {count}")
        into = make_folder(as_ann, f"into {count}")
        for number in range(count):
            below = make_folder(as_ann, f"{number}", parent_folder=top.pk)
            upload(as_ann, f"{number}.txt", folder=below.pk)
        return [
            counted(lambda: post(as_ann, "copy", folders=[top.pk], folder=into.pk), 201),
            counted(
                lambda: post(as_ann, "move", folders=[top.pk], folder=into.pk, on_conflict="rename"), 204
            ),
            counted(lambda: post(as_ann, "delete", folders=[into.pk], contents="delete"), 204),
        ]

    def counted(call: Callable[[], Any], status: int) -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert call().status_code == status
        return len(queries)

    assert statements(2) == statements(30)
