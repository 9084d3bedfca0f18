"""What a technician's days look like: open hours, absences, jobs with their expected minutes (SO-18, SO-19)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import aliased, joinedload

from app.calendars import queries as calendars
from app.calendars.rules import Calendar
from app.core import clock, settings
from app.core.db import db
from app.fieldservice.models import Absence, Contractor, ContractorRequest, CrewMember, RepairCall, WorkOrder
from app.fieldservice.rules import dispatching as rules

UNDER_WAY = ("dispatched", "accepted", "arrived")
DAYS_SHOWN = 7


def open_spans(calendar: Calendar, day: date) -> list[rules.Span]:
    """The branch's opening hours of a day, as office time."""
    return [(calendar.at(begin), calendar.at(end)) for begin, end in calendar.day_spans(day)]


def expected_minutes(order: WorkOrder, usual: int) -> int:
    """How long a job will take: as planned, else as its kind of fault says, else the usual."""
    if order.expected_minutes:
        return order.expected_minutes
    return expected_for(order.repair_call, usual)


def expected_for(call: RepairCall, usual: int) -> int:
    """The same for a call not dispatched yet."""
    symptom = call.symptom_code
    return (symptom.expected_minutes if symptom is not None else None) or usual


@dataclass(frozen=True)
class Planned:
    """A job as it stands in somebody's day; without appointment it counts on the day it is to be done."""

    order: WorkOrder
    minutes: int
    day: date
    begin: datetime | None
    end: datetime | None


def work_day(calendar: Calendar, now: datetime) -> date:
    """The day on which work goes on: today until the branch closes, else the next day it opens (a week at most)."""
    days = [now.date() + timedelta(days=count) for count in range(DAYS_SHOWN)]
    return next((day for day in days if any(end > now for _, end in open_spans(calendar, day))), days[0])


def planned(order: WorkOrder, calendar: Calendar, today: date, usual: int) -> Planned:
    """Where the job stands: on the day of its appointment; one overdue or without appointment on ``today``'s."""
    minutes = expected_minutes(order, usual)
    if order.appointment_at is None:
        return Planned(order, minutes, today, None, None)
    begin = clock.local(order.appointment_at)
    spans = open_spans(calendar, begin.date())
    end = rules.end_of(begin, minutes, spans)
    # Work that is late stays work of today; a job of a later day stays there.
    return Planned(order, minutes, max(begin.date(), today), begin, end)


def bookings_of(
    staff_ids: Iterable[int], calendar: Calendar, first: date, days: int, *, but: int | None = None
) -> dict[int, list[rules.Booking]]:
    """Jobs under way with an appointment, own ones and those gone along to; ``but``: without this work order."""
    ids = list(staff_ids)
    begin, end = clock.at_local(first), clock.at_local(first + timedelta(days=days))
    usual = settings.number("expected_minutes")
    member = aliased(CrewMember)
    statement = (
        select(WorkOrder, member.staff_id)
        .outerjoin(member, and_(member.work_order_id == WorkOrder.id, member.staff_id.in_(ids)))
        .where(WorkOrder.status.in_(UNDER_WAY), or_(WorkOrder.technician_id.in_(ids), member.staff_id.is_not(None)))
        # A job begun the evening before may last into the first day.
        .where(WorkOrder.appointment_at >= begin - timedelta(days=1), WorkOrder.appointment_at < end)
        .options(joinedload(WorkOrder.repair_call).joinedload(RepairCall.symptom_code))
    )
    found: dict[int, list[rules.Booking]] = {key: [] for key in ids}
    for order, along in db.session.execute(statement):
        if order.id == but:
            continue
        job = planned(order, calendar, first, usual)
        if job.begin is None or job.end is None:
            continue
        booking = rules.Booking(job.begin, job.end, order.number)
        for key in {order.technician_id, along} & set(ids):
            if booking not in found[key]:
                found[key].append(booking)
    return found


def absences_of(staff_ids: Iterable[int], begin: datetime, end: datetime) -> dict[int, list[rules.Away]]:
    """Absences that touch the time from ``begin`` to ``end``, in office time."""
    ids = list(staff_ids)
    found: dict[int, list[rules.Away]] = {key: [] for key in ids}
    statement = (
        select(Absence)
        .where(Absence.staff_id.in_(ids), Absence.starts_at < end, Absence.ends_at > begin)
        .order_by(Absence.starts_at)
    )
    for row in db.session.scalars(statement):
        found[row.staff_id].append(
            rules.Away(clock.local(row.starts_at), clock.local(row.ends_at), row.kind, row.reason)
        )
    return found


def jobs_within(staff_id: int, begin: datetime, end: datetime) -> Sequence[WorkOrder]:
    """Jobs under way of a person with an appointment in this time."""
    return db.session.scalars(
        select(WorkOrder)
        .where(WorkOrder.technician_id == staff_id, WorkOrder.status.in_(UNDER_WAY))
        .where(WorkOrder.appointment_at >= begin, WorkOrder.appointment_at < end)
        .order_by(WorkOrder.appointment_at)
    ).all()


def calendar_of(branch_id: int) -> Calendar:
    """The branch's calendar."""
    return calendars.calendar_for(branch_id)


def usual_for(call: RepairCall) -> int:
    """Expected minutes of a job for the call."""
    return expected_for(call, settings.number("expected_minutes"))


def contractors_for(call: RepairCall) -> tuple[list[Contractor], ContractorRequest | None]:
    """The contractors the branch may send to a call, and the newest request to do so, if there was one (SO-19)."""
    asked = and_(
        ContractorRequest.contractor_id == Contractor.id,
        ContractorRequest.repair_call_id == call.id,
    )
    rows = db.session.execute(
        select(Contractor, ContractorRequest)
        .outerjoin(ContractorRequest, asked)
        .where(Contractor.branch_id == call.branch_id)
        .options(joinedload(ContractorRequest.decided_by))
        .order_by(Contractor.name, ContractorRequest.id)
    ).all()
    offered = {firm.id: firm for firm, _request in rows if firm.active}
    requests = [request for _firm, request in rows if request is not None]
    return list(offered.values()), max(requests, key=lambda each: each.id, default=None)
