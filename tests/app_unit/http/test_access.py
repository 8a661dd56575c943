"""What a request leaves in the log, and that it is no secret."""

import base64
import io
import json
import logging
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from rest_framework.test import APIClient

from mediavault.accounts.models import User
from mediavault.logs import JsonFormatter, RequestFilter, TextFormatter
from served_app import ServedApp, served_app

SECRET = "s3cr3t-0123456789abcdef"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    handler.addFilter(RequestFilter())
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)


def told(lines: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


def test_a_request_is_told_in_one_object(as_ann: APIClient, ann: User, lines: io.StringIO) -> None:
    as_ann.get(f"/api/files/?search={SECRET}", HTTP_X_REQUEST_ID="given-by-a-proxy")
    (line,) = [each for each in told(lines) if each["logger"] == "mediavault.access"]
    assert line["time"].endswith("+00:00")
    assert line["duration"] >= 0
    shown = {name: line[name] for name in ("level", "request_id", "method", "path", "route", "user")}
    assert shown == {
        "level": "INFO",
        "request_id": "given-by-a-proxy",
        "method": "GET",
        "path": "/api/files/",
        "route": "file-list",
        "user": ann.pk,
    }


def test_an_upload_tells_how_much_came_and_why_it_was_refused(as_ann: APIClient, lines: io.StringIO) -> None:
    client: Any = as_ann
    client.generic("PUT", "/api/upload/a.bin", b"whole")
    client.generic("PUT", f"/api/upload/b.bin?sha256={'0' * 64}", b"other")
    client.generic("PUT", "/api/upload/c.bin", **{"wsgi.input": io.BytesIO(b"cut"), "CONTENT_LENGTH": "5"})
    found = [each for each in told(lines) if each["logger"] == "mediavault.access"]
    assert [(each["status"], each.get("problem"), each["received"]) for each in found] == [
        (201, None, 5),
        (400, "checksum-mismatch", 5),
        (408, "request-timeout", 3),
    ]
    (why,) = [each for each in told(lines) if each["logger"] == "mediavault.http.exceptions"]
    assert why["message"] == "A body did not arrive: The body ended before its declared length."
    assert why["request_id"] == found[-1]["request_id"]


def test_an_address_can_forge_no_line(as_nobody: APIClient, lines: io.StringIO) -> None:
    as_nobody.get("/x%0aforged%1b[31m")
    (line,) = [each for each in told(lines) if each["logger"] == "mediavault.access"]
    assert (line["path"], line["route"], line["user"]) == ("/x%0Aforged%1B%5B31m", "none", None)


def test_probes_are_not_told(as_nobody: APIClient, lines: io.StringIO) -> None:
    as_nobody.get("/livez")
    assert "livez" not in lines.getvalue()


@pytest.mark.parametrize("formatter", [JsonFormatter(), TextFormatter()])
@pytest.mark.parametrize(
    "message",
    [
        f"Error handling request GET /api/files/1/stream/?signed={SECRET}",
        f"Invalid request from ip=10.0.0.1: Invalid HTTP Header: 'Authorization Token {SECRET}'",
        f"Invalid request from ip=10.0.0.1: Invalid HTTP request line: 'GET /?signed={SECRET} HTTP'\nx",
    ],
)
def test_what_gunicorn_says_of_a_request_is_shortened(formatter: logging.Formatter, message: str) -> None:
    record = logging.LogRecord("gunicorn.error", logging.WARNING, "", 0, message, (), None)
    RequestFilter().filter(record)
    line = formatter.format(record)
    assert SECRET not in line
    assert "request" in line


def test_a_trace_is_told_in_the_same_line() -> None:
    try:
        raise RuntimeError(f"at /x?signed={SECRET}")
    except RuntimeError as error:
        record = logging.LogRecord(
            "x", logging.ERROR, "", 0, "bad\nnews", (), (type(error), error, error.__traceback__)
        )
    RequestFilter().filter(record)
    (line,) = JsonFormatter().format(record).splitlines()
    assert "RuntimeError" in json.loads(line)["trace"]
    assert SECRET not in line


@pytest.fixture
def app(django_db_modify_db_settings: None, tmp_path: Path) -> Iterator[ServedApp]:
    with served_app(tmp_path, LOG_FORMAT="json", LOG_LEVEL="DEBUG") as running:
        yield running


def raw(app: ServedApp, text: str) -> None:
    with socket.create_connection(("127.0.0.1", app.port), 10) as connection:
        connection.sendall(text.encode())
        connection.settimeout(10)
        while connection.recv(4096):
            pass


def test_no_secret_reaches_the_log_of_a_server_by_any_way(app: ServedApp) -> None:
    basic = base64.b64encode(f"admin:{SECRET}".encode()).decode()
    for headers in (app.headers, {"Authorization": f"Token {SECRET}"}, {"Authorization": f"Basic {basic}"}):
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "X"):
            for path in (
                "/api/files/",
                "/api/files/1/stream/",
                "/api/auth/token/",
                "/none",
                "/%0a",
                "/livez",
            ):
                requests.request(
                    method,
                    f"{app.url}{path}?signed={SECRET}&name={SECRET}",
                    headers={**headers, "Cookie": f"sessionid={SECRET}; csrftoken={SECRET}", "Host": "other"}
                    if path == "/none"
                    else headers,
                    json={"username": "admin", "password": SECRET},
                    timeout=30,
                ).close()
    login = {"username": "admin", "password": "open sesame"}
    requests.post(f"{app.url}/api/auth/login/", json=login, timeout=30)
    raw(app, f"GET /?signed={SECRET} NONSENSE\r\n\r\n")
    raw(app, f"GET / HTTP/1.1\r\nAuthorization Token {SECRET}\r\n\r\n")
    raw(app, f"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Token {SECRET}\r\nContent-Length: x\r\n\r\n")
    app.stop()
    log = app.log.read_text()
    lines = [json.loads(line) for line in log.splitlines()]
    assert sum(line["logger"] == "mediavault.access" for line in lines) > 50
    assert {"gunicorn.error", "mediavault.access"} <= {line["logger"] for line in lines}
    # A request that cannot be read has no id, and not the one of whom the thread served before.
    assert {line["request_id"] for line in lines if "Invalid request" in line["message"]} == {"-"}
    for secret in (SECRET, basic, app.token, "open sesame", app.environment["SECRET_KEY"]):
        assert secret not in log
