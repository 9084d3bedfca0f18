"""What more than one screen or command asks about complaints (CP-3, CP-5, CP-9).

Everything goes through the acting person's row scope, except the search for an earlier complaint (CP-5): that a matter
is complained of again must be noticed also by someone who may not read the first complaint.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from app.complaints import rules
from app.complaints.models import Complaint, ComplaintStep, ComplaintSubject
from app.core import clock
from app.core.db import db
from app.customers.rules import LONGEST_TELEPHONE, SHORTEST_TELEPHONE, asks_for_telephone, pieces

_complaint: Any = Complaint.__table__
_step: Any = ComplaintStep.__table__
_subject: Any = ComplaintSubject.__table__


def earlier_number(
    customer_id: int | None,
    voucher_id: int | None,
    *,
    category: str = "other",
    phone: str = "",
    since: datetime | None = None,
    exclude_id: int | None = None,
) -> str | None:
    """The newest complaint about the same matter that was not withdrawn (CP-5); None: this is the first.

    The same matter is the same product, or, where no product is named, the same customer or telephone number and the
    same kind of complaint since ``since``. ``exclude_id`` is the complaint that is compared, once it is registered.
    """
    table = _complaint
    if voucher_id is not None:
        same = table.c.voucher_id == voucher_id
    elif category in rules.VAGUE_CATEGORIES or since is None:
        return None
    else:
        who = [same_phone(table.c.phone, phone)] if phone else []
        who += [table.c.customer_id == customer_id] if customer_id is not None else []
        if not who:
            return None
        same = and_(or_(*who), table.c.category == category, table.c.received_at >= since)
    statement = select(table.c.number).where(same, table.c.status != "withdrawn").order_by(table.c.id.desc()).limit(1)
    if exclude_id is not None:
        statement = statement.where(table.c.id != exclude_id)
    found: str | None = db.session.execute(statement).scalar_one_or_none()
    return found


def plain_phone(written: str) -> str:
    """A telephone number as it is kept, digits only: ``+86 139-1234-5678`` is ``13912345678`` (CU-1).

    Where an extension, a second number or a word stands beside it everything stays as it was typed.
    """
    kept = written.strip()
    found = asks_for_telephone(kept)
    alone = found is not None and "转" not in kept and len(pieces(kept)) == 1
    return found if found and alone and SHORTEST_TELEPHONE <= len(found) <= LONGEST_TELEPHONE else kept


def same_phone(column: Any, phone: str) -> ColumnElement[bool]:
    """Whether this column holds that number, also where an older complaint was kept as it was typed."""
    bare = func.replace(func.replace(column, " ", ""), "-", "")
    return or_(column == phone, func.replace(bare, "+86", "") == plain_phone(phone))


def subjects_of(complaint_id: int) -> set[int]:
    """Everybody complained about, by staff id, whoever asks (CP-4)."""
    first = select(_complaint.c.subject_id).where(_complaint.c.id == complaint_id)
    further = select(_subject.c.staff_id).where(_subject.c.complaint_id == complaint_id)
    return {key for key in (*db.session.scalars(first), *db.session.scalars(further)) if key is not None}


def complained_about(staff_ids: Collection[int]) -> set[int]:
    """Those of these people whom a complaint is about, whoever asks (CP-4)."""
    first = select(_complaint.c.subject_id).where(_complaint.c.subject_id.in_(staff_ids))
    further = select(_subject.c.staff_id).where(_subject.c.staff_id.in_(staff_ids))
    return {*db.session.scalars(first), *db.session.scalars(further)}


# -- narrowing lists --------------------------------------------------------------------------------------------


def still_open() -> ColumnElement[bool]:
    """Complaints that wait for their settlement."""
    return Complaint.status.in_(list(rules.PENDING))


def of_handler(staff_id: int | None) -> ColumnElement[bool]:
    """Open complaints handled by this person."""
    return and_(still_open(), Complaint.handler_id == (staff_id if staff_id is not None else -1))


def due_before(moment: datetime) -> ColumnElement[bool]:
    """Complaints with a deadline still to be kept that lies before the minute of ``moment``: as ``standings`` says."""
    minute = moment.replace(second=0, microsecond=0)
    parts = [
        and_(Complaint.status == status, or_(*(_waits(status, column, minute) for column in columns)))
        for status, columns in rules.PENDING.items()
    ]
    return or_(*parts, and_(unheard(), Complaint.management_by < minute))


def unheard() -> ColumnElement[bool]:
    """Major ones still to be put before the management, as ``rules.management_standing`` says: settled or not (CP-6)."""
    return and_(
        Complaint.status != "withdrawn",
        Complaint.management_told_at.is_(None),
        Complaint.management_by.is_not(None),
    )


def _waits(status: str, column: str, minute: datetime) -> ColumnElement[bool]:
    passed: ColumnElement[bool] = getattr(Complaint, column) < minute
    # A proposal that was refused was made all the same: what had to be proposed in time was.
    return and_(passed, ~_proposed_this_round()) if (status, column) == ("verified", "propose_by") else passed


def _proposed_this_round() -> ColumnElement[bool]:
    step, reopening = _step.alias(), _step.alias()
    reopened = (
        select(func.coalesce(func.max(reopening.c.id), 0))
        .where(reopening.c.complaint_id == Complaint.id, reopening.c.verb == "reopen")
        .correlate(Complaint)
        .scalar_subquery()
    )
    made = select(step.c.id).where(
        step.c.complaint_id == Complaint.id, step.c.stage == "proposed", step.c.id > reopened
    )
    return made.correlate(Complaint).exists()


def overdue(now: datetime) -> ColumnElement[bool]:
    """Complaints with a missed deadline still to be kept (CP-3, CP-6)."""
    return due_before(now)


def due_on(day: date) -> ColumnElement[bool]:
    """Complaints with a deadline still to be kept on this office day that has not been missed before it."""
    begins, ends = clock.day_bounds(day)
    return and_(due_before(ends), ~due_before(begins))


# -- what happened ----------------------------------------------------------------------------------------------


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
