"""What the feedback area does by itself: it looks for what calls for a return visit and plans it (RV-1).

Field service, contracts and complaints stand above this area and do not know it; so visits are looked for every hour,
and at once when a complaint is settled, which wants it through the outbox.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.complaints.commands import PLAN_RETURN_VISITS
from app.core import clock
from app.core.actors import SYSTEM
from app.core.db import db
from app.core.errors import N_
from app.core.jobs import on_tick
from app.core.outbox import Job, OutboxEntry, handles, want
from app.core.uow import unit_of_work
from app.feedback import commands


@on_tick
def want_planning(now: datetime) -> None:
    """Want the planning once an hour. A second tick of the same hour finds it wanted already."""
    name = f"{PLAN_RETURN_VISITS}-{clock.local(now):%Y%m%d%H}"
    table: Any = OutboxEntry.__table__
    if db.session.scalar(select(table.c.id).where(table.c.dedup == name)) is not None:
        return
    with unit_of_work(SYSTEM, "return_visit.plan_due"):
        want(PLAN_RETURN_VISITS, {}, dedup=name)


@on_tick
def tell_overdue(now: datetime) -> None:
    """Tell the supervisors what is overdue for too long (RV-3). A second tick finds it told."""
    commands.escalate_overdue(now)


@handles(PLAN_RETURN_VISITS, N_("Plan return visits"))
def plan_return_visits(job: Job) -> None:
    """Plan everything that is due to be planned. May run twice: one cause has one visit (unique in the database)."""
    while commands.plan_due_visits(SYSTEM):
        pass
