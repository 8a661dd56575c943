"""Who comes with a token: asked in nearly every request, so by a statement that is kept."""

from functools import cache

from django.db.models import CharField
from rest_framework import authentication
from rest_framework.authtoken.models import Token
from rest_framework.exceptions import AuthenticationFailed

from mediavault.accounts.models import User
from mediavault.database.statements import Slot, Statement

_COLUMNS = [field.attname for field in User._meta.concrete_fields]


@cache
def _user_of_token() -> Statement:
    tokens = Token.objects.filter(key=Slot("key", CharField()))
    return Statement.of(tokens.values_list(*(f"user__{column}" for column in _COLUMNS)))


class TokenAuthentication(authentication.TokenAuthentication):
    """REST framework's own, with a lean query."""

    def authenticate_credentials(self, key: str) -> tuple[User, Token]:
        """The user of an open account; raises AuthenticationFailed."""
        rows = _user_of_token().rows(key=key)
        if not rows:
            raise AuthenticationFailed("Invalid token.")
        user = User.from_db("default", _COLUMNS, rows[0])
        if not user.is_active:
            raise AuthenticationFailed("User inactive or deleted.")
        return user, Token(key=key, user=user)
