"""Sweeps a vault as if a day had passed, and tells what is in it: a line of JSON for each line of input.

`files` are paths with SHA-256 and state, `wrong` are sentences about what does not fit together.
"""

import hashlib
import json
import sys
import time
from collections.abc import Iterator, Sequence

import django

django.setup()

from django.db.models import Count, F  # noqa: E402

from mediavault.vault.actions.sweep_store import sweep_store  # noqa: E402
from mediavault.vault.media.recipe import Size  # noqa: E402
from mediavault.vault.models import Blob, File, Folder, MediaTask, Upload  # noqa: E402
from mediavault.vault.storage.current import media_store  # noqa: E402
from mediavault.vault.storage.files import FileStore  # noqa: E402
from mediavault.vault.storage.keys import BLOBS, THUMBNAILS, blob_key, thumbnail_key  # noqa: E402

DAY = 24 * 3600.0


def main() -> None:
    for _ in sys.stdin:
        sweep_store(now=time.time() + DAY, with_orphans=True)
        files = {
            file.path: [file.file.sha256, file.file.state] for file in File.objects.select_related("file")
        }
        folders = sorted(folder.path for folder in Folder.objects.all())
        print(json.dumps({"files": files, "folders": folders, "wrong": list(wrong())}), flush=True)


def wrong() -> Iterator[str]:
    blobs = list(Blob.objects.annotate(pointing=Count("files")))
    for blob in filter(miscounted, blobs):
        yield f"{blob} is counted {blob.references} times"
    yield from (f"{key} is not what it is called" for key in media_store().keys(BLOBS) if misnamed(key))
    # Of one whose writer was killed before its file was made.
    whole = list(Upload.objects.filter(offset=F("length")).exclude(temporary=""))
    yield from differing(
        BLOBS,
        {blob_key(blob.owner_id, blob.sha256) for blob in blobs},
        besides={blob_key(upload.owner_id, upload.sha256) for upload in whole},
    )
    # What a killed worker left of its work is made once more.
    pending = [blob for blob in blobs if blob.state == Blob.State.PENDING]
    shown = [blob for blob in blobs if blob.has_thumbnail]
    yield from differing(THUMBNAILS, pictures(shown), besides=pictures([*pending, *whole]))
    queued = set(MediaTask.objects.values_list("blob_id", flat=True))
    yield from (f"{blob} waits, but in no queue" for blob in pending if blob.pk not in queued)
    if isinstance(store := media_store(), FileStore):
        named = set(Upload.objects.values_list("temporary", flat=True))
        left = {path.name for path in (store.root / "incoming").glob("*")}
        yield from (f"incoming/{each} was left" for each in left - named)


def pictures(blobs: Sequence[Blob | Upload]) -> set[str]:
    return {thumbnail_key(blob.owner_id, blob.sha256, size) for blob in blobs for size in Size}


def miscounted(blob: Blob) -> bool:
    pointing: int = blob.pointing  # type: ignore[attr-defined]
    return blob.references != pointing or pointing == 0


def misnamed(key: str) -> bool:
    with media_store().open(key) as source:
        return hashlib.sha256(source.read()).hexdigest() != key.rpartition("/")[2]


def differing(prefix: str, expected: set[str], *, besides: set[str] | None = None) -> Iterator[str]:
    found = set(media_store().keys(prefix))
    yield from (f"{key} has no row" for key in found - expected - (besides or set()))
    yield from (f"{key} is missing" for key in expected - found)


if __name__ == "__main__":
    main()
