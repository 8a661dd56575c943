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
_DATABASE_PASSWORD: Final = 24


@dataclass(frozen=True, kw_only=True)
class Login:
    """How one account proves who it is."""

    password: str = field(repr=False)
    token: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class DatabaseLogin:
    """How a vault opens its managed or shared database: by one of two accounts, so that a rotation leaves
    running pods the one that they began with.

    `rotated_at` is the order that was carried out last, `retired` that nothing uses the other account now.
    """

    password: str = field(repr=False)
    second: bool = False
    rotated_at: str = ""
    retired: bool = False

    def rotated(self, wanted: str, token: Token) -> "DatabaseLogin":
        """The other account with a new password, where that is ordered; an order waits for the one before."""
        begun = self.rotated_at and not self.retired
        if not wanted or wanted == self.rotated_at or begun:
            return self
        return DatabaseLogin(password=token(_DATABASE_PASSWORD), second=not self.second, rotated_at=wanted)


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """The generated values of one vault; none of them shows in a repr. `users` are found by their Secrets."""

    secret_key: str = field(repr=False)
    database: DatabaseLogin
    admin: Login
    backup_password: str = field(repr=False)
    users: Mapping[str, Login] = field(default_factory=dict)

    @classmethod
    def complete(
        cls,
        secrets: Mapping[str, SecretData],
        *,
        vault: str,
        users: Iterable[User] = (),
        rotated_at: str = "",
        token: Token,
    ) -> "Credentials":
        """The values of the Secrets that stand (by name, decoded), and new ones where a value is absent.

        `rotated_at` orders another account of the database; `token` makes a random text of letters and digits
        from a number of random bytes.
        """

        def keep(secret: str, key: str, size: int) -> str:
            return secrets.get(secret, {}).get(key) or token(size)

        def login(secret: str) -> Login:
            return Login(password=keep(secret, "password", 16), token=keep(secret, "token", 20))

        return cls(
            secret_key=keep(names.django_secret(vault), "SECRET_KEY", 48),
            database=_database(secrets.get(names.database_secret(vault), {}), rotated_at, token),
            admin=login(names.admin_secret(vault)),
            users={user.secret: login(user.secret) for user in users},
            backup_password=keep(names.backup_secret(vault), "password", 32),
        )

    def fingerprint(self, *values: str) -> str:
        """A short mark of some values that changes with them and tells nothing of them."""
        text = "\0".join((self.secret_key, *values))
        return hmac.new(self.secret_key.encode(), text.encode(), hashlib.sha256).hexdigest()[:16]


def _database(held: SecretData, wanted: str, token: Token) -> DatabaseLogin:
    password = held.get("password")
    if not password:
        return DatabaseLogin(password=token(_DATABASE_PASSWORD), rotated_at=wanted, retired=bool(wanted))
    known = DatabaseLogin(
        password=password,
        second=names.is_second_login(held.get("username", "")),
        rotated_at=held.get("rotatedAt", ""),
        retired="retired" in held,
    )
    return known.rotated(wanted, token)
