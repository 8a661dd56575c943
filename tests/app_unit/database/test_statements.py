"""Statements that are kept: the same rows as their QuerySets, planned once in each session of PostgreSQL."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import DatabaseError, OperationalError, connection
from django.db.models import BigIntegerField, CharField, DateTimeField
from django.test.utils import CaptureQueriesContext

from mediavault.accounts.models import User
from mediavault.database import statements
from mediavault.database.base import close_idle_connections
from mediavault.database.statements import Slot, Statement


def named(username: Any) -> Statement:
    return Statement.of(User.objects.filter(username=username).values_list("username", "date_joined"))


@pytest.fixture
def by_name(ann: User, bob: User) -> Statement:
    return named(Slot("name", CharField()))


def test_the_rows_are_those_of_the_query_set(by_name: Statement, ann: User, bob: User) -> None:
    assert [tuple(row) for row in by_name.rows(name="bob")] == [("bob", bob.date_joined)]
    assert [tuple(row) for row in by_name.rows(name="ann")] == [("ann", ann.date_joined)]
    assert by_name.rows(name="' OR true --") == []
    assert [tuple(row) for row in by_name.rows(planned=False, name="ann")] == [("ann", ann.date_joined)]


def test_a_value_is_given_as_its_field_gives_it(ann: User) -> None:
    later = Statement.of(
        User.objects.filter(date_joined__gt=Slot("at", DateTimeField())).values_list("username")
    )
    assert [tuple(row) for row in later.rows(at="2020-01-01T00:00:00+00:00")] == [("ann",)]
    assert later.rows(at=datetime(2100, 1, 1, tzinfo=UTC)) == []


@pytest.mark.postgres
def test_a_session_plans_once(by_name: Statement) -> None:
    with CaptureQueriesContext(connection) as queries:
        for name in ("ann", "bob", "eve"):
            by_name.rows(name=name)
    assert [query["sql"].split()[0] for query in queries] == ["PREPARE", "EXECUTE", "EXECUTE"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT SUM(custom_plans), SUM(generic_plans) >= 3 FROM pg_prepared_statements")
        assert cursor.fetchone() == (0, True)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_what_was_not_used_for_longest_makes_room(
    ann: User, by_name: Statement, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection.close()
    close_idle_connections()  # a session that has planned nothing
    monkeypatch.setattr(statements, "_MOST_IN_SESSION", 2)
    others = [named(Slot("name", CharField())) for _ in range(2)]
    for statement in (by_name, others[0], by_name, others[1], by_name):
        assert len(statement.rows(name="ann")) == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements")
        assert cursor.fetchone() == (2,)
    with CaptureQueriesContext(connection) as queries:
        by_name.rows(name="ann")
        others[0].rows(name="ann")
    assert [query["sql"].split()[0] for query in queries] == ["EXECUTE", "DEALLOCATE"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_session_that_is_lent_again_knows_its_plans_and_one_after_a_restart_makes_its_own(
    by_name: Statement,
) -> None:
    by_name.rows(name="ann")
    connection.close()
    with CaptureQueriesContext(connection) as queries:
        by_name.rows(name="ann")
    assert [query["sql"].split()[0] for query in queries] == ["EXECUTE"]
    with pytest.raises(OperationalError), connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    connection.close()
    with CaptureQueriesContext(connection) as queries:
        assert len(by_name.rows(name="ann")) == 1
    assert [query["sql"].split()[0] for query in queries] == ["PREPARE"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_statement_that_failed_at_first_is_planned_again() -> None:
    divided = Statement("SELECT 1 / CAST(%s AS bigint)", [Slot("by", BigIntegerField())])
    with pytest.raises(DatabaseError):
        divided.rows(by=0)
    assert divided.rows(by=1) == [(1,)]
    assert divided.rows(by=1) == [(1,)]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_column_that_a_migration_widens_is_read_on() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE widened AS SELECT CAST('a' AS varchar(5)) AS name")
        names = Statement("SELECT name FROM widened WHERE name = %s", [Slot("name", CharField())])
        assert names.rows(name="a") == names.rows(name="a") == [("a",)]
        cursor.execute("ALTER TABLE widened ALTER COLUMN name TYPE varchar(9)")
        assert names.rows(name="a") == names.rows(name="a") == [("a",)]
        cursor.execute("DROP TABLE widened")
