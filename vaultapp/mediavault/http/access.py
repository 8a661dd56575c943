"""What is told of every request: a line in the log once its answer is sent, and figures for the metrics."""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.encoding import escape_uri_path

from mediavault.http.front import front_asks
from mediavault.http.metrics import count_request

logger = logging.getLogger("mediavault.access")
_PROBES = ("/livez", "/readyz")


class AccessMiddleware:
    """Measures until the answer begins, and tells how long it took until its end."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        started = time.monotonic()
        response = self.get_response(request)
        count_request(request, route_of(request), response.status_code, time.monotonic() - started)
        if front_asks(request):  # of what it then serves or passes on, somebody tells
            return response
        close = response.close

        def close_told() -> None:
            close()
            _tell(request, response, time.monotonic() - started)

        response.close = close_told  # type: ignore[method-assign]
        return response


def route_of(request: HttpRequest) -> str:
    """The name of the route, so that there are as many as the API has."""
    if request.path in _PROBES:
        return request.path[1:]
    return (request.resolver_match and request.resolver_match.view_name) or "none"


def _tell(request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
    told = {
        "method": request.method,
        "path": escape_uri_path(request.path),
        "route": route_of(request),
        "status": response.status_code,
        "duration": round(seconds, 4),
        "user": _user_id(request),
        "client": request.META.get("REMOTE_ADDR"),
        # Which refusal it was, and how much of a file came.
        **_if_known(response, "problem"),
        **_if_known(request, "received"),
    }
    level = logging.DEBUG if request.path in _PROBES else logging.INFO
    sentence = '%(client)s "%(method)s %(path)s" %(status)s in %(duration).3f s, user %(user)s'
    logger.log(level, sentence, told, extra={"told": told})


def _if_known(of: HttpRequest | HttpResponseBase, name: str) -> dict[str, Any]:
    return {name: getattr(of, name)} if hasattr(of, name) else {}


def _user_id(request: HttpRequest) -> int | None:
    # Django's own stands for a query that nobody has asked for until somebody looks.
    user = request.__dict__.get("user")
    return user.pk if user is not None and type(user).__name__ != "SimpleLazyObject" else None
