"""Sniffing: what content says, whatever the name claims."""

import io
import tarfile
import time
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from mediavault.vault.media.presentation import presented
from mediavault.vault.media.sniffing import sniff_type


def archive(*names: str, mimetype: str = "") -> bytes:
    result = io.BytesIO()
    with zipfile.ZipFile(result, "w") as made:
        if mimetype:
            made.writestr("mimetype", mimetype)
        for name in names:
            made.writestr(name, "x")
    return result.getvalue()


def tar() -> bytes:
    result = io.BytesIO()
    with tarfile.open(fileobj=result, mode="w") as made:
        made.addfile(tarfile.TarInfo("a"))
    return result.getvalue()


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("JPEG", "image/jpeg"),
        ("PNG", "image/png"),
        ("GIF", "image/gif"),
        ("WEBP", "image/webp"),
        ("AVIF", "image/avif"),
        ("TIFF", "image/tiff"),
        ("BMP", "image/bmp"),
        ("ICO", "image/vnd.microsoft.icon"),
        ("JPEG2000", "image/jp2"),
        ("PDF", "application/pdf"),
    ],
)
def test_images_are_known_by_their_bytes_under_any_name(
    kind: str, expected: str, encode: Callable[..., bytes], quadrants: Image.Image
) -> None:
    for name in ("", "page.html", "x.mp4"):
        assert sniff_type(encode(quadrants, kind), name=name) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.mp4", "video/mp4"),
        ("a.mov", "video/quicktime"),
        ("a.webm", "video/webm"),
        ("a.mkv", "video/matroska"),
        ("a.avi", "video/x-msvideo"),
        ("a.ogv", "video/ogg"),
        ("a.ts", "video/mp2t"),
        ("a.mpg", "video/mpeg"),
        ("a.flv", "video/x-flv"),
        ("a.wmv", "video/x-ms-asf"),
        ("a.mp3", "audio/mpeg"),
        ("a.m4a", "audio/mp4"),
        ("a.flac", "audio/flac"),
        ("a.wav", "audio/wav"),
        ("a.oga", "audio/ogg"),
        ("a.aac", "audio/aac"),
        ("a.aiff", "audio/aiff"),
    ],
)
def test_recordings_are_known_by_their_bytes(
    name: str, expected: str, recorded: Callable[[str], bytes]
) -> None:
    assert sniff_type(recorded(name)[:65536], name="") == expected
    assert sniff_type(recorded(name)[:65536], name="page.html") == expected


def test_sound_without_a_tag_is_known_too(recorded: Callable[..., bytes]) -> None:
    bare = recorded("bare.mp3")
    assert sniff_type(bare[bare.index(b"\xff\xfb") :], name="") == "audio/mpeg"


OFFICE = "application/vnd.openxmlformats-officedocument."


