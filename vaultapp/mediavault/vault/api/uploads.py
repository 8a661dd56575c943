"""/api/uploads/: tus 1.0, for uploads that outlive their connection, their pod and their client."""

import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.http import http_date
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from mediavault.http import tus
from mediavault.http.bodies import body_chunks, body_length
from mediavault.http.schema import problems
from mediavault.http.shutdown import check_not_stopping, until_stopping
from mediavault.vault.actions.append_to_upload import LIFETIME, Part, append_to_upload
from mediavault.vault.actions.begin_upload import begin_upload
from mediavault.vault.actions.cancel_upload import cancel_upload
from mediavault.vault.actions.place_file import Place
from mediavault.vault.actions.rename_upload import rename_upload
from mediavault.vault.actions.upload_writer import give_way, let_settle
from mediavault.vault.api.access import owner_id
from mediavault.vault.api.negotiation import AsItIs
from mediavault.vault.api.placing import asked_place
from mediavault.vault.api.upload_serializers import UploadMetadata, UploadSerializer
from mediavault.vault.errors import Gone, UploadExpired, WrongVersion
from mediavault.vault.models import Upload
from mediavault.vault.storage.uploads import UploadTooLarge

_LISTED_AT_MOST = 1000
_BODY = {tus.CONTENT_TYPE: OpenApiTypes.BINARY}
_OVERRIDE = "X-HTTP-Method-Override"
_WITHOUT_VERSION = ("GET", "OPTIONS")


def _header(
    name: str, description: str, schema: dict[str, Any] | type[str] = str, *, required: bool = False
) -> OpenApiParameter:
    return OpenApiParameter(name, schema, OpenApiParameter.HEADER, description=description, required=required)


_BYTES: dict[str, Any] = {"type": "integer", "format": "int64", "minimum": 0}
_RESUMABLE = _header(
    "Tus-Resumable", "The version of tus.", {"type": "string", "enum": [tus.VERSION]}, required=True
)
_CHECKSUM = _header("Upload-Checksum", "sha1, sha256 or md5 of this body, a space, and it in base64.")
_OFFSET = _header("Upload-Offset", "Where the body belongs.", _BYTES, required=True)


class TusView(APIView):
    """What every request and answer of tus has."""

    permission_classes = [IsAuthenticated]
    content_negotiation_class = AsItIs

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        told = request.headers.get("Tus-Resumable")
        known = hasattr(self, str(request.method).lower())
        if known and request.method not in _WITHOUT_VERSION and told != tus.VERSION:
            raise WrongVersion

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        answer: HttpResponseBase = super().finalize_response(request, response, *args, **kwargs)
        answer["Tus-Resumable"] = tus.VERSION
        answer["Cache-Control"] = "no-store"
        return answer

    @extend_schema(exclude=True)
    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """What this server can do."""
        return Response(
            status=204,
            headers={
                "Tus-Version": tus.VERSION,
                "Tus-Extension": tus.EXTENSIONS,
                "Tus-Max-Size": str(settings.MAX_UPLOAD_SIZE),
                "Tus-Checksum-Algorithm": ",".join(tus.ALGORITHMS),
            },
        )


class Uploads(TusView):
    """Uploads under way, and the way to begin one."""

    @extend_schema(operation_id="uploads_list", responses={200: UploadSerializer(many=True), **problems(401)})
    def get(self, request: Request) -> Response:
        """Your uploads that are not finished, the oldest first, a thousand at most."""
        unfinished = Upload.objects.filter(owner_id=owner_id(request), file=None).exclude(
            temporary="", offset__gt=0
        )
        rows = unfinished.filter(expires_at__gt=timezone.now()).order_by("created_at")[:_LISTED_AT_MOST]
        return Response(UploadSerializer(rows, many=True, context={"request": request}).data)

    @extend_schema(
        parameters=[
            _RESUMABLE,
            _header("Upload-Length", "Size of the file in bytes.", _BYTES),
            _header(
                "Upload-Defer-Length",
                "1: the size will be told with a later part.",
                {"type": "string", "enum": ["1"]},
            ),
            _header(
                "Upload-Metadata",
                "Pairs of a key and a base64 value: filename, folder, is_favorite, on_conflict, sha256.",
            ),
            _CHECKSUM,
        ],
        request=_BODY,
        responses={201: None, **problems(400, 401, 403, 409, 412, 413, 415, 422, 460, 503, 507)},
    )
    def post(self, request: Request) -> Response:
        """Begin an upload, with or without its first bytes; `Location` is where the others go."""
        length, checksum = tus.length(request.headers), tus.checksum(request.headers)
        if length is not None and length > settings.MAX_UPLOAD_SIZE:
            raise UploadTooLarge(settings.MAX_UPLOAD_SIZE)
        size = body_length(request._request) or 0
        if size:
            _check_content_type(request)
        place, sha256 = _meant(request)
        upload = begin_upload(place=place, length=length, sha256=sha256, expires_at=timezone.now() + LIFETIME)
        if size:
            part = _part(request, upload.pk, offset=0, size=size, checksum=checksum)
            upload = _append(request, upload.pk, part)
        address = reverse("upload", kwargs={"pk": upload.pk}, request=request)
        return Response(status=201, headers={"Location": address, **_state(request, upload)})


