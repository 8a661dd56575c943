"""Following a list from page to page, as its answers tell where the next one is."""

import re
from typing import Any

from rest_framework.test import APIClient


def next_page(response: Any) -> str:
    """Where the answer says that the next page is, empty on the last."""
    link = re.fullmatch(r'<(.+)>; rel="next"', response.get("Link", ""))
    return link[1] if link else ""


def pages(client: APIClient, url: str) -> list[list[dict[str, Any]]]:
    """The bodies of this page and of all that follow it."""
    found = []
    while url:
        response = client.get(url)
        assert response.status_code == 200, response.content
        found.append(response.json())
        url = next_page(response)
    return found
