"""What every request gets on its way in: an id, and a length that can be trusted."""

import re
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.request import HttpHeaders
from django.http.response import HttpResponseBase

from mediavault.http.errors import problem_response
from mediavault.logs import current_request

Answer = Callable[[HttpRequest], HttpResponseBase]
HEADER = "X-Request-ID"
# `request.headers` would spell the names of all headers anew, for this one.
_IN_META = HttpHeaders.to_wsgi_name(HEADER)
_ACCEPTED = re.compile(r"[A-Za-z0-9._-]{8,64}", re.ASCII)


class RequestIdMiddleware:
    """Gives the request an id, or keeps the one a proxy gave it, and answers with it."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.META.get(_IN_META, "")
        request_id = given if _ACCEPTED.fullmatch(given) else uuid.uuid4().hex
        request.request_id = request_id  # type: ignore[attr-defined]
        current_request.set(
            request_id
        )  # never reset: what Django logs after the answer belongs to this request too
        response = self.get_response(request)
        response[HEADER] = request_id
        return response


class HeadMiddleware:
    """Answers HEAD with the headers of GET and no body, whatever the view made of it."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.method == "HEAD" and isinstance(response, HttpResponse):
            length = response.get("Content-Length") or str(len(response.content))
            response.content = b""
            response["Content-Length"] = length
        return response


class ContentLengthMiddleware:
    """Refuses a body of unknown length: WSGI would show it to the app as empty."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.META.get("HTTP_TRANSFER_ENCODING") and not request.META.get("CONTENT_LENGTH"):
            return problem_response(
                status=411,
                type="length-required",
                detail="Send a Content-Length; bodies in chunks of unknown length are not taken.",
            )
        return self.get_response(request)
