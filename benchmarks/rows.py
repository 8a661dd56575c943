"""The rows by their names, in the order of the table."""

from collections.abc import Callable, Iterator
from typing import Final

from benchmarks.app import archives, delivery, lists, media, memory, readers, search, start, uploads
from benchmarks.measure import Finding
from benchmarks.operator import figures, many
from benchmarks.pairs import Run

Row = Callable[[Run], Iterator[Finding]]

APP: Final[dict[str, Row]] = {
    "whole-file": delivery.whole_file,
    "ranges": delivery.ranges,
    "readers": readers.readers,
    "tus": uploads.tus,
    "put": uploads.put,
    "multipart": uploads.multipart,
    "lists": lists.lists,
    "late-pages": lists.late_pages,
    "plans": lists.plans,
    "search": search.search,
    "thumbnails": media.thumbnails,
    "poster": media.poster,
    "zip": archives.archives,
    "idle-memory": memory.idle,
    "large-memory": memory.large,
    "start": start.start,
}

OPERATOR: Final[dict[str, Row]] = {"vaults": figures.vaults, "many": many.many}

SUITES: Final = {"app": APP, "operator": OPERATOR}
