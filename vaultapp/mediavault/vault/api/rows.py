"""Rows of lists: read as plain values and written as JSON, without model instances and serializers.

What a row says is what the serializer of one row says; a test compares the two, field by field. Objects of
media facts are the database's own text of them: equal as JSON, not always in their spaces.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.db.models import Func, QuerySet, TextField

from mediavault.vault import trees
from mediavault.vault.models import File, Folder
from mediavault.vault.querysets import OwnedQuerySet

Values = Sequence[Any]
Written = dict[str, Any]


class _Text(Func):
    """A column in the database's own words, which cost less than Python's objects."""

    template = "CAST(%(expressions)s AS text)"
    output_field = TextField()


@dataclass(frozen=True, eq=False)
class Table:
    """What lists are made of.

    A row is its value in the list's order, its id, the id of the folder above, and `columns`; `write` makes
    an object of it, given the path above and the address of the list.
    """

    all: OwnedQuerySet[Any]
    above: str
    columns: tuple[Any, ...]
    write: Callable[[Values, str, str], Written]

    def select(self, rows: QuerySet[Any], at: str) -> QuerySet[Any, Any]:
        """These rows of the table; `at` is the column of their order."""
        return rows.values_list(at, "pk", self.above, *self.columns)

    def written(self, rows: Sequence[Values], *, base: str) -> list[Written]:
        """The objects of such rows, whose paths cost one query; `base` is the address of the list."""
        parents = trees.folder_paths(row[2] for row in rows)
        return [self.write(row, parents.get(row[2], ""), base) for row in rows]


def _file(row: Values, parent: str, base: str) -> Written:
    (
        _,
        file_id,
        folder_id,
        name,
        size,
        type_,
        owner,
        favorite,
        created_at,
        updated_at,
        taken_at,
        sha256,
        pictured,
        state,
        reason,
        facts,
    ) = row
    return {
        "id": file_id,
        "name": name,
        "file": f"{base}{file_id}/download/",
        "size": size,
        "type": type_,
        "path": f"{parent}/{name}",
        "created_at": _moment(created_at),
        "updated_at": _moment(updated_at),
        "owner": owner,
        "folder": folder_id,
        "is_favorite": favorite,
        "thumbnail": f"{base}{file_id}/thumbnail/" if pictured else None,
        "taken_at": _moment(taken_at) if taken_at else None,
        "sha256": sha256,
        "state": state,
        "reason": reason,
        "media": orjson.Fragment(facts),
    }


def _folder(row: Values, parent: str, base: str) -> Written:  # noqa: ARG001 the shape of every table's
    _, folder_id, parent_id, name, created_at, updated_at, owner = row
    return {
        "id": folder_id,
        "name": name,
        "path": f"{parent}/{name}",
        "created_at": _moment(created_at),
        "updated_at": _moment(updated_at),
        "owner": owner,
        "parent_folder": parent_id,
    }


def _moment(text: str) -> str:
    """A time as MomentField writes it, from the database's text of it in UTC."""
    fraction = text[20:].removesuffix("+00").ljust(6, "0")
    return f"{text[:10]}T{text[11:19]}.{fraction}Z"


FILES = Table(
    all=File.objects.all(),
    above="folder_id",
    columns=(
        *("name", "size", "type", "owner_id", "is_favorite"),
        *(_Text("created_at"), _Text("updated_at"), _Text("taken_at")),
        *("file__sha256", "file__has_thumbnail", "file__state", "file__reason", _Text("file__facts")),
    ),
    write=_file,
)
FOLDERS = Table(
    all=Folder.objects.all(),
    above="parent_folder_id",
    columns=("name", _Text("created_at"), _Text("updated_at"), "owner_id"),
    write=_folder,
)
