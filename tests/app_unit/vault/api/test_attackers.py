"""Named attackers against every route of the URLconf: nobody, another user, and senders of nonsense."""

import re
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.test import APIClient

from mediavault.accounts.models import User
from mediavault.vault.models import File, Folder

OPEN_TO_ALL = {
    "auth-token",
    "auth-csrf",
    "auth-login",
    "auth-logout",
    "schema",
    "schema-page",
    "schema-page-asset",
}
UNSAFE = ("post", "put", "patch", "delete")


def _routes(resolver: URLResolver, prefix: str = "/") -> Iterator[tuple[str, str]]:
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern).removeprefix("^").removesuffix("$").removesuffix("\\Z")
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern, route)
        elif isinstance(pattern, URLPattern):
            route = re.sub(r"\(\?P<pk>(root\|)?\[0-9\]\{1,19\}\)", "{pk}", route)
            route = route.replace("<uuid:pk>", str(UUID(int=1)))
            yield str(pattern.name), re.sub(r"\(\?P<\w+>.*?\)(?=/|$)", "0" * 64, route)


ROUTES = sorted(set(_routes(get_resolver())))
GUARDED = [(name, route) for name, route in ROUTES if name not in OPEN_TO_ALL]
DETAILS = [(name, route) for name, route in GUARDED if "{pk}" in route]


def calls(client: APIClient, path: str) -> Iterator[tuple[str, Any]]:
    for method in ("get", "head", *UNSAFE):
        yield method, getattr(client, method)(path)


def test_the_walk_sees_the_routes_there_are() -> None:
    assert {"file-list", "file-detail", "file-stream", "file-thumbnail", "folder-detail", "auth-user"} <= {
        name for name, _ in GUARDED
    }
    assert len(DETAILS) >= 6


@pytest.mark.parametrize(("name", "route"), GUARDED)
def test_nobody_gets_in_anywhere(as_nobody: APIClient, name: str, route: str) -> None:
    for method, response in calls(as_nobody, route.format(pk=1)):
        assert response.status_code == 401, (method, response.content)
        assert response["Content-Type"] == "application/problem+json"
        assert response["WWW-Authenticate"] == "Token"


@pytest.mark.parametrize(
    "credentials", ["Token", "Token a b", "Token " + "0" * 40, "Token \xff", "Bearer x", "Basic x"]
)
def test_bad_credentials_get_in_nowhere(as_nobody: APIClient, credentials: str) -> None:
    as_nobody.credentials(HTTP_AUTHORIZATION=credentials)
    for _, route in GUARDED:
        assert as_nobody.get(route.format(pk=1)).status_code == 401, route


def test_a_disabled_user_gets_in_nowhere(as_ann: APIClient, ann: User) -> None:
    User.objects.filter(pk=ann.pk).update(is_active=False)
    for _, route in GUARDED:
        assert as_ann.get(route.format(pk=1)).status_code == 401, route


@pytest.mark.parametrize(("name", "route"), DETAILS)
def test_another_users_row_is_answered_like_one_that_never_was(
    as_ann: APIClient, as_bob: APIClient, name: str, route: str, upload: Any, make_folder: Any
) -> None:
    row = make_folder(as_bob, "secret") if name.startswith("folder") else upload(as_bob, "secret.txt")
    for (method, foreign), (_, unknown) in zip(
        calls(as_ann, route.format(pk=row.pk)), calls(as_ann, route.format(pk=999_999)), strict=True
    ):
        assert foreign.status_code in (404, 405), method
        assert (foreign.status_code, foreign.content) == (unknown.status_code, unknown.content), method
        assert b"secret" not in foreign.content
    row.refresh_from_db()
    assert not getattr(row, "is_favorite", False)


@pytest.mark.parametrize(
    "pk", ["0", "9223372036854775807", "9223372036854775808", "9999999999999999999", "1" * 20]
)
@pytest.mark.parametrize(("name", "route"), DETAILS)
def test_an_id_out_of_range_is_unknown(as_ann: APIClient, name: str, route: str, pk: str) -> None:
    for method, response in calls(as_ann, route.format(pk=pk)):
        assert response.status_code in (404, 405), (method, response.content)


@pytest.mark.parametrize("pk", ["abc", "-1", "1.5", "%00", "..%2f1", "٣", "1%0a", "%ff"])
def test_an_id_that_is_none_is_not_found(as_ann: APIClient, pk: str) -> None:
    for _, route in DETAILS:
        response = as_ann.get(route.format(pk=pk))
        assert response.status_code == 404
        assert response["Content-Type"] == "application/problem+json"


