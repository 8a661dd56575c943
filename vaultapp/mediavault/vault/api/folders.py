"""/api/folders/: the seed's resource."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import SAFE_METHODS, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from mediavault.database.release import release_connection
from mediavault.http.schema import LINK, problems
from mediavault.vault import paths, querysets, trees
from mediavault.vault.actions.create_folder import create_folder
from mediavault.vault.actions.delete_rows import Contents, delete_rows
from mediavault.vault.actions.keep import KEEP
from mediavault.vault.actions.on_conflict import OnConflict
from mediavault.vault.actions.selection import Selection
from mediavault.vault.actions.update_folder import update_folder
from mediavault.vault.api.access import OwnRows, owner_id
from mediavault.vault.api.fields import FolderReference
from mediavault.vault.api.folder_serializers import FolderSerializer, WrittenFolder
from mediavault.vault.api.listing import answer, read_page
from mediavault.vault.api.rows import FOLDERS
from mediavault.vault.models import Folder

MOST_FOLDERS = 10_000
_CONTENTS = OpenApiParameter(
    "contents",
    enum=[each.value for each in Contents],
    description="keep (the default) moves the files to the root; delete deletes them too.",
)
_TOP = OpenApiParameter(
    "folder",
    {"type": "integer", "format": "int64", "minimum": 1},
    description="Only this folder and those below; all if absent.",
)
_DEPTH = OpenApiParameter(
    "depth",
    {"type": "integer", "minimum": 1, "maximum": paths.MAX_DEPTH},
    description="How many levels; all if absent.",
)


class BreadcrumbSerializer(serializers.Serializer[Any]):
    """A folder above another."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class TreeFolderSerializer(serializers.Serializer[Any]):
    """A folder of a tree; the first ones have level 1."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    parent_folder = serializers.IntegerField(source="parent_folder_id", allow_null=True)
    level = serializers.IntegerField()


class TreeQuery(serializers.Serializer[Any]):
    """Which part of the tree."""

    folder = FolderReference()
    depth = serializers.IntegerField(min_value=1, max_value=paths.MAX_DEPTH, default=paths.MAX_DEPTH)


@extend_schema_view(
    list=extend_schema(parameters=[LINK], responses={200: FolderSerializer, **problems(400, 401)}),
    create=extend_schema(responses={201: FolderSerializer, **problems(400, 401, 403, 409, 413, 415)}),
    retrieve=extend_schema(responses={200: FolderSerializer, **problems(401, 404)}),
    update=extend_schema(responses={200: FolderSerializer, **problems(400, 401, 403, 404, 409, 413, 415)}),
    partial_update=extend_schema(
        responses={200: FolderSerializer, **problems(400, 401, 403, 404, 409, 413, 415)}
    ),
    destroy=extend_schema(parameters=[_CONTENTS], responses={204: None, **problems(400, 401, 403, 404)}),
)
class FolderViewSet(viewsets.ModelViewSet[Folder]):
    """The asker's folders. Deleting one deletes the folders below it; the files in them move to the root."""

    queryset = Folder.objects.all()
    serializer_class = WrittenFolder
    permission_classes = [IsAuthenticated, OwnRows]
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    lookup_value_regex = "[0-9]{1,19}"
    orderings = {"name": "name_key", "created_at": "created_at"}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method not in SAFE_METHODS:
            release_connection()

    def get_queryset(self) -> querysets.FolderQuerySet[Folder]:
        return Folder.objects.visible_to(self.request.user)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:  # type: ignore[override]
        """One page, in the words of the serializer."""
        page = read_page(request, FOLDERS, (), orderings=self.orderings)
        return answer(FOLDERS, page, base=reverse("folder-list", request=request))

    def get_success_headers(self, data: Any) -> dict[str, str]:
        return {"Location": reverse("folder-detail", kwargs={"pk": data["id"]}, request=self.request)}

    def perform_create(self, serializer: serializers.BaseSerializer[Folder]) -> None:
        told = serializer.validated_data
        parent = told.get("parent_folder")
        serializer.instance = create_folder(
            owner_id=owner_id(self.request),
            parent_folder_id=parent.pk if parent else None,
            name=told["name"],
            on_conflict=told.get("on_conflict", OnConflict.FAIL),
        )

    def perform_update(self, serializer: serializers.BaseSerializer[Folder]) -> None:
        told = serializer.validated_data
        parent = told.get("parent_folder")
        serializer.instance = update_folder(
            owner_id=owner_id(self.request),
            folder_id=self.get_object().pk,
            name=told.get("name", KEEP),
            parent_folder_id=(parent.pk if parent else None) if "parent_folder" in told else KEEP,
            on_conflict=told.get("on_conflict", OnConflict.FAIL),
        )

    def perform_destroy(self, instance: Folder) -> None:
        contents = self.request.query_params.get("contents") or Contents.KEEP
        if contents not in tuple(Contents):
            raise ValidationError({"contents": [f"Must be one of {', '.join(Contents)}."]})
        delete_rows(
            owner_id=owner_id(self.request),
            selection=Selection(folders=(instance.pk,)),
            contents=Contents(contents),
        )

    @extend_schema(responses={200: BreadcrumbSerializer(many=True), **problems(401, 404)}, filters=False)
    @action(detail=True, pagination_class=None)
    def breadcrumbs(self, request: Request, pk: str) -> Response:
        """The folders from the root down to this one."""
        above = trees.ancestors(self.get_object().pk)
        return Response([{"id": folder.id, "name": folder.name} for folder in above])

    @extend_schema(
        parameters=[_TOP, _DEPTH],
        responses={200: TreeFolderSerializer(many=True), **problems(400, 401)},
        filters=False,
    )
    @action(detail=False, pagination_class=None)
    def tree(self, request: Request) -> Response:
        """Folders as a flat list, parents first: all of them, or those below one."""
        wish = TreeQuery(data=request.query_params, context={"request": request})
        wish.is_valid(raise_exception=True)
        top, depth = wish.validated_data.get("folder"), wish.validated_data["depth"]
        roots = self.get_queryset().filter(parent_folder=None).values_list("pk", flat=True)
        found = trees.folders_below([top.pk] if top else roots, depth=depth)
        if len(found) > MOST_FOLDERS:
            raise ValidationError(
                {
                    "depth": [
                        f"There are more than {MOST_FOLDERS} folders; ask for fewer levels, or below a root."
                    ]
                }
            )
        return Response(TreeFolderSerializer(found, many=True).data)
