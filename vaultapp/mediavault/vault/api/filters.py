"""What a list of files may be narrowed to: every filter is read here, and applied by the QuerySet."""

from typing import Any, cast

from django.db.models import QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request
from rest_framework.views import APIView

from mediavault.vault.api.filter_values import FLAGS, Filter, flag, folder, one_of
from mediavault.vault.models import Folder
from mediavault.vault.querysets import FILE_GROUPS, FileQuerySet

_FOLDER = Filter(
    "folder",
    folder,
    {"type": "string", "pattern": "^(root|[0-9]{1,19})$"},
    "Only files in this folder: its id, or `root`.",
)
_RECURSIVE = Filter(
    "recursive",
    flag,
    {"type": "string", "enum": list(FLAGS)},
    "true: also files in the folders below `folder`.",
)
_FILTERS: tuple[Filter, ...] = (
    Filter(
        "type",
        one_of(FILE_GROUPS),
        {"type": "string", "enum": list(FILE_GROUPS)},
        "Only files of this group; documents are application/* and text/*.",
        lambda files, group: files.in_group(group),
    ),
    Filter(
        "favorite",
        flag,
        {"type": "string", "enum": list(FLAGS)},
        "true: only favourites; false: all files.",
        lambda files, wanted: files.favorites() if wanted else files,
    ),
)


class FileFilters(BaseFilterBackend):
    """Filters may be combined, with each other and with every ordering; an empty one is as good as none."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: APIView) -> QuerySet[Any]:
        files = cast("FileQuerySet[Any]", queryset)
        values = _read(request, (*_FILTERS, _FOLDER, _RECURSIVE))
        for each in _FILTERS:
            if each.name in values:
                files = each.narrow(files, values[each.name])
        if _FOLDER.name not in values:
            return files
        return _in_folder(files, values[_FOLDER.name], recursive=values.get(_RECURSIVE.name, False))

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        """The query parameters, for the API's description."""
        return [each.described() for each in (*_FILTERS, _FOLDER, _RECURSIVE)]


def check_folder(request: Request) -> None:
    """Raises ValidationError where `folder` is none of the asker's; only an empty list has to ask."""
    folder_id = _read(request, (_FOLDER,)).get(_FOLDER.name)
    if folder_id and not Folder.objects.visible_to(request.user).filter(pk=folder_id).exists():
        raise ValidationError({_FOLDER.name: [f"No folder of yours has the id {folder_id}."]})


def _in_folder(files: FileQuerySet[Any], folder_id: int | None, *, recursive: bool) -> FileQuerySet[Any]:
    if not recursive:
        return files.in_folder(folder_id)
    return files if folder_id is None else files.below(folder_id)


def _read(request: Request, filters: tuple[Filter, ...]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    errors: dict[str, list[str]] = {}
    for each in filters:
        if text := request.query_params.get(each.name):
            try:
                values[each.name] = each.read(text)
            except ValueError as error:
                errors[each.name] = [str(error)]
    if errors:
        raise ValidationError(errors)
    return values
