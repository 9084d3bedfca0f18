"""Taking a repair call and dispatching it (SO-1, SO-4, SO-15)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from app.core import clock, settings
from app.core.actors import SYSTEM, Principal, acting_as
from app.core.db import db
from app.core.errors import N_, Conflict, Refused
from app.core.fetch import fetch
from app.core.numbering import next_number
from app.core.uow import command
from app.customers.models import Address, Voucher
from app.fieldservice import queries, rules
from app.fieldservice.commands import deadlines, dispatching, repeats, steps, telling
from app.fieldservice.commands.overnight import check_turn
from app.fieldservice.models import FaultCode, RepairCall, WorkOrder


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
    promised_at: datetime | None = None,
    late_reason: str = "",
    confirm_duplicate: bool = False,
    at: datetime | None = None,
) -> RepairCall:
    """Enter a call for a product in the register (002) of the branch that serves its address (SO-4).

    ``reported_at`` may lie in the past (CAL-4); the time of arrival is counted from it (SO-15). An open call for the
    same product is pointed out: ``Refused`` at ``confirm_duplicate`` unless confirmed. ``address_id``: another address
    of the customer than the product's own. Without words the symptom is that of its code. A call entered long after it
    came in needs ``late_reason`` (CAL-4). One that repeats a repair is linked to it and free (KP-2).
    """
    moment = at or clock.now()
    reported = reported_at or moment
    rules.check_reported(reported, moment)
    voucher = fetch(Voucher, voucher_id)
    address = _address(voucher, address_id)
    late = rules.late_by(reported, moment, settings.number("late_entry_hours"), late_reason or "")
    code = fetch(FaultCode, symptom_code_id) if symptom_code_id is not None else None
    symptom = (symptom or "").strip() or (code.name if code is not None else "")
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
        symptom=symptom,
        late_reason=late,
        priority=priority,
        promised_at=_promise(promised_at, moment),
        status="open",
        taken_by_id=actor.staff_id,
    )
    deadlines.set_deadline(call)
    db.session.add(call)
    db.session.flush()
    repeats.link_repeat(call)
    db.session.flush()
    return call


def _address(voucher: Voucher, address_id: int | None) -> Address:
    if address_id is None or address_id == voucher.address_id:
        return voucher.address
    address = fetch(Address, address_id)
    if address.customer_id != voucher.customer_id:
        raise Refused(N_("This address belongs to another customer."), field="address_id")
    return address


def _promise(promised_at: datetime | None, now: datetime) -> datetime | None:
    if promised_at is not None and promised_at < now:
        raise Refused(N_("The promised time lies in the past."), field="promised_at")
    return promised_at


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
    address_id: int | None = None,
    late_reason: str = "",
    version: int | None = None,
    at: datetime | None = None,
) -> RepairCall:
    """Correct what was taken down; a changed time of the call gives a new time of arrival (CAL-4, audited).

    A time long before the call was entered needs ``late_reason``, unless it has one already.
    """
    moment = at or clock.now()
    call = steps.locked_call(call_id)
    if version is not None and call.version != int(version):
        raise Conflict()
    _check_words(symptom, channel, priority, symptom_code_id)
    reported = reported_at or call.reported_at
    rules.check_reported(reported, moment)
    late = (late_reason or "").strip() or call.late_reason
    if abs(reported - call.reported_at) >= timedelta(minutes=1):  # forms give whole minutes
        late = rules.late_by(reported, call.created_at, settings.number("late_entry_hours"), late)
    rules.REPAIR_CALL.apply(call, "correct", actor.roles)
    call.late_reason = late[:200]
    call.caller_name, call.caller_phone = (caller_name or "").strip(), (caller_phone or "").strip()
    call.channel, call.priority, call.symptom = channel, priority, symptom.strip()
    call.symptom_code_id = symptom_code_id
    call.reported_at = reported
    _move_to(call, address_id)
    db.session.flush()
    deadlines.set_deadline(call)
    db.session.flush()
    db.session.expire(call, ["symptom_code"])
    if call.status == "open":
        repeats.link_repeat(call)
        db.session.flush()
    return call


@command("repair_call.change_address")
def change_address(actor: Principal, call_id: int, *, address_id: int, at: datetime | None = None) -> RepairCall:
    """The product stands at another address of the customer: its zone gives another time of arrival (SO-15).

    Raises ``Refused`` for an address that another branch serves.
    """
    call = steps.locked_call(call_id)
    rules.REPAIR_CALL.apply(call, "change_address", actor.roles)
    _move_to(call, int(address_id))
    db.session.flush()
    deadlines.set_deadline(call)
    return call


def _move_to(call: RepairCall, address_id: int | None) -> None:
    if address_id is None or address_id == call.address_id:
        return
    address = _address(call.voucher, address_id)
    if address.district.branch_id != call.branch_id:
        raise Refused(N_("Another branch serves this address: enter a call there."), field="address_id")
    call.address = address


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
    expected_minutes: int | None = None,
    override_reason: str = "",
    crew: Sequence[int] = (),
    out_of_turn_reason: str = "",
    at: datetime | None = None,
) -> WorkOrder:
    """Send a technician (SO-4). The class is derived (SO-1); another one needs a reason. The voucher goes along.

    Nobody absent is sent; an appointment that clashes needs ``override_reason`` (SO-18, SO-19). ``expected_minutes``:
    None = as the kind of fault says. ``crew``: further technicians who go along. While calls of earlier days wait, a
    newer one needs ``out_of_turn_reason``, kept with the job's history (SO-14).
    Of two supervisors who dispatch the same call one succeeds; the other gets ``Conflict`` saying who was first.
    """
    moment = at or clock.now()
    call = steps.locked_call(call_id)
    steps.check_waiting(call)
    if service_class is not None and service_class not in rules.SERVICE_CLASSES[:3]:
        raise Refused(N_("A customer job is of class A, B or C."), field="service_class")
    technician = steps.technician_for(call, technician_id)
    out_of_turn = check_turn(call, out_of_turn_reason, moment)
    rules.REPAIR_CALL.apply(call, "dispatch", actor.roles, technician_id=technician_id)
    dispatching.check_day(
        call,
        technician,
        appointment_at=appointment_at,
        expected_minutes=expected_minutes,
        at=moment,
        override_reason=override_reason or "",
    )
    order = steps.new_order(
        call,
        technician,
        actor,
        moment,
        appointment_at=appointment_at,
        service_class=service_class,
        class_reason=class_reason,
        expected_minutes=expected_minutes,
        note="; ".join(filter(None, ((override_reason or "").strip(), out_of_turn))),
    )
    for staff_id in dict.fromkeys(each for each in crew if each != technician.id):
        dispatching.add_crew(actor, order.id, staff_id=staff_id, override_reason=override_reason or "", at=moment)
    telling.of_order(technician, order, N_("New job %(number)s."))
    return order
