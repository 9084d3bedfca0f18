"""What stands on the papers of this area (RV-1 … RV-3): plain data, no database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

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


@dataclass(frozen=True, kw_only=True)
class VisitGroup:
    """Overdue, due today or coming; ``title`` is an English message id."""

    key: str
    title: str
    lines: tuple[VisitLine, ...]


@dataclass(frozen=True, kw_only=True)
class ReturnVisitPlan(Paper):
    """回访计划 of a day for one branch, in the order of urgency."""

    groups: tuple[VisitGroup, ...]
    until: date

    @property
    def total(self) -> int:
        """How many visits the plan holds."""
        return sum(len(group.lines) for group in self.groups)
