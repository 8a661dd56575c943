"""Requests of tus against the app, and what is asked of their answers."""

import base64
from pathlib import Path
from typing import Any

from rest_framework.test import APIClient

CONTENT = bytes(range(256)) * 40
TUS = {"Tus-Resumable": "1.0.0"}


def b64(value: str | bytes) -> str:
    return base64.b64encode(value.encode() if isinstance(value, str) else value).decode()


def metadata(**told: str) -> dict[str, str]:
    return {"Upload-Metadata": ",".join(f"{key} {b64(value)}" for key, value in told.items())}


def send(client: Any, method: str, path: str, body: Any = b"", **headers: Any) -> Any:
    told: dict[str, str] = {**TUS, **{name.replace("_", "-"): value for name, value in headers.items()}}
    content_type = told.pop("Content-Type", "application/offset+octet-stream")
    return client.generic(method, path, body, content_type=content_type, headers=told)


def begin(client: APIClient, length: int | None = len(CONTENT), **told: str) -> str:
    size = {"Upload-Defer-Length": "1"} if length is None else {"Upload-Length": str(length)}
    response = send(client, "POST", "/api/uploads/", **size, **metadata(**{"filename": "a.bin"} | told))
    assert response.status_code == 201, response.content
    return str(response["Location"]).removeprefix("http://testserver")


def patch(client: APIClient, address: str, offset: int, body: bytes, **headers: str) -> Any:
    return send(client, "PATCH", address, body, Upload_Offset=str(offset), **headers)


def content(client: Any, file_id: object) -> bytes:
    return b"".join(client.get(f"/api/files/{file_id}/download/").streaming_content)


def kind(response: Any) -> str:
    return str(response.json()["type"].rpartition("/")[2])


def incoming(media_root: Path) -> int:
    """How many files are on their way into the store."""
    return len(list((media_root / "incoming").glob("*")))
