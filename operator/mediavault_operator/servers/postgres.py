"""A role and a database of a vault's own, on a PostgreSQL server that many share.

Everything here may be done again at any time, and be killed at any point: the role comes first and goes
last, and says by its comment whose it is. Calls block; each ends within `PATIENCE` of silence.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import psycopg2  # type: ignore[import-untyped]
from psycopg2 import extensions, sql

PATIENCE: Final = 60
"""Seconds for one statement; making a database copies a template, which takes a busy server a while."""
CONNECT_SECONDS: Final = 5
_RIGHTS: Final = "NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"
_LOCK: Final = 0x6D76
_SESSION: Final = f"-c statement_timeout={PATIENCE}s -c lock_timeout={PATIENCE}s"


class ServerError(Exception):
    """What the server said, or that it said nothing; without a secret in it. It may pass."""


class NotThere(Exception):
    """A database that was there before is not on this server."""


class NotOurs(Exception):
    """A role or a database of the name is there, and nothing shows that it is this vault's."""


@dataclass(frozen=True, kw_only=True)
class Admin:
    """Who may make roles and databases on a server, and where that is; `database` is one to begin in."""

    host: str
    port: int
    username: str
    password: str = field(repr=False)
    database: str = "postgres"
    sslmode: str = "prefer"


@dataclass(frozen=True, kw_only=True)
class Tenancy:
    """What a vault has on a server: a role and a database of the same name. `owner` is the vault's uid.

    `login` is the account that opens the database: the role itself or `second`, which acts as it; `retired`
    is one that must not open it any more. Where it is not `new`, an empty database in the place of a missing
    one would hide the loss.
    """

    name: str
    owner: str
    second: str
    login: str
    password: str = field(default="", repr=False)
    retired: str = ""
    new: bool = True

    @property
    def mark(self) -> str:
        """The role's comment, by which it is known again."""
        return f"MediaVault {self.owner}"


def bring(admin: Admin, tenancy: Tenancy) -> None:
    """See that role and database are there, are the vault's alone, and open with the password.

    What an earlier vault of the name left is taken up where the password opens it. Raises NotThere, NotOurs,
    ServerError.
    """
    with _administering(admin, tenancy) as session:
        mark = _mark(session, tenancy)
        if not tenancy.new and (mark is None or _owner(session, tenancy) is None):
            raise NotThere(f"there is no database {tenancy.name} on {admin.host}")
        if mark is None:
            if _owner(session, tenancy) is not None:
                raise NotOurs(f"the database {tenancy.name} is there without its role")
            _make_role(session, tenancy)
        elif mark != tenancy.mark:
            if not _opens(admin, tenancy):
                raise NotOurs(f"the role {tenancy.name} is there, and the Secret's password does not open it")
            _remark(session, tenancy)
        _make_database(session, tenancy)
        _open_to_login(session, admin, tenancy)


def drop(admin: Admin, tenancy: Tenancy) -> None:
    """See that role and database are gone, with all data. Raises NotOurs, ServerError."""
    with _administering(admin, tenancy) as session:
        mark = _mark(session, tenancy)
        if mark is None and _owner(session, tenancy) is None:
            return
        if mark != tenancy.mark:
            raise NotOurs(f"the role {tenancy.name} is not this vault's")
        # Nobody comes back while the database goes.
        _run(session, "ALTER ROLE {name} NOLOGIN", tenancy)
        _run(session, "DROP ROLE IF EXISTS {second}", tenancy)
        _run(session, "DROP DATABASE IF EXISTS {name} WITH (FORCE)", tenancy)
        # What else it may have made, where it could connect to the server's other databases.
        _run(session, "DROP OWNED BY {name}", tenancy)
        _run(session, "DROP ROLE {name}", tenancy)


def _make_role(session: Any, tenancy: Tenancy) -> None:
    with _transaction(session):
        _run(
            session,
            f"CREATE ROLE {{name}} LOGIN {_RIGHTS} PASSWORD %s",
            tenancy,
            _verifier(session, tenancy),
        )
        _remark(session, tenancy)


