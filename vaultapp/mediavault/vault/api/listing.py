"""The answer of a list: one page, read by a statement that is kept for the next one of its kind."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

import orjson
from django.db.models import BigIntegerField
from django.http import HttpResponse
from rest_framework.request import Request

from mediavault.database.statements import Slot, Statement
from mediavault.http.pagination import LinkPagination, Order
from mediavault.vault.api.access import owner_id
from mediavault.vault.api.filter_values import Filter
from mediavault.vault.api.rows import Table, Values

_OWNER: Final = Slot("owner", BigIntegerField())
_MOST_KEPT: Final = 512


class Narrowing(NamedTuple):
    """A filter of a list, and its value."""

    filter: Filter
    value: Any


class Page(NamedTuple):
    """The rows of a page, and the headers that lead to the next one."""

    rows: Sequence[Values]
    headers: dict[str, str]


def read_page(
    request: Request, table: Table, narrowings: Iterable[Narrowing], *, orderings: Mapping[str, str]
) -> Page:
    """The page that `request` asks for of the asker's rows; raises ValidationError."""
    pages = LinkPagination()
    order = pages.order(orderings[pages.read(request, orderings)])
    values = {"owner": owner_id(request)} | dict(zip(("at", "id"), pages.start or (), strict=False))
    slots: list[Narrowing] = []
    kept = True
    for narrowing in narrowings:
        slot, told = narrowing.filter.slot, narrowing.value
        if slot and told is not None:
            values[slot.name] = told
            narrowing = Narrowing(narrowing.filter, slot)
        kept = kept and narrowing.filter.kept
        slots.append(narrowing)
    statement = (_kept_statement if kept else _statement)(table, order, pages.start is not None, tuple(slots))
    rows = pages.cut(statement.rows(planned=kept, **values), lambda row: row[:2])
    return Page(rows, pages.headers())


def answer(table: Table, page: Page, *, base: str) -> HttpResponse:
    """The page as a JSON array; `base` is the address of the list."""
    body = orjson.dumps(table.written(page.rows, base=base))
    return HttpResponse(body, content_type="application/json", headers=page.headers)


def _statement(table: Table, order: Order, continued: bool, narrowings: tuple[Narrowing, ...]) -> Statement:
    rows: Any = table.all.owned_by(_OWNER)
    for narrow, value in narrowings:
        rows = narrow.narrow(rows, value)
    field = table.all.model._meta.get_field(order.column)
    start = (Slot("at", field), Slot("id", BigIntegerField())) if continued else None
    page = order.arrange(rows, start)
    if not all(each.filter.kept for each in narrowings):
        # So a name that does not fit is passed over in the index, without a look at its row.
        page = order.sort(table.all.filter(pk__in=page.values("pk")))
    return Statement.of(table.select(page, order.column))


_kept_statement = lru_cache(_MOST_KEPT)(_statement)
