"""Tidying up: finished background jobs are kept for a while, so that people can look at them, and then deleted; files
that a process left behind when it died are taken away."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Table, delete

from app.core import audit, files, settings
from app.core.actors import SYSTEM
from app.core.db import refresh_statistics as db_statistics
from app.core.errors import N_
from app.core.jobs import on_tick
from app.core.outbox import OutboxEntry
from app.core.uow import unit_of_work

KEEP_DAYS = "background_jobs_keep_days"
EVERY = timedelta(hours=6)
ORPHANS_EVERY = STATISTICS_EVERY = timedelta(days=1)

settings.declare(KEEP_DAYS, 60, N_("Days for which finished background jobs are kept"))

_outbox: Table = OutboxEntry.__table__
_last: dict[str, datetime] = {}


def again(name: str, now: datetime, every: timedelta) -> bool:
    """Whether so much time has passed since this was asked last under the name; the first time: yes."""
    if name in _last and now - _last[name] < every:
        return False
    _last[name] = now
    return True


@on_tick
def tidy(now: datetime) -> None:
    """Every few hours delete what is finished and old; what waits or was laid aside stays. May run twice."""
    if again("jobs", now, EVERY):
        forget_finished(now)


@on_tick
def tidy_files(now: datetime) -> None:
    """Once a day take away the files no row names, a day old at least. May run twice."""
    if again("orphans", now, ORPHANS_EVERY):
        files.remove_orphans()


@on_tick
def refresh_statistics(now: datetime) -> None:
    """Once a day let SQLite see how its tables have grown; PostgreSQL does so by itself. May run twice."""
    if again("statistics", now, STATISTICS_EVERY):
        db_statistics()


def forget_finished(now: datetime) -> int:
    """Delete finished jobs older than the setting says (days); gives their number, which is audited."""
    before = now - timedelta(days=settings.number(KEEP_DAYS))
    with unit_of_work(SYSTEM, "outbox.forget") as session:
        gone = session.connection().execute(
            delete(_outbox).where(_outbox.c.status.in_(("done", "dropped")), _outbox.c.done_at < before)
        )
        if gone.rowcount:
            audit.note("outbox_entry", None, {"deleted": gone.rowcount})
        return int(gone.rowcount)
