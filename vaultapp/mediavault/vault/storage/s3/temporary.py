"""Temporaries of the store in S3: parts of a multipart upload to incoming/<name>, and points to go on from.

A point, the object incoming/<name>-<size>, holds what came after the last full part, and in its metadata the
upload's id; S3 itself knows the parts. So any pod can go on, and nothing need be written down elsewhere.
"""

import uuid
from pathlib import Path
from typing import BinaryIO, Final, Self, cast

from mediavault.vault.storage.digests import DIGESTS, Digest
from mediavault.vault.storage.errors import ObjectMissing, StorageError
from mediavault.vault.storage.interface import HEAD_SIZE, Chunk
from mediavault.vault.storage.s3.bucket import Bucket
from mediavault.vault.storage.s3.reader import ObjectReader
from mediavault.vault.storage.s3.spool import Spool

INCOMING: Final = "incoming/"
_UPLOAD: Final = "upload"
_STAMP: Final = "stamp"
_BLOCK: Final = 1024 * 1024


class BucketTemporary:
    """A TemporaryObject in a bucket. Up to the first full part its bytes are only in the pod's scratch folder
    and an object that is no larger goes to its key at once.
    """

    def __init__(self, bucket: Bucket, scratch: Path, *, part_size: int, name: str, digest: Digest) -> None:
        self.name = name
        self.size = 0
        self.completed = False
        self.put_to = ""
        self._bucket = bucket
        self._part_size = part_size
        self._digest = digest
        self._upload_id = ""
        self._etags: list[str] = []
        self._points: list[int] = []
        self._open = True
        self._spool = Spool(scratch)

    @classmethod
    def created(cls, bucket: Bucket, scratch: Path, *, part_size: int) -> Self:
        """An empty temporary; S3 does not hear of it yet."""
        return cls(bucket, scratch, part_size=part_size, name=uuid.uuid4().hex, digest=Digest())

    @classmethod
    def resumed(cls, bucket: Bucket, scratch: Path, *, part_size: int, name: str, size: int) -> Self:
        """The temporary as it was at a point."""
        point = bucket.get(_point(name, size))
        metadata = {key.lower(): value for key, value in point["Metadata"].items()}
        digest = DIGESTS.recall(name, metadata[_STAMP]) if size else Digest()
        made = cls(bucket, scratch, part_size=part_size, name=name, digest=digest)
        try:
            with point["Body"] as body:
                made._spool.take_over(body, name)
            made._go_on(metadata.get(_UPLOAD, ""), size)
        except BaseException:
            made._spool.close()
            raise
        return made

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        if not self._points:
            self.discard()
        self._close()

    @property
    def sha256(self) -> str:
        """Hexadecimal SHA-256 of the bytes; what came through another process is read once more."""
        return self._digest.sha256(self.open)

    @property
    def crc32(self) -> int:
        """CRC-32 of the same bytes."""
        return self._digest.crc32(self.open)

    @property
    def head(self) -> bytes:
        """The first bytes, at most HEAD_SIZE."""
        with self.open() as source:
            return source.read(HEAD_SIZE)

    def write(self, chunk: Chunk) -> None:
        """Append all of the chunk; every full part goes to S3."""
        rest = memoryview(chunk)
        while rest:
            piece = rest[: self._part_size - self._spool.size]
            self._spool.append(piece)
            rest = rest[len(piece) :]
            if self._spool.size >= self._part_size:
                self._send_part()
        self._digest.update(chunk)
        self.size += len(chunk)

    def checkpoint(self) -> None:
        """Leave a point in the bucket."""
        self._leave_point()

    def suspend(self) -> None:
        """Leave a point in the bucket, and let go."""
        DIGESTS.remember(self.name, self._leave_point(), self._digest)
        self._close()

    def finish(self) -> None:
        """Make an object of the parts, if there are any."""
        if self._upload_id and not self.completed:
            if self._spool.size:
                self._send_part()
            self._bucket.complete(self._key, self._upload_id, self._etags)
            self.completed = True

    def open(self) -> BinaryIO:
        """A reader of the finished bytes; a real file where they are in one part."""
        if self._upload_id:
            return cast(BinaryIO, ObjectReader(self._bucket, self._key, size=self.size))
        return self._spool.open()

    def put(self, key: str) -> None:
        """Let the finished bytes stand under a key of the bucket."""
        if self._upload_id:
            self._bucket.copy(self._key, key)
        else:
            self._bucket.put(key, self._spool.rewound())
        self.put_to = key

    def discard(self) -> None:
        """Remove everything that the bucket has of it, and let go."""
        if not self._open:
            return
        self._close()
        DIGESTS.forget(self.name)
        try:
            if self._upload_id and not self.completed:
                self._bucket.abort(self._key, self._upload_id)
            if self.completed:
                self._bucket.delete(self._key)
            for size in self._points:
                self._bucket.delete(_point(self.name, size))
        except StorageError:
            pass  # the sweep will find it

    @property
    def _key(self) -> str:
        return f"{INCOMING}{self.name}"

    def _send_part(self) -> None:
        if not self._upload_id:
            self._upload_id = self._bucket.begin(self._key)
        number = len(self._etags) + 1
        self._etags.append(self._bucket.put_part(self._key, self._upload_id, number, self._spool.rewound()))
        self._spool.clear()

    def _leave_point(self) -> str:
        """The stamp of a new point. The one before stays, for the database may be there, and the first."""
        stamp = uuid.uuid4().hex
        metadata = {_STAMP: stamp} | ({_UPLOAD: self._upload_id} if self._upload_id else {})
        self._bucket.put(_point(self.name, self.size), self._spool.rewound(), metadata)
        self._points = [size for size in self._points if size != self.size]
        for size in self._points[1:-1]:
            self._bucket.delete(_point(self.name, size))
        self._points = [*self._points[:1], *self._points[1:][-1:], self.size]
        return stamp

    def _go_on(self, upload_id: str, size: int) -> None:
        prefix = f"{self._key}-"
        others = {int(key.removeprefix(prefix)) for key, _ in self._bucket.stored(prefix)} - {size}
        self._points = [size, *sorted(others)]
        if not upload_id:
            self.size = self._spool.size
            return
        try:
            parts = self._bucket.parts(self._key, upload_id)
        except ObjectMissing:
            self._begin_anew(size)
            return
        self._upload_id = upload_id
        self.size = self._spool.size
        for part in parts:
            if self.size < size:
                self._etags.append(part.etag)
                self.size += part.size
        if self.size != size:
            raise ObjectMissing(f"the temporary {self.name} has not the first {size} bytes as they were")

    def _begin_anew(self, size: int) -> None:
        """The parts have become an object, whose writer died before anybody heard of it: take it apart."""
        with ObjectReader(self._bucket, self._key, size=self._bucket.size(self._key)) as whole:
            self._spool.clear()
            self._digest = Digest()
            while block := whole.read(min(_BLOCK, size - self.size)):
                self.write(block)
        if self.size != size:
            raise ObjectMissing(f"the temporary {self.name} has only {self.size} of {size} bytes")

    def _close(self) -> None:
        self._open = False
        self._spool.close()


def _point(name: str, size: int) -> str:
    return f"{INCOMING}{name}-{size}"
