"""The values that are made once per vault and then only kept."""

import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from mediavault_operator import names
from mediavault_operator.spec import User

Token: TypeAlias = Callable[[int], str]
SecretData: TypeAlias = Mapping[str, str]

DATABASE: Final = "mediavault"
DATABASE_USER: Final = "mediavault"


@dataclass(frozen=True, kw_only=True)
class Login:
    """How one account proves who it is."""

    password: str = field(repr=False)
    token: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """The generated values of one vault; none of them shows in a repr. `users` are found by their Secrets."""

    secret_key: str = field(repr=False)
    database_password: str = field(repr=False)
    admin: Login
    backup_password: str = field(repr=False)
    users: Mapping[str, Login] = field(default_factory=dict)

    @classmethod
    def complete(
        cls, secrets: Mapping[str, SecretData], *, vault: str, users: Iterable[User] = (), token: Token
    ) -> "Credentials":
        """The values of the Secrets that stand (by name, decoded), and new ones where a value is absent.

        `token` makes a random text of letters and digits from a number of random bytes.
        """

        def keep(secret: str, key: str, size: int) -> str:
            return secrets.get(secret, {}).get(key) or token(size)

        def login(secret: str) -> Login:
            return Login(password=keep(secret, "password", 16), token=keep(secret, "token", 20))

        return cls(
            secret_key=keep(names.django_secret(vault), "SECRET_KEY", 48),
            database_password=keep(names.database_secret(vault), "password", 24),
            admin=login(names.admin_secret(vault)),
            users={user.secret: login(user.secret) for user in users},
            backup_password=keep(names.backup_secret(vault), "password", 32),
        )

    def fingerprint(self, *values: str) -> str:
        """A short mark of some values that changes with them and tells nothing of them."""
        text = "\0".join((self.secret_key, *values))
        return hmac.new(self.secret_key.encode(), text.encode(), hashlib.sha256).hexdigest()[:16]
