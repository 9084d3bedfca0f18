"""What was missed in a period, and a deadline's explanation line by line (CAL-5, SO-10, SO-15, SO-18)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.calendars.rules import MISSED, Deadline, explain
from app.core import clock, settings
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.fieldservice.models import AppointmentChange, RepairCall, WorkOrder
from app.fieldservice.queries.deadlines import Standing, arrival_of, deadline_loads, finish_of
from app.fieldservice.queries.service import GONE, live_of
from app.fieldservice.rules.deadlines import (
    BROKEN,
    appointment_standing,
    clock_skew,
    is_skewed,
    told_in_time,
)
from app.organisation.models import Staff

APPOINTMENT, CLOCK = "appointment", "clock"


@dataclass(frozen=True)
class Breach:
    """One thing missed: ``kind`` arrival, finish, appointment or clock; ``late`` in working minutes (arrival, finish),
    in minutes (appointment), or the minutes by which the clocks differ."""

    kind: str
    call: RepairCall
    order: WorkOrder | None
    due: datetime
    done_at: datetime | None
    late: int
    standing: Standing | None = None


def breaches_between(first: date, last: date, branch_id: int | None = None) -> list[Breach]:
    """Deadlines and appointments that fell due on these days (both included) and were missed by now, in order.

    One paused when it would have been due is not missed (CAL-6).
    """
    begin, end = clock.day_bounds(first)[0], clock.day_bounds(last)[1]
    now = clock.now()
    found: list[Breach] = []
    for call in _calls_due(begin, end, branch_id):
        for standing in (arrival_of(call, now), finish_of(call, now)):
            due = standing.due if standing is not None else None
            if standing is not None and due is not None and standing.state == MISSED and begin <= due < end:
                found.append(
                    Breach(standing.kind, call, live_of(call), due, standing.done_at, -standing.left, standing)
                )
    for order in _orders_appointed(begin, end, branch_id):
        found += [each for each in _broken(order, now) if begin <= each.due < end]
    return sorted(found, key=lambda each: (each.due, each.call.id, each.kind))


def _calls_due(begin: datetime, end: datetime, branch_id: int | None) -> list[RepairCall]:
    statement = (
        select(RepairCall)
        .where(
            or_(
                and_(RepairCall.arrive_by >= begin, RepairCall.arrive_by < end),
                and_(RepairCall.promised_at >= begin, RepairCall.promised_at < end),
            )
        )
        .options(*deadline_loads())  # type: ignore[arg-type]  # loader options have no common public type
        .order_by(RepairCall.id)
    )
    if branch_id is not None:
        statement = statement.where(RepairCall.branch_id == branch_id)
    return list(db.session.scalars(statement).unique())


def _orders_appointed(begin: datetime, end: datetime, branch_id: int | None) -> list[WorkOrder]:
    moved = select(AppointmentChange.work_order_id).where(
        AppointmentChange.old_at >= begin, AppointmentChange.old_at < end
    )
    statement = (
        select(WorkOrder)
        .where(
            or_(
                and_(WorkOrder.appointment_at >= begin, WorkOrder.appointment_at < end),
                and_(WorkOrder.arrived_at >= begin, WorkOrder.arrived_at < end),
                WorkOrder.id.in_(moved),
            ),
            WorkOrder.status.not_in(GONE),
        )
        .options(
            joinedload(WorkOrder.technician),
            selectinload(WorkOrder.appointment_changes),
            joinedload(WorkOrder.repair_call).options(*deadline_loads()),  # type: ignore[arg-type]  # likewise
        )
        .order_by(WorkOrder.id)
    )
    if branch_id is not None:
        statement = statement.where(WorkOrder.branch_id == branch_id)
    return list(db.session.scalars(statement).unique())


def _broken(order: WorkOrder, now: datetime) -> list[Breach]:
    call, tolerance = order.repair_call, settings.number("appointment_tolerance")
    found = [
        Breach(APPOINTMENT, call, order, change.old_at, change.at, _minutes(change.old_at, change.at))
        for change in order.appointment_changes
        if change.old_at is not None and not told_in_time(change.old_at, change.at, tolerance)
    ]
    at = order.appointment_at
    if at is not None and appointment_standing(at, order.arrived_at, now, tolerance) == BROKEN:
        found.append(Breach(APPOINTMENT, call, order, at, order.arrived_at, _minutes(at, order.arrived_at or now)))
    if order.arrived_at is not None and is_skewed(
        order.arrived_at, order.arrived_device_at, settings.number("clock_skew_minutes")
    ):
        skew = clock_skew(order.arrived_at, order.arrived_device_at)
        found.append(Breach(CLOCK, call, order, order.arrived_at, order.arrived_device_at, skew))
    return found


def _minutes(first: datetime, last: datetime) -> int:
    return int((last - first).total_seconds() // 60)


def explanation_lines(found: Deadline, say: Callable[..., str]) -> list[str]:
    """The explanation, one step a line, in the reader's language (CAL-5)."""
    return explain(found, say).split(" · ")


def answerable_names(call: RepairCall, standing: Standing) -> str:
    """Who answers for a deadline: the technician sent, until then the branch's supervisors."""
    if standing.technician is not None:
        return standing.technician.name
    with acting_as(SYSTEM):
        statement = select(Staff.name).where(
            Staff.branch_id == call.branch_id, Staff.job == "supervisor", Staff.active.is_(True)
        )
        return "、".join(db.session.scalars(statement.order_by(Staff.staff_no)))
