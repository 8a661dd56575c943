"""/api/bulk/: changes of many files and folders in one call, all of them or none."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from mediavault.http.schema import problems
from mediavault.vault.actions.copy_rows import copy_rows
from mediavault.vault.actions.delete_rows import Contents, delete_rows
from mediavault.vault.actions.move_rows import move_rows
from mediavault.vault.actions.on_conflict import OnConflict
from mediavault.vault.actions.selection import Selection
from mediavault.vault.actions.set_favorite import set_favorite
from mediavault.vault.api.access import owner_id
from mediavault.vault.api.fields import FolderReference, OnConflictField

MOST_ROWS = 1000
LARGEST_ID = 2**63 - 1
_PROBLEMS = problems(400, 401, 403, 409, 413, 415)


class IdsField(serializers.ListField):
    """Ids of files or folders, each once."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            child=serializers.IntegerField(min_value=1, max_value=LARGEST_ID),
            max_length=MOST_ROWS,
            required=False,
            default=list,
            **kwargs,
        )


class SelectionSerializer(serializers.Serializer[Any]):
    """Which files and folders; what lies in a folder goes with it."""

    files = IdsField()
    folders = IdsField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs["files"] and not attrs.get("folders"):
            raise serializers.ValidationError({"files": "Give the ids of at least one file or folder."})
        return attrs

    @property
    def selection(self) -> Selection:
        """The ids, without repetitions."""
        told = self.validated_data
        return Selection(tuple(dict.fromkeys(told["files"])), tuple(dict.fromkeys(told.get("folders", ()))))


class MoveSerializer(SelectionSerializer):
    """Where to, and what to do where a name is taken there."""

    folder = FolderReference(
        required=True,
        help_text="The folder to put them in; null for the root.",
        error_messages={"required": "Say where to: the id of a folder, or null for the root."},
    )
    on_conflict = OnConflictField(required=False)


class DeleteSerializer(SelectionSerializer):
    """What becomes of the files in the folders."""

    contents = serializers.ChoiceField(
        choices=[(each.value, each.value) for each in Contents],
        required=False,
        help_text="keep (the default) moves the files of deleted folders to the root; delete deletes them.",
    )


class FavoriteSerializer(SelectionSerializer):
    """The mark; folders have none."""

    folders = None  # type: ignore[assignment]
    is_favorite = serializers.BooleanField()


class CopiedSerializer(serializers.Serializer[Any]):
    """The ids of the copies of what was named."""

    files = serializers.ListField(child=serializers.IntegerField())
    folders = serializers.ListField(child=serializers.IntegerField())


class _Bulk(APIView):
    permission_classes = [IsAuthenticated]

    def told(self, request: Request, serializer: type[SelectionSerializer]) -> SelectionSerializer:
        """The body, valid."""
        body = serializer(data=request.data, context={"request": request})
        body.is_valid(raise_exception=True)
        return body


class BulkMove(_Bulk):
    """POST /api/bulk/move/"""

    @extend_schema(operation_id="bulk_move", request=MoveSerializer, responses={204: None, **_PROBLEMS})
    def post(self, request: Request) -> Response:
        """Move files and folders into a folder."""
        body = self.told(request, MoveSerializer)
        move_rows(owner_id=owner_id(request), selection=body.selection, **_target(body))
        return Response(status=status.HTTP_204_NO_CONTENT)


class BulkCopy(_Bulk):
    """POST /api/bulk/copy/"""

    @extend_schema(
        operation_id="bulk_copy", request=MoveSerializer, responses={201: CopiedSerializer, **_PROBLEMS}
    )
    def post(self, request: Request) -> Response:
        """Copy files and folders into a folder."""
        body = self.told(request, MoveSerializer)
        copies = copy_rows(owner_id=owner_id(request), selection=body.selection, **_target(body))
        made = {"files": [each.pk for each in copies.files], "folders": [each.pk for each in copies.folders]}
        return Response(made, status=status.HTTP_201_CREATED)


class BulkDelete(_Bulk):
    """POST /api/bulk/delete/"""

    @extend_schema(operation_id="bulk_delete", request=DeleteSerializer, responses={204: None, **_PROBLEMS})
    def post(self, request: Request) -> Response:
        """Delete files and folders."""
        body = self.told(request, DeleteSerializer)
        contents = Contents(body.validated_data.get("contents", Contents.KEEP))
        delete_rows(owner_id=owner_id(request), selection=body.selection, contents=contents)
        return Response(status=status.HTTP_204_NO_CONTENT)


class BulkFavorite(_Bulk):
    """POST /api/bulk/favorite/"""

    @extend_schema(
        operation_id="bulk_favorite", request=FavoriteSerializer, responses={204: None, **_PROBLEMS}
    )
    def post(self, request: Request) -> Response:
        """Mark files as favourites, or take the mark away."""
        body = self.told(request, FavoriteSerializer)
        set_favorite(
            owner_id=owner_id(request),
            file_ids=body.selection.files,
            is_favorite=body.validated_data["is_favorite"],
        )
        return Response(status=status.HTTP_204_NO_CONTENT)


def _target(body: SelectionSerializer) -> dict[str, Any]:
    folder = body.validated_data.get("folder")
    return {
        "folder_id": folder.pk if folder else None,
        "on_conflict": body.validated_data.get("on_conflict", OnConflict.FAIL),
    }
