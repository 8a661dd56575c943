"""The beginning of texts."""

from io import BytesIO

import pytest

from mediavault.vault.media.examination import State, examine, is_quick
from mediavault.vault.media.texts import excerpt_of


@pytest.mark.parametrize(
    ("content", "excerpt"),
    [
        (b"", ""),
        (b"one\r\ntwo\rthree\tfour", "one\ntwo\nthree\tfour"),
        ("\ufeffgrün".encode(), "grün"),
        ("grün".encode("utf-16"), "grün"),
        ("grün".encode("cp1252"), "grün"),
        (b"a\0b\x1b[31mc\x7f\xc2\x85", "ab[31mc"),
        ("a\u202eb".encode(), "ab"),
        (b"\xff\xfe\x00\xd8", "\ufffd"),
        (b"x" * 5000, "x" * 1000),
        (("\N{GRINNING FACE}" * 5000).encode(), "\N{GRINNING FACE}" * 1000),
        (b"x" + ("ü" * 5000).encode(), "x" + "ü" * 999),
    ],
)
def test_an_excerpt_is_readable_whatever_the_bytes(content: bytes, excerpt: str) -> None:
    assert excerpt_of(BytesIO(content)) == excerpt


@pytest.mark.parametrize("media_type", ["text/plain", "text/csv", "application/json", "text/html"])
def test_texts_are_ready_at_once_without_a_picture(media_type: str) -> None:
    found = examine(BytesIO(b"some text"), content_type=media_type)
    assert (found.state, found.facts, found.pictures) == (State.READY, {"excerpt": "some text"}, {})
    assert is_quick(media_type)
