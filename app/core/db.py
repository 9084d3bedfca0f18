"""The database session, our column types and the few mixins every table shares.

One metadata for the framework's tables and ours (``SQLA(model_class=Model)``), so that migrations see both.
"""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from flask import has_request_context, request
from flask_appbuilder import Model
from flask_appbuilder.models.sqla.base import SQLA
from flask_sqlalchemy.session import Session as FrameworkSession
from sqlalchemy import (
    CheckConstraint,
    Connection,
    DateTime,
    Dialect,
    ForeignKey,
    Integer,
    Numeric,
    String,
    TypeDecorator,
    event,
)
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.sql import operators

Model.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class OfficeSession(FrameworkSession):
    """The session; ``get`` hands out a row only to whom the row scope shows it, also when it is loaded already."""

    def get(self, entity: Any, ident: Any, **options: Any) -> Any:
        """The row with this primary key, or None."""
        from app.core.scope import sees

        found = super().get(entity, ident, **options)
        return found if found is not None and sees(self, found) else None


db = SQLA(model_class=Model, session_options={"class_": OfficeSession, "expire_on_commit": True})


class UTCDateTime(TypeDecorator[datetime]):
    """A moment: aware UTC in Python, ``timestamptz`` in PostgreSQL, naive UTC in SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime given to a UTC column")
        value = value.astimezone(UTC)
        return value if dialect.name == "postgresql" else value.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


MOST_MONEY = Decimal("9999999999.99")


class Money(TypeDecorator[Decimal]):
    """CNY to the fen: ``Numeric(12, 2)`` in PostgreSQL, integer fen in SQLite, which has no exact decimals."""

    impl = Numeric(12, 2)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else Numeric(12, 2))

    def process_bind_param(self, value: Decimal | int | str | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if isinstance(value, (float, bool)):
            raise TypeError("money is never a float")
        exact = Decimal(value)
        if not exact.is_finite() or abs(exact) > MOST_MONEY:
            raise ValueError("money has at most ten digits before the point")
        if exact != exact.quantize(Decimal("0.01")):
            raise ValueError("money has at most two decimals")
        return int(exact * 100) if dialect.name == "sqlite" else exact

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        """Times two is twice as much: the other side of a product is a plain number, not fen."""
        if op in (operators.mul, operators.truediv, operators.floordiv, operators.mod):
            return Integer() if isinstance(value, int) else Numeric()
        return self

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        if value is None:
            return None
        return Decimal(int(value)).scaleb(-2) if dialect.name == "sqlite" else Decimal(value)


def choice(column: str, values: tuple[str, ...]) -> CheckConstraint:
    """A CHECK that a text column holds one of ``values`` (PostgreSQL enumerations break down-and-up migrations)."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def ref(target: str, *, nullable: bool = False, unique: bool = False, index: bool = True, **kwargs: Any) -> Any:
    """A foreign key column: indexed, restricting deletes, so that no row loses what it points to."""
    return mapped_column(
        ForeignKey(target, ondelete="RESTRICT"), nullable=nullable, unique=unique, index=index and not unique, **kwargs
    )


def text(length: int, *, nullable: bool = False, **kwargs: Any) -> Any:
    """A text column; unless nullable it defaults to the empty string."""
    if not nullable and "default" not in kwargs and not kwargs.get("unique"):
        kwargs["default"] = ""
    return mapped_column(String(length), nullable=nullable, **kwargs)


class Versioned:
    """Optimistic lock for every record that people edit; the version travels through the form."""

    version: Mapped[int] = mapped_column(Integer, nullable=False, default=1, server_default="1")


def watch_version(cls: type) -> None:
    """Let the mapper check and raise ``version`` on every UPDATE of this class."""
    table = cls.__table__  # type: ignore[attr-defined]  # declarative classes carry their table
    if "version" in table.c:
        cls.__mapper__.version_id_col = table.c.version  # type: ignore[attr-defined]  # likewise their mapper


class Stamped:
    """When the row was entered (CAL-4: as against when the thing happened)."""

    created_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, default=lambda: _now(), index=True)


def _now() -> datetime:
    from app.core import clock

    return clock.now()


def is_sqlite(bind: Engine | Connection | None = None) -> bool:
    """Whether the given bind, or the application's, is SQLite."""
    return (bind or db.engine).dialect.name == "sqlite"


@event.listens_for(Engine, "connect")
def _prepare_connection(connection: Any, record: ConnectionPoolEntry) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # BEGIN is ours: see _begin
    cursor = connection.cursor()
    for pragma in ("busy_timeout=15000", "journal_mode=WAL", "foreign_keys=ON", "synchronous=NORMAL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _will_write(connection: Connection) -> bool:
    if connection.get_execution_options().get("write_intent"):
        return True
    return has_request_context() and request.method not in ("GET", "HEAD", "OPTIONS")


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    # A deferred SQLite transaction that reads first and writes later fails at once when another writer
    # came between; one that will write therefore takes the lock at its start and waits its turn.
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _will_write(connection) else "BEGIN")


def refresh_statistics() -> None:
    """Let SQLite look at how large its tables are, a sample of each: without it, it guesses which index to take."""
    if not is_sqlite():
        return
    with db.engine.connect().execution_options(write_intent=True) as connection:
        connection.exec_driver_sql("PRAGMA analysis_limit=1000")
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
