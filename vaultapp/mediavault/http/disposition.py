"""Content-Disposition by RFC 6266 and RFC 8187: any file name, told safely to every client. Pure."""

import unicodedata
from typing import Final
from urllib.parse import quote

# attr-char of RFC 8187; quote() leaves letters, digits and "_.-~" alone by itself.
_ATTR_CHAR: Final = "!#$&+^`|"
# Quotes and backslashes end a quoted-string too early in some clients, "%" is decoded by some, and a slash
# may have come out of a wide or letter-like one.
_UNSAFE_IN_QUOTES: Final = frozenset('"\\%/')

_JOINERS: Final = "\u200c\u200d"


def content_disposition(filename: str, *, inline: bool) -> str:
    """The header's value: an ASCII name for old clients and, where that differs, the exact one in UTF-8."""
    kind = "inline" if inline else "attachment"
    name = "".join("_" if _is_control(character) else character for character in filename)
    fallback = "".join(_ascii(character) for character in unicodedata.normalize("NFKD", name)).strip()
    value = f'{kind}; filename="{fallback or "file"}"'
    if fallback == name:
        return value
    encoded = quote(name.encode("utf-8", "replace"), safe=_ATTR_CHAR)
    return f"{value}; filename*=UTF-8''{encoded}"


def _is_control(character: str) -> bool:
    # Cc are controls such as CR and LF, Cf invisible formats such as the bidirectional overrides that make
    # "gpj.exe" read as "exe.jpg", Zl and Zp line separators, Cs lone surrogates. Slashes would name a folder.
    # Joiners stay: scripts and emoji are written with them.
    if character in _JOINERS:
        return False
    return unicodedata.category(character) in {"Cc", "Cf", "Zl", "Zp", "Cs"} or character in "/\\"


def _ascii(character: str) -> str:
    if unicodedata.combining(character):
        return ""
    return character if character.isascii() and character not in _UNSAFE_IN_QUOTES else "_"
