"""How errors, bodies and sessions stand in the API's description."""

from typing import Any

from drf_spectacular.authentication import SessionScheme
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers
from rest_framework.parsers import FormParser

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


class ExistingSerializer(serializers.Serializer[Any]):
    """What has a name that is taken."""

    kind = serializers.ChoiceField(choices=["file", "folder"])
    id = serializers.IntegerField()


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
    existing = ExistingSerializer(required=False, help_text="With name-taken: what has the name.")
    limit = serializers.IntegerField(required=False, help_text="With too-large: bytes a file may have.")
    offset = serializers.IntegerField(required=False, help_text="With offset-mismatch: the upload's own.")
    request_id = serializers.CharField(required=False, help_text="With internal-error: for the log.")


LINK = OpenApiParameter(
    "Link",
    str,
    OpenApiParameter.HEADER,
    response=[200],
    description='Where more rows follow: `<address of the next page>; rel="next"`.',
)


# Ids in addresses are matched as digits, and are numbers.
_ID_PATTERN = "^[0-9]{1,19}$"


def problems(*statuses: int) -> dict[tuple[int, str], OpenApiResponse]:
    """The given statuses as problem documents, for `extend_schema(responses=...)`."""
    return {
        (status, MEDIA_TYPE): OpenApiResponse(ProblemSerializer, description=_SENTENCES[status])
        for status in statuses
    }


# What bytes of any kind look like: a client that does not know the second form knows the first.
OCTETS = "application/octet-stream"
ANY_KIND = (OCTETS, "*/*")


class Description(AutoSchema):
    """Describes JSON where forms are taken too: one way to say a thing is enough, and every client has it."""

    def map_parsers(self) -> list[Any]:
        """The content types of a body."""
        return [each for each in super().map_parsers() if each != FormParser.media_type]


def every_operation(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """What holds for all operations alike: a postprocessing hook."""
    length_needed = {
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        "description": _SENTENCES[411],
    }
    for operation in (each for path in result["paths"].values() for each in path.values()):
        if "requestBody" in operation:
            operation["responses"].setdefault("411", length_needed)
            operation["responses"] = dict(sorted(operation["responses"].items()))
        for parameter in operation.get("parameters", ()):
            if parameter["in"] == "path" and parameter["schema"].get("pattern") == _ID_PATTERN:
                parameter["schema"] = {"type": "integer", "format": "int64", "minimum": 0}
            if parameter["in"] == "query":
                parameter["allowEmptyValue"] = True  # as good as none
    return result


class HeaderCsrfSessionScheme(SessionScheme):  # type: ignore[no-untyped-call]
    """Our session authentication is described as REST framework's own."""

    target_class = "mediavault.http.sessions.HeaderCsrfSessionAuthentication"
