"""The keys of the store: content addresses per owner. Pure; names of people never stand in a key."""

import re
from typing import Final

BLOBS: Final = "blobs/"
THUMBNAILS: Final = "thumbnails/"

# Raised whenever thumbnails of the same bytes would come out differently.
THUMBNAIL_RECIPE: Final = "v2"

_SHA256 = re.compile(r"[0-9a-f]{64}")
_TEMPORARY = re.compile(r"[0-9a-f]{32}")
_KEY = re.compile(
    r"(?:blobs/[0-9]{1,20}/[0-9a-f]{2}/[0-9a-f]{64}"
    r"|thumbnails/[0-9]{1,20}/[0-9a-f]{2}/[0-9a-f]{64}-v[0-9]{1,4}-(?:small|large)\.webp)"
)


def blob_key(owner_id: int, sha256: str) -> str:
    """Key of an owner's blob with this content hash (64 hexadecimal digits)."""
    return f"{BLOBS}{_address(owner_id, sha256)}"


def thumbnail_key(owner_id: int, sha256: str, size: str) -> str:
    """Key of the picture of that size, "small" or "large", made of an owner's blob by the present recipe."""
    return f"{THUMBNAILS}{_address(owner_id, sha256)}-{THUMBNAIL_RECIPE}-{size}.webp"


def is_key(text: str) -> bool:
    """Whether the text is a key of the store; anything else never becomes a path."""
    return _KEY.fullmatch(text) is not None


def checked_key(text: str) -> str:
    """The text, which is a key of the store (ValueError where it is not)."""
    if not is_key(text):
        raise ValueError(f"not a key of the store: {text!r}")
    return text


def checked_name(text: str) -> str:
    """The text, which is the name of a temporary; anything else never becomes a path (ValueError)."""
    if not _TEMPORARY.fullmatch(text):
        raise ValueError(f"not the name of a temporary: {text!r}")
    return text


def _address(owner_id: int, sha256: str) -> str:
    if owner_id < 0 or not _SHA256.fullmatch(sha256):
        raise ValueError(f"not an owner and a SHA-256: {owner_id!r}, {sha256!r}")
    return f"{owner_id}/{sha256[:2]}/{sha256}"
