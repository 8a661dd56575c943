"""What Django refuses outside of the API has the API's shape too."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import path
from rest_framework.test import APIClient

from mediavault.http.errors import problem_response
from mediavault.http.problems import TITLES


def explode(request: object) -> HttpResponse:
    raise RuntimeError("a bug with a secret in it")


def test_a_problem_has_the_members_of_its_rfc() -> None:
    response = problem_response(
        status=409, type="name-taken", detail="x", existing=None, errors={"name": ["y"]}
    )
    assert response["Content-Type"] == "application/problem+json"
    assert response.content == (
        b'{"type": "https://mediavault.io/problems/name-taken", "title": "The name is taken", "status": 409,'
        b' "detail": "x", "errors": {"name": ["y"]}}'
    )


@pytest.mark.parametrize(
    "address", ["/", "/api/", "/api/nothing/", "/media/", "/media/blobs/1/ab/abc", "/static/x", "/admin/"]
)
def test_nothing_is_served_elsewhere(client: Client, db: None, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"


def test_media_serves_nothing_even_where_bytes_are(as_ann: APIClient, upload: Any, media_root: Any) -> None:
    upload(as_ann)
    (stored,) = (path for path in media_root.rglob("*") if path.is_file())
    for prefix in ("/media/", "/media/../media/", "//media/"):
        assert as_ann.get(f"{prefix}{stored.relative_to(media_root)}").status_code == 404


def test_a_host_that_is_not_ours_is_refused(client: Client, db: None) -> None:
    response = client.get("/api/files/", HTTP_HOST="evil.example")
    assert (response.status_code, response.json()["type"][-18:]) == (400, "/malformed-request")


@pytest.mark.urls(__name__)
def test_a_bug_tells_its_request_id_and_nothing_else(client: Client, db: None) -> None:
    client.raise_request_exception = False
    response = client.get("/api/explode/", HTTP_X_REQUEST_ID="request-42")
    assert response.status_code == 500
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["request_id"] == "request-42"
    assert b"secret" not in response.content


def test_every_answer_carries_the_headers_that_protect_a_browser(client: Client, db: None) -> None:
    for address in ("/api/files/", "/nothing", "/api/auth/csrf/"):
        response = client.get(address)
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["X-Frame-Options"] == "DENY"
        assert response["Referrer-Policy"] == "same-origin"


def test_every_title_is_a_sentence_without_a_dot() -> None:
    assert all(title[0].isupper() and not title.endswith(".") for title in TITLES.values())


urlpatterns = [path("api/explode/", explode)]
handler500 = "mediavault.http.errors.server_error"
