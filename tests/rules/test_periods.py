"""Days, weeks, months and quarters, and when a periodic document is made (CP-14, RV-5)."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.periods import PERIODS, Period, first_open_day, run_due

FRIDAY = date(2026, 11, 20)
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
AT, BEFORE, AFTER = time(8), time(7, 59), time(8)


def weekday(day: date) -> bool:
    """An office without holidays."""
    return day.weekday() < 5


@pytest.mark.parametrize(
    ("day", "kind", "first", "last", "code"),
    [
        (FRIDAY, "day", FRIDAY, FRIDAY, "2026-11-20"),
        (FRIDAY, "week", date(2026, 11, 16), date(2026, 11, 22), "2026-W47"),
        (FRIDAY, "month", date(2026, 11, 1), date(2026, 11, 30), "2026-11"),
        (FRIDAY, "quarter", date(2026, 10, 1), date(2026, 12, 31), "2026-Q4"),
        (date(2027, 1, 1), "week", date(2026, 12, 28), date(2027, 1, 3), "2026-W53"),
        (date(2028, 2, 3), "month", date(2028, 2, 1), date(2028, 2, 29), "2028-02"),
        (date(2026, 3, 31), "quarter", date(2026, 1, 1), date(2026, 3, 31), "2026-Q1"),
    ],
)
def test_cp14_the_period_a_day_lies_in(day: date, kind: str, first: date, last: date, code: str) -> None:
    period = Period.around(day, kind)
    assert (period.first, period.last, period.code) == (first, last, code)


def test_there_is_no_other_period() -> None:
    with pytest.raises(ValueError):
        Period.around(FRIDAY, "year")


@given(DAYS, st.sampled_from(PERIODS))
def test_cp14_periods_follow_each_other_without_gap(day: date, kind: str) -> None:
    period = Period.around(day, kind)
    assert period.first <= day <= period.last
    assert period.before.last + timedelta(days=1) == period.first
    assert period.after.first - timedelta(days=1) == period.last
    assert period.after.before == period
    assert Period.around(period.last, kind) == Period.around(period.first, kind) == period


def test_cal2_the_first_working_day() -> None:
    assert first_open_day(Period.around(date(2026, 8, 15), "month"), weekday) == date(2026, 8, 3)
    assert first_open_day(Period.around(FRIDAY, "week"), lambda _day: False) is None


@pytest.mark.parametrize(
    ("last_day", "today", "now", "kind", "due"),
    [
        # Monday morning: due at the hour, once
        (date(2026, 11, 16), date(2026, 11, 23), BEFORE, "week", None),
        (date(2026, 11, 16), date(2026, 11, 23), AFTER, "week", date(2026, 11, 23)),
        (date(2026, 11, 23), date(2026, 11, 23), AFTER, "week", None),
        # nothing ran on Monday: made up for until the week ends
        (date(2026, 11, 16), date(2026, 11, 29), BEFORE, "week", date(2026, 11, 23)),
        # missed for longer than a period: the newest only
        (date(2026, 8, 3), date(2026, 11, 20), AFTER, "month", date(2026, 11, 2)),
        # the first is a Sunday
        (date(2026, 10, 1), date(2026, 11, 1), AFTER, "month", None),
        (date(2026, 10, 1), date(2026, 11, 2), AFTER, "month", date(2026, 11, 2)),
        (date(2026, 7, 1), date(2026, 10, 1), AFTER, "quarter", date(2026, 10, 1)),
        # a new entry begins with the next first working day
        (None, date(2026, 11, 20), AFTER, "month", None),
        (None, date(2026, 11, 2), AFTER, "month", date(2026, 11, 2)),
    ],
)
def test_cp14_made_on_the_first_working_day(
    last_day: date | None, today: date, now: time, kind: str, due: date | None
) -> None:
    assert run_due(last_day, today, now, AT, kind, weekday) == due


@given(DAYS, st.sampled_from(("week", "month", "quarter")), st.integers(1, 200))
def test_cp14_running_every_day_makes_each_period_once(start: date, kind: str, length: int) -> None:
    last: date | None = start - timedelta(days=1)
    made = []
    for number in range(length):
        day = run_due(last, start + timedelta(days=number), AFTER, AT, kind, weekday)
        if day is not None:
            made.append(day)
            last = day
    codes = [Period.around(day, kind).code for day in made]
    assert len(codes) == len(set(codes))
    inner = Period.around(start, kind).after
    if inner.last <= start + timedelta(days=length - 1):
        assert inner.code in codes
