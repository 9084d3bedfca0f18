"""Complaints of a day, week or month as they stood at its end: the one source of register, figures and analysis (CP-14).

Row scope applies: who may not see a complaint (CP-4, CP-13) does not find it counted either.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import NamedTuple

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.complaints import queries as complaint_queries
from app.complaints import rules
from app.complaints.models import MANAGEMENT_HOURS, Complaint, ComplaintLateness, ComplaintStep, CorrectiveAction
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

# The four of CP-3, and the management told of a major one (CP-6).
STAGES = (*rules.STAGE_DUE, rules.MANAGEMENT)
_ENDED = ("settled", "rated", "closed")
_ORDER = {"category": rules.CATEGORIES, "severity": ("major", "ordinary"), "status": rules.STATES}


@dataclass(frozen=True)
class ComplaintPeriod:
    """The complaints of a period: what came in, and what was open from before, each with how it stood at the end.

    One that had ended before and was reopened in the period is carried into it as well.
    """

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
            severity=self.severity(complaint),
            status=status,
            outcome="settled" if status in _ENDED else "withdrawn" if status == "withdrawn" else "open",
            received=received,
            handler=self.answerable(complaint),
            cause=complaint.category,
            stages=(
                *(self._stage(complaint, each) for each in self.standings(complaint) if each.state != rules.NONE),
                *self._missed_before(complaint),
            ),
        )

    def _missed_before(self, complaint: Complaint) -> Iterator[StageFact]:
        """What was missed before a reopening: it stays missed, against whoever answered for it then (CP-16)."""
        for (number, stage), row in _noted(complaint).items():
            if number >= len(reopenings(complaint, self.as_of)) or row.due_at == complaint.due[rules.STAGE_DUE[stage]]:
                continue
            yield self._noted_fact(complaint, row)
        majors = majors_of(complaint)
        for each in majors:  # judged ordinary by then: those 24 hours were kept or missed all the same (CP-6)
            if each.until is not None and each.until <= self.as_of:
                status = status_at(complaint, each.until)
                then = rules.management_standing(each.due_at, each.told_at, status, each.until)
                if then.state in (rules.MET, rules.LATE, rules.OVERDUE):
                    yield self._stage(complaint, then)
        known = {each.due_at for each in majors}
        for row in complaint.lateness:  # judged ordinary before it was written down when it had become major
            if row.stage == rules.MANAGEMENT and row.due_at not in known and row.due_at <= self.as_of:
                yield self._noted_fact(complaint, row)

    def _noted_fact(self, complaint: Complaint, row: ComplaintLateness) -> StageFact:
        done_at = row.done_at if row.done_at is not None and row.done_at <= self.as_of else None
        state = rules.LATE if done_at is not None else rules.OVERDUE
        against = row.staff.name if row.staff is not None else self.answerable(complaint)
        return StageFact(row.stage, state, against, row.due_at, done_at)

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
        """How the deadlines stood at the end of the period, one for each of ``STAGES`` (CP-3, CP-6)."""
        return [*self._of_stages(complaint), self._of_management(complaint)]

    def _of_management(self, complaint: Complaint) -> rules.StageStanding:
        """Whether one that was major then was put before the management in time."""
        found = major_at(complaint, self.as_of)
        due_at, told_at = (found.due_at, found.told_at) if found is not None else (None, None)
        if told_at is not None and told_at > self.as_of:
            told_at = None
        return rules.management_standing(due_at, told_at, status_at(complaint, self.as_of), self.as_of)

    def severity(self, complaint: Complaint) -> str:
        """How severe it was held to be then: judged anew since, a closed month keeps what was counted (CP-14)."""
        if not majors_of(complaint):
            return complaint.severity
        return "major" if major_at(complaint, self.as_of) is not None else "ordinary"

    def _of_stages(self, complaint: Complaint) -> list[rules.StageStanding]:
        taken = taken_until(complaint, self.as_of)
        status = status_at(complaint, self.as_of)
        number = len(reopenings(complaint, self.as_of))
        if number == len(reopenings(complaint)):
            return list(rules.standings(complaint.due, taken, status, self.as_of))
        due, noted = due_then(complaint, self.as_of), _noted(complaint)
        # What was missed was noted then; a setting or holiday changed since makes nothing late.
        kept = {rules.LATE: rules.MET, rules.OVERDUE: rules.OPEN}
        return [
            each
            if each.stage == "acknowledged" or (number, each.stage) in noted
            else each._replace(state=kept.get(each.state, each.state))
            for each in rules.standings(due, taken, status, self.as_of)
        ]

    @cached_property
    def total(self) -> ComplaintTally:
        """Everything counted once."""
        return figures.tally(ComplaintTally, self.facts)

    def by(self, key: str) -> dict[str, ComplaintTally]:
        """The same by branch, category, severity or status."""
        return figures.by(ComplaintTally, self.facts, lambda fact: getattr(fact, key), _ORDER.get(key, ()))

    @property
    def deadlines(self) -> dict[str, dict[str, int]]:
        """Per stage of CP-3 and for the 24 hours of CP-6: met, late, past, running."""
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
        carried=tuple(row for row in rows if row.received_at < begin and _was_open(row, begin, as_of)),
    )


def _was_open(complaint: Complaint, begin: datetime, as_of: datetime) -> bool:
    """Open when the period began, or reopened in it."""
    return rules.is_open(status_at(complaint, begin)) or any(at >= begin for at in reopenings(complaint, as_of))


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
            selectinload(Complaint.past_majors),
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


class Major(NamedTuple):
    """A time during which a complaint was major (``until`` None: it still is), and its 24 hours of CP-6."""

    since: datetime
    until: datetime | None
    due_at: datetime
    told_at: datetime | None


def majors_of(complaint: Complaint) -> list[Major]:
    """Every time the complaint was major, in order; none is known of one from before the 24 hours were kept."""
    found = [Major(row.since, row.until, row.due_at, row.told_at) for row in complaint.past_majors]
    if complaint.management_by is not None:
        since = complaint.management_by - timedelta(hours=settings.number(MANAGEMENT_HOURS))
        found.append(Major(since, None, complaint.management_by, complaint.management_told_at))
    return found


def major_at(complaint: Complaint, as_of: datetime) -> Major | None:
    """The time, of those, in which that moment lies."""
    there = (
        each for each in majors_of(complaint) if each.since <= as_of and (each.until is None or each.until > as_of)
    )
    return next(there, None)


def reopenings(complaint: Complaint, as_of: datetime | None = None) -> list[datetime]:
    """When it was reopened (until that moment); each time its deadlines began anew (CP-3, CP-8)."""
    return [step.at for step in complaint.steps if step.verb == "reopen" and (as_of is None or step.at <= as_of)]


def due_then(complaint: Complaint, as_of: datetime) -> dict[str, datetime | None]:
    """The deadlines by column as they were before a later reopening put new ones there.

    The missed ones are in the notes of lateness (CP-16); the others count anew from the receipt or reopening of then.
    """
    number, noted = len(reopenings(complaint, as_of)), _noted(complaint)
    due = complaint_queries.deadlines_from(complaint, taken_until(complaint, as_of))
    missed = {
        column: noted[number, stage].due_at for stage, column in rules.STAGE_DUE.items() if (number, stage) in noted
    }
    return {**due, **missed, "acknowledge_by": complaint.acknowledge_by}


def _noted(complaint: Complaint) -> dict[tuple[int, str], ComplaintLateness]:
    """The notes of lateness by how often the complaint had been reopened when it was due, and stage."""
    starts = reopenings(complaint)
    found = {}
    for row in complaint.lateness:
        number = sum(at <= row.due_at for at in starts)
        if row.stage in rules.STAGE_DUE and (row.done_at is not None or not _reached(complaint, row.stage, number)):
            found[number, row.stage] = row
    return found


def _reached(complaint: Complaint, stage: str, number: int) -> bool:
    """Whether the stage was reached after so many reopenings and before the next."""
    starts = [complaint.received_at, *reopenings(complaint)]
    end = starts[number + 1] if number + 1 < len(starts) else None
    return any(
        step.stage == stage and step.at >= starts[number] and (end is None or step.at < end) for step in complaint.taken
    )


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


def recorded_causes(found: ComplaintPeriod) -> list[tuple[str, int]]:
    """``(cause, complaints)`` of those received: the causes found and written down, most often first (CP-11, CP-14).

    Under "", last, those without; a complaint with two causes counts under each. Cancelled actions do not count.
    """
    begin, end = clock.at_local(found.period.first), clock.day_bounds(found.period.last)[1]
    came = select(Complaint.id).where(
        Complaint.branch_id.in_([branch.id for branch in found.branches]),
        Complaint.received_at >= begin,
        Complaint.received_at < end,
    )
    statement = select(CorrectiveAction).where(
        CorrectiveAction.complaint_id.in_(came),
        CorrectiveAction.status != "cancelled",
        CorrectiveAction.created_at <= found.as_of,
    )
    pairs = {(row.complaint_id, " ".join(row.cause.split())) for row in db.session.scalars(statement)}
    counts = Counter(cause for _complaint, cause in pairs if cause)
    without = {row.id for row in found.received} - {complaint for complaint, cause in pairs if cause}
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [*ordered, ("", len(without))] if without else ordered


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
