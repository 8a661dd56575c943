"""The bytes by which formats begin; containers.py tells apart those that share a container. Pure data."""

from typing import Final, NamedTuple


class Signature(NamedTuple):
    """A format has `magic` at `offset`."""

    offset: int
    magic: bytes
    media_type: str


SIGNATURES: Final = (
    Signature(0, b"\xff\xd8\xff", "image/jpeg"),
    Signature(0, b"\x89PNG\r\n\x1a\n", "image/png"),
    Signature(0, b"GIF87a", "image/gif"),
    Signature(0, b"GIF89a", "image/gif"),
    Signature(0, b"II*\0\x10\0\0\0CR", "image/x-canon-cr2"),
    Signature(0, b"II*\0", "image/tiff"),
    Signature(0, b"MM\0*", "image/tiff"),
    Signature(0, b"II+\0", "image/tiff"),
    Signature(0, b"MM\0+", "image/tiff"),
    Signature(0, b"\0\0\1\0", "image/vnd.microsoft.icon"),
    Signature(0, b"8BPS\0\1", "image/vnd.adobe.photoshop"),
    Signature(0, b"8BPS\0\2", "image/vnd.adobe.photoshop"),
    Signature(0, b"\xff\x0a", "image/jxl"),
    Signature(0, b"\0\0\0\x0cJXL \r\n\x87\n", "image/jxl"),
    Signature(0, b"\0\0\0\x0cjP  \r\n\x87\n", "image/jp2"),
    Signature(0, b"ID3\2", "audio/mpeg"),
    Signature(0, b"ID3\3", "audio/mpeg"),
    Signature(0, b"ID3\4", "audio/mpeg"),
    Signature(0, b"fLaC", "audio/flac"),
    Signature(0, b"MThd\0\0\0\6", "audio/midi"),
    Signature(0, b"#!AMR", "audio/amr"),
    Signature(0, b"FLV\1", "video/x-flv"),
    Signature(0, b"\0\0\1\xba", "video/mpeg"),
    Signature(0, b"\0\0\1\xb3", "video/mpeg"),
    Signature(0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c", "video/x-ms-asf"),
    Signature(0, b"%PDF-", "application/pdf"),
    Signature(0, b"%!PS", "application/postscript"),
    Signature(0, b"{\\rtf", "application/rtf"),
    Signature(0, b"\x1f\x8b\x08", "application/gzip"),
    Signature(4, b"1AY&SY", "application/x-bzip2"),
    Signature(0, b"\xfd7zXZ\0", "application/x-xz"),
    Signature(0, b"\x28\xb5\x2f\xfd", "application/zstd"),
    Signature(0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    Signature(0, b"Rar!\x1a\x07", "application/vnd.rar"),
    Signature(257, b"ustar", "application/x-tar"),
    Signature(0, b"wOFF", "font/woff"),
    Signature(0, b"wOF2", "font/woff2"),
    Signature(0, b"\0\1\0\0\0", "font/ttf"),
    Signature(0, b"OTTO\0", "font/otf"),
    Signature(0, b"SQLite format 3\0", "application/vnd.sqlite3"),
    Signature(0, b"\0asm", "application/wasm"),
    Signature(0, b"\x7fELF", "application/x-elf"),
)
