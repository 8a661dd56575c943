"""The database backend that settings name as `mediavault.database`.

`connection.close()`, which Django calls at the end of every request, gives the connection back instead.
"""

import threading
from typing import Any

from django.db import OperationalError
from django.db.backends.postgresql import base
from django.db.backends.postgresql.psycopg_any import IsolationLevel

from mediavault.database.pool import ConnectionPool, PoolExhausted
from mediavault.database.statements import Session

PATIENCE_SECONDS = 20.0
_Key = tuple[int, frozenset[tuple[str, str]]]
_pools: dict[_Key, ConnectionPool] = {}
_making = threading.Lock()


def _pool(size: int, conn_params: dict[str, Any]) -> ConnectionPool:
    """The pool of what these parameters lead to: other servers, databases and users have their own."""
    key = size, frozenset((name, repr(value)) for name, value in conn_params.items())
    with _making:
        if key not in _pools:
            _pools[key] = ConnectionPool(size=size, patience=PATIENCE_SECONDS)
        return _pools[key]


def close_idle_connections() -> None:
    """Say goodbye to the server before the process ends."""
    for pool in _pools.values():
        pool.close_idle()


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own, with borrowed connections; MAX_CONNECTIONS of the settings bounds them."""

    lender: ConnectionPool | None = None

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Lend a connection; raises OperationalError where none becomes free."""
        make = super().get_new_connection
        self.isolation_level = IsolationLevel.READ_COMMITTED  # PostgreSQL's own, which a kept connection has
        self.lender = _pool(self.settings_dict["MAX_CONNECTIONS"], conn_params)
        try:
            return self.lender.take(lambda: make({**conn_params, "connection_factory": Session}))
        except PoolExhausted as error:
            raise OperationalError(str(error)) from error

    def _close(self) -> None:
        if self.connection is not None and self.lender is not None:
            with self.wrap_database_errors:
                self.lender.give_back(self.connection)
