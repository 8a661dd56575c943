"""The one place where an exception of a view becomes an answer."""

import logging
import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import Http404, HttpResponse, UnreadablePostError
from rest_framework import exceptions

from mediavault.http.digests import InvalidDigest
from mediavault.http.errors import answer_with, bad_request, problem_response
from mediavault.http.problems import STOPPED, TITLES, fields_too_large, file_too_large
from mediavault.http.shutdown import ServerStopping
from mediavault.http.tus import InvalidHeader
from mediavault.http.upload_answers import UPLOAD_ANSWERS
from mediavault.vault.errors import (
    Changed,
    ChecksumMismatch,
    FieldError,
    Gone,
    NameTaken,
    ScanFailed,
    ScanRefused,
)
from mediavault.vault.storage.errors import ObjectMissing, StorageFull, StorageUnavailable
from mediavault.vault.storage.uploads import UnexpectedFile, UploadTooLarge

logger = logging.getLogger(__name__)
_NO_FIELD = "non_field_errors"
_SIGN_IN = "Send 'Authorization: Token ...' (/api/auth/token/ gives one), or sign in at /api/auth/login/."
_TYPES_BY_STATUS = {
    400: "malformed-request",
    401: "authentication-failed",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    409: "name-taken",
    411: "length-required",
    412: "precondition-failed",
    413: "too-large",
    415: "unsupported-media-type",
    429: "too-many-requests",
}


