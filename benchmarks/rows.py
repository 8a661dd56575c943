"""The rows by their names, in the order of the table."""

from collections.abc import Callable, Iterator
from typing import Final

from benchmarks.app import delivery, lists
from benchmarks.measure import Finding
from benchmarks.pairs import Run

Row = Callable[[Run], Iterator[Finding]]

APP: Final[dict[str, Row]] = {
    "whole-file": delivery.whole_file,
    "ranges": delivery.ranges,
    "lists": lists.lists,
    "late-pages": lists.late_pages,
    "plans": lists.plans,
}
