"""Letting go of the database before something slow."""

from django.db import connection


def release_connection() -> None:
    """Give this thread's connection back: what comes next waits for a client, not for the database.

    The next query borrows one again. Inside of a transaction, and on SQLite, nothing happens.
    """
    if connection.vendor == "postgresql" and not connection.in_atomic_block:
        connection.close()
