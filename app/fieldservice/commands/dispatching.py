"""Planning who goes: absences, crews, reminders, outside contractors (SO-18, SO-19).

Dispatching and reassigning themselves stand with the call and the order (``calls``, ``orders``); what they check of
the technician's day is here.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select

from app.core import clock, settings
from app.core.actors import SYSTEM, Principal, acting_as
from app.core.db import db
from app.core.errors import N_, Refused
from app.core.fetch import fetch
from app.core.uow import command
from app.fieldservice import rules
from app.fieldservice.commands import charges, steps, telling
from app.fieldservice.commands.overnight import check_turn
from app.fieldservice.models import (
    Absence,
    Contractor,
    ContractorRequest,
    CrewMember,
    FaultCode,
    RepairCall,
    WorkOrder,
    WorkOrderEvent,
)
from app.fieldservice.queries import planning
from app.fieldservice.rules import dispatching as planning_rules
from app.organisation.models import Staff

# -- absences ---------------------------------------------------------------------------------------------------


@command("absence.enter")
def enter_absence(
    actor: Principal,
    *,
    staff_id: int,
    starts_at: datetime,
    ends_at: datetime,
    kind: str = "leave",
    reason: str = "",
    confirm: bool = False,
) -> Absence:
    """Somebody will not be there. Jobs booked within that time are pointed out: ``Refused`` at ``confirm``."""
    person = steps.locked(Staff, staff_id)
    if actor.branch_id is not None and person.branch_id != actor.branch_id:
        raise Refused(N_("This person belongs to another branch."), field="staff_id")
    if kind not in planning_rules.ABSENCE_KINDS:
        raise Refused(N_("This is required."), field="kind")
    others = select(Absence.starts_at, Absence.ends_at).where(Absence.staff_id == person.id)
    planning_rules.check_absence(starts_at, ends_at, [(row[0], row[1]) for row in db.session.execute(others)])
    jobs = planning.jobs_within(person.id, starts_at, ends_at)
    if jobs and not confirm:
        raise Refused(
            N_("Appointments in this time: %(numbers)s. Reassign them; tick to enter the absence all the same."),
            field="confirm",
            numbers=", ".join(job.number for job in jobs[:5]),
        )
    row = Absence(
        staff_id=person.id,
        starts_at=starts_at,
        ends_at=ends_at,
        kind=kind,
        reason=(reason or "").strip()[:200],
        entered_by_id=actor.staff_id,
    )
    db.session.add(row)
    db.session.flush()
    return row


@command("absence.remove")
def remove_absence(actor: Principal, absence_id: int) -> None:
    """The absence was entered by mistake, or is called off. Past ones stay."""
    row = steps.locked(Absence, absence_id)
    if row.ends_at <= clock.now():
        raise Refused(N_("This absence is over: it stays as it was."))
    db.session.delete(row)
    db.session.flush()


# -- is there time? ---------------------------------------------------------------------------------------------


def check_day(
    call: RepairCall,
    person: Staff,
    *,
    appointment_at: datetime | None,
    expected_minutes: int | None,
    at: datetime,
    override_reason: str = "",
    but: int | None = None,
    field: str = "technician_id",
) -> None:
    """Whether the person can take the job then: no absence, no other appointment, within opening hours (SO-18, SO-19).

    Without an appointment only an absence until the branch closes stands against it. Raises ``Refused``.
    """
    minutes = expected_minutes or planning.usual_for(call)
    planning_rules.check_minutes_expected(minutes)
    with acting_as(SYSTEM):  # the technician's other jobs count, whoever may see them
        start = clock.local(appointment_at or at)
        calendar = planning.calendar_of(call.branch_id)
        spans = planning.open_spans(calendar, start.date())
        away = planning.absences_of([person.id], start, start + timedelta(days=2))[person.id]
        if appointment_at is None:
            left = [(max(begin, start), end) for begin, end in spans if end > start]
            gone = [each for each in away if each.begin <= start]
            if not gone or (left and planning_rules.without(left, [(each.begin, each.end) for each in gone])):
                return
            end = gone[0].end
            raise Refused(
                N_("%(name)s is away until %(until)s: choose somebody else, or an appointment after that."),
                field=field,
                name=person.name,
                until=f"{end:%Y-%m-%d %H:%M}",
            )
        planning_rules.check_free(
            person.name,
            start,
            minutes,
            open_spans=spans,
            absences=away,
            bookings=planning.bookings_of([person.id], calendar, start.date(), 2, but=but)[person.id],
            override_reason=override_reason,
            field=field,
        )


# -- crew -------------------------------------------------------------------------------------------------------


@command("work_order.add_crew")
def add_crew(
    actor: Principal, order_id: int, *, staff_id: int, override_reason: str = "", at: datetime | None = None
) -> CrewMember:
    """One more technician goes along; the one of the work order stays in charge."""
    moment = at or clock.now()
    order = steps.locked_order(order_id)
    rules.WORK_ORDER.apply(order, "add_crew", actor.roles, staff_id=staff_id)
    person = steps.technician_for(order.repair_call, staff_id, field="staff_id")
    if person.id == order.technician_id or any(each.staff_id == person.id for each in order.crew):
        raise Refused(N_("This technician is on the job already."), field="staff_id")
    check_day(
        order.repair_call,
        person,
        appointment_at=order.appointment_at if order.appointment_at and order.appointment_at >= moment else None,
        expected_minutes=order.expected_minutes,
        at=moment,
        override_reason=override_reason,
        but=order.id,
        field="staff_id",
    )
    row = CrewMember(work_order=order, staff_id=person.id)
    db.session.add(row)
    steps.event(order, "crew", actor, moment, note=f"+ {person.name} {override_reason}".strip())
    db.session.flush()
    telling.of_order(person, order, N_("You go along with job %(number)s."))
    return row


@command("work_order.remove_crew")
def remove_crew(actor: Principal, order_id: int, *, staff_id: int, at: datetime | None = None) -> WorkOrder:
    """The technician does not go along after all; refused once minutes are recorded."""
    order = steps.locked_order(order_id)
    rules.WORK_ORDER.apply(order, "remove_crew", actor.roles, staff_id=staff_id)
    row = next((each for each in order.crew if each.staff_id == int(staff_id)), None)
    if row is None:
        raise Refused(N_("This technician is not on the crew."), field="staff_id")
    if any(entry.staff_id == row.staff_id for entry in order.time_entries):
        raise Refused(N_("This technician has recorded minutes on the job already."), field="staff_id")
    steps.event(order, "crew", actor, at or clock.now(), note=f"− {row.staff.name}")
    order.crew.remove(row)
    db.session.delete(row)
    db.session.flush()
    return order


# -- reminders --------------------------------------------------------------------------------------------------


@command("work_order.urge")
def urge(actor: Principal, order_id: int, *, note: str = "", at: datetime | None = None) -> WorkOrder:
    """The office reminds the technician (催办), once in so many minutes; it is written down on the job."""
    moment = at or clock.now()
    order = steps.locked_order(order_id)
    rules.WORK_ORDER.apply(order, "urge", actor.roles)
    last = db.session.execute(
        select(func.max(WorkOrderEvent.at)).where(
            WorkOrderEvent.work_order_id == order.id, WorkOrderEvent.kind == "urged"
        )
    ).scalar()
    planning_rules.check_urge(last, moment, settings.number("urge_pause_minutes"))
    steps.event(order, "urged", actor, moment, note=(note or "").strip())
    db.session.flush()
    telling.of_order(
        order.technician,
        order,
        N_("Reminder: job %(number)s is waiting for you. %(words)s"),
        (note or "").strip(),
        tone="warning",
    )
    return order


# -- outside contractors (SO-19) --------------------------------------------------------------------------------


@command("contractor_request.ask")
def ask_contractor(
    actor: Principal, call_id: int, *, contractor_id: int, reason: str, at: datetime | None = None
) -> ContractorRequest:
    """When no one is free: ask the manager to let a contractor go (SO-19)."""
    call = steps.locked_call(call_id)
    if call.status != "open":
        raise Refused(N_("This call is not waiting for dispatch any more."))
    if not reason.strip():
        raise Refused(N_("This is required."), field="contractor_reason")
    contractor = fetch(Contractor, int(contractor_id))
    if not contractor.active or contractor.branch_id != call.branch_id:
        raise Refused(N_("This contractor does not work for the branch."), field="contractor_id")
    waiting = select(ContractorRequest.id).where(
        ContractorRequest.repair_call_id == call.id, ContractorRequest.status.in_(("requested", "approved"))
    )
    if db.session.execute(waiting).first() is not None:
        raise Refused(N_("A contractor has been asked for already."), field="contractor_id")
    row = ContractorRequest(
        repair_call=call,
        branch_id=call.branch_id,
        contractor_id=contractor.id,
        reason=reason.strip()[:200],
        requested_by_id=actor.staff_id,
        created_at=at or clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    telling.job_of_branch(
        call.branch_id,
        "branch_manager",
        call,
        N_("A contractor for call %(number)s waits for your approval. %(words)s"),
        row.reason,
        link=f"/contractorrequestview/show/{row.id}",
    )
    return row


def _locked_request(request_id: int) -> ContractorRequest:
    steps.locked_call(fetch(ContractorRequest, request_id).repair_call_id)
    return steps.locked(ContractorRequest, request_id)


def _decide(actor: Principal, request_id: int, verb: str, note: str, at: datetime | None) -> ContractorRequest:
    row = _locked_request(request_id)
    rules.CONTRACTOR_REQUEST.apply(row, verb, actor.roles, note=note.strip())
    row.decided_by_id, row.decided_at, row.decision_note = actor.staff_id, at or clock.now(), note.strip()[:200]
    db.session.flush()
    if row.requested_by is not None:
        words = {
            "approve": N_("The contractor for call %(number)s is approved. %(words)s"),
            "refuse": N_("The contractor for call %(number)s is refused. %(words)s"),
        }
        telling.of_call(row.requested_by, row.repair_call, words[verb], row.decision_note)
    return row


@command("contractor_request.approve")
def approve_contractor(
    actor: Principal, request_id: int, *, note: str = "", at: datetime | None = None
) -> ContractorRequest:
    """The manager agrees: the supervisor may dispatch the contractor (SO-19)."""
    return _decide(actor, request_id, "approve", note or "", at)


@command("contractor_request.refuse")
def refuse_contractor(actor: Principal, request_id: int, *, note: str, at: datetime | None = None) -> ContractorRequest:
    """The manager does not agree, and says why."""
    return _decide(actor, request_id, "refuse", note, at)


@command("contractor_request.withdraw")
def withdraw_contractor(actor: Principal, request_id: int) -> ContractorRequest:
    """Somebody of our own was found after all."""
    row = _locked_request(request_id)
    rules.CONTRACTOR_REQUEST.apply(row, "withdraw", actor.roles)
    db.session.flush()
    return row


@command("contractor_request.send")
def send_contractor(
    actor: Principal,
    request_id: int,
    *,
    appointment_at: datetime | None = None,
    expected_minutes: int | None = None,
    out_of_turn_reason: str = "",
    at: datetime | None = None,
) -> WorkOrder:
    """Dispatch the approved contractor (SO-19). The supervisor who sends him answers for the job and reports it.

    While calls of earlier days wait, a newer one needs ``out_of_turn_reason``, as for our own technicians (SO-14).
    """
    moment = at or clock.now()
    row = _locked_request(request_id)
    call = row.repair_call
    steps.check_waiting(call)
    out_of_turn = check_turn(call, out_of_turn_reason, moment)
    rules.CONTRACTOR_REQUEST.apply(row, "send", actor.roles)
    if actor.staff_id is None:
        raise Refused(N_("Only somebody on the staff of the branch can answer for a contractor."))
    in_charge = fetch(Staff, actor.staff_id)
    rules.REPAIR_CALL.apply(call, "dispatch", actor.roles, technician_id=in_charge.id)
    return steps.new_order(
        call,
        in_charge,
        actor,
        moment,
        appointment_at=appointment_at,
        expected_minutes=expected_minutes,
        contractor_id=row.contractor_id,
        note="; ".join(filter(None, (str(row.contractor), out_of_turn))),
        service_class=None,
        class_reason="",
    )


@command("work_order.record_contractor")
def record_contractor(
    actor: Principal,
    order_id: int,
    *,
    arrived_at: datetime,
    finished_at: datetime,
    fault_code_id: int,
    result: str,
    at: datetime | None = None,
) -> WorkOrder:
    """What the contractor reported: when he came (the clock of SO-15 stops then), when he was done, and what he did."""
    moment = at or clock.now()
    order = steps.locked_order(order_id)
    given = {"arrived_at": arrived_at, "finished_at": finished_at, "fault_code_id": fault_code_id, "result": result}
    fetch(FaultCode, int(fault_code_id))
    if arrived_at < order.dispatched_at.replace(second=0, microsecond=0):
        raise Refused(N_("The job had not been dispatched then."), field="arrived_at")
    if not arrived_at <= finished_at <= moment:
        raise Refused(N_("Finished after the arrival and not later than now."), field="finished_at")
    rules.WORK_ORDER.find(order.status, "record_contractor")
    charges.check_contractor(order)
    rules.WORK_ORDER.apply(order, "record_contractor", actor.roles, **given)
    order.arrived_at, order.finished_at = arrived_at, finished_at
    order.fault_code_id, order.result = int(fault_code_id), result.strip()[:1000]
    rules.REPAIR_CALL.apply(order.repair_call, "finish", actor.roles)
    steps.event(order, "arrived", actor, arrived_at)
    steps.event(order, "finished", actor, finished_at)
    db.session.flush()
    return order
