"""Changing opening hours and single dates (CAL-1, CAL-2). Deadlines already running see the change when next computed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select

from app.calendars.models import CalendarException, CalendarExceptionWindow, OpeningHours
from app.calendars.rules import Window, checked_windows, clock_minute, clock_text, parse_weekdays, parse_windows
from app.core.actors import Principal
from app.core.db import db
from app.core.errors import N_, NotFound, Refused
from app.core.uow import command
from app.organisation.models import Branch


@command("calendar.change")
def set_hours(actor: Principal, *, branch_id: int, weekdays: str | Iterable[int], hours: str) -> Branch:
    """Replace the opening hours of a branch on some weekdays (``1-5``; 1 = Monday); empty ``hours``: closed (CAL-1).

    A branch with no opening hours at all keeps the company's default. Raises ``Refused`` for hours that overlap or
    cannot be read.
    """
    branch: Branch | None = db.session.get(Branch, branch_id)
    if branch is None:
        raise NotFound("branch")
    days = parse_weekdays(weekdays) if isinstance(weekdays, str) else tuple(weekdays)
    windows = parse_windows(hours)
    standing = db.session.scalars(
        select(OpeningHours).where(OpeningHours.branch_id == branch_id, OpeningHours.weekday.in_(days))
    )
    known = {(row.weekday, row.opens, row.closes): row for row in standing}
    wanted = {(day, clock_text(opens), clock_text(closes)) for day in days for opens, closes in windows}
    for key in known.keys() - wanted:
        db.session.delete(known[key])
    # The old window must be gone before one that begins at the same time comes.
    db.session.flush()
    for day, opens, closes in sorted(wanted - known.keys()):
        db.session.add(OpeningHours(branch_id=branch_id, weekday=day, opens=opens, closes=closes))
    db.session.flush()
    return branch


@command("calendar.change")
def change_window(actor: Principal, hours_id: int, *, opens: str, closes: str) -> OpeningHours:
    """Move one opening window (``HH:MM``). Raises ``Refused`` when it then overlaps another (CAL-1)."""
    row: OpeningHours | None = db.session.get(OpeningHours, hours_id)
    if row is None:
        raise NotFound("opening_hours")
    window = parse_windows(f"{opens}-{closes}", "closes")[0]
    others = db.session.scalars(
        select(OpeningHours).where(
            OpeningHours.branch_id == row.branch_id, OpeningHours.weekday == row.weekday, OpeningHours.id != row.id
        )
    )
    beside = [Window(clock_minute(other.opens), clock_minute(other.closes)) for other in others]
    checked_windows([window, *beside], "opens")
    row.opens, row.closes = clock_text(window.opens), clock_text(window.closes)
    db.session.flush()
    return row


@command("calendar.change")
def add_exception(
    actor: Principal,
    *,
    on_date: date,
    is_open: bool,
    branch_id: int | None = None,
    hours: str = "",
    note: str = "",
) -> CalendarException:
    """Make a date open or closed against the calendar, for one branch or for all (CAL-2).

    An open day without ``hours`` is a full normal day. Raises ``Refused`` when the date has an exception already.
    """
    row = CalendarException(on_date=on_date, branch_id=branch_id, is_open=is_open, note=note)
    _free(on_date, branch_id)
    _give_hours(row, hours)
    db.session.add(row)
    db.session.flush()
    return row


@command("calendar.change")
def change_exception(
    actor: Principal,
    exception_id: int,
    *,
    on_date: date,
    is_open: bool,
    branch_id: int | None = None,
    hours: str = "",
    note: str = "",
) -> CalendarException:
    """Correct an exception (CAL-2). Raises ``Refused`` as ``add_exception`` does."""
    row: CalendarException | None = db.session.get(CalendarException, exception_id)
    if row is None:
        raise NotFound("calendar_exception")
    _free(on_date, branch_id, besides=row.id)
    row.on_date, row.branch_id, row.is_open, row.note = on_date, branch_id, is_open, note
    _give_hours(row, hours)
    db.session.flush()
    return row


def _free(on_date: date, branch_id: int | None, besides: int | None = None) -> None:
    same_branch = (
        CalendarException.branch_id.is_(None) if branch_id is None else CalendarException.branch_id == branch_id
    )
    statement = select(CalendarException.id).where(CalendarException.on_date == on_date, same_branch)
    if besides is not None:
        statement = statement.where(CalendarException.id != besides)
    if db.session.scalars(statement).first() is not None:
        raise Refused(N_("This date already has an exception; change that one."), "on_date")


def _give_hours(row: CalendarException, hours: str) -> None:
    windows = parse_windows(hours)
    if windows and not row.is_open:
        raise Refused(N_("A closed day has no opening hours."), "hours")
    wanted = [(clock_text(opens), clock_text(closes)) for opens, closes in windows]
    if [(window.opens, window.closes) for window in row.windows] == wanted:
        return
    if row.windows:
        row.windows.clear()
        db.session.flush()
    row.windows.extend(CalendarExceptionWindow(opens=opens, closes=closes) for opens, closes in wanted)
