"""The work order's way: accepted, on site, signed, finished, closed (SO-5, SO-6, SO-15)."""

from __future__ import annotations

from datetime import datetime

from app.core import clock
from app.core.actors import SYSTEM, Principal, acting_as
from app.core.db import db
from app.core.errors import N_, Refused
from app.core.fetch import fetch
from app.core.files import store
from app.core.uow import command
from app.fieldservice import rules
from app.fieldservice.commands import charges, deadlines, dispatching, steps, telling, work
from app.fieldservice.models import CrewMember, FaultCode, Signature, WorkOrder
from app.parts import commands as parts

PNG = steps.PNG


@command("work_order.accept")
def accept(actor: Principal, order_id: int, *, at: datetime | None = None) -> WorkOrder:
    """The technician takes the job."""
    order = steps.locked_order(order_id)
    rules.WORK_ORDER.apply(order, "accept", actor.roles)
    steps.event(order, "accepted", actor, at or clock.now())
    db.session.flush()
    return order


@command("work_order.decline")
def decline(actor: Principal, order_id: int, *, reason: str, at: datetime | None = None) -> WorkOrder:
    """The technician cannot take it: the call is open again, for the supervisor to dispatch anew."""
    order = steps.locked_order(order_id)
    rules.WORK_ORDER.apply(order, "decline", actor.roles, reason=reason.strip())
    _give_up(order, "declined", actor, at or clock.now(), reason)
    return order


def _give_up(order: WorkOrder, kind: str, actor: Principal, at: datetime, reason: str) -> None:
    with acting_as(SYSTEM):  # from here on the job is no longer the technician's to see
        call = order.repair_call
        rules.REPAIR_CALL.apply(call, "put_back", actor.roles)
        steps.event(order, kind, actor, at, note=reason)
        steps.voucher_back(call, at)
        db.session.flush()


@command("work_order.cancel")
def cancel_order(actor: Principal, order_id: int, *, reason: str, at: datetime | None = None) -> WorkOrder:
    """The supervisor withdraws the job; the call is open again. Refused once parts or minutes are recorded."""
    order = steps.locked_order(order_id)
    _check_untouched(order)
    rules.WORK_ORDER.apply(order, "cancel", actor.roles, reason=reason.strip())
    _give_up(order, "cancelled", actor, at or clock.now(), reason)
    return order


def _check_untouched(order: WorkOrder) -> None:
    if order.parts_fitted or order.time_entries:
        raise Refused(N_("Minutes or parts are already recorded on this job: it must be finished."))


@command("work_order.reassign")
def reassign(
    actor: Principal,
    order_id: int,
    *,
    technician_id: int,
    reason: str,
    appointment_at: datetime | None = None,
    override_reason: str = "",
    at: datetime | None = None,
) -> WorkOrder:
    """Another technician goes instead. Gives the new work order; the old one stays, cancelled, with the reason."""
    moment = at or clock.now()
    order = steps.locked_order(order_id)
    call = order.repair_call
    technician = steps.technician_for(call, technician_id)
    if technician.id == order.technician_id and order.contractor_id is None:
        raise Refused(N_("The job is with this technician already."), field="technician_id")
    _check_untouched(order)
    rules.WORK_ORDER.apply(order, "reassign", actor.roles, technician_id=technician_id, reason=reason.strip())
    appointment = appointment_at or _still_ahead(order.appointment_at, moment)
    dispatching.check_day(
        call,
        technician,
        appointment_at=appointment,
        expected_minutes=order.expected_minutes,
        at=moment,
        override_reason=override_reason or "",
        but=order.id,
    )
    steps.event(order, "reassigned", actor, moment, note=reason)
    steps.voucher_back(call, moment)
    db.session.flush()
    overridden = order.service_class != order.derived_class
    crew = [each.staff_id for each in order.crew if each.staff_id != technician.id]
    former = order.technician if order.contractor_id is None else None
    again = steps.new_order(
        call,
        technician,
        actor,
        moment,
        appointment_at=appointment,
        expected_minutes=order.expected_minutes,
        note=(override_reason or "").strip(),
        service_class=order.service_class if overridden else None,
        class_reason=order.class_reason,
    )
    db.session.add_all(CrewMember(work_order=again, staff_id=staff_id) for staff_id in crew)
    db.session.flush()
    parts.pass_on(order.number, again.number, technician.id)
    if former is not None:
        telling.of_order(former, order, N_("Job %(number)s was given to somebody else. %(words)s"), reason)
    telling.of_order(technician, again, N_("New job %(number)s."))
    return again


def _still_ahead(appointment_at: datetime | None, at: datetime) -> datetime | None:
    return appointment_at if appointment_at is not None and appointment_at >= at else None


@command("work_order.override_class")
def override_class(
    actor: Principal, order_id: int, *, service_class: str, reason: str, at: datetime | None = None
) -> WorkOrder:
    """The supervisor changes the class of service, with a reason (SO-1). Charges must be agreed again."""
    order = steps.locked_order(order_id)
    if service_class not in rules.SERVICE_CLASSES[:3]:
        raise Refused(N_("A customer job is of class A, B or C."), field="service_class")
    if order.time_entries or order.parts_fitted:
        raise Refused(N_("Minutes or parts are already recorded on this job: its class stays."), field="service_class")
    rules.WORK_ORDER.apply(order, "override_class", actor.roles, service_class=service_class, reason=reason.strip())
    order.service_class = service_class
    order.class_reason = reason.strip()[:200]
    charges.drop_charges(order)
    steps.event(order, "class", actor, at or clock.now(), note=reason)
    db.session.flush()
    return order


