"""The accounts that the operator keeps."""

import json
from pathlib import Path

import pytest
from django.test import Client
from rest_framework.authtoken.models import Token

from mediavault.accounts.declared import Account, Declared, bring_accounts
from mediavault.accounts.models import User
from mediavault.config import InvalidConfig

TOKEN = "0123456789abcdef0123456789abcdef01234567"
ACCOUNT = Account(username="admin", email="admin@example.com", admin=True, password="first", token=TOKEN)


def bring(*accounts: Account, complete: bool = True) -> None:
    bring_accounts(Declared(accounts=accounts, complete=complete))


def a_user(name: str, *, digit: str = "1", admin: bool = False) -> Account:
    return Account(username=name, admin=admin, password=f"of {name}", token=digit * 40)


def actives() -> dict[str, bool]:
    return dict(User.objects.values_list("username", "is_active"))


@pytest.fixture
def secrets(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "password").write_text("secret\n")
    (tmp_path / "token").write_text(TOKEN + "\n")
    return {
        "ADMIN_USERNAME": "admin",
        "ADMIN_EMAIL": "a@example.com",
        "ADMIN_PASSWORD_FILE": str(tmp_path / "password"),
        "ADMIN_TOKEN_FILE": str(tmp_path / "token"),
    }


def test_the_environment_says_what_the_account_is(secrets: dict[str, str]) -> None:
    admin = Account(username="admin", email="a@example.com", admin=True, password="secret", token=TOKEN)
    assert Declared.from_env(secrets) == Declared(accounts=(admin,), complete=False)


def test_without_a_name_there_is_no_account() -> None:
    assert Declared.from_env({"ADMIN_EMAIL": "a@example.com"}) == Declared()


def test_all_problems_are_named_and_no_secret(secrets: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "token").write_text("short")
    (tmp_path / "password").write_text(" ")
    with pytest.raises(InvalidConfig) as refused:
        Declared.from_env({**secrets, "ADMIN_USERNAME": "x" * 151})
    names = [problem.split()[0] for problem in refused.value.problems]
    assert sorted(names) == ["ADMIN_PASSWORD_FILE", "ADMIN_TOKEN_FILE", "ADMIN_USERNAME"]
    assert "short" not in str(refused.value)


def test_a_password_file_is_needed(secrets: dict[str, str]) -> None:
    del secrets["ADMIN_PASSWORD_FILE"]
    with pytest.raises(InvalidConfig, match="ADMIN_PASSWORD_FILE is missing"):
        Declared.from_env(secrets)


def test_the_account_is_created_once(db: None) -> None:
    bring(ACCOUNT)
    bring(ACCOUNT)
    user = User.objects.get()
    assert user.check_password("first")
    assert user.is_superuser
    assert user.is_staff
    assert Token.objects.get().key == TOKEN


def test_an_unchanged_password_keeps_its_hash_and_so_its_sessions(db: None) -> None:
    bring(ACCOUNT)
    before = User.objects.get().password
    bring(ACCOUNT)
    assert User.objects.get().password == before


def test_the_secrets_of_today_replace_those_of_yesterday(db: None) -> None:
    bring(Account(username="Admin", admin=True, password="old", token="9" * 40))
    User.objects.update(is_active=False, is_superuser=False)
    bring(ACCOUNT)
    user = User.objects.get()
    assert (user.username, user.is_active, user.is_superuser) == ("admin", True, True)
    assert user.check_password("first")
    assert [token.key for token in Token.objects.all()] == [TOKEN]


def test_a_token_that_somebody_else_had_becomes_the_admins(ann: User) -> None:
    Token.objects.create(key=TOKEN, user=ann)
    bring(ACCOUNT)
    assert Token.objects.get().user.username == "admin"


def test_without_a_token_the_users_own_stays(db: None) -> None:
    bring(ACCOUNT)
    bring(Account(username="admin", admin=True, password="first"))
    assert Token.objects.get().key == TOKEN


