"""What tests of return visits have in common: the Friday they happen on, complaints and jobs that are visited."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.complaints import commands as complaints
from app.complaints.models import Complaint
from app.core import clock
from app.core.actors import SYSTEM
from app.core.db import db
from app.core.inbox import InboxMessage
from app.core.uow import unit_of_work
from app.feedback import commands
from app.feedback.models import ReturnVisit
from app.fieldservice.models import RepairCall, WorkOrder
from tests.cast import Cast


def moment(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    """Office time in 2026."""
    return datetime(2026, month, day, hour, minute, tzinfo=clock.zone())


FRIDAY = moment(11, 20, 15, 20)


def settled(office: Cast, **given: Any) -> int:
    """A complaint settled now."""
    details = {"complainant": "张伟", "phone": "13800000001", "content": "修了三次还是不制冷", **given}
    complaint_id = complaints.enter(office["manager"], **details).id
    settle(office, complaint_id)
    return complaint_id


def settle(office: Cast, complaint_id: int) -> None:
    boss = office["manager"]
    if db.session.get_one(Complaint, complaint_id).status == "received":
        complaints.acknowledge(boss, complaint_id, said="已告知")
    complaints.verify(boss, complaint_id, said="属实", finding="justified")
    complaints.propose(boss, complaint_id, said="同意", solution="换压缩机")
    for step in (complaints.approve, complaints.tell, complaints.settle):
        step(boss, complaint_id, said="好")


def closed_order(office: Cast, *, days_ago: int = 0, status: str = "closed", number: str = "1") -> int:
    """A work order of 李建国 finished and closed so many days ago."""
    ended = clock.now() - timedelta(days=days_ago)
    with unit_of_work(SYSTEM, "test.order") as session:
        voucher_id = office.vouchers["in_warranty"]
        call = RepairCall(
            number=f"JX-{number}",
            branch_id=office.branches["NJ"],
            voucher_id=voucher_id,
            address_id=session.scalars(select(RepairCall.address_id)).first() or 1,
            caller_phone="13900000009",
            reported_at=ended - timedelta(hours=5),
            symptom="不制冷",
            status="closed",
        )
        order = WorkOrder(
            number=f"PG-{number}",
            repair_call=call,
            branch_id=office.branches["NJ"],
            technician_id=office.staff("technician"),
            derived_class="C",
            service_class="C",
            dispatched_at=ended - timedelta(hours=4),
            status=status,
            finished_at=ended,
            closed_at=ended,
        )
        session.add(order)
        session.flush()
        return order.id


def plan() -> int:
    return commands.plan_due_visits(SYSTEM)


def one_visit() -> ReturnVisit:
    return db.session.scalars(select(ReturnVisit)).one()


def record(office: Cast, visit_id: int, **given: Any) -> ReturnVisit:
    answer = {"spoke_to": "张伟", "manner": "telephone", "satisfaction": "satisfied", **given}
    return commands.record(office["clerk"], visit_id, **answer)


def messages(office: Cast, who: str) -> list[InboxMessage]:
    statement = select(InboxMessage).where(InboxMessage.staff_id == office.staff(who)).order_by(InboxMessage.id)
    return list(db.session.scalars(statement))
