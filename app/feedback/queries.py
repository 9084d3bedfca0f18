"""What more than one screen or job asks about return visits (RV-1, RV-3). Row scope applies to the visits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.complaints.models import Complaint
from app.contracts.models import Contract
from app.core import clock, settings
from app.core.db import db
from app.customers.models import Customer
from app.feedback import rules
from app.feedback.models import OVERDUE_DAYS, PLAN_DAYS, ReturnVisit
from app.fieldservice.models import WorkOrder

_complaint: Any = Complaint.__table__
_order: Any = WorkOrder.__table__
_contract: Any = Contract.__table__
_visit: Any = ReturnVisit.__table__


def to_be_made() -> ColumnElement[bool]:
    """Visits that are planned, and whose complaint has not been taken up again meanwhile."""
    settled = select(_complaint.c.id).where(_complaint.c.status.in_(("settled", "rated", "closed")))
    return and_(
        ReturnVisit.status == "planned", or_(ReturnVisit.complaint_id.is_(None), ReturnVisit.complaint_id.in_(settled))
    )


def overdue(on: date) -> ColumnElement[bool]:
    """Visits that should have been made before this day (RV-3)."""
    return and_(to_be_made(), ReturnVisit.due_on < on)


def escalated(on: date) -> ColumnElement[bool]:
    """Visits overdue for so long that they are the supervisor's (RV-3)."""
    return and_(to_be_made(), ReturnVisit.due_on < on - timedelta(days=settings.number(OVERDUE_DAYS)))


def of_visitor(staff_id: int | None) -> ColumnElement[bool]:
    """Visits that this person makes or goes along on."""
    someone = staff_id if staff_id is not None else -1
    return or_(ReturnVisit.visitor_id == someone, ReturnVisit.companion_id == someone)


def unanswered() -> ColumnElement[bool]:
    """Unsatisfactory visits for which no complaint was opened (RV-4)."""
    return and_(ReturnVisit.satisfaction.in_(rules.UNSATISFACTORY), ReturnVisit.opened_complaint_id.is_(None))


@dataclass(frozen=True)
class PlanGroup:
    """Overdue, today or coming, with its visits in the order they are due; ``title`` is an English message id."""

    key: str
    title: str
    visits: list[ReturnVisit]


def plan_rows(
    branch_id: int | None, on: date, visitor_id: int | None = None, *, limit: int | None = None
) -> list[PlanGroup]:
    """The visits to be made, up to the horizon of the plan: overdue, due on the day, coming (RV-3).

    None means every branch and every visitor; ``visitor_id`` also finds those on which the person goes along;
    ``limit`` keeps the most urgent.
    """
    until = on + timedelta(days=settings.number(PLAN_DAYS))
    statement = (
        select(ReturnVisit)
        .where(to_be_made(), ReturnVisit.due_on <= until)
        .options(
            joinedload(ReturnVisit.branch),
            joinedload(ReturnVisit.customer).selectinload(Customer.telephones),
            joinedload(ReturnVisit.complaint),
            joinedload(ReturnVisit.contract),
            joinedload(ReturnVisit.work_order).joinedload(WorkOrder.repair_call),
            joinedload(ReturnVisit.visitor),
            joinedload(ReturnVisit.companion),
            selectinload(ReturnVisit.attempts),
        )
        .order_by(ReturnVisit.due_on, ReturnVisit.id)
        .limit(limit)
    )
    if branch_id is not None:
        statement = statement.where(ReturnVisit.branch_id == branch_id)
    if visitor_id is not None:
        statement = statement.where(of_visitor(visitor_id))
    groups = {key: PlanGroup(key, title, []) for key, title in rules.GROUPS.items()}
    days = settings.number(OVERDUE_DAYS)
    for visit in db.session.scalars(statement).unique():
        groups[rules.urgency(visit.due_on, on, days).group].visits.append(visit)
    return list(groups.values())


def loads() -> dict[int, int]:
    """How many planned visits everybody has, by staff id (RV-2)."""
    table = _visit
    rows = db.session.execute(
        select(table.c.visitor_id, func.count()).where(table.c.status == "planned").group_by(table.c.visitor_id)
    ).all()
    return {staff_id: count for staff_id, count in rows if staff_id is not None}


# -- what has no visit yet (RV-1) -------------------------------------------------------------------------------


def orders_without_visit(since: datetime, limit: int) -> list[int]:
    """Ids of work orders closed since ``since`` for which no visit is planned, the oldest first."""
    statement = (
        select(_order.c.id)
        .where(_order.c.status == "closed", _order.c.closed_at >= since)
        .where(~exists().where(_visit.c.work_order_id == _order.c.id))
        .order_by(_order.c.closed_at, _order.c.id)
        .limit(limit)
    )
    return list(db.session.scalars(statement))


def contracts_without_visit(on: date) -> list[tuple[int, date, date]]:
    """``(id, starts_on, ends_on)`` of the contracts in force on the day for which no visit is planned."""
    statement = (
        select(_contract.c.id, _contract.c.starts_on, _contract.c.ends_on)
        .where(_contract.c.status == "in_force", _contract.c.starts_on <= on, _contract.c.ends_on >= on)
        .where(~exists().where(_visit.c.contract_id == _contract.c.id))
        .order_by(_contract.c.id)
    )
    return [(row.id, row.starts_on, row.ends_on) for row in db.session.execute(statement)]


def look_back(now: datetime, days: int) -> datetime:
    """The beginning of the office day so many days ago."""
    return clock.at_local(clock.local(now).date() - timedelta(days=days))
