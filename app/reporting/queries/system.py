"""How the portal itself is: for the administrator, who sees no customers' data (row scope does not reach these counts).

Of a delivery the kind of document and the receiver's mail server are told, neither title nor person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from app.core import clock, health, outbox, settings
from app.core.db import db
from app.core.errors import N_
from app.reporting.models import Delivery, MadeDocument, ScheduleEntry
from app.reporting.rules import DELIVERY_STATES

SHOWN_DAYS = "system_delivery_days"
settings.declare(SHOWN_DAYS, 7, N_("System health: deliveries of so many days are counted"))
TROUBLED = ("failed", "uncertain")
MOST = 50

_delivery: Any = Delivery.__table__
_document: Any = MadeDocument.__table__


def parts() -> dict[str, bool]:
    """Whether database, queue, worker, scheduler and outbox are well."""
    return {part: not reason for part, reason in health.report().items()}


def jobs() -> dict[str, int]:
    """Background jobs by status."""
    return outbox.counts()


def _since() -> datetime:
    return clock.at_local(clock.today() - timedelta(days=settings.number(SHOWN_DAYS) - 1))


def deliveries() -> dict[str, int]:
    """Deliveries of the last days by status."""
    wanted = select(_delivery.c.status, func.count()).where(_delivery.c.created_at >= _since())
    found = {row[0]: int(row[1]) for row in db.session.execute(wanted.group_by(_delivery.c.status))}
    return {status: found.get(status, 0) for status in DELIVERY_STATES}


def troubled() -> int:
    """Deliveries of the last days that failed, or of which nobody knows whether they arrived."""
    wanted = select(func.count()).select_from(_delivery)
    wanted = wanted.where(_delivery.c.status.in_(TROUBLED), _delivery.c.created_at >= _since())
    return int(db.session.execute(wanted).scalar_one())


@dataclass(frozen=True)
class Trouble:
    """A delivery that did not go well: ``document`` is the name of its kind, ``server`` the receiver's."""

    at: datetime
    document: str
    server: str
    status: str
    tries: int


def troubles() -> list[Trouble]:
    """The same, newest first."""
    wanted = (
        select(_delivery.c.created_at, _document.c.name, _delivery.c.email, _delivery.c.status, _delivery.c.round)
        .join(_document, _document.c.id == _delivery.c.document_id)
        .where(_delivery.c.status.in_(TROUBLED), _delivery.c.created_at >= _since())
        .order_by(_delivery.c.created_at.desc())
        .limit(MOST)
    )
    return [Trouble(row[0], row[1], row[2].rpartition("@")[2], row[3], row[4]) for row in db.session.execute(wanted)]


def schedule() -> Sequence[ScheduleEntry]:
    """What is made by itself, with the last day done."""
    wanted = select(ScheduleEntry).where(ScheduleEntry.active.is_(True)).order_by(ScheduleEntry.at, ScheduleEntry.code)
    return db.session.scalars(wanted).all()
