"""Pages of a list: the body stays the seed's plain array, the way to the next page is a Link header.

A page continues after the last row of the one before (keyset), so a late page costs what the first one costs,
and rows that come or go meanwhile neither repeat nor hide others.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core import signing
from django.db.models import F, Model, Q, QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

MAX_PAGE_SIZE = 1000


class LinkPagination(BasePagination):
    """Keyset pages; the view says by `orderings` which names may order the list, and by which column."""

    page_size = MAX_PAGE_SIZE
    salt = "mediavault.page"

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """One page of rows; raises ValidationError naming `ordering`, `page_size` or `cursor`."""
        orderings: Mapping[str, str] = view.orderings
        name = request.query_params.get("ordering") or next(iter(orderings))
        column = self._column(name, orderings)
        size = self._size(request)
        descending = name.startswith("-")
        start = self._start(request, name)
        rows = list(_ordered(queryset, column, descending=descending, start=start)[: size + 1])
        self.next_url = None
        if len(rows) > size:
            rows = rows[:size]
            self.next_url = self._next_url(request, name, rows[-1], column)
        return rows

    def get_paginated_response(self, data: Any) -> Response:
        """The array, with `Link: <...>; rel="next"` where more rows follow."""
        headers = {"Link": f'<{self.next_url}>; rel="next"'} if self.next_url else {}
        return Response(data, headers=headers)

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

    def _size(self, request: Request) -> int:
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

    def _next_url(self, request: Request, ordering: str, last: Model, column: str) -> str:
        value = getattr(last, column)
        text = value.isoformat() if hasattr(value, "isoformat") else value
        cursor = signing.dumps([ordering, text, last.pk], salt=self.salt)
        return replace_query_param(request.build_absolute_uri(), "cursor", cursor)


def _ordered(
    queryset: QuerySet[Any], column: str, *, descending: bool, start: Sequence[Any] | None
) -> QuerySet[Any]:
    beyond = "lt" if descending else "gt"
    if start is not None:
        value, row_id = start
        after = Q(**{f"{column}__{beyond}": value}) | Q(**{column: value, f"pk__{beyond}": row_id})
        queryset = queryset.filter(after)
    by = [F(column), F("pk")]
    return queryset.order_by(*(each.desc() if descending else each.asc() for each in by))


def _parameter(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": description}
