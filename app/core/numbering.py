"""Running numbers: ``JX-HQ-20261121-0001``.

The counter row is advanced by an UPDATE in the caller's transaction: concurrent writers wait for each other and a
rolled-back verb gives its number back, so that every series is free of gaps (CP-1).
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import Integer, String, UniqueConstraint, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Model, db
from app.core.uow import in_unit_of_work


class NumberSeries(Model):
    """The last number given in one series."""

    __tablename__ = "number_series"
    __table_args__ = (UniqueConstraint("series"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    series: Mapped[str] = mapped_column(String(64), nullable=False)
    last: Mapped[int] = mapped_column(Integer, nullable=False, default=0)


def next_number(prefix: str, branch_code: str, on: date, *, width: int = 4) -> str:
    """The next number of the series of this prefix, branch and office date. Needs an open unit of work."""
    if not in_unit_of_work():
        raise RuntimeError("a number is given only inside a unit of work")
    series = f"{prefix}-{branch_code}-{on:%Y%m%d}"
    return f"{series}-{_advance(series):0{width}d}"


def _advance(series: str) -> int:
    session = db.session()
    table = NumberSeries.__table__
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    session.execute(dialect.insert(table).values(series=series, last=0).on_conflict_do_nothing())
    session.execute(update(table).where(table.c.series == series).values(last=table.c.last + 1))
    return int(session.execute(select(table.c.last).where(table.c.series == series)).scalar_one())
