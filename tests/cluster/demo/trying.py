"""Uses the vault once as its user would: puts the example video in, so that there is something to seek in."""

import json
import secrets
import urllib.error
import urllib.request
from typing import Any

from images.recipe import REPOSITORY_ROOT
from launcher.progress import LauncherError, say

MEDIA = REPOSITORY_ROOT / "examples" / "media"
VIDEO = "grace-hopper-pan.mp4"


def put_video(url: str, token: str) -> int:
    """The id of the example video in the vault, uploaded if it is not there."""
    for file in _call(url, token, "GET"):
        if file["name"] == VIDEO:
            return int(file["id"])
    boundary = secrets.token_hex(16)
    head = (
        f"--{boundary}\r\n"
        f'Content-Disposition: form-data; name="file"; filename="{VIDEO}"\r\n'
        "Content-Type: video/mp4\r\n\r\n"
    )
    body = head.encode() + (MEDIA / VIDEO).read_bytes() + f"\r\n--{boundary}--\r\n".encode()
    created = _call(url, token, "POST", body, f"multipart/form-data; boundary={boundary}")
    say(f"uploaded {VIDEO}, {created['size'] / 1000:.0f} kB")
    return int(created["id"])


def _call(url: str, token: str, method: str, body: bytes | None = None, content_type: str = "") -> Any:
    request = urllib.request.Request(f"{url}/api/files/", data=body, method=method)
    request.add_header("Authorization", f"Token {token}")
    if content_type:
        request.add_header("Content-Type", content_type)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise LauncherError(
            f"{method} {request.full_url} answered {error.code}: {error.read(500)!r}"
        ) from error
    except OSError as error:
        raise LauncherError(f"{method} {request.full_url} failed: {error}") from error
