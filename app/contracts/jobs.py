"""What contracts do by themselves: expiry notices (SO-16) and ending after the last day."""

from __future__ import annotations

from datetime import datetime

from app.contracts import commands
from app.core.jobs import on_tick


@on_tick
def expiry_notices(now: datetime) -> None:
    """Give the notices due today. May run twice: a notice is given once for each end of a contract."""
    commands.give_due_notices(now)


@on_tick
def past_contracts(now: datetime) -> None:
    """End what is over. May run twice: what has ended is not found again."""
    commands.end_past_contracts(now)
