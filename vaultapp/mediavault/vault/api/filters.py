"""What a list of files may be narrowed to: every filter is read here, and applied by the QuerySet."""

from dataclasses import replace
from functools import partial
from typing import Any

from django.db.models import BigIntegerField, CharField, QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request
from rest_framework.views import APIView

from mediavault.database.statements import Slot
from mediavault.vault.api.filter_values import (
    FLAGS,
    MAX_NUMBER,
    MAX_TEXT,
    Filter,
    circle,
    compared,
    flag,
    folder,
    moment,
    one_of,
    whole_number,
    words,
)
from mediavault.vault.api.listing import Narrowing
from mediavault.vault.models import Blob, Folder
from mediavault.vault.querysets import FILE_GROUPS, FileQuerySet


def _tagged(tag: str, files: FileQuerySet[Any], text: str) -> FileQuerySet[Any]:
    return files.tagged(tag, text)


_FLAG = {"type": "string", "enum": list(FLAGS)}
_TEXT = {"type": "string", "maxLength": MAX_TEXT}
_NUMBER = {"type": "integer", "format": "int64", "minimum": 0, "maximum": MAX_NUMBER}
_MOMENT = {"type": "string"}
_GROUP = {"type": "string", "enum": list(FILE_GROUPS)}
_STATE = {"type": "string", "enum": Blob.State.values}
_FOLDER_ID = {"type": "string", "pattern": "^(root|[0-9]{1,19})$"}
_TAKEN = "taken, or where that is not known come,"

_FOLDER = Filter(
    "folder",
    folder,
    _FOLDER_ID,
    "Only files in this folder: its id, or `root`.",
    lambda files, folder_id: files.in_folder(folder_id),
    kept=True,
    slot=Slot("folder", BigIntegerField()),
)
_RECURSIVE = Filter("recursive", flag, _FLAG, "true: also files in the folders below `folder`.")
BY_HASH = compared(
    "sha256",
    str,
    _TEXT,
    "Only files with these bytes.",
    "file__sha256",
    kept=True,
    slot=Slot("sha256", CharField()),
)
_BELOW = replace(_FOLDER, narrow=lambda files, folder_id: files.below(folder_id), kept=False, slot=None)
_FILTERS: tuple[Filter, ...] = (
    Filter(
        "search",
        words,
        _TEXT,
        "Only files whose names hold every one of these words, whatever their case.",
        lambda files, text: files.named_like(text),
    ),
    Filter(
        "name_prefix",
        words,
        _TEXT,
        "Only files whose names begin so, whatever their case.",
        lambda files, text: files.named_from(text),
    ),
    Filter(
        "type",
        one_of(FILE_GROUPS),
        _GROUP,
        "Only files of this group; documents are application/* and text/*.",
        lambda files, group: files.in_group(group),
        kept=True,
    ),
    Filter(
        "favorite",
        flag,
        _FLAG,
        "true: only favourites; false: all files.",
        lambda files, wanted: files.favorites() if wanted else files,
        kept=True,
    ),
    compared("size_min", whole_number, _NUMBER, "Only files of at least so many bytes.", "size__gte"),
    compared("size_max", whole_number, _NUMBER, "Only files of at most so many bytes.", "size__lte"),
    compared(
        "created_after", moment, _MOMENT, "Only files that came at this time or later.", "created_at__gte"
    ),
    compared("created_before", moment, _MOMENT, "Only files that came before this time.", "created_at__lt"),
    compared("taken_after", moment, _MOMENT, f"Only files {_TAKEN} at this time or later.", "dated_at__gte"),
    compared("taken_before", moment, _MOMENT, f"Only files {_TAKEN} before this time.", "dated_at__lt"),
    Filter(
        "camera",
        words,
        _TEXT,
        "Only files of cameras whose names hold this.",
        lambda files, text: files.with_media(camera__icontains=text),
    ),
    Filter(
        "state",
        one_of(tuple(Blob.State.values)),
        _STATE,
        "Only files in this state.",
        lambda files, state: files.with_media(state=state),
    ),
    Filter(
        "near",
        circle,
        {"type": "string"},
        "Only files taken near a place: LATITUDE,LONGITUDE,KILOMETRES, like 47.37,8.54,10.",
        lambda files, place: files.near(place),
    ),
    *(
        Filter(tag, words, _TEXT, f"Only music whose {tag} holds this.", partial(_tagged, tag))
        for tag in ("artist", "album")
    ),
)


class FileFilters(BaseFilterBackend):
    """Tells the API's description of the filters; lists apply them by `narrowings`."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: APIView) -> QuerySet[Any]:
        """Single rows are not narrowed."""
        return queryset

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        """The query parameters, for the API's description."""
        return [each.described() for each in (*_FILTERS, _FOLDER, _RECURSIVE)]


def narrowings(request: Request) -> list[Narrowing]:
    """What a list is asked to be narrowed to; an empty value is as good as none.

    Filters may be combined, with each other and with every ordering. Raises ValidationError naming those that
    cannot be read.
    """
    values = _read(request, (*_FILTERS, _FOLDER, _RECURSIVE))
    found = [Narrowing(each, values[each.name]) for each in _FILTERS if each.name in values]
    if _FOLDER.name not in values:
        return found
    folder_id, recursive = values[_FOLDER.name], values.get(_RECURSIVE.name, False)
    if recursive and folder_id is None:
        return found
    return [*found, Narrowing(_BELOW if recursive else _FOLDER, folder_id)]


def check_folder(request: Request) -> None:
    """Raises ValidationError where `folder` is none of the asker's; only an empty list has to ask."""
    folder_id = _read(request, (_FOLDER,)).get(_FOLDER.name)
    if folder_id and not Folder.objects.visible_to(request.user).filter(pk=folder_id).exists():
        raise ValidationError({_FOLDER.name: [f"No folder of yours has the id {folder_id}."]})


def _read(request: Request, filters: tuple[Filter, ...]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    errors: dict[str, list[str]] = {}
    told = request.query_params
    for each in filters:
        if text := told.get(each.name):
            try:
                values[each.name] = each.read(text)
            except ValueError as error:
                errors[each.name] = [str(error)]
    if errors:
        raise ValidationError(errors)
    return values