def handle_exception(error: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """A problem document for every error that has a meaning over HTTP; None leaves a bug to Django's 500."""
    for kinds, answer in _ANSWERS:
        if isinstance(error, kinds):
            response = answer(error)
            response.exception = True  # type: ignore[attr-defined]
            return response
    if isinstance(error, SuspiciousOperation):
        return bad_request(context["request"]._request)
    return None


def field_errors(errors: Mapping[str, Iterable[str]]) -> HttpResponse:
    """400 with every field that is wrong and all that is wrong with it."""
    named = {field: [str(sentence) for sentence in sentences] for field, sentences in errors.items()}
    said = ((field, sentence) for field, sentences in named.items() for sentence in sentences)
    detail = " ".join(sentence if field == _NO_FIELD else f"{field}: {sentence}" for field, sentence in said)
    return problem_response(status=400, type="invalid-request", detail=detail, errors=named)


def _validation(error: exceptions.ValidationError) -> HttpResponse:
    return field_errors(dict(_flatten(error.detail, "")))


def _flatten(detail: Any, field: str) -> Iterable[tuple[str, list[str]]]:
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from _flatten(inner, f"{field}.{name}" if field else str(name))
    elif isinstance(detail, list | tuple) and any(isinstance(each, Mapping | list) for each in detail):
        for index, inner in enumerate(detail):
            yield from _flatten(inner, f"{field}.{index}" if field else str(index))
    else:
        sentences = [str(each) for each in detail] if isinstance(detail, list | tuple) else [str(detail)]
        yield field or _NO_FIELD, sentences


def _api_exception(error: exceptions.APIException) -> HttpResponse:
    code = error.default_code if error.default_code in TITLES else ""
    response = problem_response(
        status=error.status_code,
        type=code or _TYPES_BY_STATUS.get(error.status_code, "internal-error"),
        detail=_advice(error),
    )
    if header := getattr(error, "auth_header", None):
        response["WWW-Authenticate"] = header
    if (wait := getattr(error, "wait", None)) is not None:
        response["Retry-After"] = str(math.ceil(wait))
    return response


def _advice(error: exceptions.APIException) -> str:
    """What is wrong; REST framework does not always say what to do about it."""
    if (wait := getattr(error, "wait", None)) is not None:
        return f"Too many attempts; try again in {math.ceil(wait)} seconds."
    if isinstance(error, exceptions.AuthenticationFailed | exceptions.NotAuthenticated):
        return f"{error.detail} {_SIGN_IN}"
    return str(error.detail)


def _not_found(_: Exception) -> HttpResponse:
    return problem_response(status=404, type="not-found", detail="No such file or folder is yours.")


def _forbidden(_: Exception) -> HttpResponse:
    return problem_response(status=403, type="forbidden", detail="You may not do this.")


def _name_taken(error: NameTaken) -> HttpResponse:
    return problem_response(
        status=409,
        type="name-taken",
        detail=f"{error} Choose another name.",
        errors={"name": [str(error)]},
        existing={"kind": error.kind, "id": error.existing_id},
    )


def _checksum_mismatch(error: ChecksumMismatch) -> HttpResponse:
    return problem_response(
        status=400,
        type="checksum-mismatch",
        detail=f"{error.field}: {error} Nothing was kept; send them again.",
        errors={error.field: [str(error)]},
    )


def _changed(_: Exception) -> HttpResponse:
    return problem_response(
        status=412,
        type="precondition-failed",
        detail="The file is not the one that the request's condition speaks of.",
    )


def _upload_too_large(error: UploadTooLarge) -> HttpResponse:
    return answer_with(file_too_large(error.limit))


def _body_too_large(_: Exception) -> HttpResponse:
    return answer_with(fields_too_large())


def _unexpected_file(error: UnexpectedFile) -> HttpResponse:
    return field_errors({error.field: ["No file is expected here; one file goes in the field 'file'."]})


def _stopped(error: Exception) -> HttpResponse:
    logger.info("A body did not arrive: %s", error)
    return problem_response(status=408, type="request-timeout", detail=STOPPED)


def _storage_full(error: Exception) -> HttpResponse:
    logger.error("There is no room: %s", error)
    return problem_response(
        status=507,
        type="storage-full",
        detail="The vault has no room for this; delete files or enlarge its storage.",
    )


def _storage_unavailable(error: Exception) -> HttpResponse:
    logger.error("The store failed: %s", error)
    return _try_again("storage-unavailable", "The vault's storage does not answer; try again in a moment.")


def _blob_missing(error: Exception) -> HttpResponse:
    logger.error("Bytes that a row points at are missing: %s", error)
    return problem_response(
        status=500, type="blob-missing", detail="The bytes of this file are missing in the vault's storage."
    )


def _database_unavailable(error: DatabaseError) -> HttpResponse:
    cause = error.__cause__
    if getattr(cause, "sqlite_errorname", "") == "SQLITE_FULL" or getattr(cause, "pgcode", "") == "53100":
        return _storage_full(error)
    logger.error("The database failed: %s", error)
    return _try_again("database-unavailable", "The vault's database does not answer; try again in a moment.")


def _content_refused(error: ScanRefused) -> HttpResponse:
    logger.warning("The scanner refused an upload: %s", error)
    return problem_response(
        status=422, type="content-refused", detail="The vault's scanner refuses this file; it was not kept."
    )


def _scan_failed(error: ScanFailed) -> HttpResponse:
    logger.error("An upload could not be scanned: %s", error)
    return _try_again("scan-failed", "The vault's scanner does not answer; try again in a moment.")


def _stopping(_: Exception) -> HttpResponse:
    return _try_again("server-stopping", "This server ends; go on from the offset that a HEAD tells.")


def _try_again(type_: str, detail: str) -> HttpResponse:
    response = problem_response(status=503, type=type_, detail=detail)
    response["Retry-After"] = "5"
    return response


_ANSWERS: tuple[tuple[type[Exception] | tuple[type[Exception], ...], Callable[[Any], HttpResponse]], ...] = (
    (exceptions.ValidationError, _validation),
    (exceptions.APIException, _api_exception),
    ((Http404, Gone), _not_found),
    (PermissionDenied, _forbidden),
    (FieldError, lambda error: field_errors({error.field: [error.sentence]})),
    *UPLOAD_ANSWERS,
    (InvalidHeader, lambda error: field_errors({error.header: [str(error)]})),
    (InvalidDigest, lambda error: field_errors({error.field: [str(error)]})),
    (ChecksumMismatch, _checksum_mismatch),
    (Changed, _changed),
    (ScanRefused, _content_refused),
    (ScanFailed, _scan_failed),
    (NameTaken, _name_taken),
    (UploadTooLarge, _upload_too_large),
    (UnexpectedFile, _unexpected_file),
    (RequestDataTooBig, _body_too_large),
    (UnreadablePostError, _stopped),
    (ServerStopping, _stopping),
    (StorageFull, _storage_full),
    (StorageUnavailable, _storage_unavailable),
    (ObjectMissing, _blob_missing),
    ((OperationalError, InterfaceError), _database_unavailable),
)
