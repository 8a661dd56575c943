"""/api/docs/ and /api/schema/: the API's description, and a page to try it."""

import re

import pytest
import yaml
from django.test import Client


def test_the_description_is_open_and_says_where_things_are(client: Client, db: None) -> None:
    response = client.get("/api/schema/")
    paths = yaml.safe_load(response.content)["paths"]
    assert {"/api/files/", "/api/files/{id}/stream/", "/api/folders/{id}/", "/api/auth/token/"} <= set(paths)


def test_the_page_loads_nothing_from_elsewhere(client: Client) -> None:
    response = client.get("/api/docs/")
    assert "default-src 'none'; script-src 'self';" in response["Content-Security-Policy"]
    links = re.findall(r'(?:src|href)="([^"]+)"', response.content.decode())
    assert len(links) == 4
    for link in links:
        if not link.startswith("data:"):
            assert client.get(f"/api/docs/{link}").status_code == 200, link


@pytest.mark.parametrize("name", ["LICENSE", "..%2fsettings.py", "docs.html", "swagger-ui.css.map"])
def test_only_the_pages_own_files_are_served(client: Client, db: None, name: str) -> None:
    assert client.get(f"/api/docs/{name}").status_code == 404


def test_the_page_takes_no_body(client: Client) -> None:
    assert client.post("/api/docs/").status_code == 405
