"""What rows do with the vault, by its API."""

import json
from pathlib import Path

from benchmarks.client import Client

_BOUNDARY = "a-boundary-that-no-body-has"
FORM_TYPE = f"multipart/form-data; boundary={_BOUNDARY}"
FORM_END = f"\r\n--{_BOUNDARY}--\r\n".encode()


def form_start(name: str, folder: int | None = None) -> bytes:
    """What stands before the bytes of a file in a multipart body."""
    place = 'Content-Disposition: form-data; name="folder"'
    before = f"--{_BOUNDARY}\r\n{place}\r\n\r\n{folder}\r\n" if folder is not None else ""
    told = f'Content-Disposition: form-data; name="file"; filename="{name}"'
    return f"{before}--{_BOUNDARY}\r\n{told}\r\nContent-Type: application/octet-stream\r\n\r\n".encode()


def upload(client: Client, file: Path, name: str, folder: int | None = None) -> int:
    """Put a file into the vault by multipart; its id."""
    before = form_start(name, folder)
    answer = client.send("POST", "/api/files/", file, before=before, after=FORM_END, Content_Type=FORM_TYPE)
    found: int = json.loads(answer.body)["id"]
    return found


def delete(client: Client, file_id: int) -> None:
    """Take a file out of the vault."""
    client.ask("DELETE", f"/api/files/{file_id}/")


def make_folder(client: Client, name: str) -> int:
    """A folder at the root; its id."""
    body = json.dumps({"name": name}).encode()
    found: int = json.loads(client.ask("POST", "/api/folders/", body, Content_Type="application/json").body)[
        "id"
    ]
    return found


def newest(client: Client) -> int:
    """The id of the file that came last."""
    found: int = json.loads(client.ask("GET", "/api/files/?ordering=-created_at&page_size=1").body)[0]["id"]
    return found
