"""The account that the operator keeps: its name, password, e-mail and token stand in a Secret."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from rest_framework.authtoken.models import Token

from mediavault.accounts.models import User
from mediavault.config import InvalidConfig

TOKEN_LENGTH = range(20, 41)
USERNAME_LENGTH = 150


@dataclass(frozen=True)
class AdminAccount:
    """What the account must be; an empty `token` leaves tokens as they are."""

    username: str
    email: str
    password: str
    token: str

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "AdminAccount | None":
        """What ADMIN_* say, None without ADMIN_USERNAME; raises InvalidConfig with all problems."""
        username = environ.get("ADMIN_USERNAME", "").strip()
        if not username:
            return None
        problems: list[str] = []
        password = _secret(environ, "ADMIN_PASSWORD_FILE", problems)
        token = _secret(environ, "ADMIN_TOKEN_FILE", problems) if environ.get("ADMIN_TOKEN_FILE") else ""
        if token and not (len(token) in TOKEN_LENGTH and token.isascii() and token.isalnum()):
            problems.append(
                "ADMIN_TOKEN_FILE must hold 20 to 40 letters and digits, as `openssl rand -hex 20` gives."
            )
        if len(username) > USERNAME_LENGTH:
            problems.append(f"ADMIN_USERNAME is longer than {USERNAME_LENGTH} characters.")
        if problems:
            raise InvalidConfig(tuple(problems))
        return cls(
            username=username, email=environ.get("ADMIN_EMAIL", "").strip(), password=password, token=token
        )


def _secret(environ: Mapping[str, str], name: str, problems: list[str]) -> str:
    path = environ.get(name, "")
    if not path:
        problems.append(f"{name} is missing: ADMIN_USERNAME needs the file that holds the account's secret.")
        return ""
    try:
        secret = Path(path).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        problems.append(f"{name} names {path}, which cannot be read.")
        return ""
    if not secret:
        problems.append(f"{name} names {path}, which is empty.")
    return secret


@transaction.atomic
def bring_admin(account: AdminAccount) -> None:
    """Create the account, or bring it to these values; an unchanged password keeps its sessions."""
    user = User.objects.filter(username__iexact=account.username).first() or User()
    user.username = User.normalize_username(account.username)
    user.email = User.objects.normalize_email(account.email)
    user.is_active = user.is_staff = user.is_superuser = True
    if not user.password or not user.check_password(account.password):
        user.set_password(account.password)
    user.save()
    if account.token and not Token.objects.filter(key=account.token, user=user).exists():
        Token.objects.filter(user=user).delete()
        Token.objects.filter(key=account.token).delete()
        Token.objects.create(key=account.token, user=user)
