"""Who may do what: plain functions of a user and a row."""

from typing import Any, Protocol


class Owned(Protocol):
    """A row that belongs to somebody."""

    owner_id: int


def may_use(user: Any, row: Owned) -> bool:
    """Whether `user` may see and change `row`: the owner may, nobody else."""
    return bool(user.is_active and row.owner_id == user.pk)
