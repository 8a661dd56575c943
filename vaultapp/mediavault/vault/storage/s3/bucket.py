"""The calls to S3 that the store makes: one method each, below its prefix, errors in its own words."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import IO, TYPE_CHECKING, Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from mediavault.config import S3Config
from mediavault.vault.storage.errors import ObjectMissing, StorageFull, StorageUnavailable

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CONNECT_SECONDS: Final = 5
# A server that copies or completes a large object may say nothing for a while.
READ_SECONDS: Final = 120
ATTEMPTS: Final = 3
# Requests at once: the web process has 64 threads, and each keeps a connection while it streams.
CONNECTIONS: Final = 64
# The most that one CopyObject takes; beyond it, a copy is made of parts.
LARGEST_COPY: Final = 5 * 1024**3
COPIED_PART: Final = 1024**3

_MISSING: Final = frozenset({"NoSuchKey", "NoSuchUpload", "404"})
_FULL: Final = frozenset(
    {"InsufficientStorage", "QuotaExceeded", "XMinioStorageFull", "XMinioAdminBucketQuotaExceeded"}
)
_NO_ROOM: Final = 507


@dataclass(frozen=True)
class Part:
    """A part of an unfinished upload, as S3 has it."""

    etag: str
    size: int
    stored_at: datetime


class Bucket:
    """One bucket, seen from its prefix; keys and names below are without it."""

    def __init__(self, config: S3Config) -> None:
        self.config = config
        self.client: S3Client = boto3.session.Session().client(
            "s3",
            endpoint_url=config.endpoint_url,
            region_name=config.region,
            aws_access_key_id=config.access_key_id or None,
            aws_secret_access_key=config.secret_access_key or None,
            config=Config(
                signature_version="s3v4",
                connect_timeout=CONNECT_SECONDS,
                read_timeout=READ_SECONDS,
                retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
                max_pool_connections=CONNECTIONS,
                s3={"addressing_style": config.addressing_style},  # type: ignore[arg-type] # checked by S3Config
                # Not every S3-compatible server knows the newer checksums.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    def put(self, key: str, body: IO[bytes] | bytes, metadata: Mapping[str, str] | None = None) -> None:
        """Store an object, whole or not at all; of a file, what follows its position."""
        with answered(key):
            self.client.put_object(**self._at(key), Body=body, Metadata=metadata or {})

    def get(self, key: str, *, start: int = 0, length: int | None = None) -> Any:
        """The answer to a GET of a part of an object, its `Body` still to be read and closed.

        `length` is at least 1; a `start` beyond the object is an error of S3's.
        """
        end = "" if length is None else str(start + length - 1)
        ranged: dict[str, Any] = {"Range": f"bytes={start}-{end}"} if start or length is not None else {}
        with answered(key):
            return self.client.get_object(**self._at(key), **ranged)

    def size(self, key: str) -> int:
        """Bytes of an object."""
        with answered(key):
            return int(self.client.head_object(**self._at(key))["ContentLength"])

    def delete(self, key: str) -> None:
        """Remove an object, or nothing where there is none."""
        with answered(key):
            self.client.delete_object(**self._at(key))

    def stored(self, prefix: str) -> Iterator[tuple[str, datetime]]:
        """Keys that begin so, each with the time it was stored."""
        pages = self.client.get_paginator("list_objects_v2").paginate(
            Bucket=self.config.bucket, Prefix=self.config.prefix + prefix
        )
        with answered(prefix):
            for page in pages:
                for found in page.get("Contents", ()):
                    yield found["Key"].removeprefix(self.config.prefix), found["LastModified"]

    def copy(self, source: str, target: str) -> None:
        """Copy an object within the bucket, by the server."""
        size = self.size(source)
        origin = {"Bucket": self.config.bucket, "Key": self.config.prefix + source}
        with answered(source):
            if size <= LARGEST_COPY:
                self.client.copy_object(**self._at(target), CopySource=origin)  # type: ignore[arg-type]
            else:
                self._copy_in_parts(origin, target, size)

    def _copy_in_parts(self, origin: dict[str, str], target: str, size: int) -> None:
        upload_id = self.begin(target)
        try:
            parts = []
            for number, start in enumerate(range(0, size, COPIED_PART), 1):
                end = min(start + COPIED_PART, size) - 1
                answer = self.client.upload_part_copy(
                    **self._at(target),
                    UploadId=upload_id,
                    PartNumber=number,
                    CopySource=origin,  # type: ignore[arg-type]
                    CopySourceRange=f"bytes={start}-{end}",
                )
                # A server that does not know this call takes it for the upload of an empty part.
                if "ETag" not in answer["CopyPartResult"]:
                    raise StorageUnavailable(f"the S3 server cannot copy objects of {size} bytes")
                parts.append(answer["CopyPartResult"]["ETag"])
            self.complete(target, upload_id, parts)
        except BaseException:
            self.abort(target, upload_id)
            raise

    def begin(self, key: str) -> str:
        """Begin an upload in parts and give its id."""
        with answered(key):
            return self.client.create_multipart_upload(**self._at(key))["UploadId"]

    def put_part(self, key: str, upload_id: str, number: int, body: IO[bytes]) -> str:
        """Store a part, the first being number 1, and give its ETag."""
        with answered(key):
            answer = self.client.upload_part(
                **self._at(key), UploadId=upload_id, PartNumber=number, Body=body
            )
            return answer["ETag"]

    def parts(self, key: str, upload_id: str) -> list[Part]:
        """The parts stored so far, as far as they follow each other (ObjectMissing without the upload)."""
        found: list[Part] = []
        pages = self.client.get_paginator("list_parts").paginate(**self._at(key), UploadId=upload_id)
        with answered(key):
            for page in pages:
                for part in page.get("Parts", ()):
                    if part["PartNumber"] == len(found) + 1:
                        found.append(Part(part["ETag"], part["Size"], part["LastModified"]))
        return found

    def complete(self, key: str, upload_id: str, etags: list[str]) -> None:
        """Make an object of the parts; of a part that was replaced by another writer the server knows."""
        parts = [{"PartNumber": number, "ETag": etag} for number, etag in enumerate(etags, 1)]
        with answered(key):
            self.client.complete_multipart_upload(
                **self._at(key),
                UploadId=upload_id,
                MultipartUpload={"Parts": parts},  # type: ignore[typeddict-item]
            )

    def abort(self, key: str, upload_id: str) -> None:
        """Remove an unfinished upload; that it is absent is fine."""
        try:
            with answered(key):
                self.client.abort_multipart_upload(**self._at(key), UploadId=upload_id)
        except ObjectMissing:
            pass

    def uploads(self, prefix: str) -> Iterator[tuple[str, str, datetime]]:
        """Unfinished uploads to keys that begin so: key, id and when they began."""
        pages = self.client.get_paginator("list_multipart_uploads").paginate(
            Bucket=self.config.bucket, Prefix=self.config.prefix + prefix
        )
        try:
            with answered(prefix):
                for page in pages:
                    for found in page.get("Uploads", ()):
                        key = found["Key"].removeprefix(self.config.prefix)
                        yield key, found["UploadId"], found["Initiated"]
        except ObjectMissing:
            return  # some servers say so where there are none

    def presigned(self, key: str, *, headers: Mapping[str, str], seconds: int) -> str:
        """A URL that gives the object to whoever has it, for so long; `headers` are S3's Response... ones."""
        return self.client.generate_presigned_url(
            "get_object", Params={**self._at(key), **headers}, ExpiresIn=seconds
        )

    def _at(self, key: str) -> Any:
        return {"Bucket": self.config.bucket, "Key": self.config.prefix + key}


@contextmanager
def answered(key: str) -> Iterator[None]:
    """Turn the errors of S3, and of the way to it, into the store's own."""
    try:
        yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in _MISSING:
            raise ObjectMissing(key) from error
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        kind = StorageFull if code in _FULL or status == _NO_ROOM else StorageUnavailable
        raise kind(str(error)) from error
    except BotoCoreError as error:
        raise StorageUnavailable(str(error)) from error
