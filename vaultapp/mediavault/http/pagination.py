"""Pages of a list: the body stays the seed's plain array, the way to the next page is a Link header.

A page continues after the last row of the one before (keyset), so a late page costs what the first one costs,
and rows that come or go meanwhile neither repeat nor hide others.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from django.core import signing
from django.db.models import F, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

RowT = TypeVar("RowT")
MAX_PAGE_SIZE = 1000


class LinkPagination(BasePagination):
    """Keyset pages; the view says by `orderings` which names may order the list, and by which column."""

    page_size = MAX_PAGE_SIZE
    salt = "mediavault.page"

    def arrange(
        self, queryset: QuerySet[Any], request: Request, orderings: Mapping[str, str]
    ) -> QuerySet[Any]:
        """The rows of a page in order, and one more; for `cut`.

        Raises ValidationError naming `ordering`, `page_size` or `cursor`.
        """
        self.request = request
        self.ordering = request.query_params.get("ordering") or next(iter(orderings))
        self.column = self._column(self.ordering, orderings)
        self.size = self.size_of(request)
        start = self._start(request, self.ordering)
        descending = self.ordering.startswith("-")
        return _ordered(queryset, self.column, descending=descending, start=start)[: self.size + 1]

    def cut(self, rows: Sequence[RowT], position: Callable[[RowT], tuple[Any, int]]) -> Sequence[RowT]:
        """The page without the row more; `position` gives a row's value in `column`, and its id."""
        self.next_url = None
        if len(rows) > self.size:
            rows = rows[: self.size]
            self.next_url = self._next_url(*position(rows[-1]))
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

    def _column(self, name: str, orderings: Mapping[str, str]) -> str:
        column = orderings.get(name.removeprefix("-"))
        if column is None:
            allowed = ", ".join(sign + each for each in orderings for sign in ("", "-"))
            raise ValidationError({"ordering": [f"Must be one of {allowed}."]})
        return column

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
            made_for, value, row_id = signing.loads(cursor, salt=self.salt)
        except (signing.BadSignature, ValueError) as error:
            raise ValidationError(
                {"cursor": ["Take it unchanged from the Link header of the page before."]}
            ) from error
        if made_for != ordering:
            raise ValidationError({"cursor": [f"It belongs to ordering={made_for}; start again without it."]})
        return value, row_id

    def _next_url(self, value: Any, row_id: int) -> str:
        text = value.isoformat() if hasattr(value, "isoformat") else value
        cursor = signing.dumps([self.ordering, text, row_id], salt=self.salt)
        return replace_query_param(self.request.build_absolute_uri(), "cursor", cursor)


def _ordered(
    queryset: QuerySet[Any], column: str, *, descending: bool, start: Sequence[Any] | None
) -> QuerySet[Any]:
    if start is not None:
        # A comparison of rows is a range of the index; "greater, or equal and ..." would be a mere filter.
        beyond = TupleLessThan if descending else TupleGreaterThan
        queryset = queryset.filter(beyond(Tuple(F(column), F("pk")), tuple(start)))
    by = [F(column), F("pk")]
    return queryset.order_by(*(each.desc() if descending else each.asc() for each in by))


def _parameter(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": description}
