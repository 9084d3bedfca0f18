"""The papers about deadlines: one explained, and those missed on a day (CAL-5, SO-10, SO-15, SO-18)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.core.documents import Paper


@dataclass(frozen=True, kw_only=True)
class PauseLine:
    """When the clock stopped or ran again, and why. ``what`` is an English message id."""

    at: datetime
    what: str
    reason: str
    who: str


@dataclass(frozen=True, kw_only=True)
class DeadlineExplanation(Paper):
    """One call's time of arrival. ``target`` and ``left`` are words; ``state`` an English message id."""

    customer: str
    address: str
    zone: str
    priority: str
    symptom: str
    reported_at: datetime
    entered_at: datetime
    target: str
    due: datetime | None
    arrived_at: datetime | None
    device_at: datetime | None
    state: str
    missed: bool
    left: str
    answerable: str
    steps: tuple[str, ...]
    pauses: tuple[PauseLine, ...]
    promised_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class BreachLine:
    """One thing missed; ``kind`` is an English message id, ``late`` are words."""

    row: int
    kind: str
    call_number: str
    customer: str
    district: str
    zone: str
    due: datetime
    done_at: datetime | None
    late: str
    answerable: str
    reported_at: datetime


@dataclass(frozen=True, kw_only=True)
class ArrivalBreaches(Paper):
    """What one branch missed on a day; ``calls`` fell due that day, ``on_time`` of them were met."""

    lines: tuple[BreachLine, ...]
    arrivals: int
    appointments: int
