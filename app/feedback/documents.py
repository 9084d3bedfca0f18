"""What the feedback area prints: the daily 回访计划 (RV-3) and the 回访记录 of a visit (RV-4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from itertools import count

from sqlalchemy import select

from app.core import clock, files, settings
from app.core.actors import current
from app.core.db import db
from app.core.documents import Document, Params, register
from app.core.errors import N_
from app.core.fetch import fetch
from app.core.sheets import Sheet
from app.feedback import commands, queries
from app.feedback.models import OVERDUE_DAYS, PAPER_DAYS, PLAN_DAYS, ReturnVisit
from app.feedback.papers import AnswerLine, ReturnVisitPlan, ReturnVisitRecord, TryLine, VisitGroup, VisitLine
from app.feedback.rules import (
    CAUSE_LABELS,
    MANNER_LABELS,
    OUTCOME_LABELS,
    SATISFACTION_LABELS,
    STATE_LABELS,
    urgency,
)
from app.organisation.models import Branch
from app.organisation.queries import branches_of


def return_visit_plans(params: Params) -> list[ReturnVisitPlan]:
    """The plan of one branch, or of every branch that has visits to make."""
    branches = [branch.id for branch in branches_of(params.branch)]
    for branch_id in branches:
        listed = [visit for group in queries.plan_rows(branch_id, params.date) for visit in group.visits]
        _note_printed(visit for visit in listed if visit.complaint_id is not None)
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
        listed_until=day + timedelta(days=settings.number(PAPER_DAYS)),
    )


def _line(row: int, visit: ReturnVisit, day: dt.date) -> VisitLine:
    standing = urgency(visit.due_on, day, settings.number(OVERDUE_DAYS))
    people = [person.name for person in (visit.visitor, visit.companion) if person is not None]
    # The plan the system makes lies open to the branch, the person complained about too: who makes the visit finds by
    # its number in the portal whom it is for (CP-4, CP-13).
    quiet = visit.complaint_id is not None and current().is_system
    return VisitLine(
        row=row,
        number=visit.number,
        cause=CAUSE_LABELS[visit.cause],
        reference="" if quiet else visit.about,
        customer="" if quiet else visit.who,
        phone=visit.phone if not quiet and _mine(visit) else visit.phone_shown,
        address="" if quiet else _address(visit),
        before="" if quiet else _before(visit),
        visitor="、".join(people),
        due_on=visit.due_on,
        days_late=standing.days_late,
        attempts=len(visit.attempts),
        escalated=standing.escalated,
        next_try_at=visit.next_try_at,
        last_try=OUTCOME_LABELS[visit.attempts[-1].outcome] if visit.attempts else "",
    )


def _readable(visit: ReturnVisit) -> bool:
    """Whether the acting person may see what the visit is about: the complaint, where there is one (CP-13)."""
    return visit.complaint_id is None or visit.complaint is not None


def _mine(visit: ReturnVisit) -> bool:
    """Whether the number may stand on the plan: it is nobody's complaint, or the acting person makes that call (CP-13)."""
    if visit.complaint_id is None:
        return True
    me = current().staff_id
    return visit.complaint is not None and me is not None and me in (visit.visitor_id, visit.companion_id)


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


def _plan_sheets(papers: Sequence[ReturnVisitPlan], say: Callable[..., str]) -> list[Sheet]:
    heads = (
        N_("Branch"), N_("Visitor"), N_("Standing"), N_("Visit due on"), N_("Days late"), N_("Visit no."), N_("Cause"),
        N_("Concerning"), N_("Customer"), N_("Telephone"), N_("Address"), N_("What happened before"), N_("Attempts in vain"),
    )  # fmt: skip
    rows = [
        [
            paper.branch_name, line.visitor, say(group.title), line.due_on, line.days_late, line.number, say(line.cause),
            line.reference, line.customer, line.phone, line.address, line.before, line.attempts,
        ]
        for paper in papers
        for group in paper.groups
        for line in group.lines
    ]  # fmt: skip
    return [Sheet(say(N_("Return-visit plan")), [say(head) for head in heads], rows)]


def return_visit_records(params: Params) -> list[ReturnVisitRecord]:
    """The record of one visit (``record_id``), else those of the visits made on the day; who prints is noted (CP-13)."""
    _note_printed(_records(params))
    return [_record(visit) for visit in _records(params)]


def _note_printed(visits: Iterable[ReturnVisit]) -> None:
    """Whoever prints what is said of a complaint is noted there; what the system makes says nothing of it (CP-13)."""
    if not current().is_system:
        for visit in list(visits):
            commands.note_reading(current(), visit, what="paper")


def _records(params: Params) -> list[ReturnVisit]:
    if params.record_id is not None:
        return [fetch(ReturnVisit, params.record_id)]
    begin, end = clock.day_bounds(params.date)
    made = (
        select(ReturnVisit)
        .where(
            ReturnVisit.branch_id.in_([branch.id for branch in branches_of(params.branch)]),
            ReturnVisit.done_at >= begin,
            ReturnVisit.done_at < end,
        )
        .order_by(ReturnVisit.done_at, ReturnVisit.id)
    )
    return list(db.session.scalars(made))


def _record(visit: ReturnVisit) -> ReturnVisitRecord:
    people = [person.name for person in (visit.visitor, visit.companion) if person is not None]
    opened = [row.number for row in (visit.opened_call, visit.opened_complaint) if row is not None]
    answers = [AnswerLine(asked=row.asked, answer=row.answer) for row in visit.answers]
    if visit.status != "done":
        answers = [AnswerLine(asked=row.words, answer="") for row in queries.questions_for(visit.trigger)]
    return ReturnVisitRecord(
        number=visit.number,
        on=clock.local(visit.done_at).date() if visit.done_at is not None else visit.due_on,
        branch_code=visit.branch.code,
        branch_name=str(visit.branch),
        status=STATE_LABELS[visit.status],
        cause=CAUSE_LABELS[visit.cause],
        reference=visit.about,
        before=_before(visit),
        customer=visit.who,
        # A form to take along names whom to call; what is made and filed stays masked, as papers of complaints do.
        phone=visit.phone_shown
        if visit.status == "done" or current().is_system or not _readable(visit)
        else visit.phone,
        address=_address(visit),
        due_on=visit.due_on,
        visitor="、".join(people),
        tries=tuple(
            TryLine(
                at=row.at, outcome=OUTCOME_LABELS[row.outcome], note=row.note, by=row.staff.name if row.staff else ""
            )
            for row in visit.attempts
        ),
        answers=tuple(answers),
        done=visit.status == "done",
        done_at=visit.done_at,
        manner=MANNER_LABELS.get(visit.manner or "", ""),
        spoke_to=visit.spoke_to,
        satisfaction=SATISFACTION_LABELS.get(visit.satisfaction or "", ""),
        grades=tuple(SATISFACTION_LABELS.values()),
        shortcomings=visit.shortcomings,
        suggestions=visit.suggestions,
        followed=" ".join(opened) or visit.no_follow_up,
        signature=files.read(visit.signature) if visit.signature is not None else None,
    )


register(
    Document(
        name="return_visit_record",
        title=N_("Return-visit record"),
        area="feedback",
        template="return_visit_record.html",
        query=return_visit_records,
        params=("date", "branch", "record_id"),
    )
)
register(
    Document(
        name="return_visit_plan",
        title=N_("Return-visit plan"),
        area="feedback",
        template="return_visit_plan.html",
        query=return_visit_plans,
        paper="A4 landscape",
        scheduled_at=dt.time(7, 30),
        sheets=_plan_sheets,
    )
)
