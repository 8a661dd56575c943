"""The values that are made once per vault and then only kept."""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from mediavault_operator import names

Token: TypeAlias = Callable[[int], str]
SecretData: TypeAlias = Mapping[str, str]

DATABASE: Final = "mediavault"
DATABASE_USER: Final = "mediavault"


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """The generated values of one vault; none of them shows in a repr."""

    secret_key: str = field(repr=False)
    database_password: str = field(repr=False)
    admin_password: str = field(repr=False)
    admin_token: str = field(repr=False)

    @classmethod
    def complete(cls, secrets: Mapping[str, SecretData], *, vault: str, token: Token) -> "Credentials":
        """The values of the Secrets that stand (by name, decoded), and new ones where a value is absent.

        `token` makes a random text of letters and digits from a number of random bytes.
        """

        def keep(secret: str, key: str, size: int) -> str:
            return secrets.get(secret, {}).get(key) or token(size)

        return cls(
            secret_key=keep(names.django_secret(vault), "SECRET_KEY", 48),
            database_password=keep(names.database_secret(vault), "password", 24),
            admin_password=keep(names.admin_secret(vault), "password", 16),
            admin_token=keep(names.admin_secret(vault), "token", 20),
        )

    def fingerprint(self, *values: str) -> str:
        """A short mark of some values that changes with them and tells nothing of them."""
        text = "\0".join((self.secret_key, *values))
        return hmac.new(self.secret_key.encode(), text.encode(), hashlib.sha256).hexdigest()[:16]
