"""Addresses that open one file for a while, for players that can send neither headers nor cookies.

The signature covers user, file, use and end; whoever has the address has what it opens, until then.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.core.signing import BadSignature, Signer

PARAMETER: Final = "signed"
USES: Final = ("stream", "download", "thumbnail")
DEFAULT_SECONDS: Final = 3600
MOST_SECONDS: Final = 24 * 3600
_PARTS: Final = 3


class LinkRefused(Exception):
    """The address opens nothing; the message says why and what to do."""


@dataclass(frozen=True)
class Opened:
    """One file, by its id, for one of USES."""

    file_id: int
    use: str


def sign(opened: Opened, *, user_id: int, expires_at: datetime) -> str:
    """The value of PARAMETER with which `user_id` opens this until `expires_at`, a whole second."""
    told = f"{user_id}.{int(expires_at.timestamp())}"
    signature = _signer().signature(f"{told}.{opened.use}.{opened.file_id}")
    return f"{told}.{signature}"


def verify(value: str, opened: Opened, *, now: datetime) -> int:
    """The id of the user for whom this was signed; raises LinkRefused."""
    parts = value.split(".")
    if len(parts) != _PARTS:
        raise LinkRefused("The address is not complete; ask for a new one.")
    user_id, expires, signature = parts
    try:
        _signer().unsign(f"{user_id}.{expires}.{opened.use}.{opened.file_id}:{signature}")
    except BadSignature as error:
        raise LinkRefused("The address was changed, or is of another file or use.") from error
    if now.timestamp() >= int(expires):
        raise LinkRefused("The address has expired; ask for a new one.")
    return int(user_id)


def _signer() -> Signer:
    return Signer(salt="mediavault.vault.signed_urls")
