"""What more than one screen or job asks about return visits (RV-1, RV-3). Row scope applies to the visits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.complaints.models import Complaint
from app.contracts.models import Contract
from app.core import clock, settings
from app.core.db import db
from app.customers.models import Customer, Voucher
from app.feedback import rules
from app.feedback.models import OVERDUE_DAYS, PLAN_DAYS, ReturnVisit, VisitQuestion
from app.fieldservice.models import RepairCall, WorkOrder

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
    """Unsatisfactory visits that opened neither a call nor a complaint, without a reason (RV-4)."""
    return and_(
        ReturnVisit.satisfaction.in_(rules.UNSATISFACTORY),
        ReturnVisit.opened_complaint_id.is_(None),
        ReturnVisit.opened_call_id.is_(None),
        ReturnVisit.no_follow_up == "",
    )


def unsatisfactory() -> ColumnElement[bool]:
    """Visits whose customer was not content (RV-5)."""
    return ReturnVisit.satisfaction.in_(rules.UNSATISFACTORY)


def given_up() -> ColumnElement[bool]:
    """Visits whose customer was never reached: the supervisor decides (RV-4)."""
    return ReturnVisit.status == "given_up"


def for_supervisor(on: date) -> ColumnElement[bool]:
    """Overdue for too long, or given up: what the supervisor sees to (RV-3, RV-4)."""
    return or_(escalated(on), given_up())


def resting(now: datetime) -> ColumnElement[bool]:
    """Tried in vain, and not to be tried again before later (RV-4)."""
    return and_(ReturnVisit.next_try_at.is_not(None), ReturnVisit.next_try_at > now)


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
        .options(*_eager())
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


# -- the caller's worklist ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Worklist:
    """A page of the caller's worklist: the numbers of every group, the visits of the page, and how many there are."""

    counts: dict[str, int]
    visits: list[ReturnVisit]
    total: int


def worklist(
    on: date, now: datetime, *, group: str = "due", visitor_id: int | None = None, first: int = 0, size: int = 20
) -> Worklist:
    """Whom to call: ``group`` is due (overdue and today), overdue, today, coming, later (tried in vain) or given_up.

    Each visit stands in exactly one of overdue, today, coming, later and given_up; the most urgent come first.
    """
    until = on + timedelta(days=settings.number(PLAN_DAYS))
    plan = and_(to_be_made(), ~resting_now(now))
    groups = {
        "due": and_(plan, ReturnVisit.due_on <= on),
        "overdue": and_(plan, ReturnVisit.due_on < on),
        "today": and_(plan, ReturnVisit.due_on == on),
        "coming": and_(plan, ReturnVisit.due_on > on, ReturnVisit.due_on <= until),
        "later": and_(to_be_made(), resting(now)),
        "given_up": given_up(),
    }
    mine = of_visitor(visitor_id) if visitor_id is not None else None
    asked = {key: where if mine is None else and_(where, mine) for key, where in groups.items()}
    columns = [func.count(case((where, 1))).label(key) for key, where in asked.items()]
    counts = dict(db.session.execute(select(*columns).select_from(ReturnVisit)).one()._mapping)
    order = (ReturnVisit.next_try_at, ReturnVisit.due_on) if group == "later" else (ReturnVisit.due_on,)
    statement = select(ReturnVisit).where(asked[group]).options(*_eager()).order_by(*order, ReturnVisit.id).limit(size)
    visits = list(db.session.scalars(statement.offset(first)).unique())
    return Worklist({key: int(count) for key, count in counts.items()}, visits, int(counts[group]))


def due_now(on: date, now: datetime) -> ColumnElement[bool]:
    """Whom to call today: what is due or overdue and was not tried in vain just before (RV-3)."""
    return and_(to_be_made(), ~resting_now(now), ReturnVisit.due_on <= on)


