"""What technicians handed over because the portal did not take it from their telephones: one open, one settled."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.core import clock
from app.fieldservice.models import PhoneEntry, RepairCall, WorkOrder
from app.organisation.models import Staff

ENTRIES: tuple[tuple[str, list[list[str]], int, str], ...] = (
    ("已到达", [], 2, ""),
    ("记录", [["分钟", "35"], ["备注", "清洗滤网，试机正常"]], 26, "已代为补录工时"),
)


def build(session: Any) -> None:
    """For the demo's technician, of jobs that were somebody else's by the time the telephone had a network again."""
    person = session.scalars(select(Staff).where(Staff.job == "technician", Staff.user_id.is_not(None))).first()
    supervisor = session.scalars(
        select(Staff).where(Staff.job == "supervisor", Staff.branch_id == person.branch_id)
    ).first()
    orders = session.scalars(
        select(WorkOrder)
        .where(WorkOrder.technician_id == person.id, WorkOrder.status == "closed")
        .options(joinedload(WorkOrder.repair_call).joinedload(RepairCall.voucher))
        .order_by(WorkOrder.id.desc())
        .limit(len(ENTRIES))
    ).all()
    now = clock.now()
    for order, (what, lines, hours, note) in zip(orders, ENTRIES, strict=False):
        session.add(
            PhoneEntry(
                branch_id=person.branch_id,
                staff_id=person.id,
                work_order_id=order.id,
                what=what,
                title=order.repair_call.voucher.customer.name,
                entered_at=now - timedelta(hours=hours),
                created_at=now - timedelta(hours=hours - 1),
                lines=lines,
                told="任务已改派给其他技术员，不再由您负责。",
                status="settled" if note else "open",
                note=note,
                settled_by_id=supervisor.id if note else None,
                settled_at=now - timedelta(hours=hours - 2) if note else None,
            )
        )
