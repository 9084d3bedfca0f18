"""What the feedback area prints: the daily 回访计划 (RV-3)."""

from __future__ import annotations

import datetime as dt
from datetime import timedelta
from itertools import count

from app.core import settings
from app.core.documents import Document, Params, register
from app.core.errors import N_
from app.feedback import queries
from app.feedback.models import OVERDUE_DAYS, PLAN_DAYS, ReturnVisit
from app.feedback.papers import ReturnVisitPlan, VisitGroup, VisitLine
from app.feedback.rules import CAUSE_LABELS, urgency
from app.organisation.models import Branch
from app.organisation.queries import branches_of


def return_visit_plans(params: Params) -> list[ReturnVisitPlan]:
    """The plan of one branch, or of every branch that has visits to make."""
    plans = [_plan(branch, params.date) for branch in branches_of(params.branch)]
    return plans if params.branch else [plan for plan in plans if plan.total]


def _plan(branch: Branch, day: dt.date) -> ReturnVisitPlan:
    rows = count(1)
    return ReturnVisitPlan(
        number=f"HF-{branch.code}-{day:%Y%m%d}",
        on=day,
        branch_code=branch.code,
        branch_name=str(branch),
        groups=tuple(
            VisitGroup(
                key=group.key,
                title=group.title,
                lines=tuple(_line(next(rows), visit, day) for visit in group.visits),
            )
            for group in queries.plan_rows(branch.id, day)
        ),
        until=day + timedelta(days=settings.number(PLAN_DAYS)),
    )


def _line(row: int, visit: ReturnVisit, day: dt.date) -> VisitLine:
    standing = urgency(visit.due_on, day, settings.number(OVERDUE_DAYS))
    people = [person.name for person in (visit.visitor, visit.companion) if person is not None]
    return VisitLine(
        row=row,
        number=visit.number,
        cause=CAUSE_LABELS[visit.cause],
        reference=visit.about,
        customer=visit.who,
        phone=visit.phone,
        address=_address(visit),
        before=_before(visit),
        visitor="、".join(people),
        due_on=visit.due_on,
        days_late=standing.days_late,
        attempts=len(visit.attempts),
        escalated=standing.escalated,
    )


def _before(visit: ReturnVisit) -> str:
    """What happened before, in short; empty where the reader may not see it (CP-13)."""
    told: tuple[str, ...] = ()
    if visit.complaint is not None:
        told = (visit.complaint.content, visit.complaint.solution)
    elif visit.work_order is not None:
        told = (visit.work_order.repair_call.symptom, visit.work_order.result)
    return " → ".join(part for part in told if part)


def _address(visit: ReturnVisit) -> str:
    if visit.work_order is not None:
        return str(visit.work_order.repair_call.address)
    return str(visit.customer.addresses[0]) if visit.customer is not None and visit.customer.addresses else ""


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
