"""Rows collected as plain dictionaries and written table by table: ten times faster than one object a row."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.core.db import Model


class Numbers:
    """Running numbers by series, as the portal gives them."""

    def __init__(self) -> None:
        self.last: dict[str, int] = defaultdict(int)

    def next(self, prefix: str, branch: str, on: date) -> str:
        """``JX-NJ-20260302-0001``."""
        series = f"{prefix}-{branch}-{on:%Y%m%d}"
        self.last[series] += 1
        return f"{series}-{self.last[series]:04}"


class Rows:
    """Rows by table, with ids given here so that they can point at each other."""

    def __init__(self) -> None:
        self._rows: dict[Any, list[dict[str, Any]]] = defaultdict(list)

    def add(self, model: Any, **values: Any) -> int:
        """Add a row; gives its id. The database must hold no row of this table yet."""
        rows = self._rows[model]
        values["id"] = len(rows) + 1
        rows.append(values)
        return len(rows)

    def of(self, model: Any) -> list[dict[str, Any]]:
        """The rows of a table so far."""
        return self._rows[model]

    def write(self, session: Session) -> dict[str, int]:
        """Insert everything, referenced tables first; gives the number of rows by table."""
        order = {table.name: place for place, table in enumerate(Model.metadata.sorted_tables)}
        tally: dict[str, int] = {}
        for model in sorted(self._rows, key=lambda m: order[m.__tablename__]):
            # Every row of one INSERT needs the same columns.
            names = sorted({name for row in self._rows[model] for name in row})
            complete = [{name: row.get(name, _default(model, name)) for name in names} for row in self._rows[model]]
            # Into the table, not through the model: that would send rows with and without empty columns apart.
            session.execute(insert(model.__table__), complete)
            tally[model.__tablename__] = len(complete)
        return tally


def _default(model: Any, name: str) -> Any:
    default = model.__table__.c[name].default
    return default.arg if default is not None and default.is_scalar else None
