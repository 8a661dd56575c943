"""Statements that are kept: compiled once in a process, and on PostgreSQL planned once in a session.

To build and compile a QuerySet costs more than to read a page of rows by it, and to plan over many indexes as
much again. What is kept must have a plan that is good for any values of its slots.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

import psycopg2.extensions  # type: ignore[import-untyped]
from django.db import NotSupportedError, connection
from django.db.models import Expression, Field, QuerySet

_MOST_IN_SESSION: Final = 128
# PostgreSQL would plan anew for a value that promises fewer rows: four times what a small statement costs.
_PLAN_ONCE: Final = "SET plan_cache_mode = force_generic_plan"
Rows = list[Sequence[Any]]
Convert = Callable[[Rows], Rows]


class Slot(Expression):
    """Stands in a QuerySet for a value that is told when the statement runs."""

    def __init__(self, name: str, output_field: "Field[Any, Any]") -> None:
        super().__init__(output_field=output_field)
        self.name = name
        self._kind = getattr(output_field, "output_field", output_field)  # a generated field's own

    def as_sql(self, *_: Any) -> tuple[str, tuple[Any, ...]]:
        """A mark, whose parameter is the slot itself."""
        return "%s", (self,)

    def as_postgresql(self, *_: Any) -> tuple[str, tuple[Any, ...]]:
        """With its type: a small number would be an integer, which no GIN index of bigints takes."""
        return f"%s::{self._kind.cast_db_type(connection)}", (self,)

    def given(self, value: Any) -> Any:
        """The value as the database's driver takes it."""
        return self._kind.get_db_prep_value(value, connection)


class Session(psycopg2.extensions.connection):  # type: ignore[misc] # psycopg2 has no types
    """A connection that knows the names of the statements it has planned, the latest used last."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.planned: OrderedDict[Statement, str] = OrderedDict()
        self._named = 0
        with self.cursor() as cursor:
            cursor.execute(_PLAN_ONCE)
        self.commit()  # or the first rollback would take it back

    def new_name(self) -> str:
        """A name that no statement of this session had."""
        self._named += 1
        return f"kept_{self._named}"


class Statement:
    """A query in SQL, some of whose parameters are slots."""

    def __init__(self, sql: str, params: Sequence[Any], convert: Convert | None = None) -> None:
        """`convert` makes of the driver's rows what is wanted."""
        self._sql, self._params, self._convert = sql, params, convert
        self._slots = [param for param in params if isinstance(param, Slot)]

    @classmethod
    def of(cls, rows: QuerySet[Any, Any]) -> "Statement":
        """What gives the rows of a QuerySet of values."""
        compiler = rows.query.get_compiler(rows.db)
        sql, params = compiler.as_sql()
        converters = compiler.get_converters([column for column, *_ in compiler.select])
        return cls(sql, params, partial(_converted, compiler, converters) if converters else None)

    def rows(self, *, planned: bool = True, **values: Any) -> Rows:
        """The rows, with a value for each slot.

        Where not `planned`, PostgreSQL plans for these values alone.
        """
        given = [slot.given(values[slot.name]) for slot in self._slots]
        with connection.cursor() as cursor:
            if planned and connection.vendor == "postgresql":
                self._execute_planned(cursor, given)
            else:
                told = iter(given)
                params = [next(told) if isinstance(param, Slot) else param for param in self._params]
                cursor.execute(self._sql, params)
            found = cursor.fetchall()
        return self._convert(found) if self._convert else found

    def _execute_planned(self, cursor: Any, given: list[Any]) -> None:
        session: Session = connection.connection
        marks = ", ".join(["%s"] * len(given))
        before = ""
        if name := session.planned.get(self):
            session.planned.move_to_end(self)
            try:
                cursor.execute(f"EXECUTE {name} ({marks})", given)
                return
            except NotSupportedError:  # a migration has changed the type of a column that it gives
                del session.planned[self]
                before = f"DEALLOCATE {name}; "
        name = session.new_name()
        if len(session.planned) >= _MOST_IN_SESSION:
            before = f"DEALLOCATE {session.planned.popitem(last=False)[1]}; "
        numbers = iter(range(1, len(given) + 1))
        params = [
            psycopg2.extensions.AsIs(f"${next(numbers)}") if isinstance(param, Slot) else param
            for param in self._params
        ]
        prepare = f"{before}PREPARE {name} AS {self._sql}; EXECUTE {name} ({marks})"
        cursor.execute(prepare, [*params, *given])
        session.planned[self] = name


def _converted(compiler: Any, converters: Any, rows: Rows) -> Rows:
    return list(compiler.apply_converters(rows, converters))
