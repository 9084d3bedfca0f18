"""What the start page counts in field service, and the criteria by which its lists are narrowed: the same ones.

``arrival`` reads a call's deadline as ``deadlines.arrival_of`` does, but in the database: thousands of calls at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, func, or_, select, true

from app.calendars.queries import calendar_for
from app.calendars.rules import deadline
from app.core import clock, settings
from app.core.db import db
from app.core.errors import N_
from app.core.sqltime import place_in, same_or_earlier_minute
from app.fieldservice.models import RepairCall, WorkOrder
from app.fieldservice.queries.service import GONE
from app.organisation.models import Branch

# How a call's arrival stands (SO-15): in time, late, nobody there and past the deadline, still running, without one.
IN_TIME, LATE, OVERDUE, RUNNING, WITHOUT = "in_time", "late", "overdue", "running", "without"
ARRIVALS = (IN_TIME, LATE, OVERDUE, RUNNING, WITHOUT)
WAITS = ("open", "dispatched")

MISSED_DAYS = "home_missed_days"
settings.declare(MISSED_DAYS, 7, N_("Start page: arrivals missed in so many days are counted, today included"), "SO-15")

_order: Any = WorkOrder.__table__.alias("figure_order")


def first_arrival() -> Any:
    """When somebody was first at the customer's; whoever asks, the clock stopped then."""
    return (
        select(func.min(_order.c.arrived_at))
        .where(_order.c.repair_call_id == RepairCall.id)
        .correlate(RepairCall)
        .scalar_subquery()
    )


def nobody_there() -> ColumnElement[bool]:
    """Nobody has been at the customer's."""
    there = select(_order.c.id).where(_order.c.repair_call_id == RepairCall.id, _order.c.arrived_at.is_not(None))
    return ~there.correlate(RepairCall).exists()


def arrival_case(now: datetime) -> ColumnElement[str]:
    """One of ``ARRIVALS`` for each call."""
    came = first_arrival()
    gone = and_(RepairCall.status == "cancelled", came.is_(None))
    return case(
        (gone, WITHOUT),
        # The clock stands still while the customer or a part is waited for: there is no deadline to miss (CAL-6).
        (and_(RepairCall.waiting_for != "", came.is_(None)), RUNNING),
        (RepairCall.arrive_by.is_(None), WITHOUT),
        (same_or_earlier_minute(came, RepairCall.arrive_by), IN_TIME),
        (came.is_not(None), LATE),
        (same_or_earlier_minute(now_of(now), RepairCall.arrive_by), RUNNING),
        else_=OVERDUE,
    )


def now_of(now: datetime) -> Any:
    """The moment as a value of the database's own kind."""
    return bindparam(None, now, type_=RepairCall.arrive_by.type)


def arrival_is(*standings: str) -> ColumnElement[bool]:
    """Calls whose arrival stands so now."""
    return arrival_case(clock.now()).in_(standings)


def of_today() -> ColumnElement[bool]:
    """Calls that came in today."""
    begin, end = clock.day_bounds(clock.today())
    return and_(RepairCall.reported_at >= begin, RepairCall.reported_at < end)


def overdue() -> ColumnElement[bool]:
    """Nobody is there, and the time is over; a call whose clock stands still is not (SO-15, CAL-6)."""
    return and_(
        RepairCall.status.in_(WAITS),
        RepairCall.waiting_for == "",
        ~same_or_earlier_minute(now_of(clock.now()), RepairCall.arrive_by),
        nobody_there(),
    )


def due_soon() -> ColumnElement[bool]:
    """Nobody is there, and the time will soon be over: the setting's working minutes of the call's branch (SO-10)."""
    now, minutes = clock.now(), settings.number("deadline_soon_minutes")
    limits = []
    for branch_id in db.session.scalars(select(Branch.id).where(Branch.active.is_(True))):
        until = deadline(calendar_for(branch_id), now, minutes=minutes).due
        limits.append(and_(RepairCall.branch_id == branch_id, RepairCall.arrive_by <= until))
    return and_(
        RepairCall.status.in_(WAITS),
        RepairCall.waiting_for == "",
        same_or_earlier_minute(now_of(now), RepairCall.arrive_by),
        or_(*limits),
        nobody_there(),
    )


def carried_over() -> ColumnElement[bool]:
    """Calls carried over at least once that still wait for dispatch (SO-14)."""
    return and_(RepairCall.status == "open", RepairCall.carried_over > 0)


def missed_lately() -> ColumnElement[bool]:
    """Arrivals due in the last days (the setting's; today is one) that came late or not at all."""
    begin = clock.at_local(clock.today() - timedelta(days=settings.number(MISSED_DAYS) - 1))
    return and_(RepairCall.arrive_by >= begin, RepairCall.arrive_by < clock.now(), arrival_is(LATE, OVERDUE))


def calls_counted(
    begin: datetime, end: datetime, ends: Iterable[datetime], branch_id: int | None
) -> dict[tuple[int, int, str], int]:
    """``(branch, span, standing) -> calls`` reported from ``begin`` to ``end``: one statement, row scope applies."""
    # The standing of each call first, grouped afterwards: SQLite would ask for the arrival once for each grouping term.
    rows = (
        select(
            RepairCall.branch_id.label("branch"),
            place_in(RepairCall.reported_at, tuple(ends)).label("span"),
            arrival_case(clock.now()).label("standing"),
        )
        .where(RepairCall.reported_at >= begin, RepairCall.reported_at < end)
        .where(RepairCall.branch_id == branch_id if branch_id is not None else true())
        .subquery()
    )
    grouped = select(rows.c.branch, rows.c.span, rows.c.standing, func.count()).group_by(
        rows.c.branch, rows.c.span, rows.c.standing
    )
    return {(row[0], row[1], row[2]): int(row[3]) for row in db.session.execute(grouped)}


def standing_orders() -> ColumnElement[bool]:
    """Jobs that were neither declined nor cancelled: each call counts once."""
    return WorkOrder.status.not_in(GONE)


def classes_counted(begin: datetime, end: datetime, branch_id: int | None) -> dict[str, int]:
    """Jobs dispatched from ``begin`` to ``end`` by class (SO-1)."""
    statement = (
        select(WorkOrder.service_class, func.count(WorkOrder.id))
        .where(WorkOrder.dispatched_at >= begin, WorkOrder.dispatched_at < end, standing_orders())
        .where(WorkOrder.branch_id == branch_id if branch_id is not None else true())
        .group_by(WorkOrder.service_class)
    )
    return {row[0]: int(row[1]) for row in db.session.execute(statement)}