def test_another_users_folder_is_refused_as_a_reference_in_the_words_for_an_unknown_one(
    as_ann: APIClient, as_bob: APIClient, upload: Any, make_folder: Any
) -> None:
    foreign = make_folder(as_bob, "secret").pk
    file, folder = upload(as_ann), make_folder(as_ann, "mine")

    def answers(folder_id: int) -> list[tuple[int, str]]:
        upload_body = {"file": SimpleUploadedFile("b.txt", b"b"), "folder": folder_id}
        responses = [
            as_ann.post("/api/files/", upload_body, format="multipart"),
            as_ann.patch(f"/api/files/{file.pk}/", {"folder": folder_id}),
            as_ann.post("/api/folders/", {"name": "x", "parent_folder": folder_id}),
            as_ann.patch(f"/api/folders/{folder.pk}/", {"parent_folder": folder_id}),
        ]
        return [
            (each.status_code, re.sub(r"the id \d+", "the id N", each.content.decode())) for each in responses
        ]

    assert answers(foreign) == answers(999_999)
    assert [status for status, _ in answers(foreign)] == [400] * 4


@pytest.mark.parametrize(
    "value", ["abc", "1.5", "-1", True, 1.5, [], {}, "9" * 30, 9223372036854775808, "\x00"]
)
def test_a_reference_that_is_no_id_is_refused_by_name(
    as_ann: APIClient, make_folder: Any, value: object
) -> None:
    make_folder(as_ann, "first")
    response = as_ann.post("/api/folders/", {"name": "x", "parent_folder": value})
    assert (response.status_code, list(response.json()["errors"])) == (400, ["parent_folder"])


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("type=movie", "type"),
        ("type=image/png", "type"),
        ("type=%00", "type"),
        ("favorite=maybe", "favorite"),
        ("favorite=True", "favorite"),
        ("ordering=owner", "ordering"),
        ("ordering=owner__password", "ordering"),
        ("ordering=--name", "ordering"),
        ("page_size=0", "page_size"),
        ("page_size=1001", "page_size"),
        ("page_size=-1", "page_size"),
        ("page_size=²", "page_size"),
        ("cursor=abc", "cursor"),
        ("cursor=%00", "cursor"),
        ("cursor=WzEsMiwzXQ:1:x", "cursor"),
    ],
)
def test_a_bad_parameter_is_named(as_ann: APIClient, query: str, field: str) -> None:
    response = as_ann.get(f"/api/files/?{query}")
    assert response.status_code == 400
    assert list(response.json()["errors"]) == [field]
    assert field in response.json()["detail"]


@pytest.mark.parametrize(
    "body",
    ["", "{", "[]", "null", "1", '"x"', "[[]]", '{"name": ', "\xff", '{"name": "\\ud800"}', "[" * 5000],
)
def test_a_broken_body_is_refused(as_ann: Any, body: str) -> None:
    response = as_ann.generic(
        "POST", "/api/folders/", body.encode("latin-1"), content_type="application/json"
    )
    assert response.status_code == 400, response.content
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "name", [1, 1.5, True, None, [], {}, "\x00", "a\x00b", "a/b", "..", "x" * 256, "é" * 128]
)
def test_a_name_that_is_none_is_refused_or_read_as_text(as_ann: APIClient, name: object) -> None:
    response = as_ann.post("/api/folders/", {"name": name})
    if response.status_code != 201:
        assert (response.status_code, list(response.json()["errors"])) == (400, ["name"])
    else:
        assert response.json()["name"] == str(name)


@pytest.mark.parametrize(
    "content_type", ["text/xml", "image/png", "multipart/form-data", "application/json; charset=utf-99"]
)
def test_a_content_type_that_cannot_be_read_is_refused(as_ann: APIClient, content_type: str) -> None:
    response = as_ann.generic("POST", "/api/files/", "whatever", content_type=content_type)
    assert response.status_code in (400, 415)


def test_a_file_among_the_credentials_is_refused_before_it_is_stored(
    as_nobody: APIClient, media_root: Any
) -> None:
    body = {"username": "ann", "password": "x", "file": SimpleUploadedFile("a", b"x" * 100_000)}
    for path in ("/api/auth/token/", "/api/files/", "/api/folders/"):
        assert as_nobody.post(path, body, format="multipart").status_code in (401, 415), path
    assert not any(path.is_file() for path in media_root.rglob("*"))


def test_a_list_shows_only_what_the_asker_owns(
    as_ann: APIClient, as_bob: APIClient, upload: Callable[..., File], make_folder: Callable[..., Folder]
) -> None:
    upload(as_bob, "secret.txt", folder=make_folder(as_bob, "secret").pk)
    mine = upload(as_ann, "mine.txt", folder=make_folder(as_ann, "own").pk)
    assert [row["id"] for row in as_ann.get("/api/files/").json()] == [mine.pk]
    assert [row["name"] for row in as_ann.get("/api/folders/").json()] == ["own"]
