"""The words of tus 1.0: its headers read and checked. Pure."""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

VERSION: Final = "1.0.0"
EXTENSIONS: Final = "creation,creation-with-upload,creation-defer-length,expiration,termination,checksum"
ALGORITHMS: Final = ("sha1", "sha256", "md5")
CONTENT_TYPE: Final = "application/offset+octet-stream"
_LARGEST_NUMBER: Final = 2**63 - 1
_MOST_DIGITS: Final = 19


class InvalidHeader(ValueError):
    """A header that cannot be used; `header` is its name, the message a sentence."""

    def __init__(self, header: str, sentence: str) -> None:
        super().__init__(sentence)
        self.header = header


@dataclass(frozen=True)
class Checksum:
    """What a chunk must hash to; `digest` is raw bytes."""

    algorithm: str
    digest: bytes

    def hasher(self) -> Any:
        """A hash to feed the chunk to."""
        return hashlib.new(self.algorithm, usedforsecurity=False)


def number(headers: Mapping[str, str], name: str) -> int | None:
    """The header as a number of bytes, None where it is absent; raises InvalidHeader."""
    text = headers.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS and int(text) <= _LARGEST_NUMBER):
        raise InvalidHeader(name, "Give a number of bytes.")
    return int(text)


def length(headers: Mapping[str, str]) -> int | None:
    """Upload-Length of a creation, None where Upload-Defer-Length: 1 puts it off; raises InvalidHeader."""
    told, deferred = number(headers, "Upload-Length"), headers.get("Upload-Defer-Length")
    if deferred is not None and deferred != "1":
        raise InvalidHeader("Upload-Defer-Length", "Its only value is 1.")
    if (told is None) == (deferred is None):
        raise InvalidHeader("Upload-Length", "Give the file's size, or Upload-Defer-Length: 1 instead.")
    return told


def checksum(headers: Mapping[str, str]) -> Checksum | None:
    """Upload-Checksum, None where it is absent; raises InvalidHeader."""
    text = headers.get("Upload-Checksum")
    if text is None:
        return None
    algorithm, _, encoded = text.partition(" ")
    if algorithm not in ALGORITHMS:
        raise InvalidHeader("Upload-Checksum", f"The algorithms are {', '.join(ALGORITHMS)}.")
    digest = _decoded("Upload-Checksum", encoded.strip())
    if len(digest) != hashlib.new(algorithm, usedforsecurity=False).digest_size:
        raise InvalidHeader("Upload-Checksum", f"This is no {algorithm} in base64.")
    return Checksum(algorithm, digest)


def metadata(headers: Mapping[str, str]) -> dict[str, str]:
    """Upload-Metadata: text by key, a key without a value is empty; raises InvalidHeader."""
    found: dict[str, str] = {}
    for pair in filter(None, (each.strip() for each in headers.get("Upload-Metadata", "").split(","))):
        key, _, encoded = pair.partition(" ")
        if key in found:
            raise InvalidHeader("Upload-Metadata", f"The key {key!r} stands there twice.")
        try:
            found[key] = _decoded("Upload-Metadata", encoded.strip()).decode("utf-8")
        except UnicodeDecodeError as error:
            raise InvalidHeader("Upload-Metadata", f"The value of {key!r} is not UTF-8.") from error
    return found


def _decoded(header: str, encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidHeader(header, "Values are written in base64.") from error
