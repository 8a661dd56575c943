"""Users in the spec."""

from collections.abc import Callable
from typing import Any

import pytest

from mediavault_operator.spec import InvalidSpec, MediaVault, User

Maker = Callable[..., MediaVault]


def refused(make_vault: Maker, *users: Any, **more: Any) -> list[str]:
    with pytest.raises(InvalidSpec) as found:
        make_vault({"users": list(users), **more})
    return [problem.field for problem in found.value.problems]


def test_users_stand_in_order_with_secrets_of_their_own(make_vault: Maker) -> None:
    bob = {"username": "bob", "admin": True, "email": "b@c.d"}
    vault = make_vault({"users": [bob, {"username": "ann", "secretName": "for-ann"}]})
    assert vault.users == (
        User(username="ann", secret="for-ann"),
        User(username="bob", admin=True, email="b@c.d", secret="photos-user-bob"),
    )
    assert make_vault({}).users == ()


def test_no_two_accounts_share_a_name(make_vault: Maker) -> None:
    ann = {"username": "ann"}
    assert refused(make_vault, ann, {"username": "ANN"}) == ["spec.users[1].username"]
    assert refused(make_vault, {"username": "Admin"}) == ["spec.users[0].username"]
    assert refused(make_vault, ann, admin={"username": "ann"}) == ["spec.users[0].username"]


@pytest.mark.parametrize("secret", ["photos-admin", "photos-django", "photos-database", "photos-user-ann"])
def test_no_account_takes_anothers_secret(make_vault: Maker, secret: str) -> None:
    bob = {"username": "bob", "secretName": secret}
    assert refused(make_vault, {"username": "ann"}, bob) == ["spec.users[1].secretName"]


@pytest.mark.parametrize("users", ["ann", {"username": "ann"}, [{"username": f"u{n}"} for n in range(101)]])
def test_a_list_that_is_none_or_too_long_is_refused(make_vault: Maker, users: Any) -> None:
    with pytest.raises(InvalidSpec, match=r"spec\.users: must be a list of at most 100"):
        make_vault({"users": users})


def test_every_wrong_entry_is_named(make_vault: Maker) -> None:
    wrong: list[Any] = [
        None,
        "ann",
        {"username": "a b"},
        {"username": "x", "admin": "yes", "email": "nobody"},
    ]
    assert set(refused(make_vault, *wrong)) >= {
        "spec.users[0].username",
        "spec.users[1]",
        "spec.users[2].username",
        "spec.users[3].admin",
        "spec.users[3].email",
    }
