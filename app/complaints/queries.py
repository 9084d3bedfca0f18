"""What more than one screen or command asks about complaints (CP-3, CP-5, CP-9).

Everything goes through the acting person's row scope, except the search for an earlier complaint (CP-5): that a matter
is complained of again must be noticed also by someone who may not read the first complaint.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from app.complaints import rules
from app.complaints.models import Complaint, ComplaintStep
from app.core import clock
from app.core.db import db
from app.organisation.models import AuthorityLimit

_complaint: Any = Complaint.__table__
_step: Any = ComplaintStep.__table__


def earlier_number(customer_id: int | None, voucher_id: int | None) -> str | None:
    """The newest complaint of this customer about this product that was not withdrawn (CP-5); None: the first."""
    if customer_id is None or voucher_id is None:
        return None
    table = _complaint
    statement = (
        select(table.c.number)
        .where(table.c.customer_id == customer_id, table.c.voucher_id == voucher_id, table.c.status != "withdrawn")
        .order_by(table.c.id.desc())
        .limit(1)
    )
    found: str | None = db.session.execute(statement).scalar_one_or_none()
    return found


def limits_of(roles: Iterable[str]) -> list[Decimal | None]:
    """Up to which amounts (CNY; None: without limit) these roles may approve compensation (CP-9)."""
    statement = select(AuthorityLimit.up_to).where(
        AuthorityLimit.kind == "compensation", AuthorityLimit.role.in_(sorted(roles))
    )
    return list(db.session.scalars(statement))


# -- narrowing lists --------------------------------------------------------------------------------------------


def still_open() -> ColumnElement[bool]:
    """Complaints that wait for their settlement."""
    return Complaint.status.in_(list(rules.PENDING))


def of_handler(staff_id: int | None) -> ColumnElement[bool]:
    """Open complaints handled by this person."""
    return and_(still_open(), Complaint.handler_id == (staff_id if staff_id is not None else -1))


def due_before(moment: datetime) -> ColumnElement[bool]:
    """Open complaints with a deadline still to be kept that lies before ``moment``."""
    parts = [
        and_(Complaint.status == status, or_(*(getattr(Complaint, column) < moment for column in columns)))
        for status, columns in rules.PENDING.items()
    ]
    return or_(*parts)


def overdue(now: datetime) -> ColumnElement[bool]:
    """Open complaints with a missed deadline (CP-3)."""
    return due_before(now)


def due_on(day: date) -> ColumnElement[bool]:
    """Open complaints with a deadline on this office day that has not been missed before it."""
    begins, ends = clock.day_bounds(day)
    return and_(due_before(ends), ~due_before(begins))


# -- what happened ----------------------------------------------------------------------------------------------


def standings(complaint: Complaint, now: datetime | None = None) -> list[rules.StageStanding]:
    """How the stages of CP-3 stand for a complaint (default: now)."""
    return rules.standings(complaint.due, complaint.taken, complaint.status, now or clock.now())


def settled_since(moment: datetime) -> list[tuple[int, datetime, int]]:
    """``(complaint id, last settled at, how often settled)`` of what was settled since ``moment`` and still is (RV-1)."""
    rows = db.session.execute(
        select(_step.c.complaint_id, _step.c.at, _step.c.verb)
        .join(_complaint, _complaint.c.id == _step.c.complaint_id)
        .where(_step.c.stage == "settled", _complaint.c.status.in_(("settled", "rated", "closed")))
        .order_by(_step.c.complaint_id, _step.c.id)
    ).all()
    found: dict[int, tuple[datetime, int]] = {}
    for row in rows:
        if row.verb in ("settle", ""):
            found[row.complaint_id] = (row.at, found.get(row.complaint_id, (row.at, 0))[1] + 1)
    return [(key, at, times) for key, (at, times) in found.items() if at >= moment]
