"""What kind of thing a column holds: decides its form field, its filter and how it is printed."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from sqlalchemy import JSON, Boolean, Date, DateTime, Float, Integer, LargeBinary, Numeric, String, Text, Time
from sqlalchemy import inspect as inspect_mapper
from sqlalchemy.orm import ColumnProperty, Mapper, RelationshipProperty

from app.core import clock
from app.core.db import Money, UTCDateTime

Kind = Literal[
    "text", "notes", "whole", "decimal", "money", "yes", "day", "moment", "hour", "reference", "references", "other"
]
INTEGER_MAX = 2**31 - 1
FIRST_YEAR, LAST_YEAR = 1900, 2199


def mapper_of(model: type[Any]) -> Mapper[Any]:
    """The SQLAlchemy mapper of a model."""
    mapper: Mapper[Any] = inspect_mapper(model)
    return mapper


def property_of(model: type[Any], name: str) -> Any:
    """The mapped column or relationship ``name`` of the model, following dots through references; None if neither."""
    mapper = mapper_of(model)
    *path, last = name.split(".")
    for part in path:
        found = mapper.attrs.get(part)
        if not isinstance(found, RelationshipProperty):
            return None
        mapper = found.mapper
    return mapper.attrs.get(last)


def column_of(model: type[Any], name: str) -> Any:
    """The table column behind an attribute, or None."""
    found = property_of(model, name)
    return found.columns[0] if isinstance(found, ColumnProperty) else None


def kind_of_type(kind: Any) -> Kind:
    """The kind of a column type."""
    table: tuple[tuple[Any, Kind], ...] = (
        (UTCDateTime, "moment"),
        (DateTime, "moment"),
        (Money, "money"),
        (JSON, "other"),
        (LargeBinary, "other"),
        (Boolean, "yes"),
        (Date, "day"),
        (Time, "hour"),
        (Float, "decimal"),
        (Numeric, "decimal"),
        (Integer, "whole"),
        (Text, "notes"),
    )
    for cls, name in table:
        if isinstance(kind, cls):
            return name
    if isinstance(kind, String):
        return "notes" if (kind.length or 0) >= 400 else "text"
    return "other"


def kind_of(model: type[Any], name: str) -> Kind:
    """The kind of an attribute of the model."""
    found = property_of(model, name)
    if isinstance(found, RelationshipProperty):
        return "references" if found.uselist else "reference"
    if isinstance(found, ColumnProperty):
        return kind_of_type(found.columns[0].type)
    return "other"


def parse_moment(text: str) -> datetime:
    """Office time as browsers send it (``2026-11-21T08:30``) to aware UTC. Raises ``ValueError``."""
    local = datetime.fromisoformat(text.strip().replace(" ", "T"))
    _check_year(local.year)
    return local.astimezone(UTC) if local.tzinfo else clock.utc(local)


def parse_day(text: str) -> date:
    """An ISO date within sensible years. Raises ``ValueError``."""
    day = date.fromisoformat(text.strip())
    _check_year(day.year)
    return day


def _check_year(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError("year out of range")


def parse(model: type[Any], name: str, text: str) -> Any:
    """The Python value of a text from a URL. Raises ``ValueError``."""
    kind = kind_of(model, name)
    if kind in ("whole", "reference", "references"):
        number = int(text)
        if abs(number) > INTEGER_MAX:
            raise ValueError("number out of range")
        return number
    if kind in ("decimal", "money"):
        try:
            amount = Decimal(text)
        except InvalidOperation as error:
            raise ValueError("not a number") from error
        if not amount.is_finite() or abs(amount) >= Decimal(10) ** 10:
            raise ValueError("number out of range")
        return amount.quantize(Decimal("0.01")) if kind == "money" else amount
    if kind == "yes":
        return text in ("1", "y", "true")
    if kind == "day":
        return parse_day(text)
    if kind == "hour":
        return time.fromisoformat(text)
    if kind == "moment":
        return parse_moment(text if "T" in text or " " in text else f"{text}T00:00")
    return text.replace("\x00", "")
