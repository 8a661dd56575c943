"""Bytes of the store on their way out: one answer for GET and HEAD, whole or in part, with every header.

On gunicorn's threads the kernel sends the slice from the open file (sendfile); nothing is held in memory.
"""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Final

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import http_date

from mediavault.http.disposition import content_disposition
from mediavault.http.errors import problem_response
from mediavault.http.front import front_asks, permission
from mediavault.http.problems import CHANGED
from mediavault.http.ranges import Decision, Validators, decide
from mediavault.vault.media.presentation import presented
from mediavault.vault.storage.current import media_store
from mediavault.vault.storage.files import FileStore
from mediavault.vault.storage.interface import Store

# Should a browser open the bytes as a page of their own, that page has no origin, script or network.
_CAGE: Final = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
# Pictures and sound get a page without script too, but with our origin: without one, browsers refuse to load
# the film into the player that they make for it.
_SHOWCASE: Final = "; ".join(
    (
        "sandbox allow-same-origin",
        "default-src 'none'",
        "img-src 'self'",
        "media-src 'self'",
        "style-src 'unsafe-inline'",
    )
)
_ALWAYS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": _CAGE,
    "Cross-Origin-Resource-Policy": "same-site",
    "Cache-Control": "private, no-cache",
}
_BLOCK: Final = 256 * 1024
# A player goes on asking where it was sent to, for as long as a film may take.
_ELSEWHERE_SECONDS: Final = 4 * 3600


@dataclass(frozen=True)
class Description:
    """What the headers say of the bytes. `etag` is opaque and unquoted."""

    content_type: str
    etag: str
    last_modified: datetime
    filename: str


@dataclass(frozen=True, kw_only=True)
class Representation(Description):
    """What is to be delivered; a size of None is asked of the store."""

    key: str
    size: int | None


def deliver(request: HttpRequest, representation: Representation, *, inline: bool) -> HttpResponseBase:
    """Answer GET or HEAD with the representation by RFC 9110 (ObjectMissing where its bytes are gone).

    Inline is a wish: what a browser might run is an attachment whatever was asked.
    """
    store, key = media_store(), representation.key
    head = request.method == "HEAD"
    if front_asks(request) and not isinstance(store, FileStore):
        return HttpResponse(status=403)  # then it passes the request on
    size = representation.size
    if size is None or head or front_asks(request):
        found = store.size(key)
        size = found if size is None else size
    if front_asks(request):
        return _with_headers(permission(key, size), representation, inline=inline)
    decision = _decided(request, representation, size)
    if decision.status not in (200, 206):
        return _with_validators(_without_content(decision.status, size), representation)
    elsewhere = None if head else _elsewhere(store, representation, inline=inline)
    if elsewhere:
        return _with_validators(HttpResponseRedirect(elsewhere), representation)
    response = _content(store, key, decision, head=head)
    return _with_headers(_measured(response, decision, size), representation, inline=inline)


def deliver_made(
    request: HttpRequest,
    description: Description,
    *,
    size: int,
    part: Callable[[int, int], Iterator[bytes]],
) -> HttpResponseBase:
    """Answer GET or HEAD with an attachment whose bytes are made as they leave.

    `part` gives the blocks of a slice, from its start and length.
    """
    decision = _decided(request, description, size)
    if decision.status not in (200, 206):
        return _with_validators(_without_content(decision.status, size), description)
    response: HttpResponseBase
    if request.method == "HEAD":
        response = HttpResponse(status=decision.status)
    else:
        response = StreamingHttpResponse(part(decision.start, decision.length), status=decision.status)
    return _with_headers(_measured(response, decision, size), description, inline=False)


class FileSlice:
    """A part of an open file as WSGI servers want it: `fileno` at its start for sendfile, or `read`."""

    def __init__(self, source: BinaryIO, *, length: int) -> None:
        self._source = source
        self._rest = length
        if isinstance(source, io.FileIO):
            self.fileno = source.fileno
        self.close = source.close

    def read(self, size: int) -> bytes:
        """At most `size` further bytes, never beyond the slice."""
        data = self._source.read(min(size, self._rest))
        self._rest -= len(data)
        return data


class SliceResponse(FileResponse):
    """A FileResponse whose headers are told by `deliver` and not guessed from the file."""

    block_size = _BLOCK

    def set_headers(self, filelike: object) -> None:
        """Guess nothing."""


def _elsewhere(store: Store, representation: Representation, *, inline: bool) -> str | None:
    presentation = presented(representation.content_type)
    disposition = content_disposition(representation.filename, inline=inline and presentation.inline)
    headers = {"Content-Type": presentation.content_type, "Content-Disposition": disposition}
    return store.presigned_url(representation.key, headers=headers, seconds=_ELSEWHERE_SECONDS)


def _content(store: Store, key: str, decision: Decision, *, head: bool) -> HttpResponseBase:
    response: HttpResponseBase
    if head:
        response = HttpResponse(status=decision.status)
    else:
        source = store.open_part(key, start=decision.start, length=decision.length)
        part = FileSlice(source, length=decision.length)
        response = SliceResponse(part, status=decision.status)
    return response


def _decided(request: HttpRequest, description: Description, size: int) -> Decision:
    current = Validators(size, f'"{description.etag}"', description.last_modified)
    return decide(request.headers, current)


def _measured(response: HttpResponseBase, decision: Decision, size: int) -> HttpResponseBase:
    response.headers["Content-Length"] = str(decision.length)
    if decision.status == 206:
        last = decision.start + decision.length - 1
        response.headers["Content-Range"] = f"bytes {decision.start}-{last}/{size}"
    return response


def _with_headers(response: HttpResponseBase, description: Description, *, inline: bool) -> HttpResponseBase:
    presentation = presented(description.content_type)
    _with_validators(response, description)
    response.headers["Content-Type"] = presentation.content_type
    response.headers["Content-Disposition"] = content_disposition(
        description.filename, inline=inline and presentation.inline
    )
    if presentation.passive:
        response.headers["Content-Security-Policy"] = _SHOWCASE
    return response


def _with_validators(response: HttpResponseBase, description: Description) -> HttpResponseBase:
    for name, value in _ALWAYS.items():
        response.headers[name] = value
    response.headers["ETag"] = f'"{description.etag}"'
    response.headers["Last-Modified"] = http_date(int(description.last_modified.timestamp()))
    response.headers["Accept-Ranges"] = "bytes"
    return response


def _without_content(status: int, size: int) -> HttpResponseBase:
    if status == 304:
        # A streaming response, because middleware gives any other one a Content-Length of 0, which would lie.
        response = StreamingHttpResponse((), status=304)
        del response.headers["Content-Type"]
        return response
    if status == 412:
        return problem_response(status=412, type="precondition-failed", detail=CHANGED)
    refused = problem_response(
        status=416,
        type="range-not-satisfiable",
        detail=f"The Range header asks for bytes outside of the file, which has {size} bytes.",
    )
    refused.headers["Content-Range"] = f"bytes */{size}"
    return refused
