"""Preconditions and ranges of RFC 9110 (sections 13 and 14): from headers to what is to be sent. Pure.

One range is served; several that can be satisfied are answered with the whole. Where the RFC leaves a choice,
nginx's is taken, because nginx may stand before the app and a client must not see which of the two answered:
HEAD mirrors GET, ranges included, and a malformed `bytes=` is refused with 416.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.http import parse_http_date_safe

_UNIT: Final = "bytes="
_SPEC: Final = re.compile(r"[ \t]*([0-9]*)[ \t]*-[ \t]*([0-9]*)[ \t]*")
_ETAG: Final = re.compile(r'(W/)?("[\x21\x23-\x7e\x80-\xff]*")')
# More digits than any size has; they are compared, never converted, beyond this.
_MOST_DIGITS: Final = 18
_BEYOND_ANY_SIZE: Final = 10**_MOST_DIGITS


@dataclass(frozen=True)
class Validators:
    """What identifies the present representation: its size in bytes, quoted strong ETag and whole second."""

    size: int
    etag: str
    last_modified: datetime

    @property
    def seconds(self) -> int:
        """Last-Modified in whole seconds since the epoch, as a header can say it."""
        return int(self.last_modified.timestamp())


@dataclass(frozen=True)
class Decision:
    """The status to answer with and, for 200 and 206, the slice of bytes to send."""

    status: int
    start: int = 0
    length: int = 0


def decide(headers: Mapping[str, str], current: Validators) -> Decision:
    """Decide on a GET or HEAD by its If-*, If-Range and Range headers: 200, 206, 304, 412 or 416."""
    whole = Decision(200, 0, current.size)
    if not _may_proceed(headers, current):
        return Decision(412)
    if _is_unchanged(headers, current):
        return Decision(304)
    value = headers.get("Range", "")
    if not _asks_for_bytes(value) or not _range_applies(headers.get("If-Range"), current):
        return whole
    return _slice(value[len(_UNIT) :], whole)


def may_write(headers: Mapping[str, str], current: Validators) -> bool:
    """Whether the If-* headers of a request that replaces the representation hold."""
    if_none_match = headers.get("If-None-Match")
    kept_out = if_none_match is not None and _lists(if_none_match, current.etag, weakly=True)
    return _may_proceed(headers, current) and not kept_out


def _may_proceed(headers: Mapping[str, str], current: Validators) -> bool:
    if_match = headers.get("If-Match")
    if if_match is not None:
        return _lists(if_match, current.etag, weakly=False)
    since = _seconds(headers.get("If-Unmodified-Since"))
    return since is None or current.seconds <= since


def _is_unchanged(headers: Mapping[str, str], current: Validators) -> bool:
    if_none_match = headers.get("If-None-Match")
    if if_none_match is not None:
        return _lists(if_none_match, current.etag, weakly=True)
    since = _seconds(headers.get("If-Modified-Since"))
    return since is not None and current.seconds <= since


def _asks_for_bytes(value: str) -> bool:
    return len(value) > len(_UNIT) and value[: len(_UNIT)].lower() == _UNIT


def _range_applies(if_range: str | None, current: Validators) -> bool:
    if if_range is None:
        return True
    if if_range.endswith('"'):
        return if_range == current.etag
    return _seconds(if_range) == current.seconds


def _slice(range_set: str, whole: Decision) -> Decision:
    found: Decision | None = None
    specs = [spec for spec in range_set.split(",") if spec.strip(" \t")]
    for spec in specs:
        bounds = _bounds(spec, whole.length)
        if bounds is None:
            return Decision(416)
        start, end = bounds
        if start < end:
            if found:
                # Two that can be satisfied: nginx does not look at the rest, be it readable or not.
                return whole
            found = Decision(206, start, end - start)
        elif start == 0:
            # Only an empty representation has nothing at its start: it is sent whole, as nothing.
            return whole
    return found or Decision(416)


def _bounds(spec: str, size: int) -> tuple[int, int] | None:
    match = _SPEC.fullmatch(spec)
    if match is None or not (match[1] or match[2]):
        return None
    first, last = match[1], match[2]
    if not first:
        return max(0, size - _number(last)), size
    return _number(first), min(size, _number(last) + 1) if last else size


def _number(digits: str) -> int:
    significant = digits.lstrip("0") or "0"
    return int(significant) if len(significant) <= _MOST_DIGITS else _BEYOND_ANY_SIZE


def _lists(value: str, etag: str, *, weakly: bool) -> bool:
    if value.strip(" \t") == "*":
        return True
    return any(found == etag and (weakly or not weak) for weak, found in _ETAG.findall(value))


def _seconds(value: str | None) -> int | None:
    return parse_http_date_safe(value) if value else None
