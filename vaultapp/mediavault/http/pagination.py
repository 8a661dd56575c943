"""Pages of a list: the body stays the seed's plain array, the way to the next page is a Link header.

A page continues after the last row of the one before (keyset), so a late page costs what the first one costs,
and rows that come or go meanwhile neither repeat nor hide others.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
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
        self.column = orderings[self.read(request, orderings)]
        return self.in_order(queryset, self.column, start=self.start)

    def read(self, request: Request, names: Collection[str]) -> str:
        """What the request says of its page; the name of its ordering, without the sign."""
        self.request = request
        self.ordering = request.query_params.get("ordering") or next(iter(names))
        name = _known(self.ordering, names)
        self.size = self.size_of(request)
        self.start = self._start(request, self.ordering)
        return name

    def in_order(self, queryset: QuerySet[Any], column: str, *, start: Sequence[Any] | None) -> QuerySet[Any]:
        """The rows beyond `start`, a value in `column` and an id: as many as a page has, and one more."""
        descending = self.ordering.startswith("-")
        return _ordered(queryset, column, descending=descending, start=start)[: self.size + 1]

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
        return replace_query_param(self.request.build_absolute_uri(), "cursor", cursor)


def _known(ordering: str, names: Collection[str]) -> str:
    name = ordering.removeprefix("-")
    if name not in names:
        allowed = ", ".join(sign + each for each in names for sign in ("", "-"))
        raise ValidationError({"ordering": [f"Must be one of {allowed}."]})
    return name


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
    return {
        "name": name,
        "in": "query",
        "required": False,
        "allowEmptyValue": True,
        "schema": schema,
        "description": description,
    }
