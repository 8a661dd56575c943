"""SHA-256 that clients send along, in the forms of RFC 9530 and of hexadecimal text. Pure."""

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Final

# Of a body that is stored as it comes, without a content coding, both say the same.
HEADERS: Final = ("Repr-Digest", "Content-Digest")
_MEMBER: Final = re.compile(r"(?:^|,)[ \t]*sha-256[ \t]*=[ \t]*([^,]*)")
_BYTES: Final = re.compile(r":([A-Za-z0-9+/]*={0,2}):[ \t]*(?:;.*)?")
_HEXADECIMAL: Final = re.compile(r"[0-9a-f]{64}")
_SIZE: Final = 32
SHA256_PATTERN: Final = "^[0-9A-Fa-f]{64}$"


class InvalidDigest(ValueError):
    """A text that is no SHA-256; `field` is the header or field it stood in."""

    def __init__(self, field: str, form: str) -> None:
        super().__init__(f"This is not a SHA-256; write it as {form}.")
        self.field = field


def from_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The SHA-256 that each of HEADERS tells, as hexadecimal text; other algorithms are passed over.

    Raises InvalidDigest.
    """
    found: dict[str, str] = {}
    for header in HEADERS:
        for value in _MEMBER.findall(headers.get(header, "")):
            found[header] = _from_bytes(value.strip(), header)
    return found


def from_hexadecimal(text: str, *, field: str) -> str:
    """The SHA-256 in lower case; raises InvalidDigest."""
    lowered = text.strip().lower()
    if not _HEXADECIMAL.fullmatch(lowered):
        raise InvalidDigest(field, "64 hexadecimal digits")
    return lowered


def _from_bytes(value: str, header: str) -> str:
    match = _BYTES.fullmatch(value)
    try:
        digest = base64.b64decode(match[1], validate=True) if match else b""
    except binascii.Error:
        digest = b""
    if len(digest) != _SIZE:
        raise InvalidDigest(header, "sha-256=:BASE64:")
    return digest.hex()
