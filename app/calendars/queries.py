"""The calendar of a branch as it stands in the database (CAL-1, CAL-2), and words for the reader (CAL-5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Boolean, Date, Integer, String, cast, literal, null, select, union_all
from sqlalchemy.event import listens_for
from sqlalchemy.orm import Session, SessionTransaction

from app.calendars.holidays_source import year_days
from app.calendars.models import (
    DEFAULT_HOURS,
    DEFAULT_WEEKDAYS,
    YEARS_ENTERED,
    CalendarException,
    CalendarExceptionWindow,
    OpeningHours,
)
from app.calendars.rules import (
    Calendar,
    Deadline,
    ExceptionDay,
    Window,
    YearDays,
    clock_minute,
    explain,
    parse_weekdays,
    parse_windows,
    parse_years,
)
from app.core import clock, i18n, settings
from app.core.db import db
from app.core.settings import Setting

_MEMO = "calendar_rows"
_SETTINGS = (DEFAULT_HOURS, DEFAULT_WEEKDAYS, YEARS_ENTERED)


def calendar_for(branch_id: int | None) -> Calendar:
    """The calendar of a branch; None: that of a branch with nothing of its own.

    One statement per transaction, for all branches. Calendars are kept by what they were made of, so that a change is
    seen by every process with its next transaction, and by the transaction that makes it at once.
    """
    stored = _stored()
    hours = tuple(sorted((row.number, row.opens, row.closes) for row in stored.hours if row.branch_id == branch_id))
    given = {each.key: each.default for each in settings.declared()}
    given.update({row.text: row.note for row in stored.settings})
    return _calendar(
        hours,
        tuple(row[1:] for row in stored.exceptions if row.branch_id is None),
        tuple(row[1:] for row in stored.exceptions if row.branch_id is not None and row.branch_id == branch_id),
        (given[DEFAULT_HOURS], given[DEFAULT_WEEKDAYS], given[YEARS_ENTERED]),
        clock.zone().key,
    )


def explanation(found: Deadline) -> str:
    """How a deadline came about, in the reader's language (CAL-5)."""
    return explain(found, i18n.say)


def provisional_years(on: date | None = None) -> list[int]:
    """Of this year and the next, those whose make-up days are not published yet (CAL-2): for the administrator."""
    calendar = calendar_for(None)
    year = (on or clock.today()).year
    return [each for each in (year, year + 1) if calendar.year(each).provisional]


class _Line(NamedTuple):
    """A row of the one statement: what the columns mean depends on ``kind``."""

    kind: str
    branch_id: int | None
    number: int | None
    on_date: date | None
    is_open: bool | None
    opens: str | None
    closes: str | None
    text: str
    note: str


@dataclass(frozen=True)
class _Stored:
    hours: Sequence[Any]
    exceptions: Sequence[Any]
    settings: Sequence[Any]


def _stored() -> _Stored:
    session: Session = db.session()
    found = session.info.get(_MEMO)
    if found is None:
        session.flush()  # what this transaction is about to change counts already
        rows = [_Line(*row) for row in session.execute(_statement()).all()]
        found = session.info[_MEMO] = _Stored(
            [row for row in rows if row.kind == "hours"],
            sorted((row for row in rows if row.kind == "exception"), key=lambda row: (row.on_date, row.opens or "")),
            [row for row in rows if row.kind == "setting"],
        )
    return found


def _statement() -> Any:
    # Core tables, not classes: opening hours are no secret, whoever's deadline is computed.
    hours: Any = OpeningHours.__table__
    exception: Any = CalendarException.__table__
    window: Any = CalendarExceptionWindow.__table__
    setting: Any = Setting.__table__
    no_number, no_date, no_flag = cast(null(), Integer), cast(null(), Date), cast(null(), Boolean)
    no_time, no_text = cast(null(), String(5)), literal("")
    return union_all(
        select(
            literal("hours").label("kind"),
            hours.c.branch_id.label("branch_id"),
            hours.c.weekday.label("number"),
            no_date.label("on_date"),
            no_flag.label("is_open"),
            hours.c.opens.label("opens"),
            hours.c.closes.label("closes"),
            no_text.label("text"),
            no_text.label("note"),
        ),
        select(
            literal("exception"),
            exception.c.branch_id,
            exception.c.id,
            exception.c.on_date,
            exception.c.is_open,
            window.c.opens,
            window.c.closes,
            no_text,
            exception.c.note,
        ).select_from(exception.outerjoin(window, window.c.exception_id == exception.c.id)),
        select(
            literal("setting"), no_number, no_number, no_date, no_flag, no_time, no_time, setting.c.key, setting.c.value
        ).where(setting.c.key.in_(_SETTINGS)),
    )


@lru_cache(maxsize=64)
def _calendar(
    hours: tuple[tuple[int, str, str], ...],
    for_all: tuple[tuple[Any, ...], ...],
    for_branch: tuple[tuple[Any, ...], ...],
    given: tuple[str, str, str],
    zone: str,
) -> Calendar:
    default_hours, default_weekdays, years_entered = given
    week: dict[int, tuple[Window, ...]] = {}
    for weekday, opens, closes in hours:
        week[weekday] = (*week.get(weekday, ()), Window(clock_minute(opens), clock_minute(closes)))
    if not week:
        week = dict.fromkeys(parse_weekdays(default_weekdays), parse_windows(default_hours))
    exceptions: dict[date, ExceptionDay] = {}
    for lines in (for_all, for_branch):
        own: dict[date, ExceptionDay] = {}
        for _branch, _id, on, is_open, opens, closes, _text, note in lines:
            before = own[on].windows if on in own else ()
            window = (Window(clock_minute(opens), clock_minute(closes)),) if opens else ()
            own[on] = ExceptionDay(is_open, (*before, *window), note)
        exceptions.update(own)
    entered = parse_years(years_entered)

    def year_of(year: int) -> YearDays:
        known = year_days(year)
        return replace(known, provisional=False) if year in entered else known

    return Calendar(week, year_of, exceptions, clock.zone())


_TABLES = (OpeningHours, CalendarException, CalendarExceptionWindow, Setting)


@listens_for(Session, "after_flush")
def _changed(session: Session, context: Any) -> None:
    if any(isinstance(item, _TABLES) for items in (session.new, session.dirty, session.deleted) for item in items):
        session.info.pop(_MEMO, None)


@listens_for(Session, "after_transaction_end")
def _ended(session: Session, transaction: SessionTransaction) -> None:
    session.info.pop(_MEMO, None)
