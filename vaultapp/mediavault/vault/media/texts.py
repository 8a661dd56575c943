"""The beginning of a text, as much as one reads at a glance; no decoder but Python's own ever sees it."""

import codecs
from typing import BinaryIO, Final

_EXCERPT_CHARACTERS: Final = 1000
# UTF-8 and UTF-16 have at most four bytes to a character.
_EXCERPT_BYTES: Final = 4 * _EXCERPT_CHARACTERS + 4
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_APPLICATIONS: Final = frozenset(
    {
        "application/json",
        "application/geo+json",
        "application/yaml",
        "application/toml",
        "application/xml",
        "application/x-subrip",
    }
)


def is_text(content_type: str) -> bool:
    """Whether files of this sniffed type are for people to read as they are."""
    return content_type.startswith("text/") or content_type in _APPLICATIONS


def excerpt_of(source: BinaryIO) -> str:
    """The first characters, at most 1,000, with nothing but line breaks and tabs for control characters."""
    source.seek(0)
    text = _decoded(source.read(_EXCERPT_BYTES)).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(char for char in text if char.isprintable() or char in "\n\t")[:_EXCERPT_CHARACTERS]


def _decoded(head: bytes) -> str:
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return head[len(mark) :].decode(encoding, "replace")
    try:
        # The last character may be cut in two.
        return codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return head.decode("cp1252", "replace")
