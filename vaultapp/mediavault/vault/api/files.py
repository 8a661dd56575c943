"""/api/files/: the seed's resource."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.http.response import HttpResponse, HttpResponseBase
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view, inline_serializer
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.parsers import FormParser
from rest_framework.permissions import SAFE_METHODS, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.settings import api_settings

from mediavault.database.release import release_connection
from mediavault.http.delivery import Representation, deliver
from mediavault.http.digests import SHA256_PATTERN, from_hexadecimal
from mediavault.http.multipart import UploadParser
from mediavault.http.parsers import FlatJSONParser
from mediavault.http.schema import ANY_KIND, LINK, problems
from mediavault.vault import querysets
from mediavault.vault.actions.create_file import create_file
from mediavault.vault.actions.create_file_again import create_file_again
from mediavault.vault.actions.delete_file import delete_file
from mediavault.vault.actions.keep import KEEP
from mediavault.vault.actions.on_conflict import OnConflict
from mediavault.vault.actions.toggle_favorite import toggle_favorite
from mediavault.vault.actions.update_file import update_file
from mediavault.vault.api.access import OwnRows, owner_id
from mediavault.vault.api.file_serializers import (
    FileAgainSerializer,
    FileChangeSerializer,
    FileCreateSerializer,
    FileUpdateSerializer,
    VaultFileSerializer,
)
from mediavault.vault.api.filters import BY_HASH, FileFilters, check_folder, narrowings
from mediavault.vault.api.listing import Narrowing, answer, read_page
from mediavault.vault.api.negotiation import AsItIs
from mediavault.vault.api.placing import asked_place
from mediavault.vault.api.representations import PICTURE_SIZE, content_of, picture_size, thumbnail_of
from mediavault.vault.api.rows import FILES
from mediavault.vault.api.signed_urls import SignedUrl, SignedUrlAuthentication, SignUrlSerializer
from mediavault.vault.media.recipe import Size
from mediavault.vault.models import File
from mediavault.vault.signed_urls import PARAMETER, Opened, sign
from mediavault.vault.storage.errors import ObjectMissing

_BYTES = {(status, kind): OpenApiTypes.BINARY for status in (200, 206) for kind in ANY_KIND} | {304: None}
_SERIALIZERS: dict[str | None, type[VaultFileSerializer]] = {
    "create": FileCreateSerializer,
    "update": FileUpdateSerializer,
    "partial_update": FileUpdateSerializer,
}
_JSON = FlatJSONParser.media_type
_CHANGES = {UploadParser.media_type: FileUpdateSerializer, _JSON: FileChangeSerializer}
_BYTES_ROUTE: dict[str, Any] = {
    "content_negotiation_class": AsItIs,
    "authentication_classes": [SignedUrlAuthentication, *api_settings.DEFAULT_AUTHENTICATION_CLASSES],
}
_WRITE_PROBLEMS = problems(400, 401, 403, 404, 409, 413, 415, 422, 503, 507)


@extend_schema_view(
    list=extend_schema(parameters=[LINK], responses={200: VaultFileSerializer, **problems(400, 401)}),
    create=extend_schema(
        request={UploadParser.media_type: FileCreateSerializer, _JSON: FileAgainSerializer},
        responses={201: VaultFileSerializer, **problems(400, 401, 403, 409, 413, 415, 422, 503, 507)},
    ),
    retrieve=extend_schema(responses={200: VaultFileSerializer, **problems(401, 404)}),
    update=extend_schema(request=_CHANGES, responses={200: VaultFileSerializer, **_WRITE_PROBLEMS}),
    partial_update=extend_schema(request=_CHANGES, responses={200: VaultFileSerializer, **_WRITE_PROBLEMS}),
    destroy=extend_schema(responses={204: None, **problems(401, 403, 404)}),
)
class FileViewSet(viewsets.ModelViewSet[File]):
    """The asker's files."""

    queryset = File.objects.all()
    permission_classes = [IsAuthenticated, OwnRows]
    parser_classes = [UploadParser, FlatJSONParser, FormParser]
    filter_backends = [FileFilters]
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    lookup_value_regex = "[0-9]{1,19}"
    orderings = {
        "name": "name_key",
        "size": "size",
        "type": "type",
        "created_at": "created_at",
        "taken_at": "dated_at",
    }

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method not in SAFE_METHODS:
            release_connection()

    def get_queryset(self) -> querysets.FileQuerySet[File]:
        return File.objects.visible_to(self.request.user).select_related("file")

    def get_object(self) -> File:
        """The row; what follows may be a long body from or to a client, so the connection goes back."""
        file = super().get_object()
        release_connection()
        return file

    def list(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:  # type: ignore[override]
        """One page, in the words of the serializer."""
        page = read_page(request, FILES, narrowings(request), orderings=self.orderings)
        if not page.rows:
            check_folder(request)
        return answer(FILES, page, base=reverse("file-list", request=request))

    def get_serializer_class(self) -> type[VaultFileSerializer]:
        return _SERIALIZERS.get(self.action, VaultFileSerializer)

    def get_success_headers(self, data: Any) -> dict[str, str]:
        return {"Location": reverse("file-detail", kwargs={"pk": data["id"]}, request=self.request)}

    def perform_create(self, serializer: serializers.BaseSerializer[File]) -> None:
        told = serializer.validated_data
        upload = told.get("file")
        place = asked_place(self.request, told, name=(upload.name if upload else None) or "")
        created = (
            create_file(place=place, upload=upload.temporary)
            if upload
            else create_file_again(place=place, sha256=told["sha256"])
        )
        serializer.instance = created.file

    def perform_update(self, serializer: serializers.BaseSerializer[File]) -> None:
        told = serializer.validated_data
        folder = told.get("folder")
        upload = told.get("file")
        serializer.instance = update_file(
            owner_id=owner_id(self.request),
            file_id=int(self.kwargs["pk"]),
            name=told.get("name", KEEP),
            folder_id=(folder.pk if folder else None) if "folder" in told else KEEP,
            is_favorite=told.get("is_favorite", KEEP),
            on_conflict=told.get("on_conflict", OnConflict.FAIL),
            upload=upload.temporary if upload else None,
        )

    def perform_destroy(self, instance: File) -> None:
        delete_file(owner_id=owner_id(self.request), file_id=instance.pk)

    @extend_schema(
        request=None,
        responses={
            200: inline_serializer("FavoriteUpdated", {"status": serializers.CharField()}),
            **problems(401, 403, 404),
        },
    )
    @action(detail=True, methods=["post"])
    def toggle_favorite(self, request: Request, pk: str) -> Response:
        """Turn the favourite mark around."""
        toggle_favorite(owner_id=owner_id(request), file_id=self.get_object().pk)
        return Response({"status": "favorite updated"})

    @extend_schema(
        parameters=[
            OpenApiParameter("sha256", {"type": "string", "pattern": SHA256_PATTERN}, OpenApiParameter.PATH),
            LINK,
        ],
        responses={200: VaultFileSerializer(many=True), **problems(400, 401, 404)},
    )
    @action(detail=False, url_path="by-hash/(?P<sha256>[^/]+)")
    def by_hash(self, request: Request, sha256: str) -> HttpResponse:
        """Your files with these bytes, so that they need not be sent again; 404 where there are none."""
        wanted = Narrowing(BY_HASH, from_hexadecimal(sha256, field="sha256"))
        page = read_page(request, FILES, [wanted], orderings=self.orderings)
        if not page.rows:
            raise NotFound("No file of yours has these bytes.")
        return answer(FILES, page, base=reverse("file-list", request=request))

    @extend_schema(responses={**_BYTES, **problems(401, 403, 404, 412, 416)})
    @action(detail=True, **_BYTES_ROUTE)
    def stream(self, request: Request, pk: str) -> HttpResponseBase:
        """The bytes for a player: shown in place where that is safe, in ranges as asked."""
        return self._deliver(request, content_of, inline=True)

    @extend_schema(responses={**_BYTES, **problems(401, 403, 404, 412, 416)})
    @action(detail=True, **_BYTES_ROUTE)
    def download(self, request: Request, pk: str) -> HttpResponseBase:
        """The bytes for keeping: always as an attachment, in ranges as asked."""
        return self._deliver(request, content_of, inline=False)

    @extend_schema(parameters=[PICTURE_SIZE], responses={**_BYTES, **problems(400, 401, 403, 404, 412, 416)})
    @action(detail=True, **_BYTES_ROUTE)
    def thumbnail(self, request: Request, pk: str) -> HttpResponseBase:
        """A picture of the file, WebP; 404 where there is none, or none yet."""
        size = picture_size(request)
        return self._deliver(request, lambda file: _picture_of(file, size), inline=True)

    @extend_schema(
        request=SignUrlSerializer, responses={200: SignedUrl, **problems(400, 401, 403, 404, 413, 415)}
    )
    @action(
        detail=True,
        methods=["post"],
        parser_classes=[FlatJSONParser, FormParser],
    )
    def url(self, request: Request, pk: str) -> Response:
        """An address of the bytes that works without headers and cookies, for a while."""
        wish = SignUrlSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        opened = Opened(self.get_object().pk, wish.validated_data["for"])
        expires_at = (timezone.now() + timedelta(seconds=wish.validated_data["expires_in"])).replace(
            microsecond=0
        )
        signed = sign(opened, user_id=owner_id(request), expires_at=expires_at)
        address = reverse(f"file-{opened.use}", kwargs={"pk": opened.file_id}, request=request)
        made = SignedUrl({"url": f"{address}?{PARAMETER}={signed}", "expires_at": expires_at})
        return Response(made.data, headers={"Cache-Control": "no-store"})

    def _deliver(
        self, request: Request, represent: Callable[[File], Representation], *, inline: bool
    ) -> HttpResponseBase:
        file = self.get_object()
        try:
            return deliver(request._request, represent(file), inline=inline)
        except ObjectMissing:
            # Deleted or given other bytes in the moment between row and store? Then the row says so by now.
            by_now = self.get_object()
            if by_now.file_id == file.file_id:
                raise
            return deliver(request._request, represent(by_now), inline=inline)


def _picture_of(file: File, size: Size) -> Representation:
    if not file.has_thumbnail:
        raise NotFound("This file has no thumbnail.")
    return thumbnail_of(file, size)
