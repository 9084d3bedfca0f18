"""What the complaints area prints: the daily 投诉登记簿 (CP-1, CP-3, CP-13, CP-14)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.complaints import queries, rules
from app.complaints.models import Complaint, ComplaintStep
from app.complaints.papers import ComplaintLine, ComplaintRegister, StageMark
from app.core import clock
from app.core.db import db
from app.core.documents import Document, Params, register
from app.core.errors import N_
from app.customers.models import Voucher
from app.organisation.queries import branches_of


def complaint_register(params: Params) -> ComplaintRegister:
    """The register of the day as it stood that evening (or stands now): what came in, and what was open from before.

    Without a branch it is the company's one register, less what the acting person may not see (CP-4, CP-13).
    """
    branches = branches_of(params.branch)
    begin, end = clock.day_bounds(params.date)
    as_of = min(clock.now(), end)
    found = _found([branch.id for branch in branches], begin, end)
    today = [complaint for complaint in found if complaint.received_at >= begin]
    earlier = [c for c in found if c.received_at < begin and rules.is_open(_status(c, begin))]
    received = tuple(_line(row, complaint, as_of) for row, complaint in enumerate(today, 1))
    still_open = tuple(_line(row, complaint, as_of) for row, complaint in enumerate(earlier, len(today) + 1))
    branch = branches[0] if params.branch else None
    lines = (*received, *still_open)
    return ComplaintRegister(
        number="-".join(part for part in ("TS", params.branch, f"{params.date:%Y%m%d}") if part),
        on=params.date,
        branch_code=branch.code if branch else "",
        branch_name=str(branch) if branch else "",
        received=received,
        still_open=still_open,
        major=sum(line.major for line in lines),
        overdue=sum(any(stage.state == "overdue" for stage in line.stages) for line in lines),
        settled_today=sum(_settled_between(complaint, begin, as_of) for complaint in (*today, *earlier)),
    )


def _found(branch_ids: Sequence[int], begin: datetime, end: datetime) -> Sequence[Complaint]:
    """What came in on the day, and what came before and is open or had a step since: it may have been open then."""
    moved = select(ComplaintStep.complaint_id).where(ComplaintStep.at >= begin)
    today = and_(Complaint.received_at >= begin, Complaint.received_at < end)
    earlier = and_(Complaint.received_at < begin, or_(queries.still_open(), Complaint.id.in_(moved)))
    return db.session.scalars(
        select(Complaint)
        .where(Complaint.branch_id.in_(branch_ids), or_(today, earlier))
        .options(
            joinedload(Complaint.branch),
            joinedload(Complaint.handler),
            joinedload(Complaint.voucher).joinedload(Voucher.product_model),
            selectinload(Complaint.steps),
        )
        .order_by(Complaint.received_at, Complaint.id)
    ).all()


def _taken(complaint: Complaint, as_of: datetime) -> list[rules.StepTaken]:
    return [step for step in complaint.taken if step.at <= as_of]


def _status(complaint: Complaint, as_of: datetime) -> str:
    """The state at that moment, by the steps taken until then."""
    if not complaint.steps:
        return complaint.status
    taken = _taken(complaint, as_of)
    return taken[-1].stage if taken else "received"


def _settled_between(complaint: Complaint, begin: datetime, end: datetime) -> bool:
    return any(step.stage == "settled" and begin <= step.at <= end for step in complaint.taken)


def _line(row: int, complaint: Complaint, as_of: datetime) -> ComplaintLine:
    status = _status(complaint, as_of)
    standings = rules.standings(complaint.due, _taken(complaint, as_of), status, as_of)
    voucher = complaint.voucher
    return ComplaintLine(
        row=row,
        number=complaint.number,
        received_at=complaint.received_at,
        channel=rules.CHANNEL_LABELS[complaint.channel],
        complainant=complaint.complainant,
        phone=complaint.masked_phone,
        product=f"{voucher.product_model.code} {voucher.serial_no or ''}".strip() if voucher else "",
        category=rules.CATEGORY_LABELS[complaint.category],
        major=complaint.severity == "major",
        content=complaint.content,
        demand=complaint.demand,
        branch=str(complaint.branch),
        handler=complaint.handler.name if complaint.handler else "",
        stages=tuple(
            StageMark(label=rules.STATE_LABELS[each.stage], due_at=each.due_at, done_at=each.done_at, state=each.state)
            for each in standings
        ),
        status=rules.STATE_LABELS[status],
    )


register(
    Document(
        name="complaint_register",
        title=N_("Complaint register"),
        area="complaints",
        template="complaint_register.html",
        query=complaint_register,
        paper="A4 landscape",
        scheduled_at=dt.time(18, 0),
    )
)
