"""What the sign-in routes take and give."""

from typing import Any

from django.contrib.auth import authenticate
from rest_framework import serializers

from mediavault.accounts.models import User


class CredentialsSerializer(serializers.Serializer[Any]):
    """A user name and a password that must belong together."""

    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=1024, trim_whitespace=False, write_only=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        request = self.context["request"]
        user = authenticate(request=request._request, username=attrs["username"], password=attrs["password"])
        if user is None:
            raise serializers.ValidationError("No active account has this user name and password.")
        return {**attrs, "user": user}


class TokenSerializer(serializers.Serializer[Any]):
    """A token for `Authorization: Token <token>`."""

    token = serializers.CharField(read_only=True)


class CsrfSerializer(serializers.Serializer[Any]):
    """The token that unsafe requests of a session carry in the header X-CSRFToken."""

    csrf_token = serializers.CharField(read_only=True)


class UserSerializer(serializers.ModelSerializer[User]):
    """The user who asks."""

    email = serializers.CharField(read_only=True, help_text="May be empty.")

    class Meta:
        model = User
        fields = ["id", "username", "email", "first_name", "last_name", "is_staff", "date_joined"]
        read_only_fields = fields
