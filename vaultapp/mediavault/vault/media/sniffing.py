"""What a file is, by its content. The name only chooses where content leaves it open. Pure."""

import codecs
import re
from pathlib import PurePath
from typing import Final

from mediavault.vault.media.containers import sniff_container
from mediavault.vault.media.signatures import SIGNATURES

UNKNOWN: Final = "application/octet-stream"
_EMPTY: Final = "application/x-empty"

_TEXT_SUFFIXES: Final = {
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".json": "application/json",
    ".geojson": "application/geo+json",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
    ".toml": "application/toml",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "application/xhtml+xml",
    ".svg": "image/svg+xml",
    ".xml": "application/xml",
    ".ics": "text/calendar",
    ".vcf": "text/vcard",
    ".vtt": "text/vtt",
    ".srt": "application/x-subrip",
}

_BYTE_ORDER_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# The bytes that text never has, as the WHATWG MIME Sniffing standard lists them.
_BINARY: Final = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_HTML: Final = re.compile(
    r"(?>(?>\s+|<!--.*?-->)*)<(?:!doctype\s+html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p"
    r"|img|meta|link|form|object|embed|base)[\s/>]",
    re.IGNORECASE | re.DOTALL,
)
# Atomic groups, so that no file can be made that takes long to look at.
_PROLOG: Final = r"(?>(?>\s+|<\?.*?\?>|<!--.*?-->|<!doctype[^>\[]*(?:\[.*?\]\s*)?>)*)"
_SVG: Final = re.compile(_PROLOG + r"<(?:[\w.-]+:)?svg[\s/>]", re.IGNORECASE | re.DOTALL)
_XHTML: Final = re.compile(_PROLOG + r"<(?:[\w.-]+:)?html[\s/>]", re.IGNORECASE | re.DOTALL)


def sniff_type(head: bytes, *, name: str) -> str:
    """Media type of the file that begins with `head` (some kilobytes are enough); never empty."""
    if not head:
        return _EMPTY
    for offset, magic, media_type in SIGNATURES:
        if head.startswith(magic, offset):
            return media_type
    return sniff_container(head, name) or _sniff_text(head, PurePath(name).suffix.lower()) or UNKNOWN


def _sniff_text(head: bytes, suffix: str) -> str | None:
    text = _decoded(head)
    if text is None:
        return None
    return _markup(text.lstrip("\ufeff")) or _TEXT_SUFFIXES.get(suffix, "text/plain")


def _decoded(head: bytes) -> str | None:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return head[len(mark) :].decode(encoding, "replace")
    return None if _BINARY.search(head) else head.decode("utf-8", "replace")


def _markup(text: str) -> str | None:
    if _SVG.match(text):
        return "image/svg+xml"
    if text.lstrip().startswith("<?xml"):
        return "application/xhtml+xml" if _XHTML.match(text) else "application/xml"
    return "text/html" if _HTML.match(text) else None