def users(folder: Path, *entries: dict[str, object]) -> str:
    """USERS with a folder of secrets for each entry."""
    for number, entry in enumerate(entries):
        place = folder / str(number)
        place.mkdir()
        (place / "password").write_text(f"of {entry['username']}")
        (place / "token").write_text(str(number) * 40)
        entry["secrets"] = str(place)
    return json.dumps(entries)


def test_users_are_declared_beside_the_admin(secrets: dict[str, str], tmp_path: Path) -> None:
    secrets["USERS"] = users(
        tmp_path, {"username": "ann", "email": "a@b.c"}, {"username": "bob", "admin": True}
    )
    declared = Declared.from_env(secrets)
    assert declared.complete
    assert declared.accounts[1:] == (
        Account(username="ann", email="a@b.c", password="of ann", token="0" * 40),
        Account(username="bob", admin=True, password="of bob", token="1" * 40),
    )


def test_no_users_is_a_declaration_too(secrets: dict[str, str]) -> None:
    assert Declared.from_env({**secrets, "USERS": "[]"}).complete


@pytest.mark.parametrize("text", ["{", "{}x", '"ann"', "[1]", '[{"username": "ann"}]', "[null]", "7"])
def test_a_list_that_is_none_is_named(text: str) -> None:
    with pytest.raises(InvalidConfig, match="USERS must be a JSON list"):
        Declared.from_env({"USERS": text})


def test_two_accounts_of_one_name_are_refused(secrets: dict[str, str], tmp_path: Path) -> None:
    secrets["USERS"] = users(tmp_path, {"username": "Admin"})
    with pytest.raises(InvalidConfig, match="USERS names an account twice"):
        Declared.from_env(secrets)


def test_secrets_that_are_missing_are_named(tmp_path: Path) -> None:
    entry = {"username": "ann", "secrets": str(tmp_path)}
    with pytest.raises(InvalidConfig) as refused:
        Declared.from_env({"USERS": json.dumps([entry])})
    assert [problem.split()[2] for problem in refused.value.problems] == [
        f"{tmp_path}/password,",
        f"{tmp_path}/token,",
    ]


def test_only_an_admin_may_administrate_and_only_as_long_as_declared_one(db: None) -> None:
    bring(a_user("ann"), a_user("bob", digit="2", admin=True))
    assert set(User.objects.filter(is_superuser=True).values_list("username")) == {("bob",)}
    bring(a_user("ann"), a_user("bob", digit="2"))
    assert not User.objects.filter(is_staff=True).exists()


def test_who_is_declared_no_longer_is_disabled_and_comes_back_as_before(db: None) -> None:
    bring(ACCOUNT, a_user("ann"), a_user("bob", digit="2"))
    ann = User.objects.get(username="ann")
    bring(ACCOUNT, a_user("bob", digit="2"))
    assert actives() == {"admin": True, "ann": False, "bob": True}
    bring(ACCOUNT, a_user("ann"), a_user("bob", digit="2"))
    assert actives()["ann"]
    assert User.objects.get(username="ann").password == ann.password
    assert Token.objects.get(user=ann).key == "1" * 40


def test_a_disabled_users_token_is_refused(db: None, client: Client) -> None:
    bring(a_user("ann"))
    headers = {"Authorization": "Token " + "1" * 40}
    assert client.get("/api/auth/user/", headers=headers).status_code == 200
    bring()
    assert client.get("/api/auth/user/", headers=headers).status_code == 401


def test_accounts_of_others_and_an_incomplete_declaration_disable_nobody(ann: User) -> None:
    bring(a_user("bob"))
    bring(ACCOUNT, complete=False)
    assert actives() == {"admin": True, "ann": True, "bob": True}


def test_two_who_swap_their_tokens_have_them_swapped(db: None) -> None:
    bring(a_user("ann"), a_user("bob", digit="2"))
    bring(a_user("ann", digit="2"), a_user("bob"))
    assert dict(Token.objects.values_list("user__username", "key")) == {"ann": "2" * 40, "bob": "1" * 40}
