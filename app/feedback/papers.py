"""What stands on the papers of this area (RV-1 … RV-3): plain data, no database."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from app.core.documents import Paper


@dataclass(frozen=True, kw_only=True)
class VisitLine:
    """One return visit to make. ``attempts`` counts failed ones; ``days_late`` is 0 until overdue."""

    row: int
    number: str
    cause: str
    reference: str
    customer: str
    phone: str
    address: str
    before: str
    visitor: str
    due_on: date
    days_late: int
    attempts: int
    escalated: bool
    next_try_at: datetime | None = None
    last_try: str = ""


@dataclass(frozen=True, kw_only=True)
class VisitGroup:
    """Overdue, due today or coming; ``title`` is an English message id."""

    key: str
    title: str
    lines: tuple[VisitLine, ...]


@dataclass(frozen=True, kw_only=True)
class VisitorPlan:
    """One visitor's part of the plan: how many of each group, the visits listed, and how many are due on later days."""

    visitor: str
    groups: tuple[VisitGroup, ...]
    listed: tuple[VisitLine, ...]
    later: tuple[tuple[date, int], ...]

    @property
    def total(self) -> int:
        """How many visits the plan holds for this visitor."""
        return len(self.listed) + sum(count for _day, count in self.later)


@dataclass(frozen=True, kw_only=True)
class ReturnVisitPlan(Paper):
    """回访计划 of a day for one branch, in the order of urgency.

    The groups hold every visit up to ``until``; on paper those due after ``listed_until`` are counted by day.
    """

    groups: tuple[VisitGroup, ...]
    until: date
    listed_until: date

    @property
    def total(self) -> int:
        """How many visits the plan holds."""
        return sum(len(group.lines) for group in self.groups)

    @property
    def people(self) -> list[VisitorPlan]:
        """Each visitor with their part of the plan, in the order of the names; nobody's visits first (RV-3)."""
        names = sorted({line.visitor for group in self.groups for line in group.lines})
        return [self._of(name) for name in names]

    def _of(self, name: str) -> VisitorPlan:
        groups = tuple(
            VisitGroup(key=group.key, title=group.title, lines=found)
            for group in self.groups
            if (found := tuple(line for line in group.lines if line.visitor == name))
        )
        lines = [line for group in groups for line in group.lines]
        later = Counter(line.due_on for line in lines if line.due_on > self.listed_until)
        return VisitorPlan(
            visitor=name,
            groups=groups,
            listed=tuple(line for line in lines if line.due_on <= self.listed_until),
            later=tuple(sorted(later.items())),
        )


@dataclass(frozen=True, kw_only=True)
class TryLine:
    """A try that did not reach the customer; ``outcome`` is an English message id."""

    at: datetime
    outcome: str
    note: str
    by: str


@dataclass(frozen=True, kw_only=True)
class AnswerLine:
    """A question as it was asked, and the answer in the reader's words (``yes`` and ``no`` are message ids)."""

    asked: str
    answer: str


@dataclass(frozen=True, kw_only=True)
class ReturnVisitRecord(Paper):
    """回访记录: one return visit, before it is made a form to be filled in by hand (RV-4)."""

    status: str
    cause: str
    reference: str
    before: str
    customer: str
    phone: str
    address: str
    due_on: date
    visitor: str
    tries: tuple[TryLine, ...]
    answers: tuple[AnswerLine, ...]
    done: bool
    done_at: datetime | None
    manner: str
    spoke_to: str
    satisfaction: str
    grades: tuple[str, ...]
    shortcomings: str
    suggestions: str
    followed: str
    signature: bytes | None
