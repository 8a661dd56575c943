"""The seed's two filters of the list of files."""

from typing import Any, cast

from django.db.models import QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request
from rest_framework.views import APIView

from mediavault.vault.querysets import FILE_GROUPS, FileQuerySet

_FLAGS = ("true", "false")


class FileFilters(BaseFilterBackend):
    """`type` is a group of media types; `favorite=true` leaves the marked files, `false` leaves all."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: APIView) -> QuerySet[Any]:
        files = cast("FileQuerySet[Any]", queryset)
        if group := _choice(request, "type", FILE_GROUPS):
            files = files.in_group(group)
        if _choice(request, "favorite", _FLAGS) == "true":
            files = files.favorites()
        return files

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        """The two query parameters, for the API's description."""
        return [
            _parameter(
                "type", FILE_GROUPS, "Only files of this group; documents are application/* and text/*."
            ),
            _parameter("favorite", _FLAGS, "true: only favourites; false: all files."),
        ]


def _choice(request: Request, name: str, allowed: tuple[str, ...]) -> str:
    value = request.query_params.get(name, "")
    if value and value not in allowed:
        raise ValidationError({name: [f"Must be one of {', '.join(allowed)}."]})
    return str(value)


def _parameter(name: str, allowed: tuple[str, ...], description: str) -> dict[str, Any]:
    schema = {"type": "string", "enum": list(allowed)}
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": description}
