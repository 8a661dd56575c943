"""/api/folders/{id}/contents/: what is right in a folder, or at the root, the folders before the files."""

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

import orjson
from django.http import Http404, HttpResponse
from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.reverse import reverse

from mediavault.database.release import release_connection
from mediavault.http.pagination import LinkPagination
from mediavault.http.schema import LINK, problems
from mediavault.vault.api.file_serializers import VaultFileSerializer
from mediavault.vault.api.filter_values import folder
from mediavault.vault.api.folder_serializers import FolderSerializer
from mediavault.vault.api.rows import FILES, FOLDERS, Values
from mediavault.vault.models import File, Folder
from mediavault.vault.trees import folder_paths

FILE: Final = "file"
FOLDER: Final = "folder"
_TABLES: Final = {FILE: FILES, FOLDER: FOLDERS}


class _Columns(NamedTuple):
    """By which column an ordering arranges folders, and by which files."""

    folders: str
    files: str


class FolderEntry(FolderSerializer):
    """A folder in a folder."""

    kind = serializers.ChoiceField(choices=[FOLDER])

    class Meta(FolderSerializer.Meta):
        fields = ["kind", *FolderSerializer.Meta.fields]


class FileEntry(VaultFileSerializer):
    """A file in a folder."""

    kind = serializers.ChoiceField(choices=[FILE])

    class Meta(VaultFileSerializer.Meta):
        fields = ["kind", *VaultFileSerializer.Meta.fields]


class Entry(NamedTuple):
    """A row, and of which kind it is."""

    kind: str
    row: Values


class ContentsPages(LinkPagination):
    """Pages that go on after a kind, a value and an id."""

    salt = "mediavault.contents"


class Contents(viewsets.GenericViewSet[Any]):
    """The contents of one folder."""

    permission_classes = [IsAuthenticated]
    pagination_class = ContentsPages
    # Folders have neither size nor type, and were not taken: there the nearest they have stands for it.
    orderings: Final = {
        "name": _Columns("name_key", "name_key"),
        "size": _Columns("name_key", "size"),
        "type": _Columns("name_key", "type"),
        "created_at": _Columns("created_at", "created_at"),
        "taken_at": _Columns("created_at", "dated_at"),
    }

    @extend_schema(
        operation_id="folders_contents_list",
        parameters=[
            OpenApiParameter(
                "id",
                {"type": "string", "pattern": "^(root|[0-9]{1,19})$"},
                OpenApiParameter.PATH,
                description="Id of a folder of yours, or `root`.",
            ),
            LINK,
        ],
        responses={
            200: PolymorphicProxySerializer(
                component_name="Entry",
                serializers={FOLDER: FolderEntry, FILE: FileEntry},
                resource_type_field_name="kind",
                many=True,
            ),
            **problems(400, 401, 404),
        },
    )
    def list(self, request: Request, pk: str) -> HttpResponse:
        """One page of what is right in the folder: first its folders, then its files, in the same order."""
        release_connection()
        folder_id = _folder_id(pk)
        pages = ContentsPages()
        columns = self.orderings[pages.read(request, self.orderings)]
        entries = pages.cut(
            list(_entries(request, folder_id, columns, pages)),
            lambda entry: (entry.kind, *entry.row[:2]),
        )
        if not entries and folder_id is not None:
            _check(request, folder_id)
        body = orjson.dumps(_written(entries, base=reverse("file-list", request=request)))
        return HttpResponse(body, content_type="application/json", headers=pages.headers())


def _folder_id(text: str) -> int | None:
    try:
        return folder(text)
    except ValueError:
        raise Http404 from None


def _entries(
    request: Request, folder_id: int | None, columns: _Columns, pages: ContentsPages
) -> Iterator[Entry]:
    """Those of the page, and at least one more where there are more; files are read where they have room."""
    kind, *start = pages.start or (FOLDER,)
    room = pages.size + 1
    if kind == FOLDER:
        folders = Folder.objects.visible_to(request.user).filter(parent_folder=folder_id)
        arranged = pages.order(columns.folders).arrange(folders, start or None)
        found = FOLDERS.select(arranged, columns.folders)
        yield from (Entry(FOLDER, row) for row in found)
        room, start = room - len(found), []
    if room:
        files = File.objects.visible_to(request.user).in_folder(folder_id)
        arranged = pages.order(columns.files).arrange(files, start or None)[:room]
        yield from (Entry(FILE, row) for row in FILES.select(arranged, columns.files))


def _written(entries: Sequence[Entry], *, base: str) -> list[dict[str, Any]]:
    parents = folder_paths(row[2] for _, row in entries)
    return [
        {"kind": kind, **_TABLES[kind].write(row, parents.get(row[2], ""), base)} for kind, row in entries
    ]


def _check(request: Request, folder_id: int) -> None:
    """What is in a folder shows whose it is; only where nothing is has to be asked."""
    if not Folder.objects.visible_to(request.user).filter(pk=folder_id).exists():
        raise Http404
