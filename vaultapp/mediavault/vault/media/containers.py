"""Formats that share a container, told apart by what is inside. Pure functions of a file's first bytes."""

import re
from itertools import chain
from pathlib import PurePath
from typing import Final

_RIFF: Final = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
_AIFF: Final = (b"AIFF", b"AIFC")

_BRANDS: Final = {
    b"avif": "image/avif",
    b"avis": "image/avif",
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"heim": "image/heic",
    b"hevc": "image/heic",
    b"mif1": "image/heif",
    b"msf1": "image/heif",
    b"crx ": "image/x-canon-cr3",
    b"qt  ": "video/quicktime",
    b"M4A ": "audio/mp4",
    b"M4B ": "audio/mp4",
    b"F4A ": "audio/mp4",
}
_AUDIO_SUFFIXES: Final = {".m4a", ".m4b"}

_OFFICE_PREFIX: Final = "application/vnd.openxmlformats-officedocument."
_OFFICE: Final = (
    (b"word/", ".docx", f"{_OFFICE_PREFIX}wordprocessingml.document"),
    (b"xl/", ".xlsx", f"{_OFFICE_PREFIX}spreadsheetml.sheet"),
    (b"ppt/", ".pptx", f"{_OFFICE_PREFIX}presentationml.presentation"),
)
# Whole names only: anything more would be the uploader's own text in our Content-Type.
_STORED_TYPE: Final = re.compile(rb"(application/(?:epub\+zip|vnd\.oasis\.opendocument\.[a-z-]{1,40}))PK")
_OLE: Final = {
    ".doc": "application/msword",
    ".xls": "application/vnd.ms-excel",
    ".ppt": "application/vnd.ms-powerpoint",
    ".msg": "application/vnd.ms-outlook",
}
_OGG_VIDEO: Final = (b"\x80theora", b"BBCD\0", b"\x01video")

_NO_BITRATE: Final = (0, 15)
_TS_PACKET: Final = 188


def sniff_container(head: bytes, name: str) -> str | None:
    """The media type of a container's content, or None where no known container begins."""
    alone = (sniff(head) for sniff in _BY_CONTENT)
    named = (sniff(head, _suffix(name)) for sniff in _BY_CONTENT_AND_SUFFIX)
    return next(filter(None, chain(alone, named)), None)


def _suffix(name: str) -> str:
    return PurePath(name).suffix.lower()


def _riff(head: bytes) -> str | None:
    if head[:4] == b"FORM" and head[8:12] in _AIFF:
        return "audio/aiff"
    return _RIFF.get(head[8:12]) if head[:4] == b"RIFF" else None


def _iso(head: bytes, suffix: str) -> str | None:
    if head[4:8] in (b"moov", b"mdat", b"wide", b"free") and suffix == ".mov":
        return "video/quicktime"
    if head[4:8] != b"ftyp":
        return None
    size = int.from_bytes(head[:4], "big")
    # The major brand decides; the compatible ones only where it says nothing more than "some still image".
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, min(size, 256), 4))]
    if brands[0] in (b"mif1", b"msf1"):
        brands = [*brands[1:], brands[0]]
    elif brands[0] in _BRANDS:
        brands = brands[:1]
    else:
        brands = []
    known = [_BRANDS[brand] for brand in brands if brand in _BRANDS]
    if known:
        return known[0]
    return "audio/mp4" if suffix in _AUDIO_SUFFIXES else "video/mp4"


def _matroska(head: bytes, suffix: str) -> str | None:
    if head[:4] != b"\x1a\x45\xdf\xa3":
        return None
    audio = suffix in {".mka", ".weba"}
    if b"\x42\x82\x84webm" in head[:64]:
        return "audio/webm" if audio else "video/webm"
    return "audio/matroska" if audio else "video/matroska"


def _ogg(head: bytes) -> str | None:
    if head[:4] != b"OggS":
        return None
    return "video/ogg" if any(codec in head[:4096] for codec in _OGG_VIDEO) else "audio/ogg"


def _zip(head: bytes, suffix: str) -> str | None:
    if head[:4] in (b"PK\x05\x06", b"PK\x07\x08"):
        return "application/zip"
    if head[:4] != b"PK\x03\x04":
        return None
    # OpenDocument and EPUB store their own media type, uncompressed, as the first entry.
    if head[30:38] == b"mimetype":
        stored = _STORED_TYPE.match(head, 38)
        if stored:
            return stored[1].decode("ascii")
    if b"[Content_Types].xml" in head or b"_rels/.rels" in head:
        for folder, usual, media_type in _OFFICE:
            if folder in head or suffix == usual:
                return media_type
    return "application/zip"


def _ole(head: bytes, suffix: str) -> str | None:
    if head[:8] != b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return None
    return _OLE.get(suffix, "application/x-ole-storage")


def _bitmap(head: bytes) -> str | None:
    # Two letters are too few to go by: the reserved words are zero and the header has a known size.
    known_header = head[14:18] in (b"\x0c\0\0\0", b"\x28\0\0\0", b"\x40\0\0\0", b"\x6c\0\0\0", b"\x7c\0\0\0")
    return "image/bmp" if head[:2] == b"BM" and head[6:10] == b"\0\0\0\0" and known_header else None


def _transport_stream(head: bytes) -> str | None:
    packets = head[: _TS_PACKET * 3 : _TS_PACKET]
    return "video/mp2t" if packets == b"GGG" and head[3] & 0x30 else None


def _executable(head: bytes) -> str | None:
    binary = head[:2] == b"MZ" and b"\0" in head[:64]
    return "application/vnd.microsoft.portable-executable" if binary else None


def _mpeg_audio(head: bytes) -> str | None:
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    if head[1] & 0xF6 == 0xF0:
        return "audio/aac"
    version, layer, bitrate, rate = head[1] >> 3 & 3, head[1] >> 1 & 3, head[2] >> 4, head[2] >> 2 & 3
    # Layer I is left out: its first bytes are also the byte order mark of UTF-16 text.
    valid = version != 1 and layer in (1, 2) and bitrate not in _NO_BITRATE and rate != 3
    return "audio/mpeg" if valid else None


_BY_CONTENT: Final = (_riff, _ogg, _bitmap, _executable, _transport_stream, _mpeg_audio)
_BY_CONTENT_AND_SUFFIX: Final = (_iso, _matroska, _zip, _ole)
