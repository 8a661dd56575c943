"""Generated values."""

from mediavault_operator.credentials import Credentials, DatabaseLogin, Login
from mediavault_operator.spec import User


def test_what_is_absent_is_made() -> None:
    made = Credentials.complete({}, vault="photos", token=lambda size: "a" * size)
    assert all((made.secret_key, made.database.password, made.admin.password, made.admin.token))


def test_what_stands_is_kept() -> None:
    known = {
        "photos-django": {"SECRET_KEY": "k"},
        "photos-database": {"password": "d"},
        "photos-admin": {"password": "p", "token": "t"},
        "photos-backup": {"password": "b"},
    }
    kept = Credentials.complete(known, vault="photos", token=lambda size: "new")
    admin = Login(password="p", token="t")
    assert kept == Credentials(
        secret_key="k", database=DatabaseLogin(password="d"), admin=admin, backup_password="b"
    )


def rotated(held: dict[str, str], order: str) -> DatabaseLogin:
    known = {"photos-database": held} if held else {}
    return Credentials.complete(known, vault="photos", rotated_at=order, token=lambda size: "new").database


def test_an_order_changes_to_the_other_account_with_a_new_password() -> None:
    held = {"username": "mediavault", "password": "d"}
    assert rotated(held, "") == DatabaseLogin(password="d")
    assert rotated(held, "now") == DatabaseLogin(password="new", second=True, rotated_at="now")
    done = {"username": "mediavault_2", "password": "d", "rotatedAt": "now", "retired": "mediavault"}
    assert rotated(done, "now") == DatabaseLogin(password="d", second=True, rotated_at="now", retired=True)
    assert rotated(done, "later") == DatabaseLogin(password="new", rotated_at="later")
    assert rotated(done, "") == rotated(done, "now")


def test_an_order_waits_until_nothing_uses_the_account_that_it_would_take() -> None:
    begun = {"username": "mediavault_2", "password": "d", "rotatedAt": "now"}
    assert rotated(begun, "later") == DatabaseLogin(password="d", second=True, rotated_at="now")


def test_a_vault_that_is_made_with_an_order_has_nothing_to_rotate() -> None:
    assert rotated({}, "now") == DatabaseLogin(password="new", rotated_at="now", retired=True)


def test_each_user_has_a_login_of_their_own_secret() -> None:
    users = (User(username="ann", secret="to-ann"), User(username="bob", secret="to-bob"))
    known = {"to-ann": {"password": "p", "token": "t"}}
    made = Credentials.complete(known, vault="photos", users=users, token=lambda size: "new")
    assert made.users == {
        "to-ann": Login(password="p", token="t"),
        "to-bob": Login(password="new", token="new"),
    }


def test_the_secrets_of_another_vault_are_not_taken() -> None:
    known = {"films-django": {"SECRET_KEY": "k"}}
    assert Credentials.complete(known, vault="photos", token=lambda size: "new").secret_key == "new"


def test_no_value_shows_in_a_repr(credentials: Credentials) -> None:
    assert "of-" not in repr(credentials)


def test_a_fingerprint_changes_with_a_value_and_with_the_place_of_a_value(credentials: Credentials) -> None:
    marks = {credentials.fingerprint(*values) for values in (("a", "b"), ("ab", ""), ("b", "a"), ("a",))}
    assert len(marks) == 4
