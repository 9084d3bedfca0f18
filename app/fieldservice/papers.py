"""What stands on the papers of this area (SO-4, SO-5, SO-14, SO-15): plain data, no database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.core.documents import Paper


@dataclass(frozen=True, kw_only=True)
class CallLine:
    """One call in the book. ``row`` runs within the day; ``late`` when arrival missed ``arrive_by``."""

    row: int
    call_number: str
    reported_at: datetime
    customer: str
    address: str
    phone: str
    model: str
    symptom: str
    work_class: str
    dispatched_to: str
    arrive_by: datetime | None
    arrived_at: datetime | None
    finished_at: datetime | None
    struck_off_at: datetime | None
    cancelled: bool
    late: bool
    carried_over: int
    remark: str


@dataclass(frozen=True, kw_only=True)
class RepairCallRegister(Paper):
    """Form 002 for one branch and day: first what was carried over from earlier days, then the day's calls."""

    carried: tuple[CallLine, ...]
    lines: tuple[CallLine, ...]
    struck_off: int
    not_dispatched: int
    under_way: int
    late: int

    @property
    def all_lines(self) -> tuple[CallLine, ...]:
        """Every line in the order of the book."""
        return self.carried + self.lines
