"""The check on single rows, behind the scoped querysets: a second lock, not the first."""

from typing import Any, cast

from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from mediavault.vault.permissions import may_use


def owner_id(request: Request) -> int:
    """The id of who asks; only for views that let nobody in without credentials."""
    return cast(int, request.user.pk)


class OwnRows(BasePermission):
    """Only the owner gets at a row, should a queryset ever forget to say so."""

    def has_object_permission(self, request: Request, view: APIView, obj: Any) -> bool:
        return may_use(request.user, obj)
