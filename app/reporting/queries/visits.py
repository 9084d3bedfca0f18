"""Return visits of a week, month or quarter: the one source of their figures and of the analysis (RV-3, RV-5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.core import clock, settings
from app.core.db import db
from app.core.errors import N_
from app.core.periods import Period
from app.customers.models import Voucher
from app.feedback import rules
from app.feedback.models import ReturnVisit
from app.fieldservice.models import RepairCall, WorkOrder
from app.organisation.models import Branch, Staff
from app.reporting import figures
from app.reporting.figures import Occurrence, VisitFact, VisitTally
from app.reporting.queries.complaints import SAME_MATTER_DAYS

SAME_REPAIR_TIMES = "analysis_same_repair_times"
settings.declare(SAME_REPAIR_TIMES, 3, N_("From so many repairs on it is the same repair again"), "RV-5")


@dataclass(frozen=True)
class VisitPeriod:
    """The return visits that were due in a period or made in it; cancelled ones do not count."""

    period: Period
    branches: tuple[Branch, ...]
    rows: tuple[Any, ...]

    @cached_property
    def facts(self) -> tuple[VisitFact, ...]:
        """The visits as plain facts."""
        names = {branch.id: str(branch) for branch in self.branches}
        return tuple(self._fact(row, names) for row in self.rows)

    def _fact(self, row: Any, names: dict[int, str]) -> VisitFact:
        done_on = clock.local(row.done_at).date() if row.done_at is not None else None
        return VisitFact(
            id=row.id,
            number=row.number,
            branch=names[row.branch_id],
            cause=row.cause,
            visitor=row.visitor or "",
            due_on=row.due_on,
            done_on=done_on,
            due=self._within(row.due_on),
            done=row.status == "done" and self._within(done_on),
            outcome={"done": "made", "given_up": "given_up"}.get(row.status, "open"),
            satisfaction=row.satisfaction or "",
        )

    def _within(self, day: date | None) -> bool:
        return day is not None and self.period.first <= day <= self.period.last

    @cached_property
    def total(self) -> VisitTally:
        """Everything counted once."""
        return figures.tally(VisitTally, self.facts)

    def by(self, key: str) -> dict[str, VisitTally]:
        """The same by branch, cause or visitor."""
        return figures.by(VisitTally, self.facts, lambda fact: getattr(fact, key), rules.CAUSES)

    @property
    def satisfaction(self) -> dict[str, int]:
        """Of the visits made in the period: how many customers gave each answer (RV-4)."""
        made = [fact.satisfaction for fact in self.facts if fact.done]
        return {answer: made.count(answer) for answer in rules.SATISFACTIONS}

    @cached_property
    def unsatisfactory(self) -> list[ReturnVisit]:
        """The unsatisfactory visits made in the period, newest first (RV-5)."""
        keys = [fact.id for fact in self.facts if fact.unsatisfactory]
        statement = (
            select(ReturnVisit)
            .where(ReturnVisit.id.in_(keys))
            .options(
                joinedload(ReturnVisit.branch),
                joinedload(ReturnVisit.customer),
                joinedload(ReturnVisit.complaint),
                joinedload(ReturnVisit.work_order),
                joinedload(ReturnVisit.contract),
                joinedload(ReturnVisit.opened_call),
                joinedload(ReturnVisit.opened_complaint),
            )
            .order_by(ReturnVisit.done_at.desc(), ReturnVisit.id.desc())
        )
        return list(db.session.scalars(statement).unique())


def visits_of(period: Period, branches: Iterable[Branch]) -> VisitPeriod:
    """The return visits of a period, as they stand now."""
    found = tuple(branches)
    begin, end = clock.at_local(period.first), clock.day_bounds(period.last)[1]
    due = and_(ReturnVisit.due_on >= period.first, ReturnVisit.due_on <= period.last)
    made = and_(ReturnVisit.done_at >= begin, ReturnVisit.done_at < end)
    # Columns, not records: a big company has tens of thousands of visits a quarter.
    statement = (
        select(
            ReturnVisit.id,
            ReturnVisit.number,
            ReturnVisit.branch_id,
            ReturnVisit.cause,
            ReturnVisit.due_on,
            ReturnVisit.done_at,
            ReturnVisit.status,
            ReturnVisit.satisfaction,
            Staff.name.label("visitor"),
        )
        .join(Staff, Staff.id == ReturnVisit.visitor_id, isouter=True)
        .where(
            ReturnVisit.branch_id.in_([branch.id for branch in found]),
            ReturnVisit.status != "cancelled",
            or_(due, made),
        )
        .order_by(ReturnVisit.due_on, ReturnVisit.id)
    )
    return VisitPeriod(period, found, tuple(db.session.execute(statement)))


def same_repair(period: Period, branches: Iterable[Branch]) -> list[list[RepairCall]]:
    """Repairs of the same fault on the same product, at least so many, the last of them in the period (RV-5).

    The same fault is a code in common (vague codes do not count), or a call that was linked to an earlier one as its
    repetition (KP-2). Cancelled calls do not count.
    """
    end = clock.day_bounds(period.last)[1]
    since = end - timedelta(days=settings.number(SAME_MATTER_DAYS))
    times = settings.number(SAME_REPAIR_TIMES)
    counted = (
        RepairCall.branch_id.in_([branch.id for branch in branches]),
        RepairCall.reported_at >= since,
        RepairCall.reported_at < end,
        RepairCall.status != "cancelled",
    )
    # Most products are called for once: only the others are looked at closely.
    often = select(RepairCall.voucher_id).where(*counted).group_by(RepairCall.voucher_id)
    often = often.having(
        func.count(RepairCall.id) >= times, func.max(RepairCall.reported_at) >= clock.at_local(period.first)
    )
    statement = (
        select(RepairCall)
        .where(*counted, RepairCall.voucher_id.in_(often))
        .options(
            joinedload(RepairCall.branch),
            joinedload(RepairCall.symptom_code),
            joinedload(RepairCall.voucher).options(joinedload(Voucher.product_model), joinedload(Voucher.customer)),
            selectinload(RepairCall.work_orders).joinedload(WorkOrder.fault_code),
        )
    )
    rows = {row.id: row for row in db.session.scalars(statement)}
    found = [
        Occurrence(row.id, row.reported_at, (row.voucher_id,), _codes(row), row.repeat_of_id) for row in rows.values()
    ]
    groups = figures.again(found, times, clock.at_local(period.first))
    return [[rows[key] for key in group] for group in groups]


def _codes(call: RepairCall) -> frozenset[int]:
    codes = [call.symptom_code, *(order.fault_code for order in call.work_orders)]
    return frozenset(code.id for code in codes if code is not None and not code.vague)
