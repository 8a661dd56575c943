"""The app's side of the front; only where FRONT_SOCKET is set, so that nothing but the front can say this."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from mediavault.front.protocol import ASKS, PEER, PERMISSION, SIZE, SIZE_DIGITS, STORED


class FrontMiddleware:
    """Takes from the front who the client is, and answers its question for permission in its own terms."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.META["REMOTE_ADDR"] = request.META.pop(_in_meta(PEER), "")
        asks = request.META.pop(_in_meta(ASKS), "") == PERMISSION
        request.front_asks = asks  # type: ignore[attr-defined]
        response = self.get_response(request)
        if asks and not response.has_header(STORED):
            # Why, the front learns when it passes the request on.
            response.close()
            return HttpResponse(status=403)
        return response


def front_asks(request: HttpRequest) -> bool:
    """Whether the front wants to know only if it may send the bytes, and with which headers."""
    return getattr(request, "front_asks", False)


def permission(key: str, size: int) -> HttpResponse:
    """The front may send the object under this key, which has so many bytes."""
    return HttpResponse(headers={STORED: f"/{key}", SIZE: f"{size:0{SIZE_DIGITS}d}"})


def _in_meta(header: str) -> str:
    return f"HTTP_{header.upper().replace('-', '_')}"
