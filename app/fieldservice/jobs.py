"""What field service does by itself: it closes the day, and enters the calls of planned visits (SO-14, SO-23)."""

from __future__ import annotations

from datetime import datetime

from app.core.jobs import on_tick
from app.fieldservice.commands.escalation import escalate
from app.fieldservice.commands.overnight import close_due_days
from app.fieldservice.commands.visits import make_due_calls

_last: dict[str, datetime] = {}


@on_tick
def deadlines(now: datetime) -> None:
    """Tell people of deadlines that come near. May run twice: each level is told once. Deadlines run by the minute."""
    minute = now.replace(second=0, microsecond=0)
    if _last.get("escalate") != minute:
        escalate(now)
        _last["escalate"] = minute


@on_tick
def close_days(now: datetime) -> None:
    """Close every branch's day at its closing time. May run twice: a day is closed once."""
    close_due_days(now)


@on_tick
def planned_visits(now: datetime) -> None:
    """Enter the calls of the visits that come near. May run twice: a visit has one call."""
    make_due_calls(now)
