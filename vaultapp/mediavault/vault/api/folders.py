"""/api/folders/: the seed's resource."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers, viewsets
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.reverse import reverse

from mediavault.database.release import release_connection
from mediavault.http.schema import LINK, problems
from mediavault.vault import querysets
from mediavault.vault.actions.create_folder import create_folder
from mediavault.vault.actions.delete_folder import delete_folder
from mediavault.vault.actions.keep import KEEP
from mediavault.vault.actions.update_folder import update_folder
from mediavault.vault.api.access import OwnRows, owner_id
from mediavault.vault.api.fields import FolderReference, MomentField, NameField
from mediavault.vault.api.json_rows import folder_rows
from mediavault.vault.api.listing import list_page
from mediavault.vault.models import Folder


class FolderSerializer(serializers.ModelSerializer[Folder]):
    """A folder as the seed shows it; `path` and `owner` are the server's to say."""

    name = NameField()
    path = serializers.CharField(read_only=True)
    parent_folder = FolderReference()
    created_at = MomentField()
    updated_at = MomentField()

    class Meta:
        model = Folder
        fields = ["id", "name", "path", "created_at", "updated_at", "owner", "parent_folder"]
        read_only_fields = ["id", "owner"]
        validators: list[Any] = []


@extend_schema_view(
    list=extend_schema(parameters=[LINK], responses={200: FolderSerializer, **problems(400, 401)}),
    create=extend_schema(responses={201: FolderSerializer, **problems(400, 401, 403, 409, 413, 415)}),
    retrieve=extend_schema(responses={200: FolderSerializer, **problems(401, 404)}),
    update=extend_schema(responses={200: FolderSerializer, **problems(400, 401, 403, 404, 409, 413, 415)}),
    partial_update=extend_schema(
        responses={200: FolderSerializer, **problems(400, 401, 403, 404, 409, 413, 415)}
    ),
    destroy=extend_schema(responses={204: None, **problems(401, 403, 404)}),
)
class FolderViewSet(viewsets.ModelViewSet[Folder]):
    """The asker's folders. Deleting one deletes the folders below it; the files in them move to the root."""

    queryset = Folder.objects.all()
    serializer_class = FolderSerializer
    permission_classes = [IsAuthenticated, OwnRows]
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    lookup_value_regex = "[0-9]{1,19}"
    orderings = {"name": "name_key", "created_at": "created_at"}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        release_connection()

    def get_queryset(self) -> querysets.FolderQuerySet[Folder]:
        return Folder.objects.visible_to(self.request.user)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:  # type: ignore[override]
        """One page; the database writes the rows, in the words of the serializer."""
        folders = self.get_queryset()
        return list_page(request, folders, orderings=self.orderings, rows_of=folder_rows)

    def get_success_headers(self, data: Any) -> dict[str, str]:
        return {"Location": reverse("folder-detail", kwargs={"pk": data["id"]}, request=self.request)}

    def perform_create(self, serializer: serializers.BaseSerializer[Folder]) -> None:
        told = serializer.validated_data
        parent = told.get("parent_folder")
        serializer.instance = create_folder(
            owner_id=owner_id(self.request), parent_folder_id=parent.pk if parent else None, name=told["name"]
        )

    def perform_update(self, serializer: serializers.BaseSerializer[Folder]) -> None:
        told = serializer.validated_data
        parent = told.get("parent_folder")
        serializer.instance = update_folder(
            owner_id=owner_id(self.request),
            folder_id=self.get_object().pk,
            name=told.get("name", KEEP),
            parent_folder_id=(parent.pk if parent else None) if "parent_folder" in told else KEEP,
        )

    def perform_destroy(self, instance: Folder) -> None:
        delete_folder(owner_id=owner_id(self.request), folder_id=instance.pk)
