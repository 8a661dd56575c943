"""Signed addresses over HTTP: how one is asked for, and how it lets a request in."""

from typing import Any

from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication, TokenAuthentication
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from mediavault.accounts.models import User
from mediavault.vault.signed_urls import (
    DEFAULT_SECONDS,
    MOST_SECONDS,
    PARAMETER,
    USES,
    LinkRefused,
    Opened,
    verify,
)


class SignUrlSerializer(serializers.Serializer[Any]):
    """What the address shall open, and for how many seconds."""

    expires_in = serializers.IntegerField(min_value=1, max_value=MOST_SECONDS, default=DEFAULT_SECONDS)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        # The name is a word of Python's own.
        return {"for": serializers.ChoiceField(choices=USES, default=USES[0]), **super().get_fields()}


class SignedUrl(serializers.Serializer[Any]):
    """An address that needs neither headers nor cookies, and when it ends."""

    url = serializers.URLField()
    expires_at = serializers.DateTimeField()


class LinkDenied(PermissionDenied):
    """A signed address that opens nothing."""

    default_code = "link-refused"


class SignedUrlAuthentication(BaseAuthentication):
    """Lets a request in by the signature in its address. Where there is one, nothing else counts."""

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        value = request.query_params.get(PARAMETER)
        if value is None:
            return None
        view, kwargs = request.parser_context["view"], request.parser_context["kwargs"]
        try:
            user_id = verify(value, Opened(int(kwargs["pk"]), view.action), now=timezone.now())
        except LinkRefused as error:
            raise LinkDenied(str(error)) from error
        user = User.objects.filter(pk=user_id, is_active=True).first()
        if user is None:
            raise LinkDenied("The account that made this address is closed.")
        return user, None

    def authenticate_header(self, request: Request) -> str:
        """Who sends no signature is told of tokens, as everywhere."""
        return TokenAuthentication.keyword


class SignedUrlScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the API's description tells of it."""

    target_class = SignedUrlAuthentication
    name = "signedUrl"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """A key in the query."""
        return {"type": "apiKey", "in": "query", "name": PARAMETER, "description": "From `url/` of the file."}
