"""What every request gets on its way in."""

import re

import pytest
from django.test import Client
from rest_framework.test import APIClient


def test_a_request_is_given_an_id(client: Client) -> None:
    first, second = (client.get("/livez")["X-Request-ID"] for _ in range(2))
    assert re.fullmatch(r"[0-9a-f]{32}", first)
    assert first != second


def test_an_id_given_by_a_proxy_is_kept(client: Client) -> None:
    assert client.get("/livez", HTTP_X_REQUEST_ID="proxy-1.2_3")["X-Request-ID"] == "proxy-1.2_3"


@pytest.mark.parametrize(
    "given", ["short", "a" * 65, "with space in it", "new\tline-abc", "ünïcödé-12345", "a;b;c;d;e;f"]
)
def test_an_id_that_could_forge_a_log_line_is_replaced(client: Client, given: str) -> None:
    assert client.get("/livez", HTTP_X_REQUEST_ID=given)["X-Request-ID"] != given


def test_a_body_in_chunks_is_asked_for_its_length(as_ann: APIClient) -> None:
    response = as_ann.generic("POST", "/api/files/", "", HTTP_TRANSFER_ENCODING="chunked")
    assert (response.status_code, response.json()["type"].rpartition("/")[2]) == (411, "length-required")


def test_a_head_of_a_json_answer_has_its_length_and_no_body(as_ann: APIClient) -> None:
    head, get = as_ann.head("/api/files/"), as_ann.get("/api/files/")
    assert head.content == b""
    assert head["Content-Length"] == str(len(get.content))
