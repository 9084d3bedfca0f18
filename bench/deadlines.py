"""How fast deadlines are, as ratios to the naive way: looking at every minute in turn.

    .venv/bin/python bench/deadlines.py          prints a table; exit code 1 when a target is missed

Targets (issue of the time and dispatch work): one deadline within a week's span under 20 µs once its calendar is
loaded; 100,000 over a year of history under 5 s. Absolute times depend on the machine, the ratios do not.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app.calendars import rules
from app.calendars.holidays_source import year_days

ZONE = ZoneInfo("Asia/Shanghai")
WINDOWS = rules.parse_windows("08:30-12:00, 13:30-17:30")
MINUTE = timedelta(minutes=1)


def office() -> rules.Calendar:
    """The default calendar, nothing loaded yet."""
    return rules.Calendar(dict.fromkeys(range(1, 6), WINDOWS), year_days, {}, ZONE)


def naive(calendar: rules.Calendar, start: datetime, minutes: int) -> datetime:
    """Every minute in turn."""
    at = start
    while minutes:
        minute = at.hour * 60 + at.minute
        if any(opens <= minute < closes for opens, closes in calendar.day(at.date()).windows):
            minutes -= 1
        at += MINUTE
    return at


def timed(work: Callable[[], object], times: int) -> float:
    """Microseconds a call, the best of three rounds."""
    best = float("inf")
    for _ in range(3):
        begun = time.perf_counter()
        for _ in range(times):
            work()
        best = min(best, time.perf_counter() - begun)
    return best / times * 1e6


def main() -> int:
    """Measure and print."""
    calendar = office()
    start = datetime(2026, 9, 30, 16, 50, tzinfo=ZONE)
    pauses = [(start + timedelta(days=8), start + timedelta(days=8, hours=2))]
    begun = time.perf_counter()
    found = rules.deadline(calendar, start, minutes=360)
    load = (time.perf_counter() - begun) * 1e6
    assert found.due == naive(calendar, start, 360)
    reference = timed(lambda: naive(calendar, start, 360), 3)
    single = timed(lambda: rules.deadline(calendar, start, minutes=360), 5000)
    rows = [
        ("minute by minute", reference),
        ("deadline, 6 h over a week", single),
        (
            "… with a pause and two warnings",
            timed(lambda: rules.deadline(calendar, start, minutes=360, pauses=pauses, warnings=(120, 30)), 2000),
        ),
        ("… in 3 working days", timed(lambda: rules.deadline(calendar, start, working_days=3), 2000)),
        ("… explained", timed(lambda: rules.explain(rules.deadline(calendar, start, minutes=360)), 500)),
        (
            "measuring a year",
            timed(lambda: rules.working_minutes_between(calendar, start - timedelta(days=250), start), 5000),
        ),
        ("first one: loading the year", load),
    ]
    for name, cost in rows:
        print(f"{name:34s} {cost:12.1f} µs   1/{reference / cost:,.0f} of the naive way")
    first = datetime(2026, 1, 1, tzinfo=UTC)
    starts = [first + timedelta(minutes=5 * i) for i in range(100_000)]
    begun = time.perf_counter()
    for start in starts:
        rules.deadline(calendar, start, minutes=360)
    history = time.perf_counter() - begun
    print(f"{'100,000 over a year':34s} {history:12.2f} s")
    missed = [name for name, bad in (("single", single >= 20), ("history", history >= 5)) if bad]
    print("missed: " + ", ".join(missed) if missed else "targets met")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
