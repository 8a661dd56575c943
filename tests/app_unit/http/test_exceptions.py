"""Which errors are told as what, and in which words."""

import json
import sqlite3
from contextlib import closing

import pytest
from django.db import OperationalError
from rest_framework import exceptions

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


def detail_of(error: Exception) -> str:
    response = handle_exception(error, {})
    assert response is not None
    return str(json.loads(response.content)["detail"])


@pytest.mark.parametrize(
    "error", [exceptions.NotAuthenticated(), exceptions.AuthenticationFailed("Invalid token.")]
)
def test_who_is_not_signed_in_learns_how_to_sign_in(error: Exception) -> None:
    assert "Authorization: Token" in detail_of(error)


def test_who_tries_too_often_learns_when_to_try_again() -> None:
    assert detail_of(exceptions.Throttled(wait=57.2)) == "Too many attempts; try again in 58 seconds."


def test_a_sentence_about_no_field_names_none() -> None:
    assert detail_of(exceptions.ValidationError({"non_field_errors": ["No account."]})) == "No account."
