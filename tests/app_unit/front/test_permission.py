"""The front sends a file's bytes to whoever the app permits, and to nobody else."""

import secrets
import time
from collections.abc import Iterator
from typing import Any

import pytest

CONTENT = bytes(range(256)) * 400
MODELS = "from mediavault.accounts.models import User; from rest_framework.authtoken.models import Token\n"


@pytest.fixture(scope="module")
def film(vault: Any) -> int:
    number: int = vault.upload(CONTENT, "film.bin")
    return number


@pytest.fixture
def guest(vault: Any) -> Iterator[dict[str, str]]:
    """The header of another account, which has a file of its own."""
    name, token = f"guest-{secrets.token_hex(4)}", secrets.token_hex(20)
    vault.manage(f"{MODELS}Token.objects.create(user=User.objects.create_user('{name}'), key='{token}')")
    yield {"Authorization": f"Token {token}"}
    vault.manage(f"{MODELS}User.objects.filter(username='{name}').delete()")


def test_bytes_come_from_the_front_and_the_app_is_asked_once(vault: Any, film: int) -> None:
    for _ in range(20):
        answer = vault.front.ask("GET", f"/api/files/{film}/download/")
        assert (answer.status, answer.body) == (200, CONTENT)
    asked = [line for line in vault.log().splitlines() if f"/api/files/{film}/download/" in line]
    assert len(asked) == 20
    assert all('"app_status":"' in line for line in asked)
    assert sum('"app_status":""' in line for line in asked) >= 15


def test_a_foreign_file_is_as_absent_as_one_that_never_was(
    vault: Any, film: int, guest: dict[str, str]
) -> None:
    for number in (film, 10**9):
        answer = vault.front.ask("GET", f"/api/files/{number}/stream/", guest)
        assert answer.status == 404
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["detail"] == "No such file or folder is yours."


def test_nobody_is_told_to_sign_in(vault: Any, film: int) -> None:
    answer = vault.front.ask("GET", f"/api/files/{film}/stream/", {})
    assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, "Token")
    assert answer.json()["title"] == "You are not signed in"


def seconds_until_refused(vault: Any, path: str, headers: dict[str, str]) -> float:
    """How long after now the bytes are still given."""
    began = time.monotonic()
    while vault.front.ask("GET", path, headers).status == 200:
        assert time.monotonic() - began < 5
        time.sleep(0.05)
    return time.monotonic() - began


def test_a_permission_that_is_taken_away_ends_within_five_seconds(vault: Any, guest: dict[str, str]) -> None:
    token = guest["Authorization"].split()[1]
    path = f"/api/files/{vault.upload(CONTENT, f'{token}.bin', token)}/stream/"
    assert vault.front.ask("GET", path, guest).status == 200
    vault.manage(f"{MODELS}Token.objects.filter(key='{token}').delete()")
    assert seconds_until_refused(vault, path, guest) < 5
    assert vault.front.ask("GET", path, guest).status == 401


@pytest.mark.parametrize("path", ["/.front/permission", "/.front/problem/404", "/.front/", "/metrics"])
def test_what_is_the_fronts_own_is_not_there_for_anybody(vault: Any, path: str) -> None:
    answer = vault.front.ask("GET", path)
    assert answer.status == 404
    assert answer.json()["title"] == "There is nothing here for you"


def test_nobody_can_speak_as_the_front(vault: Any, film: int) -> None:
    lies = {"X-Front-Asks": "permission", "X-Front-Peer": "192.0.2.1"}
    for site in (vault.front, vault.bare):
        mine = site.ask("GET", f"/api/files/{film}/stream/", lies)
        assert mine.status == 401
        told = {
            **lies,
            "If-None-Match": '"other"',
            "Authorization": f"Token {'0123456789abcdef' * 2}01234567",
        }
        answer = site.ask("GET", f"/api/files/{film}/stream/", told)
        assert (answer.status, answer.body) == (200, CONTENT)
        assert not [name for name in answer.headers if name.lower().startswith("x-front")]
    assert "192.0.2.1" not in vault.log()


def test_an_address_written_in_another_way_opens_nothing_more(vault: Any, film: int) -> None:
    for path in (
        f"//api/files/{film}/stream/",
        f"/api/x/../files/{film}/stream/",
        f"/api/files/{film}/%73tream/../stream/",
        f"/api/files/{film}/stream/%2e%2e/%2e%2e/",
        "/media/",
        "/.front/permission/../permission",
    ):
        assert vault.front.ask("GET", path, {}).status in (400, 401, 404)


def test_a_signed_address_works_through_the_front_and_its_signature_is_never_logged(
    vault: Any, film: int, signed_in: dict[str, str]
) -> None:
    told = signed_in | {"Content-Type": "application/json"}
    for site in (vault.front, vault.bare):
        made = site.ask("POST", f"/api/files/{film}/url/", told, b'{"for": "download"}').json()["url"]
        path = made.partition(f":{site.port}")[2]
        assert path
        whole = site.ask("GET", path, {})
        assert (whole.status, whole.body) == (200, CONTENT)
        part = site.ask("GET", path, {"Range": "bytes=5-9"})
        assert (part.status, part.body) == (206, CONTENT[5:10])
        assert site.ask("HEAD", path, {}).headers["Content-Length"] == str(len(CONTENT))
        assert site.ask("GET", path[:-1] + "~", {}).status == 403
        assert path.rpartition(".")[2] not in vault.log()
        assert "signed=" not in vault.log()


def test_a_deleted_file_is_gone_within_five_seconds(vault: Any, signed_in: dict[str, str]) -> None:
    path = f"/api/files/{vault.upload(b'to be deleted', 'short.bin')}/"
    assert vault.front.ask("GET", f"{path}stream/").status == 200
    assert vault.front.ask("DELETE", path).status == 204
    gone = time.monotonic()
    # Each process of nginx remembers by itself, so one refusal does not yet speak for all.
    while time.monotonic() < gone + 5:
        answer = vault.front.ask("GET", f"{path}stream/", signed_in)
    assert answer.status == 404
