"""Complaints of a day, week or month as they stood at its end: the one source of register, figures and analysis (CP-14).

Row scope applies: who may not see a complaint (CP-4, CP-13) does not find it counted either.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.complaints import queries as complaint_queries
from app.complaints import rules
from app.complaints.models import Complaint, ComplaintLateness, ComplaintStep, CorrectiveAction
from app.core import clock, settings
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.errors import N_
from app.core.periods import Period
from app.customers.models import Voucher
from app.organisation.models import Branch
from app.reporting import figures
from app.reporting.figures import ComplaintFact, ComplaintTally, Lateness, Occurrence, ParetoBar, StageFact

SAME_MATTER_DAYS, SAME_MATTER_TIMES = "analysis_same_matter_days", "analysis_same_matter_times"
settings.declare(
    SAME_MATTER_DAYS, 365, N_("Days looked back for the same matter complained of, or repaired, again"), "RV-5"
)
settings.declare(SAME_MATTER_TIMES, 2, N_("From so many complaints on it is the same matter again"), "RV-5")

STAGES = tuple(rules.STAGE_DUE)
_ENDED = ("settled", "rated", "closed")
_ORDER = {"category": rules.CATEGORIES, "severity": ("major", "ordinary"), "status": rules.STATES}


@dataclass(frozen=True)
class ComplaintPeriod:
    """The complaints of a period: what came in, and what was open from before, each with how it stood at the end."""

    period: Period
    as_of: datetime
    branches: tuple[Branch, ...]
    received: tuple[Complaint, ...]
    carried: tuple[Complaint, ...]

    @cached_property
    def facts(self) -> tuple[ComplaintFact, ...]:
        """The same as plain facts, received ones first."""
        return (
            *(self._fact(complaint, received=True) for complaint in self.received),
            *(self._fact(complaint, received=False) for complaint in self.carried),
        )

    def _fact(self, complaint: Complaint, *, received: bool) -> ComplaintFact:
        status = status_at(complaint, self.as_of)
        return ComplaintFact(
            id=complaint.id,
            number=complaint.number,
            branch=str(complaint.branch),
            category=complaint.category,
            severity=complaint.severity,
            status=status,
            outcome="settled" if status in _ENDED else "withdrawn" if status == "withdrawn" else "open",
            received=received,
            handler=self.answerable(complaint),
            cause=complaint.category,
            stages=tuple(
                self._stage(complaint, each) for each in self.standings(complaint) if each.state != rules.NONE
            ),
        )

    def _stage(self, complaint: Complaint, each: rules.StageStanding) -> StageFact:
        against = self.answerable(complaint)
        if each.state in (rules.LATE, rules.OVERDUE):
            noted = [row.staff for row in complaint.lateness if (row.stage, row.due_at) == (each.stage, each.due_at)]
            against = next((person.name for person in noted if person is not None), against)
        return StageFact(each.stage, each.state, against, each.due_at, each.done_at)

    def answerable(self, complaint: Complaint) -> str:
        """Who answers for the complaint: the handler, until one is named the supervisor (CP-7, CP-16)."""
        return self._answerable.get(complaint.id, "")

    @cached_property
    def _answerable(self) -> dict[int, str]:
        rows = (*self.received, *self.carried)
        found = {row.id: row.handler.name for row in rows if row.handler is not None}
        nobody = [row for row in rows if row.handler is None]
        # Who reads the figures need not see the staff of every branch.
        with acting_as(SYSTEM):
            people = {row.id: complaint_queries.answerable(row) for row in nobody}
        return found | {key: person.name for key, person in people.items() if person is not None}

    def standings(self, complaint: Complaint) -> list[rules.StageStanding]:
        """How the stages of CP-3 stood at the end of the period."""
        taken = taken_until(complaint, self.as_of)
        return list(rules.standings(complaint.due, taken, status_at(complaint, self.as_of), self.as_of))

    @cached_property
    def total(self) -> ComplaintTally:
        """Everything counted once."""
        return figures.tally(ComplaintTally, self.facts)

    def by(self, key: str) -> dict[str, ComplaintTally]:
        """The same by branch, category, severity or status."""
        return figures.by(ComplaintTally, self.facts, lambda fact: getattr(fact, key), _ORDER.get(key, ()))

    @property
    def deadlines(self) -> dict[str, dict[str, int]]:
        """Per stage of CP-3: met, late, past, running."""
        return figures.deadlines(self.facts, STAGES)

    @property
    def lateness(self) -> list[Lateness]:
        """Per person answerable (CP-16)."""
        return figures.lateness(self.facts)

    @property
    def pareto(self) -> list[ParetoBar]:
        """The kinds of complaint received, by frequency (CP-14)."""
        return figures.pareto(Counter(fact.cause for fact in self.facts if fact.received))


def complaints_of(period: Period, branches: Iterable[Branch]) -> ComplaintPeriod:
    """The complaints of a period, as they stood at its end (or stand now, if it is not over)."""
    found = tuple(branches)
    begin, end = clock.at_local(period.first), clock.day_bounds(period.last)[1]
    as_of = min(clock.now(), end)
    rows = _rows([branch.id for branch in found], begin, end)
    return ComplaintPeriod(
        period=period,
        as_of=as_of,
        branches=found,
        received=tuple(row for row in rows if row.received_at >= begin),
        carried=tuple(row for row in rows if row.received_at < begin and rules.is_open(status_at(row, begin))),
    )


def _rows(branch_ids: Sequence[int], begin: datetime, end: datetime) -> Sequence[Complaint]:
    """What came in, and what came before and is open or had a step since: it may have been open then."""
    moved = select(ComplaintStep.complaint_id).where(ComplaintStep.at >= begin)
    came = and_(Complaint.received_at >= begin, Complaint.received_at < end)
    earlier = and_(Complaint.received_at < begin, or_(complaint_queries.still_open(), Complaint.id.in_(moved)))
    return db.session.scalars(
        select(Complaint)
        .where(Complaint.branch_id.in_(branch_ids), or_(came, earlier))
        .options(
            joinedload(Complaint.branch),
            joinedload(Complaint.handler),
            joinedload(Complaint.voucher).joinedload(Voucher.product_model),
            selectinload(Complaint.steps),
            selectinload(Complaint.further_subjects),
            selectinload(Complaint.lateness).joinedload(ComplaintLateness.staff),
        )
        .order_by(Complaint.received_at, Complaint.id)
    ).all()


def taken_until(complaint: Complaint, as_of: datetime) -> list[rules.StepTaken]:
    """The steps taken until that moment."""
    return [step for step in complaint.taken if step.at <= as_of]


def status_at(complaint: Complaint, as_of: datetime) -> str:
    """The state at that moment, by the steps taken until then."""
    if not complaint.steps:
        return complaint.status
    taken = taken_until(complaint, as_of)
    return taken[-1].stage if taken else "received"


# -- what comes again, and what is done about it (CP-11, CP-14) ---------------------------------------------------


def same_matter(period: Period, branches: Iterable[Branch]) -> list[list[Complaint]]:
    """Complaints of the same customer about the same product, at least so many, the last of them in the period.

    Withdrawn ones do not count. A complaint without product or customer file is the same matter as none.
    """
    end = clock.day_bounds(period.last)[1]
    since = end - timedelta(days=settings.number(SAME_MATTER_DAYS))
    statement = (
        select(Complaint)
        .where(
            Complaint.branch_id.in_([branch.id for branch in branches]),
            Complaint.received_at >= since,
            Complaint.received_at < end,
            Complaint.status != "withdrawn",
            Complaint.customer_id.is_not(None),
            Complaint.voucher_id.is_not(None),
        )
        .options(joinedload(Complaint.branch), joinedload(Complaint.voucher).joinedload(Voucher.product_model))
    )
    rows = {row.id: row for row in db.session.scalars(statement)}
    found = [Occurrence(row.id, row.received_at, (row.customer_id, row.voucher_id)) for row in rows.values()]
    times = settings.number(SAME_MATTER_TIMES)
    groups = figures.again(found, times, clock.at_local(period.first), any_mark=True)
    return [[rows[key] for key in group] for group in groups]


def same_model(found: ComplaintPeriod) -> list[tuple[str, str, list[Complaint]]]:
    """``(model, category, complaints)`` of what was complained of more than once in the period, most often first."""
    groups: dict[tuple[str, str], list[Complaint]] = {}
    for complaint in found.received:
        if complaint.voucher is not None:
            model = complaint.voucher.product_model
            groups.setdefault((f"{model.code} {model.name}", complaint.category), []).append(complaint)
    again = [(model, category, rows) for (model, category), rows in groups.items() if len(rows) > 1]
    return sorted(again, key=lambda row: (-len(row[2]), row[0], row[1]))


def open_actions(branches: Iterable[Branch], on: date) -> list[CorrectiveAction]:
    """Corrective and preventive actions not yet done and checked, the most overdue first (CP-11)."""
    visible = select(Complaint.id).where(Complaint.branch_id.in_([branch.id for branch in branches]))
    statement = (
        select(CorrectiveAction)
        .where(
            CorrectiveAction.status.in_(("open", "done")),
            CorrectiveAction.complaint_id.in_(visible),
            CorrectiveAction.created_at < clock.day_bounds(on)[1],
        )
        .options(joinedload(CorrectiveAction.complaint), joinedload(CorrectiveAction.owner))
        .order_by(CorrectiveAction.due_on, CorrectiveAction.id)
    )
    return list(db.session.scalars(statement))
