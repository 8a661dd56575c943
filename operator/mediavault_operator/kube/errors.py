"""What can go wrong between the operator and the API server, and what is worth trying again.

Every answer of the API server that is not a success becomes one of these; nothing else in the operator
decides whether a failure is retried.
"""

from collections.abc import Mapping, Sequence
from typing import Any


class ApiError(Exception):
    """A request that did not succeed: `status` (0 without an answer), `reason` and `said` as the server
    has them, `message` with the request before it.

    `retry` tells whether the same request may succeed later without anybody changing anything;
    `retry_after` is the server's own wish in seconds, never undercut.
    """

    retry = False

    def __init__(
        self,
        message: str,
        *,
        status: int = 0,
        reason: str = "",
        retry_after: float | None = None,
        said: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.said = said or message
        self.status = status
        self.reason = reason
        self.retry_after = retry_after


class Unreachable(ApiError):
    """No answer: refused, reset, timed out."""

    retry = True


class ServerBusy(ApiError):
    """429 or 5xx: the server asks for patience."""

    retry = True


class Unauthorized(ApiError):
    """401: the credentials have expired."""

    retry = True


class Forbidden(ApiError):
    """403: a right or a quota is missing; somebody may grant it without touching the vault."""

    retry = True


class NotAdmitted(ApiError):
    """No pod of a changed template would be admitted; what refuses it may be changed without touching the
    vault.
    """

    retry = True


class NamespaceTerminating(ApiError):
    """The namespace is being deleted: nothing can be created in it any more, and nothing needs to be."""


class NotFound(ApiError):
    """404: the object is gone, or its kind is not served."""


class AlreadyExists(ApiError):
    """409 on create: an object of this name is there."""


class Conflict(ApiError):
    """409: the object is not the one that was meant (other uid), or changed meanwhile; look again."""

    retry = True


class Expired(ApiError):
    """410: the history asked for is gone; list again."""

    retry = True


class Invalid(ApiError):
    """400 or 422: the server refuses the object as it is; only a change of the object helps."""


_BY_STATUS: Mapping[int, type[ApiError]] = {
    400: Invalid,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    410: Expired,
    422: Invalid,
    429: ServerBusy,
}


_REASONS: Mapping[type[ApiError], str] = {Invalid: "Invalid", ServerBusy: "InternalError"}
"""What an answer without a reason of its own is called."""
_UNKNOWN_FIELD = "failed to create typed patch object"
"""What a server-side apply is told of a field that the kind lacks, with a 500 that will never pass."""


def from_status(
    code: int, body: Mapping[str, Any], *, request: str, retry_after: float | None = None
) -> ApiError:
    """The error for an answer with HTTP status `code` and the `Status` object in `body`."""
    reason = str(body.get("reason") or "")
    message = str(body.get("message") or f"HTTP {code}")
    kind = _kind(code, reason, body)
    return kind(
        f"{request}: {message}",
        status=code,
        reason=reason or _REASONS.get(kind, ""),
        retry_after=retry_after,
        said=message,
    )


def _kind(code: int, reason: str, body: Mapping[str, Any]) -> type[ApiError]:
    if code == 409 and reason == "AlreadyExists":
        return AlreadyExists
    causes = (body.get("details") or {}).get("causes") or ()
    if any(cause.get("reason") == "NamespaceTerminating" for cause in causes):
        return NamespaceTerminating
    if _UNKNOWN_FIELD in str(body.get("message")):
        return Invalid
    return _BY_STATUS.get(code, ServerBusy if code >= 500 else Invalid)


def worst(failed: Sequence[ApiError]) -> ApiError:
    """Of several errors of one pass the one to go by: one that is worth a retry, and the longest wait
    asked for.
    """
    return max(failed, key=lambda error: (error.retry, error.retry_after or 0.0))
