"""The app as its image serves it."""

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from served_app import ServedApp, served_app


@pytest.fixture
def app(django_db_modify_db_settings: None, tmp_path: Path) -> Iterator[ServedApp]:
    with served_app(tmp_path) as running:
        yield running


def account(app: ServedApp) -> str:
    asked = urllib.request.Request(f"{app.url}/api/auth/user/", headers=app.headers)
    with urllib.request.urlopen(asked, timeout=10) as answer:
        return str(json.load(answer)["username"])


def test_two_replicas_know_the_same_account_and_one_outlives_the_other(app: ServedApp) -> None:
    other = app.beside()
    other.start()
    try:
        assert account(app) == account(other) == "admin"
        app.kill()
        assert account(other) == "admin"
    finally:
        other.stop()
