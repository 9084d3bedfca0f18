"""What the workshop does by itself: it watches its promises (SO-10)."""

from __future__ import annotations

from datetime import datetime

from app.core.jobs import on_tick
from app.workshop.commands import watch

_last: dict[str, datetime] = {}


@on_tick
def promises(now: datetime) -> None:
    """Tell people of repairs that will be late. May run twice: each level is told once. Promises run by the minute."""
    minute = now.replace(second=0, microsecond=0)
    if _last.get("watch") != minute:
        watch(now)
        _last["watch"] = minute
