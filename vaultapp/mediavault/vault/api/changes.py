"""/api/changes/: what changed or went of the asker's vault, in the order of its revisions."""

import heapq
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple

import orjson
from django.core import signing
from django.db.models import F, QuerySet, Value
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from mediavault.database.release import release_connection
from mediavault.http.pagination import MAX_PAGE_SIZE, LinkPagination
from mediavault.http.schema import problems
from mediavault.vault.api.access import owner_id
from mediavault.vault.api.file_serializers import VaultFileSerializer
from mediavault.vault.api.folder_serializers import FolderSerializer
from mediavault.vault.api.rows import FILES, FOLDERS, Values
from mediavault.vault.models import File, Folder, Ledger, Tombstone
from mediavault.vault.trees import folder_paths

_SALT = "mediavault.changes"
_LATEST = "latest"
_LAST_ID = 2**63 - 1
FILE, FOLDER = Tombstone.Kind.FILE.value, Tombstone.Kind.FOLDER.value
_TABLES = {FILE: FILES, FOLDER: FOLDERS}


class CursorExpired(APIException):
    """What went since the cursor is not remembered any more, or the cursor is of a later vault."""

    status_code = 410
    default_code = "cursor-expired"
    default_detail = "List the vault anew, then follow from cursor=latest."


class Position(NamedTuple):
    """The last change that a client has; `began` is the revision at which it started from nothing."""

    revision: int
    kind: str
    id: int
    began: int


class Change(NamedTuple):
    """A change; in the order of the feed by its first three. `row` is None where the row went."""

    revision: int
    kind: str
    id: int
    row: Values | None


class ChangeSerializer(serializers.Serializer[Any]):
    """A row that changed, or that went."""

    kind = serializers.ChoiceField(choices=[FILE, FOLDER])
    id = serializers.IntegerField()
    revision = serializers.IntegerField()
    deleted = serializers.BooleanField()
    file = VaultFileSerializer(required=False)
    folder = FolderSerializer(required=False)


class ChangesPage(serializers.Serializer[Any]):
    """A page of changes, and where to go on: at once where there is more, else after a while."""

    changes = ChangeSerializer(many=True)
    cursor = serializers.CharField()
    more = serializers.BooleanField()


_CURSOR = OpenApiParameter(
    "cursor",
    str,
    description="From the page before; nothing for everything; `latest` for what comes from now on.",
)
_PAGE_SIZE = OpenApiParameter(
    "page_size",
    {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE, "default": MAX_PAGE_SIZE},
    description="Changes of one page.",
)


class Changes(APIView):
    """The feed for clients that keep a copy."""

    permission_classes = [IsAuthenticated]

    @extend_schema(parameters=[_CURSOR, _PAGE_SIZE], responses={200: ChangesPage, **problems(400, 401, 410)})
    def get(self, request: Request) -> HttpResponse:
        """One page of changes; a client that begins from nothing may be told of rows that went before."""
        release_connection()
        size = LinkPagination().size_of(request)
        now = _ledger(owner_id(request))[0]
        position = _position(request, now)
        found = list(islice(_changes(request, position, now, size + 1), size + 1))
        if _ledger(owner_id(request))[1] > max(position.revision, position.began) or position.revision > now:
            raise CursorExpired
        more, page = len(found) > size, found[:size]
        end = page[-1][:3] if more else (now, FOLDER, _LAST_ID)
        cursor = signing.dumps([owner_id(request), *end, position.began], salt=_SALT)
        changes = list(_written(page, base=reverse("file-list", request=request)))
        body = orjson.dumps({"changes": changes, "cursor": cursor, "more": more})
        return HttpResponse(body, content_type="application/json")


def _ledger(owner: int) -> tuple[int, int]:
    """The revision of now and the last forgotten one."""
    return Ledger.objects.filter(owner_id=owner).values_list("revision", "forgotten").first() or (0, 0)


def _position(request: Request, now: int) -> Position:
    cursor = request.query_params.get("cursor")
    if not cursor:
        return Position(0, "", 0, now)
    if cursor == _LATEST:
        return Position(now, FOLDER, _LAST_ID, now)
    try:
        owner, *position = signing.loads(cursor, salt=_SALT)
    except (signing.BadSignature, ValueError) as error:
        raise ValidationError({"cursor": ["Take it unchanged from the page before."]}) from error
    if owner != owner_id(request):
        raise ValidationError({"cursor": ["It belongs to somebody else; start again without it."]})
    return Position(*position)


def _changes(request: Request, position: Position, now: int, limit: int) -> Iterator[Change]:
    """Up to `now` alone: a change that commits between two of the statements is for the next page."""
    files = _beyond(File.objects.visible_to(request.user), Value(FILE), "id", position, now)[:limit]
    folders = _beyond(Folder.objects.visible_to(request.user), Value(FOLDER), "id", position, now)[:limit]
    gone = _beyond(Tombstone.objects.filter(owner_id=owner_id(request)), F("kind"), "row_id", position, now)
    return heapq.merge(
        _of(FILE, FILES.select(files, "revision")),
        _of(FOLDER, FOLDERS.select(folders, "revision")),
        [
            Change(revision, kind, row_id, None)
            for revision, kind, row_id in gone.values_list("revision", "kind", "row_id")[:limit]
        ],
        key=lambda change: change[:3],
    )


def _beyond(rows: QuerySet[Any], kind: Any, id_: str, position: Position, now: int) -> QuerySet[Any]:
    return rows.filter(
        TupleGreaterThan(Tuple(F("revision"), kind, F(id_)), position[:3]),
        # What the index is searched by; the tuple with its constant is a filter alone.
        revision__range=(position.revision, now),
    ).order_by("revision", *(["kind"] if isinstance(kind, F) else []), id_)


def _of(kind: str, rows: Iterable[Values]) -> list[Change]:
    return [Change(row[0], kind, row[1], row) for row in rows]


def _written(page: list[Change], *, base: str) -> Iterator[dict[str, Any]]:
    parents = folder_paths(change.row[2] for change in page if change.row)
    for revision, kind, row_id, row in page:
        told = {"kind": kind, "id": row_id, "revision": revision, "deleted": row is None}
        yield {**told, kind: _TABLES[kind].write(row, parents.get(row[2], ""), base)} if row else told
