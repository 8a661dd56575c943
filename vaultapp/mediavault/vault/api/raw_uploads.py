"""PUT of a file as the whole body: under a name, or as the new bytes of a file."""

from typing import Any, cast

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from mediavault.http.ranges import Validators, may_write
from mediavault.http.schema import OCTETS, problems
from mediavault.vault.actions.create_file import create_file
from mediavault.vault.actions.place_file import check_place
from mediavault.vault.actions.update_file import update_file
from mediavault.vault.api.access import owner_id
from mediavault.vault.api.file_serializers import CheckedBytes, ToldOfFile, VaultFileSerializer, WrittenFile
from mediavault.vault.api.negotiation import AsItIs
from mediavault.vault.api.placing import asked_place
from mediavault.vault.api.receiving import received_body
from mediavault.vault.errors import Changed, Gone
from mediavault.vault.models import File

_BODY = {OCTETS: OpenApiTypes.BINARY}
_PROBLEMS = problems(400, 401, 403, 404, 409, 411, 412, 413, 415, 422, 503, 507)


class NamedUpload(APIView):
    """`curl -T photo.jpg .../api/upload/`."""

    permission_classes = [IsAuthenticated]
    content_negotiation_class = AsItIs

    @extend_schema(
        operation_id="upload_update",
        parameters=[OpenApiParameter("name", str, OpenApiParameter.PATH), ToldOfFile],
        request=_BODY,
        responses={200: VaultFileSerializer, 201: VaultFileSerializer, **_PROBLEMS},
    )
    def put(self, request: Request, name: str) -> Response:
        """Store the body under the name: 201 with a new file, 200 with one whose bytes were replaced.

        Any Content-Type; a SHA-256 may come as `Repr-Digest`, `Content-Digest` or `sha256`, and is checked.
        """
        query = {key: text for key, text in request.query_params.items() if text}
        told = WrittenFile(data={**query, "name": name}, context={"request": request})
        told.is_valid(raise_exception=True)
        asked = told.validated_data
        place = asked_place(request, asked)
        check_place(place)
        with received_body(request, sha256=asked.get("sha256", "")) as temporary:
            created = create_file(place=place, upload=temporary)
        return _answer(request, created.file, status=200 if created.replaced else 201)


class FileContent(APIView):
    """The bytes of one file."""

    permission_classes = [IsAuthenticated]
    content_negotiation_class = AsItIs

    @extend_schema(
        operation_id="files_content_update",
        parameters=[
            CheckedBytes,
            OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, description="The ETag it must have."),
        ],
        request=_BODY,
        responses={200: VaultFileSerializer, **_PROBLEMS},
    )
    def put(self, request: Request, pk: str) -> Response:
        """Give the file the body as its bytes, all at once or not at all; its name and id stay.

        `If-Match` and the other conditions are honoured; a SHA-256 is checked as for an upload by name.
        """
        told = CheckedBytes(data=request.query_params)
        told.is_valid(raise_exception=True)

        def unchanged(file: File) -> bool:
            return may_write(request.headers, _validators(file))

        file = File.objects.visible_to(request.user).select_related("file").filter(pk=int(pk)).first()
        if file is None:
            raise Gone
        if not unchanged(file):
            raise Changed
        with received_body(request, sha256=told.validated_data.get("sha256", "")) as temporary:
            file = update_file(
                owner_id=owner_id(request), file_id=file.pk, upload=temporary, only_if=unchanged
            )
        return _answer(request, file, status=200)


def _validators(file: File) -> Validators:
    return Validators(size=file.size, etag=f'"{file.file.sha256}"', last_modified=file.updated_at)


def _answer(request: Request, file: File, *, status: int) -> Response:
    body = cast(dict[str, Any], VaultFileSerializer(file, context={"request": request}).data)
    headers = {"ETag": f'"{file.file.sha256}"'}
    if status == 201:
        headers["Location"] = reverse("file-detail", kwargs={"pk": file.pk}, request=request)
    return Response(body, status=status, headers=headers)
