"""The deadlines of a complaint side by side: how each stands, who answers for it, and why it is then (CP-3, CP-6, CAL-5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.calendars.queries import calendar_for, explanation
from app.calendars.rules import deadline, working_minutes_between
from app.complaints import rules
from app.complaints.models import (
    ACKNOWLEDGE_HOURS,
    MANAGEMENT_HOURS,
    PROPOSE_DAYS,
    SETTLE_DAYS,
    STAGE_LABELS,
    VERIFY_DAYS,
    Complaint,
)
from app.complaints.queries.lists import unheard
from app.complaints.queries.people import answerable
from app.core import clock, i18n, settings
from app.core.db import db
from app.core.errors import N_
from app.organisation.models import Staff

_DAYS = {"verified": VERIFY_DAYS, "proposed": PROPOSE_DAYS, "settled": SETTLE_DAYS}


@dataclass(frozen=True)
class StageDeadline:
    """One deadline: ``state`` is met, late, overdue, open or none; ``left`` in working minutes, negative after it."""

    stage: str
    label: str
    due_at: datetime | None
    done_at: datetime | None
    state: str
    left: int
    answerable: Staff | None
    why: str


def deadlines_from(complaint: Complaint, steps: Sequence[rules.StepTaken]) -> dict[str, datetime | None]:
    """The deadlines of CP-3 by column, counted from the receipt (CAL-4) or the last reopening in these steps."""
    start = rules.clock_start(complaint.received_at, steps)
    verified = rules.reached("verified", rules.this_round(steps))
    return {
        "acknowledge_by": rules.acknowledge_by(complaint.received_at, settings.number(ACKNOWLEDGE_HOURS)),
        "verify_by": _working_days(complaint, start, VERIFY_DAYS),
        "propose_by": _working_days(complaint, verified, PROPOSE_DAYS) if verified else None,
        "settle_by": _working_days(complaint, start, SETTLE_DAYS),
    }


def _working_days(complaint: Complaint, start: datetime, setting: str) -> datetime:
    due = deadline(calendar_for(complaint.branch_id), start, working_days=settings.number(setting)).due
    assert due is not None  # without pauses a deadline is always due
    return due


def standings(complaint: Complaint, now: datetime | None = None) -> list[rules.StageStanding]:
    """How the stages of CP-3 stand for a complaint (default: now)."""
    return rules.standings(complaint.due, complaint.taken, complaint.status, now or clock.now())


def all_standings(complaint: Complaint, now: datetime | None = None) -> list[rules.StageStanding]:
    """The same, and whether a major complaint was put before the management in time (CP-6)."""
    moment = now or clock.now()
    found = standings(complaint, moment)
    if complaint.management_by is not None:
        found.append(
            rules.management_standing(complaint.management_by, complaint.management_told_at, complaint.status, moment)
        )
    return found


def deadlines(complaint: Complaint, now: datetime | None = None) -> list[StageDeadline]:
    """Every deadline of the complaint, with the person answerable and the explanation, in the reader's language."""
    moment = now or clock.now()
    who = answerable(complaint)
    calendar = calendar_for(complaint.branch_id)
    found = []
    for each in all_standings(complaint, moment):
        late = next(
            (row.staff for row in complaint.lateness if (row.stage, row.due_at) == (each.stage, each.due_at)), None
        )
        left = working_minutes_between(calendar, moment, each.due_at) if each.due_at and each.state in _RUNNING else 0
        found.append(
            StageDeadline(
                each.stage,
                STAGE_LABELS[each.stage],
                each.due_at,
                each.done_at,
                each.state,
                left,
                late or who,
                _why(complaint, each),
            )
        )
    return found


_RUNNING = (rules.OPEN, rules.OVERDUE)


def _why(complaint: Complaint, standing: rules.StageStanding) -> str:
    """Clock hours in one sentence; working days as the list of days they used (CAL-3, CAL-5)."""
    if standing.due_at is None:
        if standing.stage == "proposed" and complaint.status in ("received", "acknowledged"):
            return i18n.say(N_("Working days from the verification: %(days)d"), days=settings.number(PROPOSE_DAYS))
        return ""
    if standing.stage == "acknowledged":
        return _hours(complaint.received_at, settings.number(ACKNOWLEDGE_HOURS))
    if standing.stage == rules.MANAGEMENT:
        hours = settings.number(MANAGEMENT_HOURS)
        return _hours(standing.due_at - timedelta(hours=hours), hours)
    start = rules.clock_start(complaint.received_at, complaint.taken)
    if standing.stage == "proposed":
        start = rules.reached("verified", rules.this_round(complaint.taken)) or start
    found = deadline(calendar_for(complaint.branch_id), start, working_days=settings.number(_DAYS[standing.stage]))
    words = explanation(found)
    if found.due != standing.due_at:  # the calendar or the setting was changed since: what was set then holds
        words += " " + i18n.say(N_("(set before calendar or settings were changed)"))
    return words


def _hours(start: datetime, hours: int) -> str:
    return i18n.say(
        N_("%(hours)d clock hours from %(start)s, day and night"),
        hours=hours,
        start=f"{clock.local(start):%m-%d %H:%M}",
    )


def with_deadlines(branch_id: int | None = None) -> Sequence[Complaint]:
    """Complaints with a deadline still to keep: open ones, and major ones to be put before the management.

    All of them: one left out would miss its deadline with nobody told (CP-3).
    """
    statement = (
        select(Complaint)
        .where(or_(Complaint.status.in_(list(rules.PENDING)), unheard()))
        .options(
            selectinload(Complaint.steps),
            selectinload(Complaint.lateness),
            selectinload(Complaint.further_subjects),
            joinedload(Complaint.handler),
            joinedload(Complaint.branch),
        )
        .order_by(Complaint.settle_by, Complaint.id)
    )
    if branch_id is not None:
        statement = statement.where(Complaint.branch_id == branch_id)
    return db.session.scalars(statement).unique().all()
