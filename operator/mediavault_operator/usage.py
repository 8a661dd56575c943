"""How much a vault is used, as its own pods tell Prometheus, and when that is worth a word in the status."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

GROUPS_MAX: Final = 16
"""Type groups that a status tells of; an image of a tenant's own could tell of any number."""
MATERIAL: Final = 100
"""A figure has changed where it differs by more than one in so many."""
_SAMPLE: Final = re.compile(
    r'(mediavault_(?:files|file_bytes|users))(?:\{group="([a-z]{1,32})"\})? ([0-9.]+(?:e[+]?[0-9]{1,2})?)'
)
_MOST: Final = 2**63 - 1


@dataclass(frozen=True, kw_only=True)
class Usage:
    """Files, their bytes by type group, and open accounts."""

    files: int
    bytes: Mapping[str, int]
    users: int


UNUSED: Final = Usage(files=0, bytes={}, users=1)


def parse_usage(text: str) -> Usage | None:
    """The use of a vault from the text of its /metrics, None where that does not tell it."""
    files, sizes, users = 0, dict[str, int](), None
    for line in text.splitlines():
        sample = _SAMPLE.fullmatch(line)
        number = None if sample is None else _number(sample[3])
        if sample is None or number is None:
            continue
        if sample[1] == "mediavault_users":
            users = number
        elif sample[2] and sample[1] == "mediavault_files":
            files += number
        elif sample[2] and len(sizes) < GROUPS_MAX:
            sizes[sample[2]] = number
    return None if users is None else Usage(files=min(files, _MOST), bytes=sizes, users=users)


def usage_told(told: Mapping[str, Any] | None, seen: Usage | None) -> Mapping[str, Any] | None:
    """What the status is to tell: what it told before, unless what was seen differs materially from that.

    A vault that nobody uses yet is not told of: a thousand new ones cost no write.
    """
    if seen is None or not _differs(_read(told), seen):
        return told
    return {"files": seen.files, "bytes": dict(seen.bytes), "users": seen.users}


def _read(told: Mapping[str, Any] | None) -> Usage:
    if told is None:
        return UNUSED
    return Usage(files=told.get("files", 0), bytes=told.get("bytes") or {}, users=told.get("users", 1))


def _differs(told: Usage, seen: Usage) -> bool:
    pairs = [(told.files, seen.files)]
    pairs += [(told.bytes.get(group, 0), seen.bytes.get(group, 0)) for group in {*told.bytes, *seen.bytes}]
    return told.users != seen.users or any(abs(old - new) * MATERIAL > old for old, new in pairs)


def _number(text: str) -> int | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return int(value) if math.isfinite(value) and value <= _MOST else None
