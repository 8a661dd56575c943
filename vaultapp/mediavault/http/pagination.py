"""Pages of a list: the body stays the seed's plain array, the way to the next page is a Link header.

A page continues after the last row of the one before (keyset), so a late page costs what the first one costs,
and rows that come or go meanwhile neither repeat nor hide others.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlencode

from django.core import signing
from django.db.models import F, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request

RowT = TypeVar("RowT")
MAX_PAGE_SIZE = 1000


class Order(NamedTuple):
    """How a page is read: by which column, and at most how many rows: one more than it has."""

    column: str
    descending: bool
    limit: int

    def arrange(self, rows: QuerySet[Any], start: Sequence[Any] | None) -> QuerySet[Any]:
        """The rows beyond `start`, a value in the column and an id."""
        if start is not None:
            # A comparison of rows is a range of the index; "greater, or equal and ..." is a mere filter.
            beyond = TupleLessThan if self.descending else TupleGreaterThan
            rows = rows.filter(beyond(Tuple(F(self.column), F("pk")), tuple(start)))
        return self.sort(rows)[: self.limit]

    def sort(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows in this order."""
        by = [F(self.column), F("pk")]
        return rows.order_by(*(each.desc() if self.descending else each.asc() for each in by))


class LinkPagination(BasePagination):
    """Keyset pages; the view says by `orderings` which names may order the list, and by which column."""

    page_size = MAX_PAGE_SIZE
    salt = "mediavault.page"

    def read(self, request: Request, names: Collection[str]) -> str:
        """What the request says of its page; the name of its ordering, without the sign.

        Raises ValidationError naming `ordering`, `page_size` or `cursor`.
        """
        self.request = request
        self.ordering = request.query_params.get("ordering") or next(iter(names))
        name = _known(self.ordering, names)
        self.size = self.size_of(request)
        self.start = self._start(request, self.ordering)
        return name

    def order(self, column: str) -> Order:
        """How the page is read where this column has the order."""
        return Order(column, self.ordering.startswith("-"), self.size + 1)

    def cut(self, rows: Sequence[RowT], position: Callable[[RowT], Sequence[Any]]) -> Sequence[RowT]:
        """The page without the row more; `position` gives what the next page has for its `start`."""
        self.next_url = None
        if len(rows) > self.size:
            rows = rows[: self.size]
            self.next_url = self._next_url(position(rows[-1]))
        return rows

    def headers(self) -> dict[str, str]:
        """`Link: <...>; rel="next"` where more rows follow."""
        return {"Link": f'<{self.next_url}>; rel="next"'} if self.next_url else {}

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The array itself: there is no envelope."""
        return schema

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """The query parameters that steer a page, for the API's description."""
        names = [sign + name for name in view.orderings for sign in ("", "-")]
        return [
            _parameter(
                "ordering", {"type": "string", "enum": names, "default": names[0]}, "Order; - is descending."
            ),
            _parameter(
                "page_size",
                {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE, "default": MAX_PAGE_SIZE},
                "Rows of one page.",
            ),
            _parameter(
                "cursor", {"type": "string"}, 'Where to go on: taken from the Link header with rel="next".'
            ),
        ]

    def size_of(self, request: Request) -> int:
        """The rows of a page, as `page_size` says; raises ValidationError."""
        text = request.query_params.get("page_size") or str(self.page_size)
        if not (text.isascii() and text.isdigit() and len(text) <= 4) or not 1 <= int(text) <= MAX_PAGE_SIZE:
            raise ValidationError({"page_size": [f"Must be a whole number from 1 to {MAX_PAGE_SIZE}."]})
        return int(text)

    def _start(self, request: Request, ordering: str) -> Sequence[Any] | None:
        cursor = request.query_params.get("cursor")
        if not cursor:
            return None
        try:
            made_for, *position = signing.loads(cursor, salt=self.salt)
        except (signing.BadSignature, ValueError) as error:
            raise ValidationError(
                {"cursor": ["Take it unchanged from the Link header of the page before."]}
            ) from error
        if made_for != ordering:
            raise ValidationError({"cursor": [f"It belongs to ordering={made_for}; start again without it."]})
        return list(position)

    def _next_url(self, position: Sequence[Any]) -> str:
        told = [value.isoformat() if hasattr(value, "isoformat") else value for value in position]
        cursor = signing.dumps([self.ordering, *told], salt=self.salt)
        query = urlencode({**self.request.query_params.dict(), "cursor": cursor})
        return self.request.build_absolute_uri(f"{self.request.path}?{query}")


def _known(ordering: str, names: Collection[str]) -> str:
    name = ordering.removeprefix("-")
    if name not in names:
        allowed = ", ".join(sign + each for each in names for sign in ("", "-"))
        raise ValidationError({"ordering": [f"Must be one of {allowed}."]})
    return name


def _parameter(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": description}
