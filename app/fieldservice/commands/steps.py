"""What several verbs of field service have in common: locking, events, the voucher's whereabouts, the job's class."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm.attributes import set_committed_value

from app.core import clock
from app.core.actors import SYSTEM, Principal, acting_as, current
from app.core.db import db
from app.core.errors import N_, Conflict, NotFound, Refused
from app.core.fetch import fetch
from app.core.i18n import say
from app.core.numbering import next_number
from app.customers import queries as customers
from app.customers.commands import give_out, take_back
from app.customers.models import Voucher
from app.fieldservice import queries, rules
from app.fieldservice.models import RepairCall, WorkOrder, WorkOrderEvent
from app.organisation.models import Branch, Staff
from app.parts import commands as parts

T = TypeVar("T")
# What ends a job ends its reservations (SO-22), whichever verb it was; why, as the reservation says it.
_ENDS = {"finished": "finished", "handed_back": "finished", "declined": "cancelled", "cancelled": "cancelled"}
PNG = b"\x89PNG\r\n\x1a\n"
BENCH: list[Callable[[WorkOrder], Staff | None]] = []
"""Asked who repairs the item of a job that is in the workshop; the workshop answers."""


def in_charge(order: WorkOrder) -> Staff | None:
    """Who does the job: the technician sent, or, while the item is in the workshop, who repairs it there (None: nobody)."""
    if order.status == "in_workshop":
        return next((person for ask in BENCH if (person := ask(order)) is not None), None)
    return order.technician


def locked(model: type[T], key: int) -> T:
    """The row as it is now, kept from others until the transaction ends. Raises ``NotFound``."""
    table: Any = model
    statement = select(model).where(table.id == key).with_for_update(of=table)
    row: T | None = db.session.execute(statement.execution_options(populate_existing=True)).scalar_one_or_none()
    if row is None:
        raise NotFound(model.__name__)
    return row


def locked_call(call_id: int) -> RepairCall:
    """The call, and nobody else changes it or its work orders meanwhile."""
    return locked(RepairCall, call_id)


def locked_order(order_id: int, *, crew: bool = False) -> WorkOrder:
    """The work order with its call locked first: everybody takes the two locks in this order.

    Raises ``Refused`` for a technician who only goes along, unless ``crew`` may do it.
    """
    call = locked(RepairCall, fetch(WorkOrder, order_id).repair_call_id)
    order = locked(WorkOrder, order_id)
    # Loaded here: once the job is declined it is no longer the technician's, and neither is the call.
    set_committed_value(order, "repair_call", call)
    actor = current()
    if not crew and actor.roles == {"technician"}:
        person = in_charge(order)
        if person is None:
            raise Refused(N_("Nobody has begun this repair yet."))
        if person.id != actor.staff_id:
            raise Refused(N_("%(name)s is in charge of this job."), name=person.name)
    return order


def event(
    order: WorkOrder,
    kind: str,
    actor: Principal,
    at: datetime,
    *,
    device_at: datetime | None = None,
    note: str = "",
) -> WorkOrderEvent:
    """Write down what happened on the job; parts kept for a job that is over are free again."""
    if kind in _ENDS:
        parts.release(order.number, _ENDS[kind])
    row = WorkOrderEvent(
        work_order=order, kind=kind, at=at, device_at=device_at, staff_id=actor.staff_id, note=note[:300]
    )
    db.session.add(row)
    return row


def check_waiting(call: RepairCall) -> None:
    """Raises ``Conflict``, naming who was faster, when the call was dispatched meanwhile."""
    order = queries.live_order(call.id) if call.status == "dispatched" else None
    if order is not None:
        raise Conflict(
            N_("%(who)s has already dispatched this call, to %(technician)s (%(number)s)."),
            who=str(order.dispatched_by or "—"),
            technician=str(order.contractor or order.technician),
            number=order.number,
        )


def technician_for(call: RepairCall, staff_id: int, *, field: str = "technician_id") -> Staff:
    """The technician to be sent. Raises ``Refused`` for who is no active technician of the call's branch."""
    person: Staff | None = db.session.execute(select(Staff).where(Staff.id == int(staff_id))).scalar_one_or_none()
    if person is None or not person.active or person.job != "technician":
        raise Refused(N_("This is not an active technician."), field=field)
    if person.branch_id != call.branch_id:
        raise Refused(N_("This technician belongs to another branch."), field=field)
    return person


