"""Taking a repair call and dispatching it (SO-1, SO-4, SO-15)."""

from __future__ import annotations

from datetime import datetime

from app.calendars import queries as calendars
from app.calendars.rules import deadline
from app.core import clock, settings
from app.core.actors import SYSTEM, Principal, acting_as
from app.core.db import db
from app.core.errors import N_, Conflict, Refused
from app.core.fetch import fetch
from app.core.numbering import next_number
from app.core.uow import command
from app.customers.models import Address, Voucher
from app.fieldservice import queries, rules
from app.fieldservice.commands import steps
from app.fieldservice.models import FaultCode, RepairCall, WorkOrder


def arrive_by(branch_id: int, zone: str, reported_at: datetime) -> datetime | None:
    """Until when a technician must be there: so many working minutes of the branch, by zone (SO-15)."""
    minutes = settings.number(f"arrival_minutes_{zone}")
    return deadline(calendars.calendar_for(branch_id), reported_at, minutes=minutes).due


@command("repair_call.enter")
def enter_call(
    actor: Principal,
    voucher_id: int,
    *,
    symptom: str,
    caller_name: str = "",
    caller_phone: str = "",
    channel: str = "telephone",
    reported_at: datetime | None = None,
    symptom_code_id: int | None = None,
    priority: str = "normal",
    address_id: int | None = None,
    confirm_duplicate: bool = False,
    at: datetime | None = None,
) -> RepairCall:
    """Enter a call for a product in the register (002) of the branch that serves its address (SO-4).

    ``reported_at`` may lie in the past (CAL-4); the time of arrival is counted from it (SO-15). An open call for the
    same product is pointed out: ``Refused`` at ``confirm_duplicate`` unless confirmed. ``address_id``: another address
    of the customer than the product's own.
    """
    moment = at or clock.now()
    reported = reported_at or moment
    rules.check_reported(reported, moment)
    voucher = fetch(Voucher, voucher_id)
    address = _address(voucher, address_id)
    _check_words(symptom, channel, priority, symptom_code_id)
    if not confirm_duplicate:
        _point_out_duplicate(voucher)
    district = address.district
    call = RepairCall(
        number=next_number("JX", steps.branch_code(district.branch_id), clock.local(moment).date()),
        branch_id=district.branch_id,
        voucher=voucher,
        address=address,
        caller_name=(caller_name or "").strip() or voucher.customer.name,
        caller_phone=(caller_phone or "").strip(),
        channel=channel,
        reported_at=reported,
        symptom_code_id=symptom_code_id,
        symptom=symptom.strip(),
        priority=priority,
        arrive_by=arrive_by(district.branch_id, district.zone, reported),
        status="open",
        taken_by_id=actor.staff_id,
    )
    db.session.add(call)
    db.session.flush()
    return call


def _address(voucher: Voucher, address_id: int | None) -> Address:
    if address_id is None or address_id == voucher.address_id:
        return voucher.address
    address = fetch(Address, address_id)
    if address.customer_id != voucher.customer_id:
        raise Refused(N_("This address belongs to another customer."), field="address_id")
    return address


def _check_words(symptom: str, channel: str, priority: str, symptom_code_id: int | None) -> None:
    if not symptom.strip():
        raise Refused(N_("What is wrong with the product?"), field="symptom")
    if channel not in rules.CHANNELS:
        raise Refused(N_("This is required."), field="channel")
    if priority not in rules.PRIORITIES:
        raise Refused(N_("This is required."), field="priority")
    if symptom_code_id is not None:
        fetch(FaultCode, symptom_code_id)


def _point_out_duplicate(voucher: Voucher) -> None:
    with acting_as(SYSTEM):  # the other call may be with another branch
        found = queries.open_calls_of(voucher.id)
        if found:
            raise Refused(
                N_("There is an open call for this product already: %(number)s of %(when)s. Tick to enter another."),
                field="confirm_duplicate",
                number=found[0].number,
                when=f"{clock.local(found[0].reported_at):%Y-%m-%d %H:%M}",
            )


@command("repair_call.correct")
def correct_call(
    actor: Principal,
    call_id: int,
    *,
    symptom: str,
    caller_name: str = "",
    caller_phone: str = "",
    channel: str = "telephone",
    reported_at: datetime | None = None,
    symptom_code_id: int | None = None,
    priority: str = "normal",
    version: int | None = None,
    at: datetime | None = None,
) -> RepairCall:
    """Correct what was taken down; a changed time of the call gives a new time of arrival (CAL-4, audited)."""
    moment = at or clock.now()
    call = steps.locked_call(call_id)
    if version is not None and call.version != int(version):
        raise Conflict()
    _check_words(symptom, channel, priority, symptom_code_id)
    reported = reported_at or call.reported_at
    rules.check_reported(reported, moment)
    rules.REPAIR_CALL.apply(call, "correct", actor.roles)
    call.caller_name, call.caller_phone = (caller_name or "").strip(), (caller_phone or "").strip()
    call.channel, call.priority, call.symptom = channel, priority, symptom.strip()
    call.symptom_code_id = symptom_code_id
    if reported != call.reported_at:
        call.reported_at = reported
        call.arrive_by = arrive_by(call.branch_id, call.address.district.zone, reported)
    db.session.flush()
    return call


@command("repair_call.cancel")
def cancel_call(actor: Principal, call_id: int, *, reason: str, at: datetime | None = None) -> RepairCall:
    """The customer no longer wants it. A job under way is withdrawn with it, unless the technician is on site."""
    moment = at or clock.now()
    call = steps.locked_call(call_id)
    order = queries.live_order(call.id)
    if order is not None and order.status not in ("dispatched", "accepted"):
        raise Refused(N_("The technician is already on site: this call cannot be cancelled."), field="reason")
    rules.REPAIR_CALL.apply(call, "cancel", actor.roles, reason=reason.strip())
    call.cancel_reason, call.closed_at = reason.strip()[:200], moment
    if order is not None:
        order.status = "cancelled"
        steps.event(order, "cancelled", actor, moment, note=reason)
        steps.voucher_back(call, moment)
    db.session.flush()
    return call


@command("repair_call.dispatch")
def dispatch(
    actor: Principal,
    call_id: int,
    *,
    technician_id: int,
    appointment_at: datetime | None = None,
    service_class: str | None = None,
    class_reason: str = "",
    at: datetime | None = None,
) -> WorkOrder:
    """Send a technician (SO-4). The class is derived (SO-1); another one needs a reason. The voucher goes along.

    Of two supervisors who dispatch the same call one succeeds; the other gets ``Conflict`` saying who was first.
    """
    moment = at or clock.now()
    call = steps.locked_call(call_id)
    if call.status == "dispatched":
        order = queries.live_order(call.id)
        if order is not None:
            raise Conflict(
                N_("%(who)s has already dispatched this call, to %(technician)s (%(number)s)."),
                who=str(order.dispatched_by or "—"),
                technician=str(order.technician),
                number=order.number,
            )
    if service_class is not None and service_class not in rules.SERVICE_CLASSES[:3]:
        raise Refused(N_("A customer job is of class A, B or C."), field="service_class")
    technician = steps.technician_for(call, technician_id)
    rules.REPAIR_CALL.apply(call, "dispatch", actor.roles, technician_id=technician_id)
    return steps.new_order(
        call,
        technician,
        actor,
        moment,
        appointment_at=appointment_at,
        service_class=service_class,
        class_reason=class_reason,
    )
