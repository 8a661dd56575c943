"""Lists without a serializer: the database writes each row as JSON, Python adds the paths.

What a row says is what the serializer of one row says; a test compares the two, field by field. Objects of
media facts are the database's own text of them: equal as JSON, not always in their spaces.
"""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Func, QuerySet, TextField

from mediavault.vault import trees

# The address of the list, as JSON without its quotes; it begins the addresses of the rows.
_BASE = "%s"


class Row(NamedTuple):
    """A row: its value in the list's order, its id, the folder above, and the JSON around its path."""

    at: object
    id: int
    folder_id: int | None
    head: str
    tail: str


class _Words(NamedTuple):
    """How a database writes a text, a time in UTC and a sequence of texts."""

    text: str
    moment: str
    joined: str
    between: str

    def quoted(self, column: str) -> str:
        return self.text.format(column)

    def time(self, column: str) -> str:
        return self.moment.format(column)

    def join(self, pieces: Sequence[str]) -> str:
        return self.joined.format(self.between.join(pieces))


class _Written(Func):
    """A text in SQL as it stands; `reading` is a column of each table that has to be joined for it."""

    output_field = TextField()

    def __init__(self, sql: str, params: list[str], *reading: str) -> None:
        super().__init__(*reading)
        self.sql, self.params = sql, params

    def as_sql(
        self, compiler: Any, connection: Any, *args: Any, **kwargs: Any
    ) -> tuple[str, tuple[str, ...]]:
        return self.sql, tuple(self.params)


_WORDS = {
    "postgresql": _Words(
        text="to_json({})::text",
        moment="""'"' || to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') || 'Z"'""",
        joined="concat({})",
        between=", ",
    ),
    "sqlite": _Words(
        text="json_quote({})",
        moment="""'"' || replace(substr({} || '.000000', 1, 26), ' ', 'T') || 'Z"'""",
        joined="({})",
        between=" || ",
    ),
}


def file_rows(files: QuerySet[Any], at: str, *, base: str) -> list[Row]:
    """The rows of a list of files; `at` is the column of its order, `base` the address of the list."""
    words = _WORDS[connection.vendor]
    address = json.dumps(base, ensure_ascii=False)[1:-1]
    head, tail = (
        _Written(sql, [address] * sql.count(_BASE), "file__sha256")
        for sql in (words.join(_file_head(words)), words.join(_file_tail(words)))
    )
    return [Row(*values) for values in files.values_list(at, "pk", "folder_id", head, tail)]


def folder_rows(folders: QuerySet[Any], at: str) -> list[Row]:
    """The rows of a list of folders; `at` is the column of its order."""
    words = _WORDS[connection.vendor]
    head, tail = (_Written(words.join(each), []) for each in (_folder_head(words), _folder_tail(words)))
    return [Row(*values) for values in folders.values_list(at, "pk", "parent_folder_id", head, tail)]


def with_paths(rows: Sequence[Row]) -> list[str]:
    """The JSON of each row, its path in it; one query, however many rows."""
    above = trees.folder_paths({row.folder_id for row in rows})
    known = {folder_id: json.dumps(path, ensure_ascii=False)[1:-1] for folder_id, path in above.items()}
    return [f"{row.head}{known.get(row.folder_id or 0, '')}/{row.tail}" for row in rows]


def as_array(rows: Sequence[Row]) -> bytes:
    """The rows as a JSON array."""
    return f"[{','.join(with_paths(rows))}]".encode()


def _file_head(words: _Words) -> list[str]:
    """Up to where the path of the folder belongs."""
    file = "vault_file"
    return [
        *("""'{"id":'""", f"{file}.id"),
        *("""',"name":'""", words.quoted(f"{file}.name")),
        *("""',"file":"'""", _BASE, f"{file}.id", """'/download/"'"""),
        *("""',"size":'""", f"{file}.size"),
        *("""',"type":'""", words.quoted(f"{file}.type")),
        """',"path":"'""",
    ]


def _file_tail(words: _Words) -> list[str]:
    """From the name on, with which the path ends."""
    file, blob = "vault_file", "vault_blob"
    thumbnail = words.join(["""'"'""", _BASE, f"{file}.id", """'/thumbnail/"'"""])
    return [
        f"substr({words.quoted(f'{file}.name')}, 2)",
        *("""',"created_at":'""", words.time(f"{file}.created_at")),
        *("""',"updated_at":'""", words.time(f"{file}.updated_at")),
        *("""',"owner":'""", f"{file}.owner_id"),
        *("""',"folder":'""", _or_null(f"CAST({file}.folder_id AS text)")),
        *("""',"is_favorite":'""", f"CASE WHEN {file}.is_favorite THEN 'true' ELSE 'false' END"),
        *("""',"thumbnail":'""", f"CASE WHEN {blob}.has_thumbnail THEN {thumbnail} ELSE 'null' END"),
        *("""',"taken_at":'""", _or_null(words.time(f"{file}.taken_at"))),
        *("""',"sha256":"'""", f"{blob}.sha256"),
        *("""'","state":"'""", f"{blob}.state"),
        *("""'","reason":'""", words.quoted(f"{blob}.reason")),
        *("""',"media":'""", f"{blob}.facts"),
        "'}'",
    ]


def _folder_head(words: _Words) -> list[str]:
    folder = "vault_folder"
    return [
        *("""'{"id":'""", f"{folder}.id"),
        *("""',"name":'""", words.quoted(f"{folder}.name")),
        """',"path":"'""",
    ]


def _folder_tail(words: _Words) -> list[str]:
    folder = "vault_folder"
    return [
        f"substr({words.quoted(f'{folder}.name')}, 2)",
        *("""',"created_at":'""", words.time(f"{folder}.created_at")),
        *("""',"updated_at":'""", words.time(f"{folder}.updated_at")),
        *("""',"owner":'""", f"{folder}.owner_id"),
        *("""',"parent_folder":'""", _or_null(f"CAST({folder}.parent_folder_id AS text)")),
        "'}'",
    ]


def _or_null(text: str) -> str:
    return f"coalesce({text}, 'null')"
