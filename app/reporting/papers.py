"""What stands on the daily reports 006 and 007 (SO-11, SO-12, SO-13): plain data, no database. Times in minutes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.core.documents import Paper

CLASSES = ("A", "B", "C", "D")


@dataclass(frozen=True)
class MinutesByClass:
    """Minutes per class of work; the only place where they are added up."""

    a: int = 0
    b: int = 0
    c: int = 0
    d: int = 0

    @property
    def total(self) -> int:
        """Minutes of all classes."""
        return self.a + self.b + self.c + self.d

    def __add__(self, other: MinutesByClass) -> MinutesByClass:
        return MinutesByClass(self.a + other.a, self.b + other.b, self.c + other.c, self.d + other.d)

    @classmethod
    def of(cls, work_class: str, minutes: int) -> MinutesByClass:
        """``minutes`` of one class (A, B, C or D)."""
        return cls(**{work_class.lower(): minutes})


@dataclass(frozen=True, kw_only=True)
class WorkLine:
    """One piece of work of a technician's day."""

    row: int
    order_number: str
    customer: str
    product: str
    work_class: str
    started_at: datetime | None
    ended_at: datetime | None
    minutes: int
    work: str


@dataclass(frozen=True, kw_only=True)
class TechnicianDaily(Paper):
    """Form 006: one technician's day."""

    staff_id: int
    technician: str
    lines: tuple[WorkLine, ...]
    totals: MinutesByClass
    jobs_done: int
    remark: str
    confirmed_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class TechnicianLine:
    """One technician's row of the supervisor's report; ``sheet`` is confirmed, draft or missing."""

    row: int
    technician: str
    minutes: MinutesByClass
    jobs_done: int
    sheet: str


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A missing sheet, a gap or an overlap in a technician's day."""

    technician: str
    kind: str
    detail: str


@dataclass(frozen=True, kw_only=True)
class SupervisorDaily(Paper):
    """Form 007: minutes by class of the technicians of one branch, reconciled with their sheets.

    ``sheets_total`` is what the sheets add up to; ``via_branch_manager`` for a branch office (SO-13).
    """

    supervisor: str
    lines: tuple[TechnicianLine, ...]
    totals: MinutesByClass
    jobs_done: int
    sheets_expected: int
    sheets_confirmed: int
    sheets_total: int
    findings: tuple[Finding, ...]
    remark: str
    via_branch_manager: bool
    submitted_at: datetime | None

    @property
    def difference(self) -> int:
        """Minutes by which this report and its sheets disagree; 0 when it reconciles."""
        return self.totals.total - self.sheets_total

    @property
    def sheets_missing(self) -> int:
        """Sheets expected and not confirmed yet (SO-11)."""
        return self.sheets_expected - self.sheets_confirmed
