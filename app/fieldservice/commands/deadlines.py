"""Setting, pausing and promising: everything that moves a call's deadlines (CAL-4, CAL-6, SO-10, SO-15, SO-18)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import exists, inspect, select
from sqlalchemy.event import listens_for
from sqlalchemy.orm import Session

from app.calendars.models import (
    DEFAULT_HOURS,
    DEFAULT_WEEKDAYS,
    YEARS_ENTERED,
    CalendarException,
    CalendarExceptionWindow,
    OpeningHours,
)
from app.calendars.queries import calendar_for
from app.calendars.rules import deadline
from app.contracts.models import Contract, ContractItem
from app.core import clock, i18n, inbox, settings
from app.core.actors import SYSTEM, Principal, acting_as
from app.core.db import db
from app.core.errors import N_, Refused
from app.core.settings import Setting
from app.core.uow import before_commit, command
from app.customers.models import Address
from app.fieldservice import queries, rules
from app.fieldservice.commands import dispatching, steps
from app.fieldservice.models import (
    AppointmentChange,
    ArrivalTarget,
    RepairCall,
    WaitingChange,
    WorkOrder,
)
from app.fieldservice.rules.deadlines import WAITING_FOR, WAITING_LABELS, clock_skew, is_skewed
from app.organisation.models import District, Staff

PLANNED = "planned"  # a planned visit has an appointment, not a time of arrival counted from a call


# -- the deadline ------------------------------------------------------------------------------------------------


def set_deadline(call: RepairCall) -> bool:
    """Compute the time of arrival anew from what the call is now, pauses kept; gives whether it moved (SO-15, CAL-6).

    Escalation is re-armed by the moved deadline itself: a notice belongs to the moment it warned of.
    """
    if call.channel == PLANNED:
        return False
    with acting_as(SYSTEM):  # the target may be a contract's that the person does not see
        minutes, _line = queries.target_of(call)
        pauses = queries.arrival_pauses(call)
        due = deadline(calendar_for(call.branch_id), call.reported_at, minutes=minutes, pauses=pauses).due
    moved = call.arrive_by != due
    if moved or call.arrive_minutes != minutes:
        call.arrive_minutes, call.arrive_by = minutes, due
        db.session.flush()
    return moved


def recompute_open() -> int:
    """Set the deadline of every call where nobody has been yet; gives how many moved.

    Called within the transaction that changed targets, calendar, zones or addresses, and audited with it.
    """
    with acting_as(SYSTEM):
        there = exists().where(WorkOrder.repair_call_id == RepairCall.id, WorkOrder.arrived_at.is_not(None))
        calls = db.session.scalars(
            select(RepairCall)
            .where(RepairCall.status.in_(("open", "dispatched")), ~there)
            .options(*queries.deadline_loads())  # type: ignore[arg-type]  # loader options have no common public type
            .order_by(RepairCall.id)
            .with_for_update(of=RepairCall)
        ).unique()
        return sum(set_deadline(call) for call in calls)


def recompute_for_contracts() -> int:
    """The same after a contract changed: only a target of its own makes that matter (SO-15); gives how many moved."""
    with acting_as(SYSTEM):
        own_line = select(ArrivalTarget.id).where(ArrivalTarget.contract_id.is_not(None)).limit(1)
        return recompute_open() if db.session.execute(own_line).first() is not None else 0


_CAUSES = (OpeningHours, CalendarException, CalendarExceptionWindow, ArrivalTarget)
_SETTINGS = (DEFAULT_HOURS, DEFAULT_WEEKDAYS, YEARS_ENTERED, "arrival_minutes_urban", "arrival_minutes_suburban")


def _moves_deadlines(item: Any, *, changed: bool) -> bool:
    if isinstance(item, _CAUSES):
        return True
    if isinstance(item, Setting):
        return item.key in _SETTINGS
    if changed and isinstance(item, Address):
        return bool(inspect(item).attrs.district_id.history.has_changes())
    return changed and isinstance(item, District) and bool(inspect(item).attrs.zone.history.has_changes())


_COVER = ("status", "starts_on", "ends_on")  # what decides whether a contract covers a product on a day


def _changes_cover(item: Any, *, changed: bool) -> bool:
    if isinstance(item, ContractItem):
        return True
    if not changed or not isinstance(item, Contract):
        return False
    return any(inspect(item).attrs[name].history.has_changes() for name in _COVER)


@listens_for(Session, "after_flush")
def _watch(session: Session, _context: Any) -> None:
    # Whoever changes it, by whatever screen: the areas below know nothing of calls.
    if any(_changes_cover(item, changed=True) for item in session.dirty) or any(
        _changes_cover(item, changed=False) for items in (session.new, session.deleted) for item in items
    ):
        before_commit("fieldservice.contracts", recompute_for_contracts)
    found = any(_moves_deadlines(item, changed=True) for item in session.dirty) or any(
        _moves_deadlines(item, changed=False) for items in (session.new, session.deleted) for item in items
    )
    if found:
        before_commit("fieldservice.deadlines", recompute_open)


# -- pauses (CAL-6) ----------------------------------------------------------------------------------------------


def note_waiting(
    call: RepairCall, waiting_for: str, reason: str, actor: Principal, at: datetime, *, order: WorkOrder | None
) -> None:
    """From ``at`` on the call waits for somebody, or (empty) no longer: part of a larger verb (CAL-6)."""
    last = call.waiting_changes[-1].at if call.waiting_changes else call.reported_at
    if at < last:
        raise Refused(N_("This is earlier than the last change of the deadline."), field="reason")
    change = WaitingChange(
        repair_call=call, at=at, waiting_for=waiting_for, reason=reason.strip()[:200], staff_id=actor.staff_id
    )
    db.session.add(change)
    call.waiting_for = waiting_for
    if order is not None:
        with i18n.in_language():  # the history speaks one language, whoever works in another
            note = f"{i18n.say(WAITING_LABELS[waiting_for])}: {reason}" if waiting_for else reason
        steps.event(order, "paused" if waiting_for else "resumed", actor, at, note=note)
    db.session.flush()
    set_deadline(call)


def _check_waiting(waiting_for: str) -> None:
    if waiting_for not in WAITING_FOR:
        raise Refused(N_("This is required."), field="waiting_for")


def _check_workshop(order: WorkOrder | None, waiting_for: str) -> None:
    if order is not None and order.status == "in_workshop" and waiting_for == "parts":
        raise Refused(N_("The product is in the workshop: waiting for parts is noted on its repair card."))


@command("repair_call.pause")
def pause_call(
    actor: Principal, call_id: int, *, waiting_for: str, reason: str, at: datetime | None = None
) -> RepairCall:
    """Stop the clock while we wait for the ``customer`` or for ``parts``, with the reason (CAL-6)."""
    call = steps.locked_call(call_id)
    _check_waiting(waiting_for)
    _check_workshop(queries.live_order(call.id), waiting_for)
    rules.REPAIR_CALL.apply(call, "pause", actor.roles, waiting_for=waiting_for, reason=reason.strip())
    note_waiting(call, waiting_for, reason, actor, at or clock.now(), order=queries.live_order(call.id))
    return call


@command("repair_call.resume")
def resume_call(actor: Principal, call_id: int, *, reason: str = "", at: datetime | None = None) -> RepairCall:
    """Let the clock run again (CAL-6)."""
    call = steps.locked_call(call_id)
    _check_workshop(queries.live_order(call.id), call.waiting_for)
    rules.REPAIR_CALL.apply(call, "resume", actor.roles)
    note_waiting(call, "", reason, actor, at or clock.now(), order=queries.live_order(call.id))
    return call


@command("work_order.pause")
def pause_order(
    actor: Principal, order_id: int, *, waiting_for: str, reason: str, at: datetime | None = None
) -> WorkOrder:
    """The same from the job: the technician hears that the customer is away, or that a part is missing (CAL-6)."""
    order = steps.locked_order(order_id)
    _check_waiting(waiting_for)
    _check_workshop(order, waiting_for)
    rules.WORK_ORDER.apply(order, "pause", actor.roles, waiting_for=waiting_for, reason=reason.strip())
    note_waiting(order.repair_call, waiting_for, reason, actor, at or clock.now(), order=order)
    return order


@command("work_order.resume")
def resume_order(actor: Principal, order_id: int, *, reason: str = "", at: datetime | None = None) -> WorkOrder:
    """The same from the job: the clock runs again (CAL-6)."""
    order = steps.locked_order(order_id)
    _check_workshop(order, order.repair_call.waiting_for)
    rules.WORK_ORDER.apply(order, "resume", actor.roles)
    note_waiting(order.repair_call, "", reason, actor, at or clock.now(), order=order)
    return order


def end_pause(order: WorkOrder, actor: Principal, at: datetime) -> None:
    """Somebody is there: whatever was waited for, the wait is over and the deadline is fixed at last."""
    call = order.repair_call
    if call.waiting_for:
        note_waiting(call, "", "", actor, at, order=order)


# -- promises (SO-10) --------------------------------------------------------------------------------------------


@command("repair_call.promise")
def promise(actor: Principal, call_id: int, *, promised_at: datetime | None, at: datetime | None = None) -> RepairCall:
    """Promise the customer when the repair will be finished, or (None) take the promise off the call (SO-10)."""
    call = steps.locked_call(call_id)
    rules.REPAIR_CALL.apply(call, "promise", actor.roles)
    job = queries.live_order(call.id)
    if job is not None and job.status == "in_workshop":
        raise Refused(N_("The product is in the workshop: change the promise on its repair card."), field="promised_at")
    if promised_at is not None and promised_at < (at or clock.now()):
        raise Refused(N_("The promised time lies in the past."), field="promised_at")
    call.promised_at = promised_at
    db.session.flush()
    return call


@command("work_order.ask_for_help")
def ask_for_help(actor: Principal, order_id: int, *, reason: str, at: datetime | None = None) -> WorkOrder:
    """The technician sees that it will be late and asks the supervisor for help – before it is (SO-10)."""
    order = steps.locked_order(order_id)
    rules.WORK_ORDER.apply(order, "ask_for_help", actor.roles, reason=reason.strip())
    steps.event(order, "help", actor, at or clock.now(), note=reason)
    tell(
        order.branch_id,
        "supervisor",
        N_("%(number)s: %(who)s asks for help: %(reason)s"),
        {"number": order.number, "who": actor.name, "reason": reason.strip()[:200]},
        link=f"/workorderview/show/{order.id}",
        tone="warning",
    )
    db.session.flush()
    return order


# -- appointments (SO-18) and clocks (SO-15) ------------------------------------------------------------------------


@command("work_order.move_appointment")
def move_appointment(
    actor: Principal,
    order_id: int,
    *,
    appointment_at: datetime,
    agreed_by: str,
    reason: str | None = None,
    at: datetime | None = None,
) -> WorkOrder:
    """Move the appointment with the customer's consent (SO-18). Told too late, the old one stays broken on record."""
    moment = at or clock.now()
    why = (reason or "").strip()
    order = steps.locked_order(order_id)
    rules.WORK_ORDER.apply(
        order, "move_appointment", actor.roles, appointment_at=appointment_at, agreed_by=agreed_by.strip()
    )
    if appointment_at < moment:
        raise Refused(N_("The appointment lies in the past."), field="appointment_at")
    if order.contractor_id is None:
        dispatching.check_day(
            order.repair_call,
            order.technician,
            appointment_at=appointment_at,
            expected_minutes=order.expected_minutes,
            at=moment,
            override_reason=why,
            but=order.id,
            field="appointment_at",
        )
    old = order.appointment_at
    db.session.add(
        AppointmentChange(
            work_order=order,
            at=moment,
            old_at=old,
            new_at=appointment_at,
            agreed_by=agreed_by.strip()[:64],
            reason=why[:200],
            staff_id=actor.staff_id,
        )
    )
    order.appointment_at = appointment_at
    before = f"{clock.local(old):%m-%d %H:%M}" if old else "—"
    steps.event(
        order,
        "moved",
        actor,
        moment,
        note=f"{before} → {clock.local(appointment_at):%m-%d %H:%M} ({agreed_by.strip()})",
    )
    db.session.flush()
    return order


