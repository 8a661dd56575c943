"""Walks through the tree of folders: up to the root for paths, down for what lies below."""

import json
from collections.abc import Collection, Iterable
from functools import cache
from typing import Any, Final, NamedTuple

from django.db import connection
from django.db.models import BigIntegerField
from django.db.models.expressions import RawSQL

from mediavault.database.statements import Slot, Statement
from mediavault.vault import paths

# Scalar subqueries and LATERAL ... OFFSET 0 are steps along an index, whatever the planner expects of the
# recursion; a plain join it turns into a hash of the whole table.
_UP = """
WITH RECURSIVE up(id, parent_folder_id, name) AS (
    SELECT id, parent_folder_id, name FROM vault_folder WHERE id {among}
    UNION
    SELECT parent_folder_id,
           (SELECT f.parent_folder_id FROM vault_folder f WHERE f.id = up.parent_folder_id),
           (SELECT f.name FROM vault_folder f WHERE f.id = up.parent_folder_id)
    FROM up WHERE parent_folder_id IS NOT NULL
)
SELECT id, parent_folder_id, name FROM up
"""
_DOWN = """
WITH RECURSIVE down(id, parent_folder_id, name, depth) AS (
    SELECT id, parent_folder_id, name, 1 FROM vault_folder WHERE id {among}
    UNION
    SELECT f.id, f.parent_folder_id, f.name, down.depth + 1 FROM down {children} WHERE down.depth <= {depth}
)
"""
_AMONG = {"postgresql": "= ANY(%s)", "sqlite": "IN (SELECT value FROM json_each(%s))"}
_CHILDREN = {
    "postgresql": "CROSS JOIN LATERAL"
    " (SELECT id, parent_folder_id, name FROM vault_folder WHERE parent_folder_id = down.id OFFSET 0) f",
    "sqlite": "JOIN vault_folder f ON f.parent_folder_id = down.id",
}


class _Ids(Slot):
    """Ids, however many, as one parameter."""

    def given(self, value: Collection[int]) -> Any:
        return list(value) if connection.vendor == "postgresql" else json.dumps(list(value))


_IDS: Final = _Ids("ids", BigIntegerField())


class TreeFolder(NamedTuple):
    """A folder of a tree; those that were asked for have the level 1, unless they lie in one another."""

    id: int
    parent_folder_id: int | None
    name: str
    level: int


def folder_paths(folder_ids: Iterable[int | None]) -> dict[int, str]:
    """The path of each of these folders, and of their ancestors, in one query however many they are."""
    return paths.paths_of(_up({each for each in folder_ids if each is not None}))


def ancestors(folder_id: int) -> list[TreeFolder]:
    """The folders from the root down to this one; the first has level 1."""
    known = _up({folder_id})
    climb: list[tuple[int, int | None, str]] = []
    at: int | None = folder_id
    while at is not None and at in known:
        climb.append((at, *known[at]))
        at = known[at][0]
    return [TreeFolder(*row, level) for level, row in enumerate(reversed(climb), start=1)]


def folders_below(folder_ids: Iterable[int], *, depth: int = paths.MAX_DEPTH) -> list[TreeFolder]:
    """These folders and `depth` levels of them and below, parents first; one query, however many they are."""
    wanted = sorted(set(folder_ids))
    if not wanted:
        return []
    read = "SELECT id, parent_folder_id, name, MAX(depth) FROM down GROUP BY id, parent_folder_id, name"
    with connection.cursor() as cursor:
        cursor.execute(_down(depth - 1) + read, [_IDS.given(wanted)])
        found = [TreeFolder(*row) for row in cursor.fetchall()]
    return sorted(found, key=lambda folder: (folder.level, folder.id))


def ids_below(folder_ids: Collection[int]) -> RawSQL:
    """The ids of these folders and of all below, for `id__in`."""
    below = _down(paths.MAX_DEPTH)
    return RawSQL(f"{below} SELECT id FROM down", [_IDS.given(folder_ids)])  # noqa: S608, S611 a depth alone


def _up(folder_ids: Collection[int]) -> dict[int, tuple[int | None, str]]:
    """These folders and all above: parent's id and name by id."""
    if not folder_ids:
        return {}
    rows = _upwards().rows(ids=folder_ids)
    return {row_id: (parent_id, name) for row_id, parent_id, name in rows}


@cache
def _upwards() -> Statement:
    return Statement(_UP.format(among=_AMONG[connection.vendor]), [_IDS])


def _down(depth: int) -> str:
    vendor = connection.vendor
    return _DOWN.format(among=_AMONG[vendor], children=_CHILDREN[vendor], depth=depth)
