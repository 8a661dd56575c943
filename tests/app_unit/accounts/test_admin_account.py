"""The account that the operator keeps."""

from pathlib import Path

import pytest
from rest_framework.authtoken.models import Token

from mediavault.accounts.admin_account import AdminAccount, bring_admin
from mediavault.accounts.models import User
from mediavault.config import InvalidConfig

TOKEN = "0123456789abcdef0123456789abcdef01234567"
ACCOUNT = AdminAccount(username="admin", email="admin@example.com", password="first", token=TOKEN)


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
    expected = AdminAccount(username="admin", email="a@example.com", password="secret", token=TOKEN)
    assert AdminAccount.from_env(secrets) == expected


def test_without_a_name_there_is_no_account() -> None:
    assert AdminAccount.from_env({"ADMIN_EMAIL": "a@example.com"}) is None


def test_all_problems_are_named_and_no_secret(secrets: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "token").write_text("short")
    (tmp_path / "password").write_text(" ")
    with pytest.raises(InvalidConfig) as refused:
        AdminAccount.from_env({**secrets, "ADMIN_USERNAME": "x" * 151})
    names = [problem.split()[0] for problem in refused.value.problems]
    assert sorted(names) == ["ADMIN_PASSWORD_FILE", "ADMIN_TOKEN_FILE", "ADMIN_USERNAME"]
    assert "short" not in str(refused.value)


def test_a_password_file_is_needed(secrets: dict[str, str]) -> None:
    del secrets["ADMIN_PASSWORD_FILE"]
    with pytest.raises(InvalidConfig, match="ADMIN_PASSWORD_FILE is missing"):
        AdminAccount.from_env(secrets)


def test_the_account_is_created_once(db: None) -> None:
    bring_admin(ACCOUNT)
    bring_admin(ACCOUNT)
    user = User.objects.get()
    assert user.check_password("first")
    assert user.is_superuser
    assert user.is_staff
    assert Token.objects.get().key == TOKEN


def test_an_unchanged_password_keeps_its_hash_and_so_its_sessions(db: None) -> None:
    bring_admin(ACCOUNT)
    before = User.objects.get().password
    bring_admin(ACCOUNT)
    assert User.objects.get().password == before


def test_the_secrets_of_today_replace_those_of_yesterday(db: None) -> None:
    bring_admin(AdminAccount(username="Admin", email="", password="old", token="9" * 40))
    User.objects.update(is_active=False, is_superuser=False)
    bring_admin(ACCOUNT)
    user = User.objects.get()
    assert (user.username, user.is_active, user.is_superuser) == ("admin", True, True)
    assert user.check_password("first")
    assert [token.key for token in Token.objects.all()] == [TOKEN]


def test_a_token_that_somebody_else_had_becomes_the_admins(ann: User) -> None:
    Token.objects.create(key=TOKEN, user=ann)
    bring_admin(ACCOUNT)
    assert Token.objects.get().user.username == "admin"


def test_without_a_token_the_users_own_stays(db: None) -> None:
    bring_admin(ACCOUNT)
    bring_admin(AdminAccount(username="admin", email="", password="first", token=""))
    assert Token.objects.get().key == TOKEN
