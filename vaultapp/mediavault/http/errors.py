"""The one shape of every error: RFC 9457 problem details, also for what Django itself refuses."""

from http import HTTPStatus

from django.http import HttpRequest, JsonResponse

PROBLEM_TYPES = "https://mediavault.io/problems/"
MEDIA_TYPE = "application/problem+json"
_NO_SUCH_ADDRESS = "Nothing is served at this address; /api/docs/ lists those that there are."
TITLES = {
    "authentication-failed": "You are not signed in",
    "blob-missing": "The file's bytes are missing",
    "csrf-failed": "The CSRF token is missing or wrong",
    "database-unavailable": "The database does not answer",
    "forbidden": "You may not do this",
    "internal-error": "Something went wrong on our side",
    "invalid-request": "The request has errors",
    "length-required": "The request must say how long it is",
    "malformed-request": "The request cannot be read",
    "method-not-allowed": "This address does not take that method",
    "name-taken": "The name is taken",
    "not-acceptable": "This address answers in JSON only",
    "not-found": "There is nothing here for you",
    "precondition-failed": "The file has changed",
    "range-not-satisfiable": "The file has no such range",
    "request-timeout": "The request stopped arriving",
    "storage-full": "The vault is full",
    "storage-unavailable": "The vault's storage does not answer",
    "too-large": "The request is too large",
    "too-many-requests": "Too many requests",
    "unsupported-media-type": "The request's content type is not understood",
}


def problem_response(
    *,
    status: int,
    type: str,  # noqa: A002 - RFC 9457 calls it so
    detail: str,
    title: str = "",
    **members: object,
) -> JsonResponse:
    """A problem document; `type` is the last part of its stable URI, `title` defaults to the type's own.

    Members that are None are left out.
    """
    body: dict[str, object] = {
        "type": PROBLEM_TYPES + type,
        "title": title or TITLES.get(type) or HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    body.update({name: value for name, value in members.items() if value is not None})
    response = JsonResponse(body, status=status, content_type=MEDIA_TYPE)
    response["Cache-Control"] = "no-store"
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:  # noqa: ARG001
    """What Django refuses before any view: a host that is not ours, a broken body, too many fields."""
    return problem_response(
        status=400,
        type="malformed-request",
        detail="The server cannot use this request: its Host header, its path or its body is not valid.",
    )


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:  # noqa: ARG001
    """A refusal by Django outside of the API."""
    return problem_response(status=403, type="forbidden", detail="You may not do this.")


def not_found(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:  # noqa: ARG001
    """An address that no route serves; /media/ is one of them, as bytes leave by the API alone."""
    return problem_response(status=404, type="not-found", detail=_NO_SUCH_ADDRESS)


def server_error(request: HttpRequest) -> JsonResponse:
    """An error of ours: the log has its trace under the request id, the client learns the id only."""
    return problem_response(
        status=500,
        type="internal-error",
        detail="The server failed to answer. Try again; if it stays, tell the administrator the request id.",
        request_id=getattr(request, "request_id", None),
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> JsonResponse:  # noqa: ARG001
    """A form posted without its CSRF token, outside of the API."""
    return problem_response(status=403, type="csrf-failed", detail=csrf_detail(reason))


def csrf_detail(reason: str) -> str:
    """What to do about a failed CSRF check; `reason` is Django's own sentence."""
    return (
        f"{reason.rstrip('.') or 'CSRF check failed'}. Get /api/auth/csrf/ first, keep its cookie, and send"
        " the token in the header X-CSRFToken."
    )
