"""Time in statements that SQLite and PostgreSQL both understand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Boolean, ColumnElement, case, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction


class same_or_earlier_minute(GenericFunction[bool]):  # noqa: N801 - SQLAlchemy functions are named like SQL's
    """``same_or_earlier_minute(done, due)``: done at the latest in the minute it was due (SO-15 counts whole minutes)."""

    type = Boolean()
    inherit_cache = True


@compiles(same_or_earlier_minute, "sqlite")
def _in_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    # Stored as text, "2026-11-22 08:30:00.000000": the first sixteen characters are the minute.
    done, due = (compiler.process(each, **kw) for each in element.clauses)
    return f"(substr({done}, 1, 16) <= substr({due}, 1, 16))"


@compiles(same_or_earlier_minute, "postgresql")
def _in_postgresql(element: Any, compiler: Any, **kw: Any) -> str:
    done, due = (compiler.process(each, **kw) for each in element.clauses)
    return f"(date_trunc('minute', {done}) <= date_trunc('minute', {due}))"


def place_in(column: Any, ends: Sequence[date]) -> ColumnElement[int]:
    """In which of the spans that end (excluded) at ``ends``, ascending, the column's moment or day lies: 0, 1, 2 …

    Office days are no SQL of both databases; their bounds are. What lies behind the last end counts to the last span.
    """
    if len(ends) < 2:
        return literal(0)
    return case(*[(column < end, place) for place, end in enumerate(ends[:-1])], else_=len(ends) - 1)
