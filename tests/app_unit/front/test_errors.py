"""What the front refuses by itself, it refuses in the app's words."""

import socket
from typing import Any

import pytest

from mediavault.http.problems import MALFORMED, PROBLEM_TYPES

LIMIT = 64 * 1024 * 1024


def raw(port: int, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(request)
        found = b""
        while piece := connection.recv(65536):
            found += piece
        return found


def test_a_body_beyond_the_limit_is_refused_before_it_is_sent(vault: Any, signed_in: dict[str, str]) -> None:
    headers = signed_in | {
        "Content-Type": "multipart/form-data; boundary=b",
        "Content-Length": str(2 * LIMIT),
    }
    bare, front = (site.ask("POST", "/api/files/", headers) for site in (vault.bare, vault.front))
    assert front.status == bare.status == 413
    assert front.json() == bare.json()
    assert front.json()["limit"] == LIMIT


def test_fields_beyond_the_limit_are_refused_in_the_same_words(vault: Any, signed_in: dict[str, str]) -> None:
    headers = signed_in | {"Content-Type": "application/json", "Content-Length": str(50 * 1024 * 1024)}
    answer = vault.front.ask("POST", "/api/folders/", headers)
    assert (answer.status, answer.json()["type"]) == (413, f"{PROBLEM_TYPES}too-large")


@pytest.mark.parametrize(
    ("request_line", "headers", "status", "kind"),
    [
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1", b"Host: x", 414, "uri-too-long"),
        (b"GET / HTTP/1.1", b"Host: x\r\nX-Long: " + b"a" * 9000, 431, "headers-too-large"),
        (b"GET / HTTP/1.1", b"", 400, "malformed-request"),
        (b"nonsense", b"Host: x", 400, "malformed-request"),
    ],
    ids=["uri", "headers", "no-host", "nonsense"],
)
def test_what_cannot_be_read_is_a_problem_document(
    vault: Any, request_line: bytes, headers: bytes, status: int, kind: str
) -> None:
    answer = raw(vault.front.port, request_line + b"\r\n" + headers + b"\r\nConnection: close\r\n\r\n")
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % status), answer[:500]
    assert b"application/problem+json" in head
    assert f"{PROBLEM_TYPES}{kind}".encode() in body
    if status == 400:
        assert MALFORMED.encode() in body


def test_every_answer_carries_the_id_that_the_client_gave(vault: Any, signed_in: dict[str, str]) -> None:
    number = vault.upload(b"some bytes", "with-an-id.bin")
    for path in (f"/api/files/{number}/stream/", "/api/files/", "/nothing", "/metrics", "/livez"):
        answer = vault.front.ask("GET", path, signed_in | {"X-Request-ID": "trace-me-0001"})
        assert answer.headers["X-Request-ID"] == "trace-me-0001"
    assert '"request":"trace-me-0001"' in vault.log()


def test_the_health_of_the_app_is_asked_through_the_front(vault: Any) -> None:
    assert vault.front.ask("GET", "/livez", {}).json() == {"status": "ok"}
    assert vault.front.ask("GET", "/readyz", {"Host": "10.0.0.1"}).status == 200


def test_the_app_counts_clients_and_not_the_front(vault: Any) -> None:
    told = {"Content-Type": "application/json", "X-Forwarded-For": "192.0.2.7", "X-Forwarded-Proto": "https"}
    answer = vault.front.ask("POST", "/api/auth/token/", told, b'{"username": "nobody", "password": "x"}')
    assert answer.status == 400
    location = vault.front.ask("GET", "/api/files", told).headers["Location"]
    assert "https" not in location


def test_the_log_has_neither_query_nor_credentials(vault: Any, signed_in: dict[str, str]) -> None:
    vault.front.ask("GET", "/api/files/?type=image&secret=hunter2", signed_in)
    assert "hunter2" not in vault.log()
    assert signed_in["Authorization"].split()[1] not in vault.log()
