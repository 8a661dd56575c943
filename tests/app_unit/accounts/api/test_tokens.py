"""POST /api/auth/token/."""

from typing import Any

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from mediavault.accounts.models import User

URL = "/api/auth/token/"
RIGHT = {"username": "ann", "password": "open sesame"}


@pytest.mark.parametrize("format_", ["json", "urlencoded"])
def test_the_right_password_gives_a_token_that_works(as_nobody: APIClient, ann: User, format_: str) -> None:
    if format_ == "json":
        response = as_nobody.post(URL, RIGHT)
    else:
        body = "username=ann&password=open+sesame"
        response = as_nobody.post(URL, body, content_type="application/x-www-form-urlencoded")
    assert list(response.json()) == ["token"]
    as_nobody.credentials(HTTP_AUTHORIZATION=f"Token {response.json()['token']}")
    assert as_nobody.get("/api/auth/user/").json()["username"] == "ann"


def test_the_token_stays_the_same(as_nobody: APIClient, ann: User) -> None:
    first, second = (as_nobody.post(URL, RIGHT).json() for _ in range(2))
    assert first == second


def test_unknown_users_and_wrong_passwords_are_answered_alike(as_nobody: APIClient, ann: User) -> None:
    wrong = as_nobody.post(URL, {"username": "ann", "password": "x"})
    unknown = as_nobody.post(URL, {"username": "nobody", "password": "x"})
    assert wrong.status_code == unknown.status_code == 400
    assert wrong.json() == unknown.json()


def test_a_disabled_user_gets_none(as_nobody: APIClient, ann: User) -> None:
    User.objects.update(is_active=False)
    assert as_nobody.post(URL, RIGHT).status_code == 400


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"username", "password"}),
        ({"username": "ann"}, {"password"}),
        ({"username": "a\x00", "password": "x"}, {"username"}),
        ({"username": "a" * 151, "password": "x"}, {"username"}),
        ({"username": "ann", "password": "x" * 1025}, {"password"}),
        ({"username": ["ann"], "password": {}}, {"username", "password"}),
    ],
)
def test_bad_fields_are_named(as_nobody: APIClient, body: dict[str, object], fields: set[str]) -> None:
    response = as_nobody.post(URL, body)
    assert response.status_code == 400
    assert set(response.json()["errors"]) == fields


def test_guessing_one_password_is_slowed_down(as_nobody: APIClient, ann: User) -> None:
    for _ in range(10):
        assert as_nobody.post(URL, {**RIGHT, "password": "x"}).status_code == 400
    response = as_nobody.post(URL, RIGHT)
    assert response.status_code == 429
    assert response.json()["type"].endswith("/too-many-requests")
    assert 0 < int(response["Retry-After"]) <= 60
    assert as_nobody.post(URL, {**RIGHT, "username": "ANN"}).status_code == 429
    assert as_nobody.post(URL, {**RIGHT, "username": " ann\t"}).status_code == 429
    assert as_nobody.post(URL, {**RIGHT, "username": "other"}).status_code == 400


def test_trying_many_names_is_slowed_down_too(as_nobody: APIClient) -> None:
    statuses = [as_nobody.post(URL, {"username": f"{n}", "password": "x"}).status_code for n in range(61)]
    assert statuses == [400] * 60 + [429]


def test_a_forged_forwarding_header_does_not_escape_the_limit(as_nobody: APIClient) -> None:
    for number in range(60):
        header: dict[str, Any] = {"HTTP_X_FORWARDED_FOR": f"10.0.0.{number}"}
        as_nobody.post(URL, {"username": f"{number}", "password": "x"}, **header)
    body = {"username": "new", "password": "x"}
    assert as_nobody.post(URL, body, HTTP_X_FORWARDED_FOR="10.9.9.9").status_code == 429


def test_another_address_is_not_locked_out(as_nobody: APIClient, ann: User) -> None:
    for _ in range(11):
        as_nobody.post(URL, {**RIGHT, "password": "x"})
    assert as_nobody.post(URL, RIGHT, REMOTE_ADDR="10.1.1.1").status_code == 200
    cache.clear()