def check_clock(order: WorkOrder) -> None:
    """Tell the supervisor when the technician's device and our clock disagree about the arrival (SO-15)."""
    if order.arrived_at is None or not is_skewed(
        order.arrived_at, order.arrived_device_at, settings.number("clock_skew_minutes")
    ):
        return
    tell(
        order.branch_id,
        "supervisor",
        N_("%(number)s: the device of %(who)s differs from our clock by %(minutes)d minutes at arrival."),
        {
            "number": order.number,
            "who": order.technician.name,
            "minutes": clock_skew(order.arrived_at, order.arrived_device_at),
        },
        link=f"/workorderview/show/{order.id}",
        tone="warning",
    )


# -- telling people ------------------------------------------------------------------------------------------------

_JOB_OF = {"service_department": "service"}
_UPWARDS = {"technician": "supervisor", "supervisor": "branch_manager", "branch_manager": "service_department"}


def people_of(branch_id: int, role: str) -> list[Staff]:
    """The active people of that role: of the branch, or of the whole company's service department.

    Without any the next role above is meant: a deadline must not go unheard because a post is vacant.
    """
    job = _JOB_OF.get(role, role)
    statement = select(Staff).where(Staff.job == job, Staff.active.is_(True)).order_by(Staff.staff_no)
    if role != "service_department":
        statement = statement.where(Staff.branch_id == branch_id)
    found = list(db.session.scalars(statement))
    return found or (people_of(branch_id, _UPWARDS[role]) if role in _UPWARDS else [])


def tell(
    branch_id: int, role: str, message: str, params: dict[str, Any], *, link: str = "", tone: str = "info"
) -> list[inbox.InboxMessage]:
    """A message to everybody of that role at the branch, in the inbox and by mail at once."""
    with acting_as(SYSTEM):
        posted = [
            inbox.post(person.id, message, params, link=link, tone=tone, email=person.email or "")
            for person in people_of(branch_id, role)
        ]
        for row in posted:
            inbox.mail_to([row])
    return posted