def class_of(call: RepairCall) -> tuple[str, int | None]:
    """Class of the job and the id of the contract it stands under (SO-1), whatever the acting person may see."""
    with acting_as(SYSTEM):
        derived, contract = queries.class_for(call)
        return derived, contract.id if contract is not None else None


def branch_code(branch_id: int) -> str:
    """Code of the branch for running numbers."""
    code: str = db.session.execute(select(Branch.code).where(Branch.id == branch_id)).scalar_one()
    return code


def new_order(
    call: RepairCall,
    technician: Staff,
    actor: Principal,
    at: datetime,
    *,
    appointment_at: datetime | None,
    service_class: str | None,
    class_reason: str,
    expected_minutes: int | None = None,
    contractor_id: int | None = None,
    note: str = "",
) -> WorkOrder:
    """A work order for the call, the voucher going out with the technician (SO-1, SO-3, SO-4)."""
    derived, contract_id = class_of(call)
    chosen = service_class or derived
    reason = (class_reason or "").strip() if chosen != derived else ""
    if chosen != derived and not reason:
        raise Refused(N_("Another class than the derived one needs a reason."), field="class_reason")
    if chosen == derived and rules.is_free(call.repeat_of_id is not None, call.repeat_cause):
        reason = say(N_("Repeat repair"))
    if appointment_at is not None and appointment_at < at:
        raise Refused(N_("The appointment lies in the past."), field="appointment_at")
    order = WorkOrder(
        number=next_number("PG", branch_code(call.branch_id), clock.local(at).date()),
        repair_call=call,
        branch_id=call.branch_id,
        technician=technician,
        dispatched_by_id=actor.staff_id,
        derived_class=derived,
        service_class=chosen,
        class_reason=reason,
        contract_id=contract_id,
        contractor_id=contractor_id,
        appointment_at=appointment_at,
        expected_minutes=expected_minutes,
        dispatched_at=at,
        status="dispatched",
    )
    db.session.add(order)
    db.session.flush()
    event(order, "dispatched", actor, at, note=note)
    voucher_out(call, technician, at)
    return order


def voucher_out(call: RepairCall, staff: Staff, at: datetime) -> None:
    """The voucher goes with the technician (SO-3); one that is out for another job stays where it is known to be."""
    with acting_as(SYSTEM):
        if customers.custody_now(call.voucher_id) is None:
            give_out(fetch(Voucher, call.voucher_id), staff, reason=call.number, at=at)


def voucher_to(call: RepairCall, staff: Staff, at: datetime) -> None:
    """The voucher that is out for this call goes on to somebody else, without passing the file (SO-3, SO-8)."""
    with acting_as(SYSTEM):
        custody = customers.custody_now(call.voucher_id)
        if custody is not None and (custody.reason != call.number or custody.staff_id == staff.id):
            return
        voucher = fetch(Voucher, call.voucher_id)
        if custody is not None:
            take_back(voucher, at=max(at, custody.out_at))
        give_out(voucher, staff, reason=call.number, at=at)


def voucher_back(call: RepairCall, at: datetime) -> None:
    """The voucher that went out for this call is in the customer's file again (SO-5)."""
    with acting_as(SYSTEM):
        custody = customers.custody_now(call.voucher_id)
        if custody is not None and custody.reason == call.number:
            take_back(fetch(Voucher, call.voucher_id), at=max(at, custody.out_at))