@command("work_order.on_the_way")
def on_the_way(actor: Principal, order_id: int, *, at: datetime | None = None) -> WorkOrder:
    """The technician has set out."""
    order = steps.locked_order(order_id)
    rules.WORK_ORDER.apply(order, "on_the_way", actor.roles)
    steps.event(order, "on_the_way", actor, at or clock.now())
    db.session.flush()
    return order


@command("work_order.arrive")
def arrive(
    actor: Principal, order_id: int, *, device_at: datetime | None = None, at: datetime | None = None
) -> WorkOrder:
    """The technician is at the customer's: the clock of SO-15 stops. The device's own clock is kept beside ours."""
    moment = at or clock.now()
    order = steps.locked_order(order_id)
    rules.WORK_ORDER.apply(order, "arrive", actor.roles)
    order.arrived_at, order.arrived_device_at = moment, device_at
    steps.event(order, "arrived", actor, moment, device_at=device_at)
    db.session.flush()
    deadlines.end_pause(order, actor, moment)
    deadlines.check_clock(order)
    db.session.flush()
    return order


@command("work_order.sign")
def sign(actor: Principal, order_id: int, *, signer: str, drawing: bytes, at: datetime | None = None) -> Signature:
    """Keep the signature drawn on screen, a PNG (SO-5), once the result is written. The last one drawn counts.

    What was in the workshop is signed for when it is received back (SO-8).
    """
    order = steps.locked_order(order_id)
    _check_drawing(drawing)
    rules.WORK_ORDER.apply(order, "sign", actor.roles, signer=signer.strip())
    return keep_signature(order, signer, drawing, actor, at or clock.now(), purpose="work")


def _check_drawing(drawing: bytes) -> None:
    if not drawing or not drawing.startswith(PNG):
        raise Refused(N_("Please sign in the box."), field="drawing")


def keep_signature(
    order: WorkOrder, signer: str, drawing: bytes, actor: Principal, moment: datetime, *, purpose: str
) -> Signature:
    """The signature within a larger verb: taking an item along, handing it back (SO-7, SO-8)."""
    _check_drawing(drawing)
    file = store(drawing, f"{order.number}.png", "image/png", record="work_order", record_id=order.id)
    signature = Signature(
        work_order=order, signer=signer.strip()[:64], signed_at=moment, stored_file_id=file.id, purpose=purpose
    )
    db.session.add(signature)
    if purpose != "take_back":
        order.unsigned_reason = ""
    steps.event(order, "signed", actor, moment, note=signer)
    db.session.flush()
    return signature


@command("work_order.leave_unsigned")
def leave_unsigned(actor: Principal, order_id: int, *, reason: str, at: datetime | None = None) -> WorkOrder:
    """Record why the customer did not sign (SO-5)."""
    order = steps.locked_order(order_id)
    if order.settling_signature is not None:
        raise Refused(N_("The customer has signed this job."), field="reason")
    rules.WORK_ORDER.apply(order, "leave_unsigned", actor.roles, reason=reason.strip())
    order.unsigned_reason = reason.strip()[:200]
    steps.event(order, "unsigned", actor, at or clock.now(), note=reason)
    db.session.flush()
    return order


@command("work_order.finish")
def finish(
    actor: Principal, order_id: int, *, fault_code_id: int, result: str, at: datetime | None = None
) -> WorkOrder:
    """The work is done. Minutes not yet recorded are drafted from arrival to now (SO-11).

    Refused while chargeable work is not agreed, or when the agreed parts are not the fitted ones (SO-6).
    """
    moment = at or clock.now()
    order = steps.locked_order(order_id)
    call = order.repair_call
    fetch(FaultCode, fault_code_id)
    rules.WORK_ORDER.find(order.status, "finish")
    charges.check_settled(order)
    if not order.time_entries:
        work.draft_time(order, moment)
    rules.WORK_ORDER.apply(order, "finish", actor.roles, fault_code_id=fault_code_id, result=result.strip())
    order.fault_code_id, order.result, order.finished_at = fault_code_id, result.strip()[:1000], moment
    deadlines.end_pause(order, actor, moment)
    rules.REPAIR_CALL.apply(call, "finish", actor.roles)
    steps.event(order, "finished", actor, moment)
    db.session.flush()
    return order


@command("work_order.close")
def close(actor: Principal, order_id: int, *, at: datetime | None = None) -> WorkOrder:
    """The clerk strikes the call off the register and files the voucher (SO-5): signed, or with the reason why not."""
    moment = at or clock.now()
    order = steps.locked_order(order_id)
    call = order.repair_call
    rules.WORK_ORDER.find(order.status, "close")
    charges.ask_close_guards(order)
    rules.WORK_ORDER.apply(order, "close", actor.roles, signed=order.settling_signature is not None)
    rules.REPAIR_CALL.apply(call, "close", actor.roles)
    order.closed_at, order.closed_by_id, call.closed_at = moment, actor.staff_id, moment
    steps.event(order, "closed", actor, moment)
    steps.voucher_back(call, moment)
    db.session.flush()
    return order
