"""The store in a bucket: objects under the keys that files would have, temporaries under incoming/."""

import io
import re
import uuid
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final, cast

from mediavault.config import S3Config
from mediavault.vault.storage.errors import ObjectMissing
from mediavault.vault.storage.interface import TemporaryObject
from mediavault.vault.storage.keys import checked_key, checked_name, is_key
from mediavault.vault.storage.s3.bucket import Bucket
from mediavault.vault.storage.s3.reader import ObjectReader
from mediavault.vault.storage.s3.temporary import INCOMING, BucketTemporary

# S3 wants at least 5 MiB, and some servers the same size for all but the last.
SMALLEST_PART: Final = 8 * 1024**2
MOST_PARTS: Final = 10_000

# To put fewer bytes takes no longer than to ask whether they are there.
_LONG: Final = 1024**2

_TEMPORARY: Final = re.compile(rf"{INCOMING}([0-9a-f]{{32}})(?:-[0-9]{{1,20}})?")
_UNTOUCHED_FOR_SECONDS: Final = 24 * 3600


class S3Store:
    """A Store in one bucket. S3 has no locks: a temporary is nobody's once it has not grown for a day."""

    def __init__(
        self, config: S3Config, scratch: Path, *, largest: int, smallest_part: int = SMALLEST_PART
    ) -> None:
        self._bucket = Bucket(config)
        self._scratch = scratch
        self._part_size = max(smallest_part, -(-largest // MOST_PARTS))

    def create_temporary(self) -> BucketTemporary:
        """A new, empty temporary."""
        return BucketTemporary.created(self._bucket, self._scratch, part_size=self._part_size)

    def resume_temporary(self, name: str, *, size: int) -> BucketTemporary:
        """The temporary at that point."""
        return BucketTemporary.resumed(
            self._bucket, self._scratch, part_size=self._part_size, name=checked_name(name), size=size
        )

    def discard_temporary(self, name: str) -> None:
        """Remove all that the bucket has of a temporary."""
        prefix = f"{INCOMING}{checked_name(name)}"
        for key, upload_id, _ in self._bucket.uploads(prefix):
            self._bucket.abort(key, upload_id)
        for key, _ in self._bucket.stored(prefix):
            self._bucket.delete(key)

    def prepare(self, temporary: TemporaryObject, *, key: str) -> bool:
        """Put or copy the bytes to their key, unless they are few."""
        if temporary.size < _LONG:
            return False
        cast(BucketTemporary, temporary).put(checked_key(key))
        return True

    def publish(self, temporary: TemporaryObject, *, key: str) -> None:
        """Put or copy the bytes to their key, unless they were prepared, and remove what was under way."""
        received = cast(BucketTemporary, temporary)
        if received.put_to != key or not self.exists(key):
            received.put(checked_key(key))
        temporary.discard()

    def open(self, key: str) -> BinaryIO:
        """A reader that asks S3 for what is read."""
        return cast(BinaryIO, ObjectReader(self._bucket, checked_key(key), size=self._bucket.size(key)))

    def open_part(self, key: str, *, start: int, length: int) -> BinaryIO:
        """The answer to one request for just those bytes."""
        if length == 0:
            self._bucket.size(checked_key(key))
            return io.BytesIO()
        return cast(BinaryIO, self._bucket.get(checked_key(key), start=start, length=length)["Body"])

    def size(self, key: str) -> int:
        """Bytes of the object."""
        return self._bucket.size(checked_key(key))

    def exists(self, key: str) -> bool:
        """Whether an object stands under the key."""
        try:
            self.size(key)
        except ObjectMissing:
            return False
        return True

    def delete(self, key: str) -> None:
        """Remove the object."""
        self._bucket.delete(checked_key(key))

    def keys(self, prefix: str) -> Iterator[str]:
        """Every key that begins so."""
        return (key for key, _ in self._bucket.stored(prefix) if is_key(key))

    def presigned_url(self, key: str, *, headers: Mapping[str, str], seconds: int) -> str | None:
        """A URL from which anybody can read the object for so long, where the settings allow it.

        `headers` are the Content-Type and the Content-Disposition to answer with.
        """
        if not self._bucket.config.presigned_redirects:
            return None
        told = {f"Response{name.replace('-', '')}": value for name, value in headers.items()}
        return self._bucket.presigned(checked_key(key), headers=told, seconds=seconds)

    def sweep_temporaries(self, *, now: float, keep: Collection[str]) -> int:
        """Remove the temporaries that `keep` does not name and that have not grown for a day."""
        touched: dict[str, float] = {}
        for key, stored_at in self._bucket.stored(INCOMING):
            _note(touched, key, stored_at)
        for key, upload_id, began_at in self._bucket.uploads(INCOMING):
            _note(touched, key, began_at)
            if (name := _name(key)) and touched[name] < now - _UNTOUCHED_FOR_SECONDS:
                for part in self._bucket.parts(key, upload_id)[-1:]:
                    _note(touched, key, part.stored_at)
        old = {name for name, at in touched.items() if at < now - _UNTOUCHED_FOR_SECONDS}
        for name in old.difference(keep):
            self.discard_temporary(name)
        return len(old.difference(keep))

    def check_writable(self) -> None:
        """Write and remove an object of one byte."""
        key = f"{INCOMING}{uuid.uuid4().hex}"
        self._bucket.put(key, b"\0")
        self._bucket.delete(key)

    def complaint(self, error: Exception) -> str:
        """Why the bucket cannot be written, for whoever gave it."""
        config = self._bucket.config
        where = config.endpoint_url or f"Amazon S3 in {config.region}"
        return f"The bucket {config.bucket} at {where} cannot be written: {error}"


def _name(key: str) -> str | None:
    match = _TEMPORARY.fullmatch(key)
    return match[1] if match else None


def _note(touched: dict[str, float], key: str, at: datetime) -> None:
    if name := _name(key):
        touched[name] = max(touched.get(name, 0.0), at.timestamp())
