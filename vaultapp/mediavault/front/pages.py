"""The front's own errors, in the app's words. Pure."""

import json
from collections.abc import Iterable
from typing import Any, Final

from mediavault.http import problems

# nginx's own code for headers that are too large, and what it means over HTTP.
_HEADERS_TOO_LARGE: Final = 494
_AWAY: Final = "The vault is starting, stopping or overloaded; try again in a moment."
_UPLOAD: Final = "file-413"
_FOLDER: Final = "/.front/problem"
_RETRY: Final = (429, 502, 503, 504)
_WORDS: Final[dict[int, tuple[str, str]]] = {
    400: ("malformed-request", problems.MALFORMED),
    404: ("not-found", problems.NO_SUCH_ADDRESS),
    408: ("request-timeout", problems.STOPPED),
    412: ("precondition-failed", problems.CHANGED),
    414: ("uri-too-long", "The address may have at most 8000 bytes."),
    429: ("too-many-requests", "Too many uploads run at once; try again in a moment."),
    431: ("headers-too-large", "No header may have more than 8000 bytes, and all together 32000."),
    500: ("internal-error", problems.SERVER_FAILED),
    502: ("vault-unavailable", _AWAY),
    503: ("vault-unavailable", _AWAY),
    504: ("vault-unavailable", _AWAY),
}


def error_pages(*, uploads: bool) -> Iterable[str]:
    """nginx's directives that name a page for each error of its own; uploads are too large in other words."""
    for status in _WORDS:
        code = f"{_HEADERS_TOO_LARGE} =431" if status == 431 else str(status)
        yield f"error_page {code} {_FOLDER}/{status};"
    yield f"error_page 413 {_FOLDER}/{_UPLOAD if uploads else 413};"


def pages(max_upload_size: int) -> Iterable[str]:
    """nginx's locations that answer with the problem documents."""
    for status, (kind, detail) in _WORDS.items():
        yield from _page(str(status), problems.problem(status=status, type=kind, detail=detail))
    yield from _page("413", problems.fields_too_large())
    yield from _page(_UPLOAD, problems.file_too_large(max_upload_size))


def _page(name: str, document: dict[str, Any]) -> Iterable[str]:
    text = json.dumps(document).replace("\\", "\\\\").replace("'", "\\'")
    yield f"location = {_FOLDER}/{name} {{"
    yield "    internal;"
    yield f"    default_type {problems.MEDIA_TYPE};"
    yield "    add_header Cache-Control no-store always;"
    yield "    add_header X-Content-Type-Options nosniff always;"
    yield "    add_header X-Request-ID $front_request_id always;"
    if document["status"] in _RETRY:
        yield "    add_header Retry-After 5 always;"
    yield f"    return {document['status']} '{text}';"
    yield "}"
