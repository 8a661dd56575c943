"""The rules of names and paths: pure text, no database."""

import unicodedata
from collections.abc import Mapping

MAX_NAME_BYTES = 255
MAX_DEPTH = 64
_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_SEPARATORS = frozenset("/\\")
_LINE_CATEGORIES = frozenset(("Cc", "Zl", "Zp"))


class InvalidName(ValueError):
    """A text that cannot name a file or folder; its message says why, as a sentence."""


def clean_name(text: str) -> str:
    """`text` as a name: NFC, without white space around it; raises InvalidName."""
    if any(unicodedata.category(character) == "Cs" for character in text):
        raise InvalidName("A name must be valid Unicode; this one holds half of a surrogate pair.")
    name = unicodedata.normalize("NFC", text.strip(" "))
    if not name or not name.strip():
        raise InvalidName("A name must not be empty.")
    if name in (".", ".."):
        raise InvalidName("A name must not be '.' or '..'.")
    _check_characters(name)
    if name.endswith("."):
        raise InvalidName("A name must not end with a dot; some systems drop it.")
    if len(name.encode()) > MAX_NAME_BYTES:
        raise InvalidName(
            f"A name may have at most {MAX_NAME_BYTES} bytes in UTF-8; this one has {len(name.encode())}."
        )
    return name


def _check_characters(name: str) -> None:
    for character in name:
        if character in _SEPARATORS:
            raise InvalidName(f"A name must not hold {character!r}; folders are made with /api/folders/.")
        if unicodedata.category(character) in _LINE_CATEGORIES:
            raise InvalidName("A name must not hold control characters or line breaks.")
        if character in _BIDI_CONTROLS:
            raise InvalidName("A name must not hold characters that turn the direction of text around.")
        if _is_noncharacter(ord(character)):
            raise InvalidName("A name must not hold code points that Unicode keeps for internal use.")
    if name != name.strip():
        raise InvalidName("A name must not begin or end with white space.")


def _is_noncharacter(code_point: int) -> bool:
    return 0xFDD0 <= code_point <= 0xFDEF or code_point & 0xFFFE == 0xFFFE


def name_key(name: str) -> str:
    """What two names of one folder must not share: the name without case and Unicode form."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())


def numbered(name: str, number: int) -> str:
    """`name` with ` (number)` before its extension, shortened where it would grow beyond the limit."""
    stem, dot, extension = name.rpartition(".")
    if not stem:
        stem, dot, extension = name, "", ""
    ending = f" ({number}){dot}{extension}"
    if len(ending.encode()) > MAX_NAME_BYTES // 2:
        stem, ending = name, f" ({number})"
    room = MAX_NAME_BYTES - len(ending.encode())
    return stem.encode()[:room].decode("utf-8", "ignore").rstrip() + ending


def free_name(name: str, taken: set[str] | frozenset[str], *, beyond: int = 0) -> tuple[str, int]:
    """The first numbered form of `name` whose key is not in `taken`, and its number, above `beyond`."""
    number = beyond + 1
    while name_key(candidate := numbered(name, number)) in taken:
        number += 1
    return candidate, number


def join(parent: str, name: str) -> str:
    """The path of `name` in the folder at `parent`; the root is the empty text."""
    return f"{parent}/{name}"


def paths_of(folders: Mapping[int, tuple[int | None, str]]) -> dict[int, str]:
    """The path of every folder, given each one's parent id and name; all ancestors must be among them."""
    known: dict[int, str] = {}
    for folder_id in folders:
        climb: list[int] = []
        at: int | None = folder_id
        while at is not None and at not in known:
            climb.append(at)
            at = folders[at][0]
        path = known[at] if at is not None else ""
        for each in reversed(climb):
            path = known[each] = join(path, folders[each][1])
    return known
