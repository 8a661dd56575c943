"""Judge an upload that has arrived, before anything is locked: what it is, and what can be seen at once."""

from dataclasses import dataclass
from typing import BinaryIO

from django.conf import settings

from mediavault.database.release import release_connection
from mediavault.vault.media.examination import Examination, State, examine, is_decoded, is_quick
from mediavault.vault.media.sniffing import sniff_type
from mediavault.vault.models import Blob
from mediavault.vault.scanning import scan
from mediavault.vault.storage.interface import TemporaryObject
from mediavault.vault.storage.local import TooManyCopies, local_file


@dataclass(frozen=True)
class Content:
    """An upload and what it is; `examination` is None where the owner has these bytes already."""

    temporary: TemporaryObject
    type: str
    examination: Examination | None = None


def receive_content(*, owner_id: int, temporary: TemporaryObject, name: str) -> Content:
    """The upload under the type its bytes show; examined, unless the owner has the bytes already.

    Raises ScanRefused or ScanFailed, where the settings name a scanner.
    """
    if settings.SCAN_COMMAND:
        release_connection()
        with temporary.open() as received:
            scan(received, command=settings.SCAN_COMMAND, seconds=settings.SCAN_SECONDS)
    media_type = sniff_type(temporary.head, name=name)
    known = Blob.objects.filter(owner_id=owner_id, sha256=temporary.sha256, references__gt=0).exists()
    release_connection()
    return Content(temporary, media_type, None if known else _examined(temporary, media_type))


def _examined(temporary: TemporaryObject, media_type: str) -> Examination:
    """Pending where a worker is to try: bad media gives a state, never an error."""
    if not is_quick(media_type):
        return Examination(State.PENDING)
    try:
        with temporary.open() as received:
            found = _looked_into(received, media_type)
    except TooManyCopies:
        return Examination(State.PENDING)
    return Examination(State.PENDING) if found.passing else found


def _looked_into(received: BinaryIO, media_type: str) -> Examination:
    if not is_decoded(media_type):
        return examine(received, content_type=media_type)
    with local_file(received) as source:
        return examine(source, content_type=media_type)
