"""The words of every error, without Django: the front says them as well as the app."""

from http import HTTPStatus
from typing import Any

PROBLEM_TYPES = "https://mediavault.io/problems/"
MEDIA_TYPE = "application/problem+json"
MALFORMED = "The server cannot use this request: its Host header, its path or its body is not valid."
CHANGED = "The file is not the one that If-Match or If-Unmodified-Since describes; fetch it anew."
NO_SUCH_ADDRESS = "Nothing is served at this address; /api/docs/ lists those that there are."
SERVER_FAILED = "The server failed to answer. Try again; if it stays, tell the administrator the request id."
STOPPED = "The request stopped before all of its body had arrived."
TITLES = {
    "authentication-failed": "You are not signed in",
    "blob-missing": "The file's bytes are missing",
    "checksum-mismatch": "The bytes are not those that were meant",
    "content-refused": "The file was refused",
    "csrf-failed": "The CSRF token is missing or wrong",
    "cursor-expired": "The cursor is too old",
    "database-unavailable": "The database does not answer",
    "forbidden": "You may not do this",
    "headers-too-large": "The request's headers are too large",
    "internal-error": "Something went wrong on our side",
    "invalid-request": "The request has errors",
    "length-required": "The request must say how long it is",
    "link-refused": "The link does not open this file",
    "malformed-request": "The request cannot be read",
    "method-not-allowed": "This address does not take that method",
    "name-taken": "The name is taken",
    "not-acceptable": "This address answers in JSON only",
    "not-found": "There is nothing here for you",
    "offset-mismatch": "The upload has come to another offset",
    "precondition-failed": "The file has changed",
    "range-not-satisfiable": "The file has no such range",
    "request-timeout": "The request stopped arriving",
    "scan-failed": "The file could not be scanned",
    "server-stopping": "This server ends",
    "storage-full": "The vault is full",
    "storage-unavailable": "The vault's storage does not answer",
    "too-large": "The request is too large",
    "too-many-listeners": "Too many clients listen",
    "too-many-requests": "Too many requests",
    "tus-version": "This is not the version of tus that is spoken here",
    "unsupported-media-type": "The request's content type is not understood",
    "upload-busy": "The upload is being written to",
    "upload-expired": "The upload has ended",
    "uri-too-long": "The request's address is too long",
    "vault-unavailable": "The vault does not answer",
}


def problem(
    *,
    status: int,
    type: str,  # noqa: A002 - RFC 9457 calls it so
    detail: str,
    title: str = "",
    **members: object,
) -> dict[str, Any]:
    """A problem document; `type` is the last part of its stable URI, `title` defaults to the type's own.

    Members that are None are left out.
    """
    body: dict[str, Any] = {
        "type": PROBLEM_TYPES + type,
        "title": title or TITLES.get(type) or HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    body.update({name: value for name, value in members.items() if value is not None})
    return body


def file_too_large(limit: int) -> dict[str, Any]:
    """The problem of a file of more than `limit` bytes."""
    return problem(
        status=413,
        type="too-large",
        detail=f"A file may have at most {limit} bytes here.",
        errors={"file": [f"The file is larger than {limit} bytes."]},
        limit=limit,
    )


def fields_too_large() -> dict[str, Any]:
    """The problem of a request whose fields, without files, are more than may be held in memory."""
    return problem(
        status=413,
        type="too-large",
        detail="The request's fields are too large; files go as multipart/form-data.",
    )
