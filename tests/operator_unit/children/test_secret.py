"""The generated Secrets."""

from base64 import b64decode
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import unquote, urlsplit

from mediavault_operator import names
from mediavault_operator.children.secret import (
    build_admin_secret,
    build_database_secret,
    build_django_secret,
    build_user_secret,
)
from mediavault_operator.credentials import Credentials, DatabaseLogin

Maker = Callable[..., Any]


def values(manifest: dict[str, Any]) -> dict[str, str]:
    return {key: b64decode(value).decode() for key, value in manifest["data"].items()}


def test_the_database_url_says_what_the_single_keys_say(make_vault: Maker, credentials: Credentials) -> None:
    difficult = replace(credentials, database=DatabaseLogin(password="p@ss/word:1"))
    found = values(build_database_secret(make_vault(), difficult))
    url = urlsplit(found["DATABASE_URL"])
    assert (url.username, unquote(url.password or "")) == (found["username"], found["password"])
    assert (url.hostname, str(url.port), url.path[1:]) == (found["host"], found["port"], found["database"])


def test_the_secret_of_a_rotated_database_names_the_account_that_is_to_close(
    make_vault: Maker, credentials: Credentials
) -> None:
    login = DatabaseLogin(password="p", second=True, rotated_at="now", retired=True)
    found = values(build_database_secret(make_vault(), replace(credentials, database=login)))
    assert (found["owner"], found["username"]) == ("mediavault", "mediavault_2")
    assert (found["rotatedAt"], found["retired"]) == ("now", "mediavault")


def test_the_admins_secret_names_the_account_of_the_spec(make_vault: Maker, credentials: Credentials) -> None:
    vault = make_vault({"admin": {"username": "eve", "email": "eve@example.org"}})
    found = values(build_admin_secret(vault, credentials))
    assert found == {
        "username": "eve",
        "email": "eve@example.org",
        "password": "password-of-admin",
        "token": "token-of-admin",
    }


def test_a_users_secret_is_all_that_somebody_needs_to_hand_over(make_vault: Maker) -> None:
    vault = make_vault({"users": [{"username": "Bob", "email": "b@c.d", "secretName": "for-bob"}]})
    made = Credentials.complete({}, vault="photos", users=vault.users, token=lambda size: f"{size} bytes")
    manifest = build_user_secret(vault, vault.users[0], made)
    assert values(manifest) == {
        "username": "Bob",
        "email": "b@c.d",
        "password": "16 bytes",
        "token": "20 bytes",
    }
    assert manifest["metadata"]["name"] == "for-bob"
    assert manifest["metadata"]["labels"][names.COMPONENT_LABEL] == names.USER
    assert "ownerReferences" not in manifest["metadata"]


def test_djangos_key_stands_alone(make_vault: Maker, credentials: Credentials) -> None:
    assert values(build_django_secret(make_vault(), credentials)) == {"SECRET_KEY": "key-of-django"}
