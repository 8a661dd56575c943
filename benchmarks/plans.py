"""What PostgreSQL itself says of the statements that it is sent: how many, and by which plans."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from benchmarks.postgres import Postgres

_SLOW: Final = frozenset({"Sort", "Incremental Sort", "Seq Scan"})
_PRELOAD: Final = {"session_preload_libraries": "'auto_explain'"}
# Known only to sessions that have the library.
_SETTINGS: Final = {
    "auto_explain.log_min_duration": "0",
    "auto_explain.log_format": "'json'",
    "log_statement": "'all'",
}
_SETTLE_SECONDS = 0.1


@dataclass
class Plans:
    """PostgreSQL's log from a moment on."""

    VAULT = "vault_"
    log: Path
    start: int = field(default=0)

    def clear(self) -> None:
        """Forget what was logged so far."""
        self.start = self.log.stat().st_size

    def statements(self) -> int:
        """How many statements were sent, those that only begin or end a transaction included."""
        return sum(_is_statement(message) for message in self._messages())

    def slow_nodes(self, tables: str) -> set[str]:
        """The nodes that sort, or read a whole table whose name begins so, in any plan."""
        found: set[str] = set()
        for message in self._messages():
            if "plan:\n" in message:
                plan = json.loads(message.partition("plan:\n")[2])
                found |= slow_nodes(plan["Plan"], tables)
        return found

    def _messages(self) -> list[str]:
        # The collector writes what a backend said a moment before, after the answer was sent.
        time.sleep(_SETTLE_SECONDS)
        with self.log.open("rb") as file:
            file.seek(self.start)
            lines = file.read().splitlines()
        return [json.loads(line).get("message", "") for line in lines if line.startswith(b"{")]


def _is_statement(message: str) -> bool:
    return message.startswith(("statement: ", "execute "))


def slow_nodes(plan: dict[str, Any], tables: str) -> set[str]:
    """Pure: the same of one plan as EXPLAIN writes it."""
    found: set[str] = set()
    kind, relation = plan["Node Type"], plan.get("Relation Name", "")
    if kind in _SLOW and (relation.startswith(tables) or not relation):
        found.add(f"{kind} {relation}".strip())
    for below in plan.get("Plans", ()):
        found |= slow_nodes(below, tables)
    return found


@contextmanager
def explained(server: Postgres) -> Iterator[Plans]:
    """The server explains everything in its log for the block, to connections of before as well."""
    for settings in (_PRELOAD, _SETTINGS):
        server.run("postgres", *(f"ALTER SYSTEM SET {name} = {value}" for name, value in settings.items()))
        server.run("postgres", "SELECT pg_reload_conf()")
        time.sleep(_SETTLE_SECONDS)
    server.run("postgres", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'million'")
    try:
        yield Plans(server.log)
    finally:
        server.run("postgres", "ALTER SYSTEM RESET ALL")
        server.run("postgres", "SELECT pg_reload_conf()")
