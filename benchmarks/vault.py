"""What rows do with the vault, by its API."""

import json
from pathlib import Path

from benchmarks.client import Client

_BOUNDARY = "a-boundary-that-no-body-has"
FORM_TYPE = f"multipart/form-data; boundary={_BOUNDARY}"
FORM_END = f"\r\n--{_BOUNDARY}--\r\n".encode()


def form_start(name: str) -> bytes:
    """What stands before the bytes of a file in a multipart body."""
    told = f'Content-Disposition: form-data; name="file"; filename="{name}"'
    return f"--{_BOUNDARY}\r\n{told}\r\nContent-Type: application/octet-stream\r\n\r\n".encode()


def upload(client: Client, file: Path, name: str) -> int:
    """Put a file into the vault by multipart; its id."""
    answer = client.send(
        "POST", "/api/files/", file, before=form_start(name), after=FORM_END, Content_Type=FORM_TYPE
    )
    found: int = json.loads(answer.body)["id"]
    return found


def delete(client: Client, file_id: int) -> None:
    """Take a file out of the vault."""
    client.ask("DELETE", f"/api/files/{file_id}/")