def resting_now(now: datetime) -> ColumnElement[bool]:
    """``resting`` that is false, not unknown, for a visit never tried."""
    return func.coalesce(ReturnVisit.next_try_at > now, False)


def _eager() -> tuple[Any, ...]:
    return (
        joinedload(ReturnVisit.branch),
        joinedload(ReturnVisit.customer).selectinload(Customer.telephones),
        joinedload(ReturnVisit.complaint),
        joinedload(ReturnVisit.contract),
        joinedload(ReturnVisit.rule),
        joinedload(ReturnVisit.work_order)
        .joinedload(WorkOrder.repair_call)
        .joinedload(RepairCall.voucher)
        .joinedload(Voucher.product_model),
        joinedload(ReturnVisit.visitor),
        joinedload(ReturnVisit.companion),
        selectinload(ReturnVisit.attempts),
    )


def questions_for(trigger: str) -> list[VisitQuestion]:
    """The caller's script for a trigger, in order (RV-4)."""
    statement = (
        select(VisitQuestion)
        .where(VisitQuestion.trigger_on == trigger, VisitQuestion.active.is_(True))
        .order_by(VisitQuestion.position, VisitQuestion.id)
    )
    return list(db.session.scalars(statement))


def script(trigger: str) -> list[rules.Asked]:
    """The same for the rules: which of them must be answered."""
    return [rules.Asked(each.id, each.answer_kind, each.required) for each in questions_for(trigger)]


@dataclass(frozen=True)
class Earlier:
    """Something that happened with this customer before; ``kind`` is call, complaint or visit."""

    kind: str
    on: date
    number: str
    words: str
    outcome: str
    id: int


def earlier(visit: ReturnVisit, limit: int = 8) -> list[Earlier]:
    """What happened with the customer before, newest first: calls, complaints the reader may see, and other visits."""
    if visit.customer_id is None:
        return []
    calls = db.session.scalars(
        select(RepairCall)
        .join(RepairCall.voucher)
        .where(Voucher.customer_id == visit.customer_id)
        .options(selectinload(RepairCall.work_orders))
        .order_by(RepairCall.reported_at.desc(), RepairCall.id.desc())
        .limit(limit)
    )
    complaints = db.session.scalars(
        select(Complaint)
        .where(Complaint.customer_id == visit.customer_id)
        .order_by(Complaint.received_at.desc(), Complaint.id.desc())
        .limit(limit)
    )
    visits = db.session.scalars(
        select(ReturnVisit)
        .where(ReturnVisit.customer_id == visit.customer_id, ReturnVisit.id != visit.id, ReturnVisit.status == "done")
        .order_by(ReturnVisit.done_at.desc(), ReturnVisit.id.desc())
        .limit(limit)
    )
    found = [
        *(
            Earlier(
                "call",
                clock.local(call.reported_at).date(),
                call.number,
                call.symptom,
                next((order.result for order in reversed(call.work_orders) if order.result), ""),
                call.id,
            )
            for call in calls
        ),
        *(
            Earlier("complaint", clock.local(row.received_at).date(), row.number, row.content, row.solution, row.id)
            for row in complaints
        ),
        *(
            Earlier(
                "visit",
                clock.local(row.done_at).date() if row.done_at else row.due_on,
                row.number,
                row.shortcomings or row.suggestions,
                row.satisfaction or "",
                row.id,
            )
            for row in visits
        ),
    ]
    return sorted(found, key=lambda row: (row.on, row.number), reverse=True)[:limit]


def products_of(visit: ReturnVisit) -> list[Voucher]:
    """The customer's products, for a call that a visit opens; the one the visit is about first."""
    if visit.customer_id is None:
        return []
    statement = (
        select(Voucher)
        .where(Voucher.customer_id == visit.customer_id)
        .options(joinedload(Voucher.product_model))
        .order_by(Voucher.id)
        .limit(50)
    )
    return sorted(db.session.scalars(statement), key=lambda row: row.id != visit.voucher_id)


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
