"""What the feedback area prints: the daily 回访计划 (RV-3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.core import clock, settings
from app.core.db import db
from app.core.documents import Document, Params, register
from app.core.errors import N_
from app.customers.models import Address, Customer
from app.feedback.models import ReturnVisit
from app.feedback.papers import ReturnVisitPlan, VisitGroup, VisitLine
from app.feedback.rules import CAUSE_LABELS
from app.fieldservice.models import RepairCall, WorkOrder
from app.organisation.models import Branch
from app.organisation.queries import branches_of

PLAN_DAYS, OVERDUE_DAYS = "return_visit_plan_days", "return_visit_overdue_days"
settings.declare(PLAN_DAYS, 7, N_("Days the return-visit plan looks ahead"), "RV-3")
settings.declare(OVERDUE_DAYS, 3, N_("Days after which an overdue return visit goes to the supervisor"), "RV-3")


def return_visit_plans(params: Params) -> list[ReturnVisitPlan]:
    """The plan of one branch, or of every branch that has visits to make."""
    plans = [_plan(branch, params.date) for branch in branches_of(params.branch)]
    return plans if params.branch else [plan for plan in plans if plan.total]


def _plan(branch: Branch, day: dt.date) -> ReturnVisitPlan:
    until = day + timedelta(days=settings.number(PLAN_DAYS))
    morning = clock.at_local(day)
    visits = db.session.scalars(
        select(ReturnVisit)
        .where(
            ReturnVisit.branch_id == branch.id,
            ReturnVisit.due_on <= until,
            # A plan made again for a past day holds what was still to do that morning.
            or_(ReturnVisit.status == "planned", and_(ReturnVisit.status == "done", ReturnVisit.done_at >= morning)),
        )
        .options(
            joinedload(ReturnVisit.customer).options(
                selectinload(Customer.telephones), selectinload(Customer.addresses).joinedload(Address.district)
            ),
            joinedload(ReturnVisit.complaint),
            joinedload(ReturnVisit.contract),
            joinedload(ReturnVisit.work_order)
            .joinedload(WorkOrder.repair_call)
            .joinedload(RepairCall.address)
            .joinedload(Address.district),
            joinedload(ReturnVisit.visitor),
            selectinload(ReturnVisit.attempts),
        )
        .order_by(ReturnVisit.due_on, ReturnVisit.number)
    ).all()
    lines = [_line(row, visit, day) for row, visit in enumerate(visits, 1)]
    return ReturnVisitPlan(
        number=f"HF-{branch.code}-{day:%Y%m%d}",
        on=day,
        branch_code=branch.code,
        branch_name=branch.name,
        groups=_groups(lines, day),
        until=until,
    )


def _groups(lines: Sequence[VisitLine], day: dt.date) -> tuple[VisitGroup, ...]:
    return (
        VisitGroup(key="overdue", title=N_("Overdue"), lines=tuple(line for line in lines if line.due_on < day)),
        VisitGroup(key="today", title=N_("Due today"), lines=tuple(line for line in lines if line.due_on == day)),
        VisitGroup(key="coming", title=N_("Coming"), lines=tuple(line for line in lines if line.due_on > day)),
    )


def _line(row: int, visit: ReturnVisit, day: dt.date) -> VisitLine:
    late = max((day - visit.due_on).days, 0)
    reference, before = _before(visit)
    customer = visit.customer
    return VisitLine(
        row=row,
        number=visit.number,
        cause=CAUSE_LABELS[visit.cause],
        reference=reference,
        customer=customer.name,
        phone=customer.telephones[0].number if customer.telephones else "",
        address=_address(visit),
        before=before,
        visitor=visit.visitor.name if visit.visitor else "",
        due_on=visit.due_on,
        days_late=late,
        attempts=len(visit.attempts),
        escalated=late > settings.number(OVERDUE_DAYS),
    )


def _before(visit: ReturnVisit) -> tuple[str, str]:
    """Number and short story of what the visit is about; empty where the reader may not see it (CP-13)."""
    if visit.complaint is not None:
        return visit.complaint.number, " → ".join(
            part for part in (visit.complaint.content, visit.complaint.solution) if part
        )
    if visit.work_order is not None:
        order = visit.work_order
        return order.number, " → ".join(part for part in (order.repair_call.symptom, order.result) if part)
    if visit.contract is not None:
        return visit.contract.number, ""
    return "", ""


def _address(visit: ReturnVisit) -> str:
    if visit.work_order is not None:
        return str(visit.work_order.repair_call.address)
    return str(visit.customer.addresses[0]) if visit.customer.addresses else ""


register(
    Document(
        name="return_visit_plan",
        title=N_("Return-visit plan"),
        area="feedback",
        template="return_visit_plan.html",
        query=return_visit_plans,
        paper="A4 landscape",
        scheduled_at=dt.time(7, 30),
    )
)
