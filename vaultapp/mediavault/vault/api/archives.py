"""Files and folders as one zip, made as it leaves."""

import hashlib
from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.conf import settings
from django.http import Http404
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.views import APIView

from mediavault.database.release import release_connection
from mediavault.http.delivery import Description, deliver_made
from mediavault.http.schema import problems
from mediavault.vault.actions.know_checksums import know_checksums
from mediavault.vault.api.access import owner_id
from mediavault.vault.api.filter_values import whole_number
from mediavault.vault.api.negotiation import AsItIs
from mediavault.vault.archive.layout import Content, Entry, Layout
from mediavault.vault.archive.naming import Names, folder_prefixes
from mediavault.vault.archive.stream import archive_blocks
from mediavault.vault.models import File, Folder, Tombstone
from mediavault.vault.storage.keys import blob_key

MAX_IDS: Final = 1000
_BYTES = {
    (200, "application/zip"): OpenApiTypes.BINARY,
    (206, "application/zip"): OpenApiTypes.BINARY,
    304: None,
}
_IDS: Final = {"type": "string", "pattern": "^([0-9]{1,19}(,[0-9]{1,19})*)?$"}
_IDS_MEANT: Final = f"Ids with commas between them, at most {MAX_IDS}; one at least of both parameters."


class FolderZip(APIView):
    """`/api/folders/1/zip/`."""

    permission_classes = [IsAuthenticated]
    content_negotiation_class = AsItIs

    @extend_schema(
        operation_id="folders_zip_retrieve", responses={**_BYTES, **problems(400, 401, 404, 412, 416)}
    )
    def get(self, request: Request, pk: str) -> HttpResponseBase:
        """All that is in the folder, as a zip, in ranges as asked."""
        folder = Folder.objects.visible_to(request.user).filter(pk=int(pk)).first()
        if folder is None:
            raise Http404
        return _deliver(request, files=[], folders=[folder.pk], root=folder.pk, filename=f"{folder.name}.zip")


class Zip(APIView):
    """`/api/zip/?files=1,2&folders=3`."""

    permission_classes = [IsAuthenticated]
    content_negotiation_class = AsItIs

    @extend_schema(
        operation_id="zip_retrieve",
        parameters=[
            OpenApiParameter("files", _IDS, description=_IDS_MEANT),
            OpenApiParameter("folders", _IDS, description=_IDS_MEANT),
        ],
        responses={**_BYTES, **problems(400, 401, 412, 416)},
    )
    def get(self, request: Request) -> HttpResponseBase:
        """These files, and all that is in these folders, as a zip, in ranges as asked."""
        files, folders = (_ids(request, field) for field in ("files", "folders"))
        if not files and not folders:
            sentence = "Name a file or a folder at least."
            raise ValidationError({"files": [sentence], "folders": [sentence]})
        return _deliver(request, files=files, folders=folders, root=None, filename="files.zip")


def _ids(request: Request, field: str) -> list[int]:
    text = request.query_params.get(field)
    if not text:
        return []
    words = text.split(",", MAX_IDS)
    if len(words) > MAX_IDS:
        raise ValidationError({field: [f"At most {MAX_IDS} ids may be named."]})
    try:
        return [whole_number(word) for word in words]
    except ValueError:
        raise ValidationError({field: ["Give ids as whole numbers with commas between them."]}) from None


def _deliver(
    request: Request, *, files: Collection[int], folders: Collection[int], root: int | None, filename: str
) -> HttpResponseBase:
    entries = _entries(request, files, folders, root)
    changed = _last_change(request)
    release_connection()
    layout = Layout(entries)
    seal = hashlib.sha256()
    for each in entries:
        seal.update(f"{each.name}\0{each.key}\0{each.modified.isoformat()}\n".encode())
    return deliver_made(
        request._request,
        Description("application/zip", seal.hexdigest(), changed, filename),
        size=layout.size,
        part=lambda start, length: archive_blocks(layout, start, length),
    )


def _entries(
    request: Request, chosen: Collection[int], roots: Collection[int], root: int | None
) -> list[Entry]:
    owner, names = owner_id(request), Names()
    beyond = settings.ZIP_MAX_ENTRIES + 1
    trees = list(Folder.objects.visible_to(request.user).in_trees(roots)[:beyond])
    rows = list(File.objects.visible_to(request.user).chosen(chosen, roots)[:beyond])
    if len(trees) + len(rows) >= beyond:
        field = "id" if root is not None else "folders" if roots else "files"
        sentence = (
            f"At most {settings.ZIP_MAX_ENTRIES} files and folders go into one zip; ask for less at once."
        )
        raise ValidationError({field: [sentence]})
    folders = {pk: (parent, name, at) for pk, parent, name, at in trees}
    _check("folders", "folder", roots, folders)
    _check("files", "file", chosen, {row[0] for row in rows})
    prefixes = folder_prefixes({pk: (row[0], row[1]) for pk, row in folders.items()}, names, root=root)
    keys = {blob: Content(blob_key(owner, sha256), 0, size) for _, _, _, _, blob, sha256, size, _ in rows}
    known = {blob: crc32 for *_, blob, _, _, crc32 in rows if crc32 is not None}
    known |= know_checksums(contents={blob: each for blob, each in keys.items() if blob not in known})
    entries = []
    for _, folder_id, name, at, blob, _, size, _ in sorted(rows, key=lambda row: row[0]):
        parent = folder_id if folder_id in prefixes else None
        path = prefixes.get(folder_id, "") + names.claim(parent, name)
        entries.append(Entry(path, at, keys[blob].key, size, known[blob]))
    full = {row[1] for row in rows} | {parent for parent, _, _ in folders.values()}
    entries += [Entry(path, folders[pk][2]) for pk, path in prefixes.items() if pk not in full]
    return sorted(entries, key=lambda entry: entry.name)


def _check(field: str, kind: str, wanted: Collection[int], found: Collection[int]) -> None:
    missing = [each for each in wanted if each not in found]
    if missing:
        raise ValidationError({field: [f"No {kind} of yours has the id {missing[0]}."]})


def _last_change(request: Request) -> datetime:
    """Of anything in the vault: what left the archive leaves no other trace in its rows."""
    owner = owner_id(request)
    moments = [
        *File.objects.filter(owner_id=owner).order_by("-revision").values_list("updated_at", flat=True)[:1],
        *Folder.objects.filter(owner_id=owner).order_by("-revision").values_list("updated_at", flat=True)[:1],
        *Tombstone.objects.filter(owner_id=owner)
        .order_by("-revision")
        .values_list("created_at", flat=True)[:1],
    ]
    return max(moments)
