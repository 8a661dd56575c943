"""The one shape of every error: RFC 9457 problem details, also for what Django itself refuses."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, JsonResponse

from mediavault.http.problems import (
    MALFORMED,
    MEDIA_TYPE,
    NO_SUCH_ADDRESS,
    PROBLEM_TYPES,
    SERVER_FAILED,
    problem,
)


def problem_response(
    *,
    status: int,
    type: str,  # noqa: A002 - RFC 9457 calls it so
    detail: str,
    title: str = "",
    **members: object,
) -> JsonResponse:
    """Answer with `problem` of the same arguments."""
    return answer_with(problem(status=status, type=type, detail=detail, title=title, **members))


def answer_with(document: Mapping[str, Any]) -> JsonResponse:
    """The answer that a problem document is, never stored by anybody."""
    response = JsonResponse(document, status=document["status"], content_type=MEDIA_TYPE)
    response["Cache-Control"] = "no-store"
    response.problem = document["type"].removeprefix(PROBLEM_TYPES)  # type: ignore[attr-defined] # for the log
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:  # noqa: ARG001
    """What Django refuses before any view: a host that is not ours, a broken body, too many fields."""
    return problem_response(status=400, type="malformed-request", detail=MALFORMED)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:  # noqa: ARG001
    """A refusal by Django outside of the API."""
    return problem_response(status=403, type="forbidden", detail="You may not do this.")


def not_found(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:  # noqa: ARG001
    """An address that no route serves; /media/ is one of them, as bytes leave by the API alone."""
    return problem_response(status=404, type="not-found", detail=NO_SUCH_ADDRESS)


def server_error(request: HttpRequest) -> JsonResponse:
    """An error of ours: the log has its trace under the request id, the client learns the id only."""
    return problem_response(
        status=500,
        type="internal-error",
        detail=SERVER_FAILED,
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
