"""What a complaint opens with: product, job, the technician's day, parts, deadline, what came before – on one page.

Everything is read with the eyes of whoever opens it: what their rows do not show is left out, and how many earlier
complaints they may not read is said as a number only (CP-13).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.calendars.queries import explanation
from app.complaints.models import Complaint, ComplaintLetter, ComplaintReading
from app.complaints.queries.lists import same_phone
from app.core import clock
from app.core.db import db
from app.customers.models import Voucher
from app.customers.rules import in_warranty
from app.fieldservice import queries as service
from app.fieldservice.models import PartFitted, RepairCall, TimeEntry, WorkOrder

_complaint: Any = Complaint.__table__
LATEST = 8


@dataclass(frozen=True)
class Evidence:
    """The facts beside a complaint; ``arrival`` is how the deadline of the call stood, ``why`` its explanation."""

    voucher: Voucher | None
    in_warranty: bool | None
    order: WorkOrder | None
    arrival: service.Standing | None
    why: str
    day: date | None
    entries: Sequence[TimeEntry]
    calls: Sequence[RepairCall]
    earlier: Sequence[Complaint]
    hidden: int


def evidence_of(complaint: Complaint) -> Evidence:
    """Everything about the matter that stands elsewhere in the portal."""
    order = _order_of(complaint)
    arrival = service.arrival_of(order.repair_call) if order is not None else None
    why = explanation(arrival.found) if arrival is not None and arrival.found is not None else ""
    day = _day_of(order) if order is not None else None
    voucher = complaint.voucher
    earlier, hidden = _earlier(complaint)
    return Evidence(
        voucher=voucher,
        in_warranty=_in_warranty(voucher, complaint.received_at),
        order=order,
        arrival=arrival,
        why=why,
        day=day,
        entries=service.day_entries(order.technician_id, day) if order is not None and day is not None else (),
        calls=_calls(voucher.id) if voucher is not None else (),
        earlier=earlier,
        hidden=hidden,
    )


def _in_warranty(voucher: Voucher | None, at: datetime) -> bool | None:
    if voucher is None or voucher.warranty_until is None:
        return None
    return in_warranty(voucher.warranty_until, clock.local(at).date())


def _order_of(complaint: Complaint) -> WorkOrder | None:
    """The job complained about; where none was named, the last one of the product before the complaint."""
    wanted = select(WorkOrder).options(
        joinedload(WorkOrder.technician),
        selectinload(WorkOrder.parts_fitted).joinedload(PartFitted.part),
        selectinload(WorkOrder.charges),
        joinedload(WorkOrder.repair_call).options(*service.deadline_loads()),  # type: ignore[arg-type]  # loader options
    )
    if complaint.work_order_id is not None:
        found = db.session.scalars(wanted.where(WorkOrder.id == complaint.work_order_id))
    elif complaint.voucher_id is not None:
        calls = select(RepairCall.id).where(RepairCall.voucher_id == complaint.voucher_id)
        found = db.session.scalars(
            wanted.where(WorkOrder.repair_call_id.in_(calls), WorkOrder.dispatched_at < complaint.received_at)
            .where(WorkOrder.status.not_in(("declined", "cancelled")))
            .order_by(WorkOrder.dispatched_at.desc())
            .limit(1)
        )
    else:
        return None
    order: WorkOrder | None = found.unique().one_or_none()
    return order


def _day_of(order: WorkOrder) -> date:
    return clock.local(order.finished_at or order.arrived_at or order.appointment_at or order.dispatched_at).date()


def _calls(voucher_id: int) -> Sequence[RepairCall]:
    statement = select(RepairCall).where(RepairCall.voucher_id == voucher_id)
    return db.session.scalars(statement.order_by(RepairCall.reported_at.desc()).limit(LATEST)).all()


def _earlier(complaint: Complaint) -> tuple[Sequence[Complaint], int]:
    """Other complaints of this customer, product or telephone number: those one may read, and how many more there are."""

    def same(table: Any) -> Any:
        parts = [same_phone(table.phone, complaint.phone)]
        if complaint.voucher_id is not None:
            parts.append(table.voucher_id == complaint.voucher_id)
        if complaint.customer_id is not None:
            parts.append(table.customer_id == complaint.customer_id)
        return or_(*parts)

    others = select(Complaint).where(same(Complaint), Complaint.id != complaint.id)
    rows = db.session.scalars(others.order_by(Complaint.received_at.desc()).limit(LATEST)).all()
    mine = db.session.scalar(select(func.count(Complaint.id)).where(same(Complaint), Complaint.id != complaint.id))
    # Core: that there are more is said, not what they are.
    everything = db.session.execute(
        select(func.count()).select_from(_complaint).where(same(_complaint.c), _complaint.c.id != complaint.id)
    ).scalar_one()
    return rows, everything - (mine or 0)


def letters_of(complaint_id: int) -> Sequence[ComplaintLetter]:
    """What was written to the customer and to the consumer association, in order."""
    statement = select(ComplaintLetter).where(ComplaintLetter.complaint_id == complaint_id)
    return db.session.scalars(statement.order_by(ComplaintLetter.id)).all()


def newest_letter(complaint_id: int, kind: str) -> ComplaintLetter | None:
    """The last letter of a kind."""
    return next((row for row in reversed(letters_of(complaint_id)) if row.kind == kind), None)


def readings_of(complaint_id: int, limit: int = 30) -> Sequence[ComplaintReading]:
    """Who opened the complaint, the newest first (CP-13)."""
    statement = select(ComplaintReading).where(ComplaintReading.complaint_id == complaint_id)
    return db.session.scalars(statement.order_by(ComplaintReading.id.desc()).limit(limit)).all()
