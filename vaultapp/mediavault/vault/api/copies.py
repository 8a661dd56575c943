"""POST /api/files/{id}/copy/ and /api/folders/{id}/copy/."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from mediavault.http.schema import problems
from mediavault.vault.actions.copy_rows import Copies, copy_rows
from mediavault.vault.actions.on_conflict import OnConflict
from mediavault.vault.actions.selection import Selection
from mediavault.vault.api.access import owner_id
from mediavault.vault.api.fields import FolderReference, NameField, OnConflictField
from mediavault.vault.api.file_serializers import VaultFileSerializer
from mediavault.vault.api.folder_serializers import FolderSerializer
from mediavault.vault.models import File, Folder

_PROBLEMS = problems(400, 401, 403, 404, 409, 413, 415)


class CopyFileSerializer(serializers.Serializer[Any]):
    """Where the copy is to stand; beside the original, as it is there, where nothing is said."""

    name = NameField(required=False)
    folder = FolderReference()
    on_conflict = OnConflictField(required=False)


class CopyFolderSerializer(serializers.Serializer[Any]):
    """Where the copy is to stand; beside the original where nothing is said."""

    name = NameField(required=False)
    parent_folder = FolderReference()
    on_conflict = OnConflictField(required=False)


class FileCopy(APIView):
    """A file once more."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="files_copy",
        request=CopyFileSerializer,
        responses={201: VaultFileSerializer, **_PROBLEMS},
    )
    def post(self, request: Request, pk: str) -> Response:
        """Copy the file: its bytes are counted, not copied."""
        file = get_object_or_404(File.objects.visible_to(request.user), pk=pk)
        body = CopyFileSerializer(data=request.data, context={"request": request})
        body.is_valid(raise_exception=True)
        copies = _copy(request, Selection(files=(file.pk,)), body, "folder", file.folder_id)
        copy = File.objects.visible_to(request.user).select_related("file").get(pk=copies.files[0].pk)
        made = VaultFileSerializer(copy, context={"request": request}).data
        where = reverse("file-detail", kwargs={"pk": copy.pk}, request=request)
        return Response(made, status=status.HTTP_201_CREATED, headers={"Location": where})


class FolderCopy(APIView):
    """A folder, and everything in it, once more."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="folders_copy",
        request=CopyFolderSerializer,
        responses={201: FolderSerializer, **_PROBLEMS},
    )
    def post(self, request: Request, pk: str) -> Response:
        """Copy the folder with all below it."""
        folder = get_object_or_404(Folder.objects.visible_to(request.user), pk=pk)
        body = CopyFolderSerializer(data=request.data, context={"request": request})
        body.is_valid(raise_exception=True)
        selection = Selection(folders=(folder.pk,))
        copies = _copy(request, selection, body, "parent_folder", folder.parent_folder_id)
        made = FolderSerializer(copies.folders[0], context={"request": request}).data
        where = reverse("folder-detail", kwargs={"pk": made["id"]}, request=request)
        return Response(made, status=status.HTTP_201_CREATED, headers={"Location": where})


def _copy(
    request: Request,
    selection: Selection,
    body: serializers.Serializer[Any],
    field: str,
    beside: int | None,
) -> Copies:
    told = body.validated_data
    target = told[field].pk if told.get(field) else None
    return copy_rows(
        owner_id=owner_id(request),
        selection=selection,
        folder_id=target if field in told else beside,
        name=told.get("name"),
        on_conflict=told.get("on_conflict", OnConflict.FAIL),
    )
