"""Nonsense in every parameter, field and body of every operation that the description of the API has."""

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.test import APIClient

from described_api import METHODS, Operation, operations
from mediavault.vault.models import File, Folder

NONSENSE = (
    "",
    "abc",
    "-1",
    "0",
    "1.5",
    "1e400",
    "NaN",
    "9" * 30,
    "9223372036854775808",
    "\0",
    "a\r\nb",
    "\u202e",
    "²",
    "٣",
    "true",
    "null",
    "[]",
    "..",
    "%",
    "a,b",
    "1,1,1",
    "x" * 5000,
    "2026-13-45",
    "0000-00-00T00:00:00Z",
    "' OR 1=1 --",
    "$(id)",
    "\U0001f4a9",
)
VALUES: tuple[object, ...] = (
    *NONSENSE,
    None,
    True,
    -1,
    0,
    1.5,
    2**63,
    10**40,
    [],
    {},
    [[]],
    [None],
    [-1],
    ["x"],
    {"a": {}},
    [2**63],
)
BODIES = (
    b"",
    b"{",
    b"[]",
    b"null",
    b"1",
    b'"x"',
    b"\xff\xfe",
    b"[" * 5000,
    b'{"name": "\\ud800"}',
    b"a=1&" * 200,
)
CONTENT_TYPES = (
    "application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "multipart/form-data; boundary=x",
    "application/offset+octet-stream",
    "text/xml",
    "x",
    "application/json; charset=utf-99",
)
# Answers a client can do something about; 5xx never is.
LEAST_ERROR, LEAST_FAULT = 400, 500
OPERATIONS = operations()
WITH_QUERY = [each for each in OPERATIONS if each.query]
WITH_BODY = [each for each in OPERATIONS if each.body]


@pytest.fixture
def address(
    as_ann: Any, upload: Callable[..., File], make_folder: Callable[..., Folder]
) -> Callable[[Operation], str]:
    """The operation's address with ids of rows that Ann has."""
    file, folder = upload(as_ann, "mine.txt"), make_folder(as_ann, "own")

    def fill(operation: Operation) -> str:
        row = folder if "/folders/" in operation.path else file
        return re.sub(
            r"\{(\w+)\}",
            lambda match: {"sha256": file.file.sha256, "name": "new.txt"}.get(match[1], str(row.pk)),
            operation.path,
        )

    return fill


def fine(response: Any) -> bool:
    """Below 500, and a problem document where it refuses."""
    if response.status_code >= LEAST_FAULT:
        return False
    body = b"".join(response.streaming_content) if response.streaming else response.content
    refused = response.status_code >= LEAST_ERROR and body
    return not refused or response["Content-Type"] == "application/problem+json"


def _routes(resolver: URLResolver, prefix: str = "/") -> set[str]:
    found: set[str] = set()
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern).removeprefix("^").removesuffix("$").removesuffix("\\Z")
        found |= _routes(pattern, route) if isinstance(pattern, URLResolver) else set()
        if isinstance(pattern, URLPattern):
            found.add(re.sub(r"\(\?P<\w+>.*?\)(?=/|$)|<[^>]+>", "{}", route))
    return found


def test_every_route_of_the_api_is_described() -> None:
    described = {re.sub(r"\{\w+\}", "{}", each.path) for each in OPERATIONS}
    pages = {"/api/schema/", "/api/docs/", "/api/docs/{}"}
    routes = {route for route in _routes(get_resolver()) if route.startswith("/api/")}
    assert routes - pages == described


@pytest.mark.parametrize("operation", WITH_QUERY, ids=str)
def test_nonsense_in_a_query_parameter_is_refused_by_name_or_harmless(
    as_ann: Any, address: Callable[[Operation], str], operation: Operation
) -> None:
    for name in operation.query:
        for value in NONSENSE:
            response = as_ann.generic(operation.method, f"{address(operation)}?{name}={quote(value)}")
            assert fine(response), (name, value, response.status_code)
            if response.status_code == LEAST_ERROR:
                assert name in response.json()["errors"], (name, value, response.content)


@pytest.mark.parametrize("operation", WITH_BODY, ids=str)
def test_nonsense_in_a_field_is_refused_by_name_or_harmless(
    as_ann: Any, address: Callable[[Operation], str], operation: Operation
) -> None:
    for field in operation.body:
        for value in VALUES:
            response = as_ann.generic(
                operation.method, address(operation), _json({field: value}), content_type="application/json"
            )
            assert fine(response), (field, value, response.status_code)
            if response.status_code == LEAST_ERROR:
                assert response.json().get("errors") or response.json()["type"].endswith("malformed-request")


@pytest.mark.parametrize("operation", [each for each in OPERATIONS if each.method != "get"], ids=str)
def test_a_body_that_is_none_is_refused_or_harmless(
    as_ann: Any, address: Callable[[Operation], str], operation: Operation
) -> None:
    for content_type in CONTENT_TYPES:
        for body in BODIES:
            response = as_ann.generic(operation.method, address(operation), body, content_type=content_type)
            assert fine(response), (content_type, body[:20], response.status_code)


@pytest.mark.parametrize("path", sorted({each.path for each in OPERATIONS if "{" in each.path}))
@pytest.mark.parametrize("value", [*NONSENSE[1:-1], "a\\..\\b", "..%2f..", "%00", "%ff", "con.txt"])
def test_nonsense_in_an_address_is_not_found(as_ann: APIClient, path: str, value: str) -> None:
    address = re.sub(r"\{\w+\}", quote(value, safe="%").replace("\\", "%5c"), path)
    for method in METHODS:
        response = as_ann.generic(method, address)
        assert fine(response), (method, response.status_code)


@pytest.mark.parametrize("path", sorted({each.path for each in OPERATIONS}))
@pytest.mark.parametrize("method", ["options", "trace", "PROPFIND", "x"])
def test_a_method_that_no_route_has_is_refused(
    as_ann: Any, address: Callable[[Operation], str], path: str, method: str
) -> None:
    response = as_ann.generic(method.upper(), address(Operation("get", path, (), (), ())))
    assert fine(response), response.status_code


def _json(value: object) -> bytes:
    return json.dumps(value).encode("utf-8", "surrogatepass")
