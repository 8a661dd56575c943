"""How errors and sessions stand in the API's description."""

from typing import Any

from drf_spectacular.authentication import SessionScheme
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from mediavault.http.problems import MEDIA_TYPE

_SENTENCES = {
    400: "The request has errors, named in `errors`.",
    401: "No valid token or session.",
    403: "The CSRF token or the signature of the address is missing or wrong.",
    404: "Nothing of yours has this id.",
    409: "The name is taken.",
    410: "The upload has expired.",
    411: "A Content-Length is needed.",
    412: "A precondition of the request does not hold.",
    413: "The body or the file is too large.",
    415: "The content type is not understood.",
    416: "The file has no such range.",
    422: "The vault's scanner refuses the file.",
    423: "Another request writes to the upload; see Retry-After.",
    429: "Too many attempts; see Retry-After.",
    460: "The bytes do not have the checksum that came with them.",
    503: "Not now; see Retry-After.",
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


LINK = OpenApiParameter(
    "Link",
    str,
    OpenApiParameter.HEADER,
    response=[200],
    description='Where more rows follow: `<address of the next page>; rel="next"`.',
)


def problems(*statuses: int) -> dict[tuple[int, str], OpenApiResponse]:
    """The given statuses as problem documents, for `extend_schema(responses=...)`."""
    return {
        (status, MEDIA_TYPE): OpenApiResponse(ProblemSerializer, description=_SENTENCES[status])
        for status in statuses
    }


class HeaderCsrfSessionScheme(SessionScheme):  # type: ignore[no-untyped-call]
    """Our session authentication is described as REST framework's own."""

    target_class = "mediavault.http.sessions.HeaderCsrfSessionAuthentication"
