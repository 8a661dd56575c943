"""Which errors of the database are told as what."""

import sqlite3
from contextlib import closing

import pytest
from django.db import OperationalError

from mediavault.http.exceptions import handle_exception


def test_a_database_without_room_is_a_full_vault_and_not_an_absent_database() -> None:
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("PRAGMA max_page_count = 1")
        with pytest.raises(sqlite3.OperationalError) as full:
            database.execute("CREATE TABLE too (much)")
    error = OperationalError(str(full.value))
    error.__cause__ = full.value
    response = handle_exception(error, {})
    assert response is not None
    assert response.status_code == 507


def test_a_database_that_is_not_there_is_worth_another_try() -> None:
    response = handle_exception(OperationalError("connection refused"), {})
    assert response is not None
    assert (response.status_code, response["Retry-After"]) == (503, "5")
