"""Deadlines in working minutes and working days, with pauses and warning points (CAL-3, CAL-5, CAL-6).

Deadline, warning points and segments all come from ``deadline``: they cannot disagree. Every instant is cut to its
minute, so that what was added can be measured again without a remainder.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

from app.calendars.rules.days import Calendar, minute_of

Pause = tuple[datetime, datetime | None]  # until None: not over yet
Stop = tuple[int, int | None]  # the same on the axis


class Segment(NamedTuple):
    """An open span that a deadline used; ``minutes`` is its length."""

    start: datetime
    end: datetime
    minutes: int


class WarningPoint(NamedTuple):
    """``before`` working minutes ahead of the deadline (negative: after it), always while the branch is open."""

    before: int
    at: datetime | None


class Deadline(NamedTuple):
    """A deadline that explains itself (CAL-5). Made by ``deadline`` only.

    ``due`` is None while an open pause stands before it. ``minutes`` are the working minutes of its segments: the
    target of a deadline in working minutes, the hours of the counted days of one in working days. ``left`` are the
    working minutes of the target not yet used when an open pause began (else 0; None for working days).
    """

    calendar: Calendar
    start: datetime
    due: datetime | None
    minutes: int
    left: int | None
    working_days: int | None
    days: tuple[date, ...]
    stops: tuple[Stop, ...]
    warnings: tuple[WarningPoint, ...]
    provisional: bool

    @property
    def paused(self) -> bool:
        """Whether the clock stands still now, so that nothing is due."""
        return self.due is None

    @property
    def until(self) -> datetime:
        """Where the explanation ends: the deadline, or the beginning of the open pause."""
        return self.due if self.due is not None else self.calendar.at(max(self.stops[-1][0], minute_of(self.start)))

    @property
    def segments(self) -> list[Segment]:
        """The open spans used, in order; their minutes add up to ``minutes``."""
        at = self.calendar.at
        return [Segment(at(first), at(last), last - first) for first, last in _used(self)]


def deadline(
    calendar: Calendar,
    start: datetime,
    *,
    minutes: int | None = None,
    working_days: int | None = None,
    pauses: Iterable[Pause] = (),
    warnings: Iterable[int] = (),
) -> Deadline:
    """When ``minutes`` of working time, or ``working_days`` (one of both, CAL-3), will have passed since ``start``.

    Working minutes: the first moment by which that many open, unpaused minutes have passed. Working days: the day of
    ``start`` is not counted; a day is used up when the branch closes, unless the clock stands still then (so that
    nothing ever falls due within a pause, and a pause of 24 hours gives back one day). Pauses (CAL-6) may overlap, lie outside opening hours or be open at the end.
    ``warnings`` are working minutes before the deadline. Raises ``Refused`` when the branch never opens.
    """
    if (minutes is None) == (working_days is None):
        raise ValueError("either minutes or working_days")
    begin = minute_of(start)
    stops = _merged(pauses, begin)
    warnings = tuple(warnings)
    days: tuple[date, ...] = ()
    left: int | None = None
    calendar.axis_from(begin)  # an earlier year moves the axis' beginning: before anything is measured on it
    if minutes is not None:
        if minutes < 0:
            raise ValueError("a deadline lies after its start")
        end = _reach(calendar, begin, minutes, stops)
        used = minutes if end is not None else _between(calendar, begin, stops[-1][0], stops)
        left = minutes - used
        total = minutes
    else:
        assert working_days is not None  # told apart above
        if working_days < 0:
            raise ValueError("a deadline lies after its start")
        days, end = _reach_day(calendar, begin, working_days, stops)
        used = sum(last - first for first, last in _day_spans(calendar, days, stops))
        # What passed since the start on the uncounted first day matters to the warning points only.
        total = _between(calendar, begin, end, stops) if warnings and end is not None else 0
    due = calendar.at(end) if end is not None else None
    last = end if end is not None else max(stops[-1][0], begin)
    return Deadline(
        calendar,
        start,
        due,
        used,
        left,
        working_days,
        days,
        stops,
        tuple([_warning(calendar, begin, end, total, before, stops) for before in warnings]),
        calendar.is_provisional(begin, last),
    )


def _merged(pauses: Iterable[Pause], begin: int) -> tuple[Stop, ...]:
    """Pauses on the axis: those before ``begin`` dropped, in order, overlapping and touching ones made one."""
    given = [(minute_of(first), None if last is None else minute_of(last)) for first, last in pauses]
    if not given:
        return ()
    merged: list[Stop] = []
    for first, last in sorted(given, key=lambda stop: stop[0]):
        first = max(first, begin)
        if last is not None and last <= first:
            continue
        if merged and (merged[-1][1] is None or first <= merged[-1][1]):
            end = merged[-1][1]
            merged[-1] = (
                merged[-1][0],
                None if end is None or last is None else max(end, last),
            )
        else:
            merged.append((first, last))
    return tuple(merged)


def _reach(calendar: Calendar, begin: int, need: int, stops: Sequence[Stop]) -> int | None:
    """The first point by which ``need`` open, unpaused minutes have passed since ``begin``; None: an open pause."""
    if need <= 0:
        return begin
    target = calendar.worked(begin) + need
    end = calendar.when_worked(target)
    for first, last in stops:
        if end <= first:
            break
        if last is None:
            return None
        target += calendar.worked(last) - calendar.worked(first)
        end = calendar.when_worked(target)
    return end


def _between(calendar: Calendar, first: int, last: int, stops: Sequence[Stop]) -> int:
    """Open, unpaused minutes between two points (``first`` ≤ ``last``)."""
    calendar.axis_from(first)
    total = calendar.worked(last) - calendar.worked(first)
    for stop, resume in stops:
        lo, hi = max(first, stop), last if resume is None else min(last, resume)
        if lo < hi:
            total -= calendar.worked(hi) - calendar.worked(lo)
    return total


def _reach_day(calendar: Calendar, begin: int, need: int, stops: Sequence[Stop]) -> tuple[tuple[date, ...], int | None]:
    """The counted working days after the day of ``begin``, and the close of the last; None: an open pause."""
    if need == 0:
        return (), begin
    counted: list[date] = []
    for ordinal, closes in _open_days_after(calendar, calendar.at(begin).date()):
        if stops and stops[-1][1] is None and stops[-1][0] < closes:
            return tuple(counted), None
        if any(first < closes <= last for first, last in stops if last is not None):
            continue
        counted.append(date.fromordinal(ordinal))
        if len(counted) == need:
            return tuple(counted), closes
    raise AssertionError("the days never end")  # _open_days_after raises first


def _open_days_after(calendar: Calendar, day: date) -> Iterator[tuple[int, int]]:
    """``(ordinal, closing)`` of the open days after ``day``; raises ``Refused`` when there are none."""
    calendar.check_opens()
    axis = calendar.axis_of(day.year)
    i = bisect_right(axis.days, day.toordinal())
    while True:
        while i >= len(axis.days):
            axis = calendar.axis_of(axis.years.stop)
        yield axis.days[i], axis.closes[axis.first_window[i + 1] - 1]
        i += 1


def _warning(
    calendar: Calendar,
    begin: int,
    end: int | None,
    total: int,
    before: int,
    stops: Sequence[Stop],
) -> WarningPoint:
    if before == 0:
        return WarningPoint(before, calendar.at(end) if end is not None else None)
    if end is None and not total:  # working days: how far ahead it is is not known while an open pause lasts
        return WarningPoint(before, None)
    # The beginning of the working minute after the elapsed ones: at opening time, not at last night's closing.
    point = _reach(calendar, begin, max(total - before, 0) + 1, stops)
    return WarningPoint(before, calendar.at(point - 1) if point is not None else None)


def _without(spans: Iterable[tuple[int, int]], stops: Sequence[Stop]) -> Iterator[tuple[int, int]]:
    for first, last in spans:
        for stop, resume in stops:
            if resume is not None and resume <= first:
                continue
            if stop >= last:
                break
            if first < stop:
                yield first, stop
            first = last if resume is None else min(resume, last)
        if first < last:
            yield first, last


def _day_spans(calendar: Calendar, days: Iterable[date], stops: Sequence[Stop]) -> Iterator[tuple[int, int]]:
    for on in days:
        spans = calendar.day_spans(on)
        yield from _without(spans, stops) if stops else spans


def _used(found: Deadline) -> Iterator[tuple[int, int]]:
    if found.working_days is not None:
        return _day_spans(found.calendar, found.days, found.stops)
    return _without(
        found.calendar.open_spans(minute_of(found.start), minute_of(found.until)),
        found.stops,
    )


def working_minutes_between(calendar: Calendar, first: datetime, last: datetime, pauses: Iterable[Pause] = ()) -> int:
    """Open, unpaused minutes from ``first`` to ``last``; negative when ``last`` comes first (CAL-1, CAL-6)."""
    a, b = minute_of(first), minute_of(last)
    if b < a:
        return -working_minutes_between(calendar, last, first, pauses)
    return _between(calendar, a, b, _merged(pauses, a))


def is_open_day(calendar: Calendar, on: date) -> bool:
    """Whether the branch opens at all on this date (CAL-2)."""
    return bool(calendar.day(on).windows)


def is_open_at(calendar: Calendar, at: datetime) -> bool:
    """Whether the branch is open in the minute of ``at``."""
    minute = minute_of(at)
    return any(True for _ in calendar.open_spans(minute, minute + 1))


def next_opening(calendar: Calendar, at: datetime) -> datetime:
    """``at`` when the branch is open then, else its next opening. Raises ``Refused`` when it never opens."""
    begin = minute_of(at)
    point = _reach(calendar, begin, 1, ())
    assert point is not None  # no pauses
    return calendar.at(point - 1)


def closing_time(calendar: Calendar, on: date) -> datetime | None:
    """When the branch closes for the day; None on a closed day."""
    windows = calendar.day(on).windows
    return calendar.at(calendar.minute_at(on, windows[-1].closes)) if windows else None


def add_working_days(calendar: Calendar, day: date, count: int) -> date:
    """The ``count``-th working day after ``day``; for 0 the day itself, or the next open one when it is closed."""
    if count < 0:
        raise ValueError("count working days forward only")
    if count == 0:
        if is_open_day(calendar, day):
            return day
        count = 1
    for ordinal, _ in _open_days_after(calendar, day):
        count -= 1
        if count == 0:
            return date.fromordinal(ordinal)
    raise AssertionError("the days never end")


def working_days_between(calendar: Calendar, first: date, last: date) -> int:
    """Working days after ``first`` up to and including ``last``; negative when ``last`` comes first."""
    if last < first:
        return -working_days_between(calendar, last, first)
    calendar.axis_of(first.year)
    axis = calendar.axis_of(last.year)
    return bisect_right(axis.days, last.toordinal()) - bisect_right(axis.days, first.toordinal())


def pauses_from_history(history: Iterable[tuple[datetime, str]], waiting: Collection[str]) -> list[Pause]:
    """The spans in which a record stood in a ``waiting`` state, from its state history ``[(since, state)]`` (CAL-6).

    Derived anew each time: no sum is kept that a correction of the history, or a new target, could falsify.
    """
    pauses: list[Pause] = []
    since: datetime | None = None
    for at, state in sorted(history, key=lambda change: change[0]):
        if state in waiting:
            since = since or at
        elif since is not None:
            pauses.append((since, at))
            since = None
    if since is not None:
        pauses.append((since, None))
    return pauses


MET, MISSED, RUNNING, PAUSED = "met", "missed", "running", "paused"


def standing(found: Deadline, now: datetime, done_at: datetime | None = None) -> tuple[str, int]:
    """``(state, working minutes)``: met / missed / running / paused, and the minutes left (negative: overdue).

    Compared to the minute: done within the minute it was due is met.
    """
    at = done_at or now
    if found.due is None:
        return (MET if done_at else PAUSED), found.left or 0
    left = working_minutes_between(found.calendar, at, found.due, _pauses(found))
    late = minute_of(at) > minute_of(found.due)
    if done_at:
        return (MISSED if late else MET), left
    if late:
        return MISSED, left
    stopped = any(first <= minute_of(at) and (last is None or minute_of(at) < last) for first, last in found.stops)
    return (PAUSED if stopped else RUNNING), left


def _pauses(found: Deadline) -> list[Pause]:
    at = found.calendar.at
    return [(at(first), None if last is None else at(last)) for first, last in found.stops]