@pytest.mark.parametrize(
    ("head", "name", "expected"),
    [
        (archive("a.txt"), "a.zip", "application/zip"),
        (archive(), "empty.zip", "application/zip"),
        (archive("[Content_Types].xml", "word/document.xml"), "", f"{OFFICE}wordprocessingml.document"),
        (
            archive("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml"),
            "",
            f"{OFFICE}spreadsheetml.sheet",
        ),
        (archive("[Content_Types].xml"), "a.pptx", f"{OFFICE}presentationml.presentation"),
        (archive("a.txt"), "a.docx", "application/zip"),
        (archive(mimetype="application/epub+zip"), "", "application/epub+zip"),
        (archive(mimetype="application/epub+zip, text/css;"), "", "application/zip"),
        (archive(mimetype="application/vnd.oasis.opendocument.a;b=c"), "", "application/zip"),
        (
            archive(mimetype="application/vnd.oasis.opendocument.text"),
            "",
            "application/vnd.oasis.opendocument.text",
        ),
        (archive(mimetype="text/html"), "", "application/zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(64), "a.doc", "application/msword"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(64), "a.jpg", "application/x-ole-storage"),
        (tar(), "", "application/x-tar"),
        (b"\x1f\x8b\x08\0", "", "application/gzip"),
        (b"MZ\x90\0\3\0", "photo.jpg", "application/vnd.microsoft.portable-executable"),
        (b"\x7fELF\2", "", "application/x-elf"),
        (b"{\\rtf1", "", "application/rtf"),
        (b"", "a.jpg", "application/x-empty"),
        (b"\0\1\2\3", "a.jpg", "application/octet-stream"),
    ],
)
def test_documents_and_archives(head: bytes, name: str, expected: str) -> None:
    assert sniff_type(head, name=name) == expected


@pytest.mark.parametrize(
    ("head", "name", "expected"),
    [
        (b"hello", "a.jpg", "text/plain"),
        (b"a,b\n1,2", "a.csv", "text/csv"),
        (b"# Title", "a.md", "text/markdown"),
        (b"alert(1)", "a.js", "text/javascript"),
        ("Gr\u00fc\u00dfe".encode(), "", "text/plain"),
        ("Gr\u00fc\u00dfe".encode("latin-1"), "", "text/plain"),
        ("hello".encode("utf-16"), "", "text/plain"),
        (b"MZ is how it begins", "", "text/plain"),
        (b"ID3 is a tag", "", "text/plain"),
        (b"BM is short", "", "text/plain"),
        (b"GGG" * 300, "", "text/plain"),
    ],
)
def test_text_takes_its_kind_from_the_name(head: bytes, name: str, expected: str) -> None:
    assert sniff_type(head, name=name) == expected


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"<html>", "text/html"),
        (b"  \n<!DOCTYPE html>", "text/html"),
        (b"<!-- a --><!-- b -->\n<SCRIPT>alert(1)</SCRIPT>", "text/html"),
        (b"\xef\xbb\xbf<script >", "text/html"),
        ("<body onload=x>".encode("utf-16"), "text/html"),
        (b"<svg onload='alert(1)'>", "image/svg+xml"),
        (b"<?xml version='1.0'?><!-- x --><svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
        (b"<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' 'x' [<!ENTITY a 'b>'>]><svg/>", "image/svg+xml"),
        (b"<?xml version='1.0'?><s:svg xmlns:s='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
        (b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'/>", "application/xhtml+xml"),
        (b"<?xml version='1.0'?><feed/>", "application/xml"),
    ],
)
def test_markup_is_found_under_a_harmless_name_and_is_never_inline(head: bytes, expected: str) -> None:
    found = sniff_type(head, name="holiday.jpg")
    assert found == expected
    assert not presented(found).inline
    assert presented(found).content_type == "application/octet-stream"


SCRIPT = b"<script>alert(document.cookie)</script>"


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"GIF89a/*" + SCRIPT + b"*/=1;alert(1)", "image/gif"),
        (b"\xff\xd8\xff\xe0" + SCRIPT, "image/jpeg"),
        (b"%PDF-1.4\n" + SCRIPT, "application/pdf"),
        (b"RIFF\0\0\0\0WAVE" + SCRIPT, "audio/wav"),
        (b"\0\0\0\x18ftypmp42" + SCRIPT, "video/mp4"),
        (b"PK\x03\x04" + bytes(26) + SCRIPT, "application/zip"),
    ],
)
def test_a_file_that_is_two_things_at_once_is_sent_as_what_cannot_run(head: bytes, expected: str) -> None:
    found = sniff_type(head, name="both.html")
    assert found == expected
    assert presented(found).content_type == expected


@given(st.binary(max_size=200), st.text(max_size=20))
def test_every_content_has_a_type_and_the_name_never_breaks_it(head: bytes, name: str) -> None:
    found = sniff_type(head, name=name)
    assert found.count("/") == 1
    assert found.isascii()
    assert found.isprintable()


@pytest.mark.parametrize(
    "piece", [b"<!---->", b"<!--", b"<?", b"<?x?>", b"<!doctype[", b" ", b"<!-->", b"<a"]
)
def test_no_content_takes_long_to_look_at(piece: bytes) -> None:
    started = time.process_time()
    sniff_type((piece * 65536)[:65536], name="a.txt")
    assert time.process_time() - started < 0.5
