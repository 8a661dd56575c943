"""A list and an upload as stock views."""

from typing import Any, cast

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from rest_framework import filters, generics, pagination, serializers

from benchmarks.references.stock.models import File


class FileSerializer(serializers.ModelSerializer[File]):
    """Nine columns of a file."""

    class Meta:
        model = File
        fields = [
            "id", "name", "size", "type", "is_favorite", "folder_id", "owner", "created_at", "updated_at",
        ]  # fmt: skip


class Page(pagination.PageNumberPagination):
    """Pages of a hundred."""

    page_size = 100


class FileList(generics.ListAPIView[File]):
    """The asker's files, with the seed's filters."""

    queryset = File._default_manager.all()
    serializer_class = FileSerializer
    pagination_class = Page
    filter_backends = [filters.OrderingFilter, filters.SearchFilter]
    ordering_fields = ["name_key", "size", "type", "created_at"]
    ordering = ["name_key"]
    search_fields = ["name"]

    def get_queryset(self) -> QuerySet[File]:
        asked = self.request.GET
        wanted: dict[str, Any] = {"owner": self.request.user}
        if "type" in asked:
            wanted["type__startswith"] = f"{asked['type']}/"
        if "favorite" in asked:
            wanted["is_favorite"] = True
        if "folder" in asked:
            wanted["folder_id"] = asked["folder"]
        return self.queryset.filter(**wanted)


@csrf_exempt
def upload(request: HttpRequest) -> JsonResponse:
    """Keep the file of a form as the storage of the settings does."""
    content = cast("UploadedFile[Any]", request.FILES["file"])
    return JsonResponse({"name": default_storage.save("upload", content)}, status=201)
