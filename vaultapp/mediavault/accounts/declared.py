"""Accounts that the operator keeps: their passwords and tokens stand in Secrets, mounted as files."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction
from rest_framework.authtoken.models import Token

from mediavault.accounts.models import User
from mediavault.config import InvalidConfig

TOKEN_LENGTH = range(20, 41)
USERNAME_LENGTH = 150


@dataclass(frozen=True, kw_only=True)
class Account:
    """What one account must be; an empty `token` leaves tokens as they are."""

    username: str
    email: str = ""
    admin: bool = False
    password: str = field(repr=False)
    token: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True)
class Declared:
    """Every declared account. `complete` says that they are all: others that once were are disabled."""

    accounts: tuple[Account, ...] = ()
    complete: bool = False

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "Declared":
        """The admin of ADMIN_* and the users of USERS; raises InvalidConfig with all problems."""
        problems: list[str] = []
        accounts = (*_admin(environ, problems), *_users(environ, problems))
        names = [account.username.casefold() for account in accounts]
        if len(set(names)) < len(names):
            problems.append("USERS names an account twice, or the one of ADMIN_USERNAME.")
        if problems:
            raise InvalidConfig(tuple(problems))
        return cls(accounts=accounts, complete=bool(environ.get("USERS")))


def _admin(environ: Mapping[str, str], problems: list[str]) -> Iterator[Account]:
    username = environ.get("ADMIN_USERNAME", "").strip()
    if not username:
        return
    if len(username) > USERNAME_LENGTH:
        problems.append(f"ADMIN_USERNAME is longer than {USERNAME_LENGTH} characters.")
    password, token = environ.get("ADMIN_PASSWORD_FILE", ""), environ.get("ADMIN_TOKEN_FILE", "")
    if not password:
        problems.append("ADMIN_PASSWORD_FILE is missing: ADMIN_USERNAME needs the account's password.")
    yield Account(
        username=username,
        email=environ.get("ADMIN_EMAIL", "").strip(),
        admin=True,
        password=_secret("ADMIN_PASSWORD_FILE", password, problems) if password else "",
        token=_token("ADMIN_TOKEN_FILE", token, problems) if token else "",
    )


def _users(environ: Mapping[str, str], problems: list[str]) -> Iterator[Account]:
    """USERS is a JSON list; each entry's `secrets` is a folder with the files `password` and `token`."""
    try:
        entries = json.loads(environ.get("USERS") or "[]")
        for entry in entries:
            folder = Path(entry["secrets"])
            yield Account(
                username=str(entry["username"]),
                email=str(entry.get("email", "")),
                admin=entry.get("admin") is True,
                password=_secret("USERS", str(folder / "password"), problems),
                token=_token("USERS", str(folder / "token"), problems),
            )
    except (ValueError, TypeError, KeyError, AttributeError):
        problems.append('USERS must be a JSON list of {"username", "email", "admin", "secrets"}.')


def _token(name: str, path: str, problems: list[str]) -> str:
    token = _secret(name, path, problems)
    if token and not (len(token) in TOKEN_LENGTH and token.isascii() and token.isalnum()):
        problems.append(
            f"{name} names {path}, which must hold 20 to 40 letters and digits, "
            "as `openssl rand -hex 20` gives."
        )
    return token


def _secret(name: str, path: str, problems: list[str]) -> str:
    try:
        secret = Path(path).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        problems.append(f"{name} names {path}, which cannot be read.")
        return ""
    if not secret:
        problems.append(f"{name} names {path}, which is empty.")
    return secret


@transaction.atomic
def bring_accounts(declared: Declared) -> None:
    """Bring every declared account to its values, and disable those that are declared no longer.

    Nothing is ever deleted: an account that comes back is what it was, with its files.
    """
    kept = [_bring(account).pk for account in declared.accounts]
    if declared.complete:
        User.objects.filter(is_declared=True).exclude(pk__in=kept).update(is_active=False)


def _bring(account: Account) -> User:
    user = User.objects.filter(username__iexact=account.username).first() or User()
    user.username = User.normalize_username(account.username)
    user.email = User.objects.normalize_email(account.email)
    user.is_active = user.is_declared = True
    user.is_staff = user.is_superuser = account.admin
    # An unchanged password keeps its sessions.
    if not user.password or not user.check_password(account.password):
        user.set_password(account.password)
    user.save()
    if account.token and not Token.objects.filter(key=account.token, user=user).exists():
        Token.objects.filter(user=user).delete()
        Token.objects.filter(key=account.token).delete()
        Token.objects.create(key=account.token, user=user)
    return user
