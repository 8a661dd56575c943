"""PUT and DELETE /api/files/{id}/favorite/: the mark as a state, where toggling twice would undo it."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from mediavault.http.schema import problems
from mediavault.vault.actions.set_favorite import set_favorite
from mediavault.vault.api.access import owner_id
from mediavault.vault.models import File

_RESPONSES: dict[Any, Any] = {204: None, **problems(401, 403, 404)}


class FileFavorite(APIView):
    """The favourite mark of a file."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="files_favorite_set", request=None, responses=_RESPONSES)
    def put(self, request: Request, pk: str) -> Response:
        """Mark the file."""
        return self._set(request, pk, is_favorite=True)

    @extend_schema(operation_id="files_favorite_clear", request=None, responses=_RESPONSES)
    def delete(self, request: Request, pk: str) -> Response:
        """Take the mark away."""
        return self._set(request, pk, is_favorite=False)

    def _set(self, request: Request, pk: str, *, is_favorite: bool) -> Response:
        file = get_object_or_404(File.objects.visible_to(request.user), pk=pk)
        set_favorite(owner_id=owner_id(request), file_ids=[file.pk], is_favorite=is_favorite)
        return Response(status=status.HTTP_204_NO_CONTENT)
