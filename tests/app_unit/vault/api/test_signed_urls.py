"""Signed addresses: they open one file for one use, for a while, to whoever has them, and nothing else."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from mediavault.accounts.models import User
from mediavault.vault.models import File
from mediavault.vault.signed_urls import MOST_SECONDS, Opened, sign

Upload = Callable[..., File]


@pytest.fixture
def film(as_ann: APIClient, upload: Upload) -> File:
    return upload(as_ann, "film.txt", b"a film in ten words")


def signed(client: APIClient, file: File, **wish: Any) -> str:
    response = client.post(f"/api/files/{file.pk}/url/", wish)
    assert response.status_code == 200, response.content
    return str(response.json()["url"])


def content(response: Any) -> bytes:
    return b"".join(response)


def test_it_opens_the_file_without_headers_or_cookies(
    as_ann: APIClient, as_nobody: APIClient, film: File
) -> None:
    url = signed(as_ann, film)
    assert content(as_nobody.get(url)) == b"a film in ten words"
    part = as_nobody.get(url, headers={"Range": "bytes=2-5"})
    assert (part.status_code, content(part)) == (206, b"film")
    head = as_nobody.head(url)
    assert (head.status_code, head["Content-Length"]) == (200, "19")
    assert head["ETag"] == as_ann.head(f"/api/files/{film.pk}/stream/")["ETag"]


@pytest.mark.parametrize(("use", "disposition"), [("stream", "inline"), ("download", "attachment")])
def test_it_is_made_for_one_use(
    as_ann: APIClient, as_nobody: APIClient, film: File, use: str, disposition: str
) -> None:
    url = signed(as_ann, film, **{"for": use})
    assert as_nobody.head(url)["Content-Disposition"].startswith(disposition)
    other = url.replace(f"/{use}/", "/thumbnail/")
    assert as_nobody.get(other).status_code == 403


def test_it_ends_when_it_says(as_ann: APIClient, as_nobody: APIClient, film: File) -> None:
    response = as_ann.post(f"/api/files/{film.pk}/url/", {"expires_in": 60})
    ends = datetime.fromisoformat(response.json()["expires_at"])
    assert timedelta(seconds=58) <= ends - timezone.now() <= timedelta(seconds=60)
    over = sign(Opened(film.pk, "stream"), user_id=film.owner_id, expires_at=timezone.now())
    refused = as_nobody.get(f"/api/files/{film.pk}/stream/?signed={over}")
    assert refused.status_code == 403
    assert refused.json()["type"].endswith("/link-refused")
    assert refused.json()["detail"] == "The address has expired; ask for a new one."


@pytest.mark.parametrize("wish", [{"for": "delete"}, {"expires_in": 0}, {"expires_in": MOST_SECONDS + 1}])
def test_a_wish_that_cannot_be_is_refused_by_its_field(
    as_ann: APIClient, film: File, wish: dict[str, Any]
) -> None:
    response = as_ann.post(f"/api/files/{film.pk}/url/", wish)
    assert response.status_code == 400
    assert response.json()["errors"].keys() == wish.keys()


def test_whatever_is_changed_in_it_makes_it_worthless(
    as_ann: APIClient, as_nobody: APIClient, film: File, upload: Upload
) -> None:
    url = signed(as_ann, film)
    address, _, value = url.partition("=")
    user, ends, signature = value.split(".")
    another = upload(as_ann, "other.txt", b"another")
    for forged in (
        f"{address}={user}.{int(ends) + 1}.{signature}",
        f"{address}={int(user) + 1}.{ends}.{signature}",
        f"{address}={user}.{ends}.{signature[:-1]}",
        f"{address}={user}.{ends}.",
        f"{address}={user}.{ends}",
        f"{address}=",
        f"{address}=\0.%ff.é",
        url.replace(f"/{film.pk}/", f"/{another.pk}/"),
    ):
        response = as_nobody.get(forged)
        assert response.status_code == 403, forged
        assert response.json()["type"].endswith("/link-refused")


def test_where_there_is_a_signature_no_other_credential_counts(as_ann: APIClient, film: File) -> None:
    assert as_ann.get(f"/api/files/{film.pk}/stream/?signed=x").status_code == 403


def test_it_opens_nothing_but_bytes(as_ann: APIClient, as_nobody: APIClient, film: File) -> None:
    query = signed(as_ann, film).partition("?")[2]
    assert as_nobody.get(f"/api/files/{film.pk}/?{query}").status_code == 401
    assert as_nobody.post(f"/api/files/{film.pk}/url/?{query}").status_code == 401
    assert as_nobody.delete(f"/api/files/{film.pk}/?{query}").status_code == 401


def test_it_ends_with_the_account_and_with_the_file(
    as_ann: APIClient, as_nobody: APIClient, film: File, ann: User
) -> None:
    url = signed(as_ann, film)
    User.objects.filter(pk=ann.pk).update(is_active=False)
    assert as_nobody.get(url).status_code == 403
    User.objects.filter(pk=ann.pk).update(is_active=True)
    as_ann.delete(f"/api/files/{film.pk}/")
    assert as_nobody.get(url).status_code == 404


def test_a_foreign_file_gets_none(as_bob: APIClient, film: File) -> None:
    assert as_bob.post(f"/api/files/{film.pk}/url/").status_code == 404


def test_who_sends_nothing_is_told_of_tokens(as_nobody: APIClient, film: File) -> None:
    response = as_nobody.get(f"/api/files/{film.pk}/stream/")
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Token"
