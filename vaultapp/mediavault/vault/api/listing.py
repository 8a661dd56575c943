"""The answer of a list: one page, whose rows the database has written."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from rest_framework.request import Request

from mediavault.http.pagination import LinkPagination
from mediavault.vault.api.json_rows import Row, as_array

RowsOf = Callable[[QuerySet[Any], str], Sequence[Row]]


def list_page(
    request: Request, queryset: QuerySet[Any], *, orderings: Mapping[str, str], rows_of: RowsOf
) -> HttpResponse:
    """The page that `request` asks for; `rows_of` reads it, given the column of its order too."""
    pages = LinkPagination()
    arranged = pages.arrange(queryset, request, orderings)
    rows = pages.cut(rows_of(arranged, pages.column), lambda row: (row.at, row.id))
    return HttpResponse(as_array(rows), content_type="application/json", headers=pages.headers())
