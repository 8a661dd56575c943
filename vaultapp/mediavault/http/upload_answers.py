"""What a client of tus is told of what can go wrong with an upload under way."""

from collections.abc import Callable
from typing import Any, Final

from django.http import HttpResponse

from mediavault.http import tus
from mediavault.http.errors import problem_response
from mediavault.vault.errors import (
    OffsetMismatch,
    PartMismatch,
    UploadBusy,
    UploadExpired,
    WholeMismatch,
    WrongVersion,
)

_BUSY_SECONDS: Final = 2
# tus's own status for it.
_MISMATCH: Final = 460


def _busy(_: UploadBusy) -> HttpResponse:
    response = problem_response(
        status=423, type="upload-busy", detail="Another request writes to this upload; try again in a moment."
    )
    response["Retry-After"] = str(_BUSY_SECONDS)
    return response


def _expired(_: UploadExpired) -> HttpResponse:
    return problem_response(
        status=410, type="upload-expired", detail="Nobody has gone on with this upload in time; begin again."
    )


def _elsewhere(error: OffsetMismatch) -> HttpResponse:
    response = problem_response(status=409, type="offset-mismatch", detail=str(error), offset=error.offset)
    if error.offset is not None:
        response["Upload-Offset"] = str(error.offset)
    return response


def _part_mismatch(_: PartMismatch) -> HttpResponse:
    return problem_response(
        status=_MISMATCH,
        type="checksum-mismatch",
        detail="The bytes do not have the checksum that came with them, and are not kept; send them again.",
    )


def _whole_mismatch(_: WholeMismatch) -> HttpResponse:
    return problem_response(
        status=_MISMATCH,
        type="checksum-mismatch",
        detail="The file does not have the SHA-256 that its upload began with; nothing was kept.",
    )


def _version(_: WrongVersion) -> HttpResponse:
    response = problem_response(
        status=412, type="tus-version", detail=f"Send the header Tus-Resumable: {tus.VERSION}."
    )
    response["Tus-Version"] = tus.VERSION
    return response


UPLOAD_ANSWERS: Final[tuple[tuple[type[Exception], Callable[[Any], HttpResponse]], ...]] = (
    (UploadBusy, _busy),
    (UploadExpired, _expired),
    (OffsetMismatch, _elsewhere),
    (PartMismatch, _part_mismatch),
    (WholeMismatch, _whole_mismatch),
    (WrongVersion, _version),
)
