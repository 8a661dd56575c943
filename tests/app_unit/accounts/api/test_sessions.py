"""The session a browser lives by: CSRF token, login, logout."""

from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from mediavault.accounts.models import User

RIGHT = {"username": "ann", "password": "open sesame"}


@pytest.fixture
def browser(ann: User) -> APIClient:
    return APIClient(enforce_csrf_checks=True)


def csrf(browser: APIClient) -> dict[str, Any]:
    return {"HTTP_X_CSRFTOKEN": browser.get("/api/auth/csrf/").json()["csrf_token"]}


def sign_in(browser: APIClient) -> dict[str, Any]:
    assert browser.post("/api/auth/login/", RIGHT, **csrf(browser)).status_code == 200
    return csrf(browser)


def test_a_login_opens_the_api_to_plain_links(browser: APIClient, ann: User) -> None:
    response = browser.post("/api/auth/login/", RIGHT, **csrf(browser))
    assert (response.status_code, response.json()["username"]) == (200, "ann")
    assert browser.get("/api/files/").status_code == 200
    cookie = browser.cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


@pytest.mark.parametrize("path", ["/api/auth/login/", "/api/auth/logout/"])
def test_without_the_csrf_token_nobody_is_signed_in_or_out(browser: APIClient, path: str) -> None:
    response = browser.post(path, RIGHT)
    assert response.status_code == 403
    assert response.json()["type"].endswith("/csrf-failed")
    assert "/api/auth/csrf/" in response.json()["detail"]


def test_a_wrong_password_signs_nobody_in(browser: APIClient) -> None:
    response = browser.post("/api/auth/login/", {**RIGHT, "password": "x"}, **csrf(browser))
    assert response.status_code == 400
    assert browser.get("/api/files/").status_code == 401


def test_a_session_planted_before_the_login_is_not_the_one_after_it(browser: APIClient) -> None:
    planted = SessionStore()
    planted.create()
    browser.cookies["sessionid"] = str(planted.session_key)
    sign_in(browser)
    assert browser.cookies["sessionid"].value != planted.session_key


def test_a_session_writes_only_with_its_token(browser: APIClient) -> None:
    header = sign_in(browser)
    assert browser.post("/api/folders/", {"name": "x"}).status_code == 403
    assert browser.post("/api/folders/", {"name": "x"}, **header).status_code == 201


def test_an_upload_without_the_token_is_refused_before_its_bytes_are_read(
    browser: APIClient, media_root: Any
) -> None:
    sign_in(browser)
    body = {"file": SimpleUploadedFile("a", b"x" * 100_000), "csrfmiddlewaretoken": "x" * 64}
    assert browser.post("/api/files/", body, format="multipart").status_code == 403
    assert not any(path.is_file() for path in media_root.rglob("*"))


def test_an_upload_with_the_token_is_taken(browser: APIClient) -> None:
    header = sign_in(browser)
    body = {"file": SimpleUploadedFile("a", b"x")}
    assert browser.post("/api/files/", body, format="multipart", **header).status_code == 201


def test_a_foreign_origin_is_refused_with_cookie_and_token(browser: APIClient) -> None:
    header = sign_in(browser)
    response = browser.post("/api/folders/", {"name": "x"}, HTTP_ORIGIN="https://evil.example", **header)
    assert response.status_code == 403


def test_a_logout_ends_the_session_for_good(browser: APIClient) -> None:
    header = sign_in(browser)
    kept = browser.cookies["sessionid"].value
    assert browser.post("/api/auth/logout/", **header).status_code == 204
    browser.cookies["sessionid"] = kept
    assert browser.get("/api/files/").status_code == 401


def test_the_token_of_a_program_needs_no_csrf(as_ann: APIClient) -> None:
    as_ann.handler.enforce_csrf_checks = True
    assert as_ann.post("/api/folders/", {"name": "x"}).status_code == 201


def test_who_asks_is_told_who_they_are(as_ann: APIClient) -> None:
    shown = as_ann.get("/api/auth/user/").json()
    assert set(shown) == {"id", "username", "email", "first_name", "last_name", "is_staff", "date_joined"}
    assert (shown["username"], shown["email"]) == ("ann", "ann@example.com")
