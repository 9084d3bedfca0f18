"""Uploaded lists are needed while somebody looks at them; they hold many customers' data and are not kept longer."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from app.core import clock, files, settings
from app.core.actors import SYSTEM
from app.core.db import db
from app.core.errors import N_
from app.core.files import StoredFile
from app.core.housekeeping import again
from app.core.jobs import on_tick
from app.core.uow import unit_of_work
from app.customers.importing import RECORD

KEEP_DAYS = "import_lists_keep_days"
EVERY = timedelta(hours=6)

settings.declare(KEEP_DAYS, 7, N_("Days for which uploaded customer lists are kept"))


@on_tick
def tidy(now: datetime) -> None:
    """Every few hours delete the lists that are old. May run twice."""
    if again("import_lists", now, EVERY):
        forget_lists(now)


def forget_lists(now: datetime) -> int:
    """Delete the uploaded lists older than the setting says (days), row and content; gives their number."""
    before = clock.day_bounds(clock.local(now).date())[0] - timedelta(days=settings.number(KEEP_DAYS))
    with unit_of_work(SYSTEM, "customer.import_forget"):
        old = db.session.scalars(select(StoredFile).where(StoredFile.record == RECORD, StoredFile.stored_at < before))
        rows = list(old)
        for row in rows:
            files.forget(row)
        return len(rows)
