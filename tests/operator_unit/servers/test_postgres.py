"""Roles and databases on a shared server, which is real and asks for passwords."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg2  # type: ignore[import-untyped]
import pytest

from mediavault_operator.servers import postgres
from mediavault_operator.servers.postgres import Admin, NotOurs, NotThere, ServerError, Tenancy, bring, drop

Ask = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture
def tenancy(admin: Admin) -> Iterator[Tenancy]:
    """A tenancy that is not there yet, under a name that must be quoted."""
    name = f'mv_"odd"; --{uuid4().hex[:8]}'
    tenancy = Tenancy(
        name=name, owner="uid-1", second=f"{name}_2", login=name, password='it\'s \\ "odd" % {name}'
    )
    yield tenancy
    with closing(psycopg2.connect(host=admin.host, user="postgres", dbname="postgres")) as session:
        session.autocommit = True
        quoted = name.replace('"', '""')
        session.cursor().execute(f'DROP DATABASE IF EXISTS "{quoted}" WITH (FORCE)')
        session.cursor().execute(f'DROP ROLE IF EXISTS "{quoted}_2", "{quoted}"')


def opened(admin: Admin, tenancy: Tenancy, *, database: str = "") -> Any:
    return psycopg2.connect(
        host=admin.host, user=tenancy.login, password=tenancy.password, dbname=database or tenancy.name
    )


def write_and_read(admin: Admin, tenancy: Tenancy, statement: str) -> Any:
    with closing(opened(admin, tenancy)) as session, session, session.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone() if cursor.description else None


def test_a_vault_gets_a_role_and_a_database_of_its_own(admin: Admin, tenancy: Tenancy, ask: Ask) -> None:
    bring(admin, tenancy)
    write_and_read(admin, tenancy, "CREATE EXTENSION pg_trgm; CREATE TABLE things (id integer)")
    rights = "rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls"
    assert ask(f"SELECT {rights} FROM pg_roles WHERE rolname = %s", tenancy.name) == [(False,) * 5]
    encoding = "SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = %s"
    assert ask(encoding, tenancy.name) == [("UTF8",)]


def test_a_second_account_works_on_what_the_first_has_made(admin: Admin, tenancy: Tenancy, ask: Ask) -> None:
    bring(admin, tenancy)
    write_and_read(admin, tenancy, "CREATE TABLE things (id integer)")
    second = replace(tenancy, login=tenancy.second, password="another")
    for _ in range(2):
        bring(admin, second)
        write_and_read(admin, second, "INSERT INTO things VALUES (1)")
        write_and_read(admin, tenancy, "INSERT INTO things VALUES (2)")
    write_and_read(admin, second, "CREATE TABLE more (id integer)")
    write_and_read(admin, tenancy, "DROP TABLE more")
    bring(admin, replace(second, retired=tenancy.name))
    with pytest.raises(psycopg2.OperationalError, match="not permitted to log in"):
        opened(admin, tenancy)
    assert write_and_read(admin, second, "SELECT count(*) FROM things") == (4,)
    third = replace(tenancy, password="third")
    bring(admin, third)
    assert write_and_read(admin, third, "SELECT count(*) FROM things") == (4,)
    drop(admin, tenancy)
    assert ask("SELECT rolname FROM pg_roles WHERE rolname LIKE %s", f"{tenancy.name}%") == []


def test_doing_it_again_changes_nothing(admin: Admin, tenancy: Tenancy, ask: Ask) -> None:
    bring(admin, tenancy)
    before = ask("SELECT rolpassword FROM pg_authid WHERE rolname = %s", tenancy.name)
    write_and_read(admin, tenancy, "CREATE TABLE things (id integer)")
    bring(admin, tenancy)
    assert ask("SELECT rolpassword FROM pg_authid WHERE rolname = %s", tenancy.name) == before
    assert write_and_read(admin, tenancy, "SELECT count(*) FROM things") == (0,)


def test_no_other_tenant_comes_in(admin: Admin, tenancy: Tenancy) -> None:
    name = f"{tenancy.name[:-1]}x"
    other = replace(tenancy, name=name, login=name, second=f"{name}_2", owner="uid-2")
    bring(admin, tenancy)
    bring(admin, other)
    try:
        with pytest.raises(psycopg2.OperationalError, match="permission denied for database"):
            opened(admin, other, database=tenancy.name)
    finally:
        drop(admin, other)


def test_a_new_password_opens_and_the_old_one_does_not(admin: Admin, tenancy: Tenancy) -> None:
    bring(admin, tenancy)
    renewed = replace(tenancy, password="another")
    bring(admin, renewed)
    opened(admin, renewed).close()
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        opened(admin, tenancy)


def test_no_password_reaches_the_servers_log(admin: Admin, tenancy: Tenancy, server: Path) -> None:
    secret = replace(tenancy, password=f"secret-{uuid4().hex}")
    bring(admin, secret)
    bring(admin, replace(secret, password=f"other-{secret.password}"))
    log = (server / "log").read_text()
    assert "CREATE ROLE" in log
    assert secret.password not in log


@pytest.mark.parametrize("at", range(1, 12))
def test_what_was_killed_at_any_statement_is_finished_by_the_next(
    admin: Admin, tenancy: Tenancy, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    """Every statement of a whole life is the last one once; the server rolls back as at a kill."""
    for act in (bring, drop):
        with monkeypatch.context() as patched:
            _die(patched, at)
            with suppress(KeyboardInterrupt, ServerError):
                act(admin, tenancy)
        act(admin, tenancy)
    bring(admin, tenancy)
    opened(admin, tenancy).close()


def _die(patched: pytest.MonkeyPatch, at: int) -> None:
    left = iter(range(at, -1, -1))
    for name in ("_run", "_ask"):
        real = getattr(postgres, name)

        def counted(session: Any, *rest: Any, real: Any = real) -> Any:
            if next(left, 0) == 1:
                session.close()
                raise KeyboardInterrupt
            return real(session, *rest)

        patched.setattr(postgres, name, counted)


def test_several_at_once_end_in_one(admin: Admin, tenancy: Tenancy) -> None:
    failures: list[Exception] = []

    def act() -> None:
        try:
            bring(admin, tenancy)
        except (NotOurs, ServerError) as error:
            failures.append(error)

    threads = [threading.Thread(target=act) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    opened(admin, tenancy).close()


def test_what_was_retained_is_taken_up_by_who_has_its_password(admin: Admin, tenancy: Tenancy) -> None:
    bring(admin, tenancy)
    write_and_read(admin, tenancy, "CREATE TABLE things (id integer)")
    successor = replace(tenancy, owner="uid-2")
    with pytest.raises(NotOurs, match="the Secret's password does not open it"):
        bring(admin, replace(successor, password="guessed"))
    bring(admin, successor)
    assert write_and_read(admin, successor, "SELECT count(*) FROM things") == (0,)
    with pytest.raises(NotOurs):
        drop(admin, tenancy)


def test_what_is_somebody_elses_is_left_alone(admin: Admin, tenancy: Tenancy, ask: Ask) -> None:
    quoted = tenancy.name.replace('"', '""').replace("%", "%%")
    ask(f'CREATE DATABASE "{quoted}"')
    with pytest.raises(NotOurs, match="is there without its role"):
        bring(admin, tenancy)
    with pytest.raises(NotOurs):
        drop(admin, tenancy)
    assert ask("SELECT 1 FROM pg_database WHERE datname = %s", tenancy.name)


def test_a_database_that_went_is_missed_and_no_empty_one_takes_its_place(
    admin: Admin, tenancy: Tenancy, ask: Ask
) -> None:
    known = replace(tenancy, new=False)
    with pytest.raises(NotThere, match="there is no database"):
        bring(admin, known)
    bring(admin, tenancy)
    bring(admin, known)
    drop(admin, known)
    with pytest.raises(NotThere):
        bring(admin, known)
    assert not ask("SELECT 1 FROM pg_roles WHERE rolname = %s", tenancy.name)


def test_a_drop_ends_sessions_and_leaves_nothing(admin: Admin, tenancy: Tenancy, ask: Ask) -> None:
    bring(admin, tenancy)
    with closing(opened(admin, tenancy)) as session:
        drop(admin, tenancy)
        with pytest.raises(psycopg2.OperationalError):
            session.cursor().execute("SELECT 1")
    assert not ask("SELECT 1 FROM pg_roles WHERE rolname = %s", tenancy.name)
    assert not ask("SELECT 1 FROM pg_database WHERE datname = %s", tenancy.name)
    drop(admin, tenancy)


def test_a_server_that_does_not_answer_is_told_without_a_secret(admin: Admin, tenancy: Tenancy) -> None:
    away = replace(admin, host="127.0.0.1", port=1)
    for act in (bring, drop):
        with pytest.raises(ServerError) as failure:
            act(away, tenancy)
        assert admin.password not in str(failure.value)
    with pytest.raises(ServerError, match="password authentication failed"):
        bring(replace(admin, password="wrong"), tenancy)
