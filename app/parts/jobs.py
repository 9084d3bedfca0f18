"""What parts do by themselves: purchase requests are drafted once a day (SO-22)."""

from __future__ import annotations

from datetime import datetime, time

from sqlalchemy import select

from app.core import clock, settings
from app.core.actors import SYSTEM
from app.core.db import db
from app.core.errors import N_
from app.core.jobs import on_tick
from app.core.outbox import Job, OutboxEntry, handles, want
from app.core.uow import unit_of_work
from app.organisation.models import Branch
from app.parts import commands
from app.parts.models import StockPlace

settings.declare(
    "purchase_draft_at",
    "07:00",
    N_("Time of day at which purchase requests are drafted"),
    "SO-22",
    check=time.fromisoformat,
)


@on_tick
def draft_purchases(now: datetime) -> None:
    """Want the day's drafts, once the time has come. May run twice: each day is wanted once."""
    local = clock.local(now)
    if local.time() < time.fromisoformat(settings.value("purchase_draft_at")):
        return
    key = f"draft-purchases-{local:%Y%m%d}"
    if db.session.execute(select(OutboxEntry.id).where(OutboxEntry.dedup == key)).first() is None:
        with unit_of_work(SYSTEM, "purchase_request.draft"):
            want("draft_purchases", {}, dedup=key)


@handles("draft_purchases", N_("Draft purchase requests"))
def draft_all(job: Job) -> None:
    """Draft what every branch with a store room lacks. May run twice: what is on a draft is not asked for again."""
    stores = select(StockPlace.branch_id).where(StockPlace.kind == "warehouse")
    branches = select(Branch.id).where(Branch.active.is_(True), Branch.id.in_(stores)).order_by(Branch.id)
    with job.finish("purchase_request.draft"):
        for branch_id in list(db.session.scalars(branches)):
            commands.draft_request(SYSTEM, branch_id)
