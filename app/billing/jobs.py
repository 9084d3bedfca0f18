"""What billing does by itself: it tells of cash kept over a day (SO-6)."""

from __future__ import annotations

from datetime import datetime

from app.billing.commands import tell_late_cash
from app.core.jobs import on_tick

_last: dict[str, datetime] = {}


@on_tick
def late_cash(now: datetime) -> None:
    """Tell of late cash, asked once an hour. May run twice: each payment is told of once."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    if _last.get("late") != hour:
        tell_late_cash(now)
        _last["late"] = hour
