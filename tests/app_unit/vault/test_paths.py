"""Names and paths, against a corpus of what people and attackers call files."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediavault.vault.paths import (
    MAX_NAME_BYTES,
    InvalidName,
    clean_name,
    free_name,
    name_key,
    numbered,
    paths_of,
)

ACCEPTED = [
    "a",
    "photo.jpg",
    ".hidden",
    "...three dots first",
    "CON",
    "con.txt",
    "'; DROP TABLE vault_file; --",
    "<img src=x onerror=alert(1)>",
    '"quoted".txt',
    "100%.txt",
    "%00",
    "${jndi:ldap:x}",
    "~",
    "-rf",
    "日本語.txt",
    "Ω≈ç√∫µ≤≥÷",
    "👩‍👩‍👧‍👦.png",
    "العربية.pdf",
    "עברית.pdf",
    "x" * 255,
    "é" * 127,
    "😀" * 63,
    "a:b*c?d|e",
    "null",
    "None",
    "0",
    "a\u200bb",
]
REFUSED = [
    "",
    " ",
    "\u3000",
    ".",
    "..",
    " .. ",
    "a/b",
    "/",
    "a\\b",
    "..\\..\\etc",
    "a\x00",
    "a\nb",
    "a\r\nSet-Cookie: x",
    "a\tb",
    "a\x1b[31m",
    "a\x7f",
    "a\x85",
    "a\u2028b",
    "a\u2029b",
    "photo\u202egpj.exe",
    "a\u2066b",
    "a\u202ab",
    "dot.",
    "dots...",
    "\u00a0a",
    "a\u2003",
    "x" * 256,
    "é" * 128,
    "😀" * 64,
    "\ud800",
    "a\udfffb",
    "a\ufffe",
    "a\uffff",
    "a\ufdd0",
    "\U0001ffff",
]


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_name_that_people_use_is_kept_as_it_is(name: str) -> None:
    assert clean_name(name) == name


@pytest.mark.parametrize("name", REFUSED, ids=ascii)
def test_a_name_that_does_harm_is_refused_with_a_reason(name: str) -> None:
    with pytest.raises(InvalidName, match=r"^A name must|^A name may"):
        clean_name(name)


def test_white_space_around_a_name_is_dropped() -> None:
    assert clean_name("  a b  ") == "a b"


def test_a_name_is_kept_in_its_composed_form() -> None:
    assert clean_name("u\u0308.txt") == "ü.txt"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Photo.JPG", "photo.jpg"),
        ("u\u0308", "Ü"),
        ("straße", "STRASSE"),
        ("ﬁn", "FIN"),
        ("Σίσυφος", "ΣΊΣΥΦΟΣ"),
        ("\u01f0", "J\u030c"),
        ("\u1e9e", "ss"),
    ],
)
def test_names_that_look_alike_share_a_key(one: str, other: str) -> None:
    assert name_key(clean_name(one)) == name_key(clean_name(other))


@pytest.mark.parametrize(
    ("one", "other"), [("a", "b"), ("a", "a "), ("\u0131", "i"), ("é", "e"), ("a.txt", "a_txt")]
)
def test_names_that_differ_have_keys_that_differ(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


@given(st.text(max_size=300))
def test_a_cleaned_name_is_safe_and_stable(text: str) -> None:
    try:
        name = clean_name(text)
    except InvalidName:
        return
    assert clean_name(name) == name == unicodedata.normalize("NFC", name)
    assert 0 < len(name.encode()) <= MAX_NAME_BYTES
    assert not set(name) & set("/\\\0\r\n")
    assert len(name_key(name)) <= 3 * MAX_NAME_BYTES
    assert name_key(name_key(name)) == name_key(name)


@given(st.text(min_size=1, max_size=255), st.integers(1, 10**6))
def test_a_numbered_name_is_a_name_still(text: str, number: int) -> None:
    try:
        name = clean_name(text)
    except InvalidName:
        return
    again = numbered(name, number)
    assert f"({number})" in again
    assert len(again.encode()) <= MAX_NAME_BYTES


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.jpg", "a (1).jpg"),
        ("a", "a (1)"),
        (".hidden", ".hidden (1)"),
        ("a.tar.gz", "a.tar (1).gz"),
        ("x" * 251 + ".jpg", "x" * 247 + " (1).jpg"),
        ("a." + "x" * 250, "a." + "x" * 249 + " (1)"),
        ("é" * 125 + ".jpg", "é" * 123 + " (1).jpg"),
    ],
)
def test_the_number_stands_before_the_extension(name: str, expected: str) -> None:
    assert numbered(name, 1) == expected


def test_a_free_name_is_the_first_that_nobody_has() -> None:
    assert free_name("A.txt", {"a.txt", "a (1).txt", "a (3).txt"}) == ("A (2).txt", 2)
    assert free_name("A.txt", {"a.txt", "a (1).txt", "a (3).txt"}, beyond=2) == ("A (4).txt", 4)


def test_paths_follow_from_parents() -> None:
    folders = {3: (2, "c"), 1: (None, "a"), 2: (1, "b"), 4: (None, "d")}
    assert paths_of(folders) == {1: "/a", 2: "/a/b", 3: "/a/b/c", 4: "/d"}
