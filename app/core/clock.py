"""The only reader of the clock. UTC inside, the office's zone at the edges."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_frozen: ContextVar[datetime | None] = ContextVar("frozen_clock", default=None)


def zone() -> ZoneInfo:
    """The office's time zone (``TZ_OFFICE``, default Asia/Shanghai)."""
    return ZoneInfo(os.environ.get("TZ_OFFICE") or "Asia/Shanghai")


def now() -> datetime:
    """This moment, aware, UTC."""
    return _frozen.get() or datetime.now(UTC)


def today() -> date:
    """The office's date."""
    return local(now()).date()


def local(at: datetime) -> datetime:
    """The same moment in the office's zone; a naive value is taken as UTC."""
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(zone())


def utc(at: datetime) -> datetime:
    """The same moment in UTC; a naive value is taken as office time."""
    return (at if at.tzinfo else at.replace(tzinfo=zone())).astimezone(UTC)


def at_local(day: date, hour: time | None = None) -> datetime:
    """UTC moment of an office date and time of day (default midnight)."""
    return utc(datetime.combine(day, hour or time.min))


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """UTC moments at which an office day begins and ends (half-open)."""
    return at_local(day), at_local(day + timedelta(days=1))


@contextlib.contextmanager
def frozen(at: datetime) -> Iterator[datetime]:
    """Stop the clock at ``at`` within the block; naive values are office time."""
    moment = utc(at)
    token = _frozen.set(moment)
    try:
        yield moment
    finally:
        _frozen.reset(token)
