"""Stretches of office days that documents and figures speak of: a day, a week from Monday, a month, a quarter."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time, timedelta

from app.core.errors import N_

DAY, WEEK, MONTH, QUARTER = "day", "week", "month", "quarter"
PERIODS = (DAY, WEEK, MONTH, QUARTER)
PERIOD_LABELS = {DAY: N_("Day"), WEEK: N_("Week"), MONTH: N_("Month"), QUARTER: N_("Quarter")}


@dataclass(frozen=True)
class Period:
    """``first`` to ``last``, both within it."""

    kind: str
    first: date
    last: date

    @classmethod
    def around(cls, day: date, kind: str = DAY) -> Period:
        """The day, week, month or quarter that ``day`` lies in. Raises ``ValueError`` for another kind."""
        if kind == DAY:
            return cls(kind, day, day)
        if kind == WEEK:
            monday = day - timedelta(days=day.weekday())
            return cls(kind, monday, monday + timedelta(days=6))
        if kind not in (MONTH, QUARTER):
            raise ValueError(f"no such period: {kind!r}")
        length = 3 if kind == QUARTER else 1
        month = (day.month - 1) // length * length + 1
        end = month + length - 1
        return cls(kind, date(day.year, month, 1), date(day.year, end, monthrange(day.year, end)[1]))

    @property
    def before(self) -> Period:
        """The one before it, of the same kind."""
        return Period.around(self.first - timedelta(days=1), self.kind)

    @property
    def after(self) -> Period:
        """The one after it."""
        return Period.around(self.last + timedelta(days=1), self.kind)

    @property
    def code(self) -> str:
        """As it stands in file names and sheet numbers: 2026-11-20, 2026-W47, 2026-11, 2026-Q4."""
        if self.kind == WEEK:
            year, week, _weekday = self.first.isocalendar()
            return f"{year}-W{week:02}"
        if self.kind == MONTH:
            return f"{self.first:%Y-%m}"
        if self.kind == QUARTER:
            return f"{self.first.year}-Q{(self.first.month + 2) // 3}"
        return self.first.isoformat()


def first_open_day(period: Period, is_open: Callable[[date], bool]) -> date | None:
    """The first working day of the period; None when it has none."""
    days = (period.first + timedelta(days=n) for n in range((period.last - period.first).days + 1))
    return next((day for day in days if is_open(day)), None)


def run_due(
    last_day: date | None, today: date, now: time, at: time, kind: str, is_open: Callable[[date], bool]
) -> date | None:
    """The day of a weekly, monthly or quarterly run that is due and not done yet; None: nothing is due.

    It is due from ``at`` on the first working day of the period that ``today`` lies in, and speaks of the period before.
    A run missed while nothing was running is made up for as long as that period lasts; an entry that never ran begins
    with the next first working day.
    """
    day = first_open_day(Period.around(today, kind), is_open)
    if day is None or today < day or (today == day and now < at):
        return None
    if last_day is None:
        return day if today == day else None
    return day if last_day < day else None
