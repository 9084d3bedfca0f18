"""A fault that comes back reopens the action that was taken against it, by itself (CP-11)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.complaints import rules
from app.complaints.commands.handling import record
from app.complaints.commands.promises import hand_over
from app.complaints.commands.telling import tell
from app.complaints.models import RECUR_DAYS, Complaint, CorrectiveAction
from app.core import clock, settings
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.errors import N_
from app.core.uow import unit_of_work
from app.customers.models import Voucher
from app.fieldservice.models import FaultCode, RepairCall, WorkOrder

LATE_FINDING_DAYS = 30


def fault_of(complaint: Complaint) -> rules.Fault:
    """Which fault on which model the complaint is about: what the technician found, else what the customer said."""
    voucher, order = complaint.voucher, complaint.work_order
    code = None
    if order is not None:
        code = order.fault_code or order.repair_call.symptom_code
    if code is None or code.vague or voucher is None:
        return rules.Fault(voucher.product_model_id if voucher is not None else None, None)
    return rules.Fault(voucher.product_model_id, code.id)


def _taken_against(fault: rules.Fault, since: datetime) -> list[CorrectiveAction]:
    statement = select(CorrectiveAction).where(
        CorrectiveAction.product_model_id == fault.product_model_id,
        CorrectiveAction.fault_code_id == fault.fault_code_id,
        CorrectiveAction.status.in_(("done", "effective")),
        CorrectiveAction.done_at >= since,
    )
    return list(db.session.scalars(statement))


def reopen_actions_for(complaint: Complaint, now: datetime) -> int:
    """A new complaint: actions taken against its fault did not help. Gives how many were reopened."""
    fault = fault_of(complaint)
    if not fault.known:
        return 0
    days = settings.number(RECUR_DAYS)
    with acting_as(SYSTEM):
        actions = _taken_against(fault, now - timedelta(days=days))
        return sum(_reopen(action, fault, complaint.received_at, complaint.number, days, now) for action in actions)


def _reopen(
    action: CorrectiveAction, fault: rules.Fault, found_at: datetime, number: str, days: int, now: datetime
) -> bool:
    mine = rules.Fault(action.product_model_id, action.fault_code_id)
    if not rules.comes_back(mine, action.done_at, fault, found_at, days):
        return False
    rules.ACTION.apply(action, "reopen", SYSTEM.roles, said=number)
    action.reopened += 1
    action.reopened_at, action.reopened_for = now, number
    # It is to be done again; the old result stays to be read.
    action.due_on = max(action.due_on, clock.local(now).date() + timedelta(days=7))
    complaint = action.complaint
    record(complaint, SYSTEM, "follow_up", f"{number}: {action.action}"[:2000], now)
    message = N_("The same fault came back (%(number)s): an action is open again.")
    hand_over(complaint)  # who did it may be complained about since (CP-4)
    owners = [action.owner] if action.owner.active else []
    tell(complaint, owners, message, {"number": number}, link=f"/correctiveactionview/show/{action.id}", tone="warning")
    return True


def reopen_actions(now: datetime | None = None) -> int:
    """Look at the repairs since: the same fault on the same model reopens an action (CP-11); gives how many.

    May run twice: an action reopened is open, and an open one is not looked at.
    """
    moment = now or clock.now()
    with acting_as(SYSTEM):
        # A call may have been entered, and a fault found, some weeks after the customer reported it.
        since = moment - timedelta(days=settings.number(RECUR_DAYS) + LATE_FINDING_DAYS)
        statement = select(CorrectiveAction.id).where(
            CorrectiveAction.status.in_(("done", "effective")),
            CorrectiveAction.done_at >= since,
            CorrectiveAction.fault_code_id.is_not(None),
            CorrectiveAction.product_model_id.is_not(None),
        )
        found = [key for key in db.session.scalars(statement).all() if _repair_since(key) is not None]
        db.session.rollback()  # looking took no lock; writing does
        return sum(_reopen_one(key, moment) for key in found)


def _reopen_one(action_id: int, now: datetime) -> bool:
    with unit_of_work(SYSTEM, "corrective_action.reopen"):
        statement = (
            select(CorrectiveAction).where(CorrectiveAction.id == action_id).with_for_update(of=CorrectiveAction)
        )
        action = db.session.scalars(statement).one()
        repair = _repair_since(action_id)
        if action.status not in ("done", "effective") or repair is None:
            return False
        fault = rules.Fault(action.product_model_id, action.fault_code_id)
        number, found_at = repair
        return _reopen(action, fault, found_at, number, settings.number(RECUR_DAYS), now)


def _repair_since(action_id: int) -> tuple[str, datetime] | None:
    """The first call after the action was done that says, or turned out to be, the same fault: number and moment."""
    action: Any = CorrectiveAction.__table__
    call: Any = RepairCall.__table__
    order: Any = WorkOrder.__table__
    voucher: Any = Voucher.__table__
    code: Any = FaultCode.__table__
    same = (
        select(call.c.number, call.c.reported_at)
        .select_from(action)
        .join(voucher, voucher.c.product_model_id == action.c.product_model_id)
        .join(call, call.c.voucher_id == voucher.c.id)
        .join(code, code.c.id == action.c.fault_code_id)
        .where(action.c.id == action_id, call.c.reported_at > action.c.done_at, call.c.status != "cancelled")
        .where(code.c.vague.is_(False))
    )
    said = same.where(call.c.symptom_code_id == action.c.fault_code_id)
    turned_out = same.join(order, order.c.repair_call_id == call.c.id).where(
        order.c.fault_code_id == action.c.fault_code_id
    )
    rows: Iterable[Any] = [
        *db.session.execute(said.order_by(call.c.reported_at).limit(1)),
        *db.session.execute(turned_out.order_by(call.c.reported_at).limit(1)),
    ]
    first = min(rows, key=lambda row: row.reported_at, default=None)
    return (first.number, first.reported_at) if first is not None else None
