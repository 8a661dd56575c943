"""Where everything stands in a zip of stored entries, by APPNOTE 6.3.10: offsets and bytes. Pure."""

import struct
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate
from typing import Final

_FULL_16: Final = 0xFFFF
_FULL_32: Final = 0xFFFFFFFF
_LOCAL: Final = struct.Struct("<4s5H3L2H")
_CENTRAL: Final = struct.Struct("<4s6H3L5H2L")
_END_64: Final = struct.Struct("<4sQ2H2L4Q")
_LOCATOR_64: Final = struct.Struct("<4sLQL")
_END: Final = struct.Struct("<4s4H2LH")
_UTF_8: Final = 1 << 11
_VERSION: Final = 20
_VERSION_64: Final = 45
_UNIX: Final = 3 << 8
_FILE_MODE: Final = 0o100644 << 16
_FOLDER_MODE: Final = (0o040755 << 16) | 0x10
_FIRST_YEAR: Final = 1980
_LAST_YEAR: Final = 2107


@dataclass(frozen=True, slots=True)
class Entry:
    """A file, whose bytes the store has under `key`, or an empty folder, whose name ends with a slash."""

    name: str
    modified: datetime
    key: str = ""
    size: int = 0
    crc32: int = 0


@dataclass(frozen=True, slots=True)
class Content:
    """A part of the bytes of an entry, to be read from where they live."""

    key: str
    start: int
    length: int


class Layout:
    """A zip of these entries in this order; `size` is that of the whole in bytes."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = entries
        lengths = (_local_size(each) + each.size for each in entries)
        self._locals = array("Q", accumulate(lengths, initial=0))
        records = (len(self._record(index)) for index in range(len(entries)))
        self._records = array("Q", accumulate(records, initial=self._locals[-1]))
        self.size = self._records[-1] + len(self._end())

    def parts(self, start: int, length: int) -> Iterator[bytes | Content]:
        """What stands in this slice, in order: bytes of headers, and contents of entries."""
        stop = start + length
        for at, part in self._parts_from(start):
            if at >= stop:
                return
            size = part.length if isinstance(part, Content) else len(part)
            first, last = max(start - at, 0), min(stop - at, size)
            if first < last:
                yield _cut(part, first, last)

    def _parts_from(self, start: int) -> Iterator[tuple[int, bytes | Content]]:
        count = len(self._entries)
        for index in range(bisect_right(self._locals, start) - 1, count):
            entry, at = self._entries[index], self._locals[index]
            yield at, _local_header(entry)
            yield at + _local_size(entry), Content(entry.key, 0, entry.size)
        for index in range(max(bisect_right(self._records, start) - 1, 0), count):
            yield self._records[index], self._record(index)
        yield self._records[-1], self._end()

    def _record(self, index: int) -> bytes:
        entry, offset = self._entries[index], self._locals[index]
        name = entry.name.encode()
        large = [each for each in (*_sizes_64(entry), offset) if each >= _FULL_32]
        extra = _extra_64(large)
        size = min(entry.size, _FULL_32)
        return (
            _CENTRAL.pack(
                b"PK\1\2",
                _UNIX | _VERSION_64,
                _VERSION_64 if large else _VERSION,
                _UTF_8,
                0,
                *_dos_time(entry.modified),
                entry.crc32,
                size,
                size,
                len(name),
                len(extra),
                0,
                0,
                0,
                _FOLDER_MODE if entry.name.endswith("/") else _FILE_MODE,
                min(offset, _FULL_32),
            )
            + name
            + extra
        )

    def _end(self) -> bytes:
        count, start, stop = len(self._entries), self._locals[-1], self._records[-1]
        size = stop - start
        end = _END.pack(
            b"PK\5\6",
            0,
            0,
            min(count, _FULL_16),
            min(count, _FULL_16),
            min(size, _FULL_32),
            min(start, _FULL_32),
            0,
        )
        if count < _FULL_16 and size < _FULL_32 and start < _FULL_32:
            return end
        end_64 = _END_64.pack(
            b"PK\6\6",
            _END_64.size - 12,
            _UNIX | _VERSION_64,
            _VERSION_64,
            0,
            0,
            count,
            count,
            size,
            start,
        )
        return end_64 + _LOCATOR_64.pack(b"PK\6\7", 0, stop, 1) + end


def _cut(part: bytes | Content, first: int, last: int) -> bytes | Content:
    if isinstance(part, Content):
        return Content(part.key, part.start + first, last - first)
    return part[first:last]


def _local_header(entry: Entry) -> bytes:
    name, sizes = entry.name.encode(), _sizes_64(entry)
    extra = _extra_64(sizes)
    size = min(entry.size, _FULL_32)
    header = _LOCAL.pack(
        b"PK\3\4",
        _VERSION_64 if sizes else _VERSION,
        _UTF_8,
        0,
        *_dos_time(entry.modified),
        entry.crc32,
        size,
        size,
        len(name),
        len(extra),
    )
    return header + name + extra


def _local_size(entry: Entry) -> int:
    return _LOCAL.size + len(entry.name.encode()) + len(_extra_64(_sizes_64(entry)))


def _sizes_64(entry: Entry) -> list[int]:
    return [entry.size, entry.size] if entry.size >= _FULL_32 else []


def _extra_64(values: list[int]) -> bytes:
    return struct.pack(f"<2H{len(values)}Q", 1, 8 * len(values), *values) if values else b""


def _dos_time(moment: datetime) -> tuple[int, int]:
    """Time and date as DOS has them, in UTC and steps of two seconds."""
    utc = moment.astimezone(UTC)
    year = min(max(utc.year, _FIRST_YEAR), _LAST_YEAR) - _FIRST_YEAR
    return utc.hour << 11 | utc.minute << 5 | utc.second // 2, year << 9 | utc.month << 5 | utc.day
