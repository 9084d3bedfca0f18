"""How a deadline came about, step by step (CAL-5).

``周五 15:20–17:30 2 h 10 · 周六 休 · 调休周日 08:30–12:00 3 h 30``
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from app.calendars.rules.days import DAY_MINUTES, EXCEPTION, HOLIDAY, MAKE_UP, Day, minute_of
from app.calendars.rules.deadlines import Deadline
from app.core.errors import N_

WEEKDAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))

OPEN, STOPPED, CLOSED, COUNTED, NOT_COUNTED, DAY_STOPPED = "open", "paused", "closed", "counted", "first_day", "skipped"
MERGE_CLOSED_FROM = 3  # so many closed days in a row are said in one breath
DATES_FROM_DAYS = 7  # from here on a weekday alone is ambiguous

Say = Callable[..., str]


class Step(NamedTuple):
    """One step of an explanation: a span of a day, or a day (closed, counted, skipped for a pause)."""

    kind: str
    day: Day
    last: date
    start: datetime | None = None
    end: datetime | None = None
    minutes: int = 0
    number: int = 0


def plain(message: str, **params: object) -> str:
    """English: the message id itself, filled in."""
    return message % params if params else message


def steps(found: Deadline) -> list[Step]:
    """Every step from the start to the deadline (or to the open pause that stands before it)."""
    each = _day_steps(found) if found.working_days is not None else _minute_steps(found)
    merged: list[Step] = []
    run: list[Step] = []
    for step in each:
        if step.kind == CLOSED:
            run.append(step)
            continue
        merged += _merged_run(run)
        run = []
        merged.append(step)
    return merged + _merged_run(run)


def _merged_run(run: list[Step]) -> list[Step]:
    if len(run) < MERGE_CLOSED_FROM:
        return run
    named = next((step.day.name for step in run if step.day.kind == HOLIDAY and step.day.name), "")
    first = run[0].day
    return [Step(CLOSED, Day(first.on, (), first.kind, named or first.name), run[-1].last)]


def _dates(found: Deadline) -> Iterator[Day]:
    on = found.calendar.at(minute_of(found.start)).date()
    while on <= found.until.date():
        yield found.calendar.day(on)
        on += timedelta(days=1)


def _minute_steps(found: Deadline) -> Iterator[Step]:
    calendar = found.calendar
    used = found.segments
    stopped = [
        (calendar.at(first), None if last is None else calendar.at(last))
        for first, last in found.stops
        if calendar.at(first) <= found.until
    ]
    for day in _dates(found):
        if not day.windows:
            yield Step(CLOSED, day, day.on)
            continue
        spans = [Step(OPEN, day, day.on, *segment) for segment in used if segment.start.date() == day.on]
        for first, last in stopped:
            if last is None:
                if first.date() == day.on:
                    spans.append(Step(STOPPED, day, day.on, first))
                continue
            midnight = calendar.minute_at(day.on, 0)
            lo, hi = max(minute_of(first), midnight), min(minute_of(last), midnight + DAY_MINUTES)
            spans += [
                Step(STOPPED, day, day.on, calendar.at(opens), calendar.at(closes), closes - opens)
                for opens, closes in calendar.open_spans(lo, hi)
            ]
        yield from sorted(spans, key=lambda step: step.start or found.start)


def _day_steps(found: Deadline) -> Iterator[Step]:
    number = 0
    for position, day in enumerate(_dates(found)):
        if not day.windows:
            yield Step(CLOSED, day, day.on)
        elif day.on in found.days:
            number += 1
            closes = found.calendar.at(found.calendar.minute_at(day.on, day.windows[-1].closes))
            yield Step(COUNTED, day, day.on, None, closes, 0, number)
        elif position == 0:
            yield Step(NOT_COUNTED, day, day.on)
        else:
            yield Step(DAY_STOPPED, day, day.on)


def length_text(minutes: int, say: Say = plain) -> str:
    """Working minutes as ``2 h 10``, ``3 h`` or ``40 min``; negative ones with a sign."""
    if minutes < 0:
        return "-" + length_text(-minutes, say)
    hours, rest = divmod(minutes, 60)
    if not hours:
        return say(N_("%(minutes)d min"), minutes=rest)
    if not rest:
        return say(N_("%(hours)d h"), hours=hours)
    return say(N_("%(hours)d h %(minutes)02d"), hours=hours, minutes=rest)


def explain(found: Deadline, say: Say = plain) -> str:
    """The steps as one line in the language of ``say(message id, **params)`` (CAL-5)."""
    # Working days are counted by the day: each is named with its date.
    with_dates = found.working_days is not None or (found.until - found.start).days >= DATES_FROM_DAYS - 1
    told = [_tell(step, found, with_dates, say) for step in steps(found)]
    if found.provisional:
        first, last = found.calendar.at(minute_of(found.start)).year, found.until.year
        years = [str(year) for year in range(first, last + 1) if found.calendar.year(year).provisional]
        told.append(say(N_("calendar of %(years)s provisional"), years=", ".join(years)))
    return " · ".join(told)


def _tell(step: Step, found: Deadline, with_dates: bool, say: Say) -> str:
    day = _name(step.day.on, step.day.kind, with_dates, say)
    start = step.start.strftime("%H:%M") if step.start else ""
    end = step.end.strftime("%H:%M") if step.end else ""
    if end == "00:00":
        end = "24:00"
    if step.kind == OPEN:
        return say(
            N_("%(day)s %(start)s–%(end)s %(length)s"),
            day=day,
            start=start,
            end=end,
            length=length_text(step.minutes, say),
        )
    if step.kind == STOPPED and not end:
        return say(N_("%(day)s paused since %(start)s"), day=day, start=start)
    if step.kind == STOPPED:
        return say(N_("%(day)s %(start)s–%(end)s paused"), day=day, start=start, end=end)
    if step.kind == CLOSED:
        return _tell_closed(step, day, say)
    if step.kind == NOT_COUNTED:
        return say(N_("%(day)s not counted"), day=day)
    if step.kind == DAY_STOPPED:
        return say(N_("%(day)s paused"), day=day)
    if step.number == found.working_days:
        return say(N_("%(day)s working day %(number)d, until %(end)s"), day=day, number=step.number, end=end)
    return say(N_("%(day)s working day %(number)d"), day=day, number=step.number)


def _tell_closed(step: Step, day: str, say: Say) -> str:
    if step.last != step.day.on:
        day = f"{step.day.on:%m-%d}–{step.last:%m-%d}"
    # An exception's note is the office's own words, a holiday's name a message id.
    name = step.day.name if step.day.kind == EXCEPTION or not step.day.name else say(step.day.name)
    if name:
        return say(N_("%(day)s closed (%(name)s)"), day=day, name=name)
    return say(N_("%(day)s closed"), day=day)


def _name(on: date, kind: str, with_date: bool, say: Say) -> str:
    weekday = say(WEEKDAYS[on.weekday()])
    if kind == MAKE_UP:
        weekday = say(N_("make-up %(weekday)s"), weekday=weekday)
    return f"{on:%m-%d} {weekday}" if with_date else weekday
