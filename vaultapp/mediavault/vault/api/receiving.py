"""A file that is the whole body of a request, and the SHA-256 that may come with any upload."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.conf import settings
from rest_framework.exceptions import APIException, ParseError
from rest_framework.request import Request

from mediavault.database.release import release_connection
from mediavault.http.bodies import body_chunks, body_length
from mediavault.http.digests import from_headers
from mediavault.vault.errors import ChecksumMismatch
from mediavault.vault.storage.current import media_store
from mediavault.vault.storage.interface import TemporaryObject
from mediavault.vault.storage.uploads import UploadTooLarge


class LengthRequired(APIException):
    """A body of unknown length is not taken."""

    status_code = 411
    default_detail = "Send a Content-Length; bodies of unknown length are not taken."
    default_code = "length-required"


class EncodedBody(APIException):
    """What is stored is what is sent, so it must not be packed."""

    status_code = 415
    default_detail = "Send the bytes as they are, without Content-Encoding."
    default_code = "unsupported-media-type"


@contextmanager
def received_body(request: Request, *, sha256: str = "") -> Iterator[TemporaryObject]:
    """The body, finished; gone at the end unless it was published. Refused by its headers before it is read.

    `sha256` is what the query says of it; raises ChecksumMismatch.
    """
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise EncodedBody
    if "Content-Range" in request.headers:
        raise ParseError("A part of a file cannot be written; /api/uploads/ takes a file in parts.")
    length, told = body_length(request._request), told_digests(request, sha256=sha256)
    if length is None:
        raise LengthRequired
    if length > settings.MAX_UPLOAD_SIZE:
        raise UploadTooLarge(settings.MAX_UPLOAD_SIZE)
    release_connection()
    with media_store().create_temporary() as temporary:
        for chunk in body_chunks(request._request):
            temporary.write(chunk)
        check_digests(temporary.sha256, told)
        temporary.finish()
        yield temporary


def told_digests(request: Request, *, sha256: str = "") -> dict[str, str]:
    """Every SHA-256 of the body that the client told, by the name of what told it; raises InvalidDigest."""
    return {**from_headers(request.headers), **({"sha256": sha256} if sha256 else {})}


def check_digests(found: str, told: Mapping[str, str]) -> None:
    """All that was told must be what was found; raises ChecksumMismatch."""
    for field, expected in told.items():
        if expected != found:
            raise ChecksumMismatch(field=field, told=expected, found=found)
