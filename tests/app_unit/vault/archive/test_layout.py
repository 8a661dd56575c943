"""The layout of a zip, read by the standard library; large entries have no real bytes."""

import io
import random
import zipfile
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from mediavault.vault.archive.layout import Content, Entry, Layout

NOON = datetime(2026, 5, 6, 12, 30, 8, tzinfo=UTC)
GIB = 2**30
NAMES = ["a.txt", "été/ß.txt", "\U0001f4a9.jpg", "con:aux?.txt", "-rf", "$(id)", "a" * 255, "empty/"]


def whole(layout: Layout, contents: dict[str, bytes], start: int = 0, length: int | None = None) -> bytes:
    return b"".join(
        contents[part.key][part.start : part.start + part.length] if isinstance(part, Content) else part
        for part in layout.parts(start, layout.size if length is None else length)
    )


def test_the_standard_library_reads_every_name_time_and_byte() -> None:
    contents = {name: b"" if name.endswith("/") else name.encode() * 100 for name in NAMES}
    entries = [Entry(name, NOON, name, len(each), zlib.crc32(each)) for name, each in contents.items()]
    layout = Layout(entries)
    made = whole(layout, contents)
    assert len(made) == layout.size
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == NAMES
        assert {each: archive.read(each) for each in NAMES} == contents
        assert {each.date_time for each in archive.infolist()} == {(2026, 5, 6, 12, 30, 8)}


def test_any_slice_is_that_of_the_whole() -> None:
    contents = {name: name.encode() * 50 for name in NAMES}
    layout = Layout([Entry(name, NOON, name, len(each), zlib.crc32(each)) for name, each in contents.items()])
    made, dice = whole(layout, contents), random.Random(7)
    for _ in range(100):
        start = dice.randrange(layout.size)
        length = dice.randrange(layout.size - start + 1)
        assert whole(layout, contents, start, length) == made[start : start + length]


def test_nothing_is_a_zip_too() -> None:
    assert zipfile.ZipFile(io.BytesIO(whole(Layout([]), {}))).namelist() == []


def directory(entries: Sequence[Entry]) -> zipfile.ZipFile:
    """The archive as if its contents were holes; the reader looks at its end and at nothing else."""
    return zipfile.ZipFile(Holes(Layout(entries)))


class Holes(io.RawIOBase):
    """A seekable view of a layout whose contents are zeros."""

    def __init__(self, layout: Layout) -> None:
        self.layout, self.at = layout, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.at

    def seek(self, offset: int, whence: int = 0) -> int:
        self.at = offset + {0: 0, 1: self.at, 2: self.layout.size}[whence]
        return self.at

    def read(self, size: int = -1) -> bytes:
        length = self.layout.size - self.at if size < 0 else min(size, self.layout.size - self.at)
        found = b"".join(
            bytes(part.length) if isinstance(part, Content) else part
            for part in self.layout.parts(self.at, length)
        )
        self.at += len(found)
        return found


@pytest.mark.parametrize("size", [4 * GIB - 2, 4 * GIB - 1, 4 * GIB, 5 * GIB])
def test_beyond_four_gibibytes_sizes_and_offsets_are_zip64(size: int) -> None:
    entries = [Entry("film.mp4", NOON, "a", size, 1), Entry("after.txt", NOON, "b", 3, zlib.crc32(bytes(3)))]
    with directory(entries) as archive:
        assert [each.file_size for each in archive.infolist()] == [size, 3]
        assert archive.read("after.txt") == bytes(3)
        with archive.open("film.mp4") as film:
            assert film.read(10) == bytes(10)


@pytest.mark.parametrize("count", [65_534, 65_535, 70_000])
def test_more_entries_than_sixteen_bits_count(count: int) -> None:
    entries = [Entry(f"{number}/", NOON) for number in range(count)]
    with directory(entries) as archive:
        assert len(archive.infolist()) == count
        assert archive.namelist()[-1] == f"{count - 1}/"
