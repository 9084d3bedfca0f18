"""What the clerk is shown before a call is saved: whether it repeats a repair, and until when somebody comes (KP-2, SO-15)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from app.calendars import queries as calendars
from app.calendars.rules import Deadline, deadline
from app.core import clock, settings
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.customers.models import Address, Voucher
from app.fieldservice import rules
from app.fieldservice.models import FaultCode, RepairCall, WorkOrder
from app.fieldservice.queries.deadlines import target_of


@dataclass(frozen=True)
class CallToBe:
    """A call as it stands on the form, with what its arrival target depends on."""

    voucher_id: int
    address: Address
    reported_at: datetime
    priority: str


def arrival_to_be(voucher: Voucher, address: Address, reported_at: datetime, priority: str) -> Deadline:
    """Until when a technician will have to be there; explains itself (SO-15, CAL-5)."""
    minutes, _line = target_of(CallToBe(voucher.id, address, reported_at, priority))  # type: ignore[arg-type]  # a call not written yet
    return deadline(calendars.calendar_for(address.district.branch_id), reported_at, minutes=minutes)


def fault_of(symptom: str, *codes: FaultCode | None) -> rules.Fault:
    """A fault as the rules compare it; a vague code (其他) says nothing."""
    return rules.Fault(frozenset(code.id for code in codes if code is not None and not code.vague), symptom)


def repairs_before(voucher_id: int, reported_at: datetime) -> list[tuple[rules.Repair, RepairCall]]:
    """The product's finished repairs that a call of that moment can repeat, whichever branch did them (KP-2)."""
    since = reported_at - timedelta(days=settings.number("repeat_days") + 1)
    statement = (
        select(WorkOrder)
        .join(WorkOrder.repair_call)
        .where(RepairCall.voucher_id == voucher_id, WorkOrder.finished_at >= since)
        .where(WorkOrder.finished_at <= reported_at, WorkOrder.status.in_(("finished", "closed")))
        .options(
            contains_eager(WorkOrder.repair_call).joinedload(RepairCall.symptom_code),
            joinedload(WorkOrder.fault_code),
        )
        .order_by(WorkOrder.finished_at.desc())
    )
    found = []
    for order in db.session.scalars(statement.execution_options(unscoped=True)).unique():
        call = order.repair_call
        assert order.finished_at is not None  # asked for above
        fault = fault_of(call.symptom, call.symptom_code, order.fault_code)
        found.append((rules.Repair(call.id, clock.local(order.finished_at).date(), fault), call))
    return found


def repeated_call(
    voucher_id: int, reported_at: datetime, symptom: str, symptom_code: FaultCode | None, call_id: int | None = None
) -> RepairCall | None:
    """The earlier call that this one repeats, None when it is none (KP-2). ``call_id``: not to be compared with itself."""
    with acting_as(SYSTEM):  # another branch may have done it
        known = {repair: call for repair, call in repairs_before(voucher_id, reported_at) if call.id != call_id}
        found = rules.repeat_of(
            fault_of(symptom, symptom_code),
            clock.local(reported_at).date(),
            known,
            days=settings.number("repeat_days"),
            like_percent=settings.number("repeat_likeness"),
        )
        return known[found] if found is not None else None