class OneUpload(TusView):
    """An upload under way."""

    @extend_schema(responses={200: UploadSerializer, **problems(401, 404)})
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """What is known of the upload."""
        upload = Upload.objects.filter(pk=pk, owner_id=owner_id(request)).first()
        if upload is None:
            raise Gone
        return Response(UploadSerializer(upload, context={"request": request}).data)

    @extend_schema(parameters=[_RESUMABLE], responses={200: None, **problems(401, 404, 409, 410, 412, 423)})
    def head(self, request: Request, pk: uuid.UUID) -> Response:
        """How far the upload has come. One whose bytes are all there becomes its file, if it is none yet."""
        mine = Upload.objects.filter(pk=pk, owner_id=owner_id(request))
        if not mine.exists():
            raise Gone
        let_settle(pk)
        upload = mine.first()
        if upload is None:
            raise Gone
        if upload.expires_at <= timezone.now():
            raise UploadExpired
        if upload.offset == upload.length and not upload.is_finished:
            upload = _append(request, pk, Part(offset=upload.offset, size=0, chunks=()))
        return Response(status=200, headers=_state(request, upload))

    @extend_schema(
        parameters=[
            _RESUMABLE,
            _OFFSET,
            _CHECKSUM,
            _header("Upload-Length", "Size of the file, where it was put off.", _BYTES),
            _header("Upload-Metadata", "Says anew what the file is to be, for instance another name."),
        ],
        request=_BODY,
        responses={
            204: None,
            **problems(400, 401, 403, 404, 409, 410, 411, 412, 413, 415, 422, 423, 460, 503, 507),
        },
    )
    def patch(self, request: Request, pk: uuid.UUID) -> Response:
        """Send the next bytes. With the last of them the file is made: `Content-Location` is its address."""
        _check_content_type(request)
        offset, size = tus.number(request.headers, "Upload-Offset"), body_length(request._request) or 0
        if offset is None:
            raise tus.InvalidHeader("Upload-Offset", "Say where the bytes belong.")
        part = _part(request, pk, offset=offset, size=size, checksum=tus.checksum(request.headers))
        if "Upload-Metadata" in request.headers:
            place, _ = _meant(request)
            rename_upload(place=place, upload_id=pk, now=timezone.now())
        return Response(status=204, headers=_state(request, _append(request, pk, part)))

    @extend_schema(
        parameters=[_RESUMABLE], request=None, responses={204: None, **problems(401, 403, 404, 410, 412, 423)}
    )
    def delete(self, request: Request, pk: uuid.UUID) -> Response:
        """Give the upload up; a file that it has become stays."""
        cancel_upload(owner_id=owner_id(request), upload_id=pk, now=timezone.now())
        return Response(status=204)

    @extend_schema(
        operation_id="uploads_override",
        parameters=[
            _RESUMABLE,
            _header(
                _OVERRIDE,
                "The method that is meant; its other headers go with it.",
                {"type": "string", "enum": ["PATCH", "DELETE"]},
                required=True,
            ),
        ],
        request=_BODY,
        responses={204: None, **problems(400, 401, 403, 404, 409, 410, 412, 413, 415, 423, 460, 507)},
    )
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """PATCH and DELETE, for clients that can send neither."""
        meant: dict[str, Callable[[Request, uuid.UUID], Response]] = {
            "PATCH": self.patch,
            "DELETE": self.delete,
        }
        told = request.headers.get(_OVERRIDE, "").upper()
        if told not in meant:
            raise tus.InvalidHeader(_OVERRIDE, f"Must be {' or '.join(meant)}.")
        return meant[told](request, pk)


def _append(request: Request, upload_id: uuid.UUID, part: Part) -> Upload:
    return append_to_upload(
        owner_id=owner_id(request),
        upload_id=upload_id,
        part=part,
        limit=settings.MAX_UPLOAD_SIZE,
        now=timezone.now(),
    )


def _part(
    request: Request, upload_id: uuid.UUID, *, offset: int, size: int, checksum: tus.Checksum | None
) -> Part:
    def wait_on() -> None:
        check_not_stopping()
        give_way(upload_id)

    return Part(
        offset=offset,
        size=size,
        chunks=until_stopping(body_chunks(request._request, while_silent=wait_on)),
        length=tus.number(request.headers, "Upload-Length"),
        hasher=checksum.hasher() if checksum else None,
        digest=checksum.digest if checksum else b"",
    )


def _check_content_type(request: Request) -> None:
    if request.content_type != tus.CONTENT_TYPE:
        raise UnsupportedMediaType(request.content_type, f"Send the bytes as {tus.CONTENT_TYPE}.")


def _meant(request: Request) -> tuple[Place, str]:
    """What the file is to be, and the SHA-256 of all of it, if that was told."""
    told = UploadMetadata(data=tus.metadata(request.headers), context={"request": request})
    told.is_valid(raise_exception=True)
    asked = told.validated_data
    return asked_place(request, asked), asked.get("sha256", "")


def _state(request: Request, upload: Upload) -> dict[str, str]:
    headers = {
        "Upload-Offset": str(upload.offset),
        "Upload-Expires": http_date(upload.expires_at.timestamp()),
    }
    if upload.length is None:
        headers["Upload-Defer-Length"] = "1"
    else:
        headers["Upload-Length"] = str(upload.length)
    if upload.file_id is not None:
        headers["Content-Location"] = reverse("file-detail", kwargs={"pk": upload.file_id}, request=request)
        headers["X-File-Id"] = str(upload.file_id)
    return headers
