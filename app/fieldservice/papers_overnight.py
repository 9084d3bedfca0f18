"""What stands on the 次日派工表 (SO-14): plain data, no database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from app.core.documents import Paper


@dataclass(frozen=True, kw_only=True)
class TurnLine:
    """A call to be dispatched, in its turn. ``times``: how often it was carried over, tonight counted in."""

    row: int
    call_number: str
    reported_at: datetime
    customer: str
    phone: str
    address: str
    zone: str
    model: str
    symptom: str
    urgent: bool
    arrive_by: datetime | None
    late: bool
    times: int
    alert: bool
    why: str


@dataclass(frozen=True, kw_only=True)
class AppointedLine:
    """A job dispatched already whose appointment is on that day."""

    at: datetime
    order_number: str
    customer: str
    address: str
    model: str
    technician: str


@dataclass(frozen=True, kw_only=True)
class FindingLine:
    """A voucher that is not where the register says; ``kind`` is an English message id."""

    voucher_number: str
    customer: str
    holder: str
    call_number: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class NextDayDispatch(Paper):
    """次日派工表: carried calls first, by count and then age; then the others; then what is appointed already.

    ``on`` is the day that was closed, ``for_day`` the working day the calls are dispatched on; ``closed_by`` is empty
    when the day closed by itself, ``closed_at`` None before it is closed.
    """

    for_day: date
    closed_at: datetime | None
    closed_by: str
    carried: tuple[TurnLine, ...]
    others: tuple[TurnLine, ...]
    appointed: tuple[AppointedLine, ...]
    findings: tuple[FindingLine, ...]

    @property
    def repeated(self) -> int:
        """How many were carried over so often that the supervisor is alerted."""
        return sum(line.alert for line in self.carried)