def _open_to_login(session: Any, admin: Admin, tenancy: Tenancy) -> None:
    """See that the account opens the database, and that one which is retired opens nothing."""
    if not _opens(admin, tenancy):
        if tenancy.login == tenancy.second:
            _make_second(session, tenancy)
        _run(session, "ALTER ROLE {login} LOGIN PASSWORD %s", tenancy, _verifier(session, tenancy))
    if _ask(session, "SELECT rolcanlogin FROM pg_roles WHERE rolname = %s", tenancy.retired):
        _run(session, "ALTER ROLE {retired} NOLOGIN", tenancy)


def _make_second(session: Any, tenancy: Tenancy) -> None:
    """An account that acts as the vault's role in all it does; it cannot log in yet."""
    if _ask(session, "SELECT 1 FROM pg_roles WHERE rolname = %s", tenancy.second) is None:
        _run(session, f"CREATE ROLE {{second}} {_RIGHTS}", tenancy)
    _run(session, "GRANT {name} TO {second}", tenancy)
    _run(session, "ALTER ROLE {second} SET role = {name}", tenancy)


def _remark(session: Any, tenancy: Tenancy) -> None:
    _run(session, "COMMENT ON ROLE {name} IS %s", tenancy, tenancy.mark)


def _make_database(session: Any, tenancy: Tenancy) -> None:
    owner = _owner(session, tenancy)
    if owner is None:
        # Who is no superuser may give a database only to a role that it is a member of.
        _run(session, "GRANT {name} TO CURRENT_USER", tenancy)
        _run(session, "CREATE DATABASE {name} OWNER {name} TEMPLATE template0 ENCODING 'UTF8'", tenancy)
    elif owner != tenancy.name:
        raise NotOurs(f"the database {tenancy.name} is there and belongs to {owner}")
    _run(session, "REVOKE ALL ON DATABASE {name} FROM PUBLIC", tenancy)


def _opens(admin: Admin, tenancy: Tenancy) -> bool:
    """Whether the vault's own name and password open its database."""
    try:
        session = psycopg2.connect(
            **_place(admin), user=tenancy.login, password=tenancy.password, dbname=tenancy.name
        )
    except psycopg2.Error:
        return False
    session.close()
    return True


def _mark(session: Any, tenancy: Tenancy) -> str | None:
    """The role's comment, None where there is no role."""
    found = _ask(
        session,
        "SELECT coalesce(shobj_description(oid, 'pg_authid'), '') FROM pg_roles WHERE rolname = %s",
        tenancy.name,
    )
    return None if found is None else str(found)


def _owner(session: Any, tenancy: Tenancy) -> str | None:
    """Whose the database is, None where there is none."""
    found = _ask(session, "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = %s", tenancy.name)
    return None if found is None else str(found)


def _verifier(session: Any, tenancy: Tenancy) -> str:
    """What the server keeps of a password: it never stands in a statement, nor in the server's log."""
    return str(extensions.encrypt_password(tenancy.password, tenancy.login, scope=session))


@contextmanager
def _administering(admin: Admin, tenancy: Tenancy) -> Iterator[Any]:
    """A session of the admin, the only one that works on this tenancy."""
    try:
        session = psycopg2.connect(
            **_place(admin), user=admin.username, password=admin.password, dbname=admin.database
        )
        with closing(session):
            session.autocommit = True
            _ask(session, "SELECT pg_advisory_lock(%s, hashtext(%s))", _LOCK, tenancy.name)
            yield session
    except psycopg2.Error as error:
        raise ServerError(" ".join(str(error).split()) or type(error).__name__) from None


def _place(admin: Admin) -> dict[str, Any]:
    return {
        "host": admin.host,
        "port": admin.port,
        "sslmode": admin.sslmode,
        "connect_timeout": CONNECT_SECONDS,
        "application_name": "mediavault-operator",
        "options": _SESSION,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 20_000,
    }


@contextmanager
def _transaction(session: Any) -> Iterator[None]:
    session.autocommit = False
    try:
        with session:
            yield
    finally:
        session.autocommit = True


def _run(session: Any, statement: str, tenancy: Tenancy, *values: str) -> None:
    with session.cursor() as cursor:
        roles = ("name", "second", "login", "retired")
        quoted = {role: sql.Identifier(getattr(tenancy, role)) for role in roles}
        cursor.execute(sql.SQL(statement).format(**quoted), values or None)


def _ask(session: Any, statement: str, *values: object) -> object:
    with session.cursor() as cursor:
        cursor.execute(statement, values)
        row = cursor.fetchone()
        return None if row is None else row[0]
