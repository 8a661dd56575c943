"""Bring the database to this release's schema, never two processes at once."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

# Any number will do, as long as nothing else of the vault's database uses it.
ADVISORY_LOCK = 0x6D65_6469_6176


class DatabaseUnreachable(Exception):
    """No connection could be made in the time given."""


def wait_for_database(
    *,
    seconds: float,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Return once the database answers; raises DatabaseUnreachable after `seconds`."""
    deadline = clock() + seconds
    while True:
        try:
            connection.ensure_connection()
            return
        except OperationalError as error:
            connection.close()
            if clock() >= deadline:
                raise DatabaseUnreachable(_reason(error)) from error
        sleep(0.2)


def _reason(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__


@contextmanager
def preparation_lock() -> Iterator[None]:
    """Held on PostgreSQL while a database is prepared; another Job that holds it is waited for."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [ADVISORY_LOCK])
    try:
        yield
    finally:
        if connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [ADVISORY_LOCK])


def pending_migrations() -> int:
    """How many migrations of this release the database lacks; those of newer releases do not matter."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def apply_migrations() -> int:
    """Apply what is pending and say how many migrations that were; its progress goes to stderr."""
    pending = pending_migrations()
    if pending:
        call_command("migrate", interactive=False, verbosity=1, stdout=sys.stderr)
    return pending
