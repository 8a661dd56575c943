"""How errors are described in the API's description: one schema for all of them."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers

from mediavault.http.errors import MEDIA_TYPE

_SENTENCES = {
    400: "The request has errors, named in `errors`.",
    401: "No valid token or session.",
    403: "The CSRF token is missing or wrong.",
    404: "Nothing of yours has this id.",
    409: "The name is taken.",
    412: "A precondition of the request does not hold.",
    413: "The body or the file is too large.",
    415: "The content type is not understood.",
    416: "The file has no such range.",
    429: "Too many attempts; see Retry-After.",
    507: "The vault is full.",
}


class ProblemSerializer(serializers.Serializer[Any]):
    """RFC 9457 problem details."""

    type = serializers.URLField(help_text="Stable name of the kind of problem.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="What is wrong here, and what to do.")
    errors = serializers.DictField(  # type: ignore[assignment]
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text="Sentences per field.",
    )


def problems(*statuses: int) -> dict[tuple[int, str], OpenApiResponse]:
    """The given statuses as problem documents, for `extend_schema(responses=...)`."""
    return {
        (status, MEDIA_TYPE): OpenApiResponse(ProblemSerializer, description=_SENTENCES[status])
        for status in statuses
    }
