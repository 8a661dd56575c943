"""Session authentication whose CSRF check never reads the body."""

import copy

from django.http import HttpRequest, HttpResponse
from rest_framework.authentication import CSRFCheck, SessionAuthentication
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from mediavault.http.errors import csrf_detail


class CsrfFailed(PermissionDenied):
    """An unsafe request of a session without the token that proves that our own page sent it."""

    default_code = "csrf-failed"


class HeaderCsrfSessionAuthentication(SessionAuthentication):
    """Takes the CSRF token from the header alone.

    Django looks for it in the form first, which would receive and store a whole upload before refusing it.
    """

    def enforce_csrf(self, request: HttpRequest | Request) -> None:
        check_csrf(request._request if isinstance(request, Request) else request)


def check_csrf(request: HttpRequest) -> None:
    """Refuse an unsafe request without its CSRF header; raises CsrfFailed."""
    probe = copy.copy(request)
    if probe.method == "POST":
        # Django reads the form of POST only: as PUT the same request is judged by cookie, header and origin.
        probe.method = "PUT"
    check = CSRFCheck(_nothing)
    check.process_request(probe)
    reason = check.process_view(probe, _nothing, (), {})
    if reason:
        raise CsrfFailed(csrf_detail(str(reason)))


def _nothing(_: HttpRequest) -> HttpResponse:
    return HttpResponse()
