"""Screens for opening hours and calendar exceptions (CAL-1, CAL-2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from flask import redirect
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.calendars import commands, queries
from app.calendars.models import CalendarException, OpeningHours
from app.calendars.rules import format_windows
from app.core.views import BaseView, OfficeInterface, fields
from app.organisation.models import Branch

WEEKDAYS = {
    1: _l("Mon"),
    2: _l("Tue"),
    3: _l("Wed"),
    4: _l("Thu"),
    5: _l("Fri"),
    6: _l("Sat"),
    7: _l("Sun"),
}
SEVERAL_WEEKDAYS = {"1-5": _l("Mon to Fri"), "6-7": _l("Sat and Sun"), "1-7": _l("Every day")}
HOURS_HELP = _l("Such as 08:30-12:00, 13:30-17:30")


class Told:
    """A text that is made anew whenever it is shown."""

    def __init__(self, tell: Callable[[], str]) -> None:
        self.tell = tell

    def __str__(self) -> str:
        return self.tell()


def _default_hours() -> str:
    week = queries.calendar_for(None).week
    days = " ".join(str(WEEKDAYS[weekday]) for weekday in sorted(week))
    hours = format_windows(week[min(week)]) if week else "—"
    return _("A branch without hours of its own opens %(days)s %(hours)s (see Settings).", days=days, hours=hours)


def _what_is_known() -> str:
    years = queries.provisional_years()
    if not years:
        return _("Public holidays and make-up working days are known already; enter only what differs.")
    return _(
        "The make-up working days of %(years)s are not published yet: deadlines there are provisional, computed on "
        "the statutory holidays. Enter the days here once they are announced, then name the year in Settings.",
        years=", ".join(str(year) for year in years),
    )


class OpeningHoursView(BaseView):
    """Opening windows by branch and weekday; adding replaces the hours of the chosen weekdays."""

    datamodel = OfficeInterface(OpeningHours)
    record_name = _l("Opening hours")
    list_columns = ["branch", "weekday", "opens", "closes"]
    show_columns = ["branch", "weekday", "opens", "closes"]
    search_columns = ["branch", "weekday"]
    order_columns = ["weekday", "opens"]
    add_columns = ["branch_id", "weekdays", "hours"]
    edit_columns = ["opens", "closes"]
    deletable = True
    small_references = ["branch"]
    choices = {"weekday": WEEKDAYS}
    label_columns = {
        "branch": _l("Branch"),
        "branch_id": _l("Branch"),
        "weekday": _l("Weekday"),
        "weekdays": _l("Weekdays"),
        "hours": _l("Opening hours"),
        "opens": _l("Opens at"),
        "closes": _l("Closes at"),
    }
    add_form_extra_fields = {
        "branch_id": fields.row(Branch, _l("Branch")),
        "weekdays": fields.choice(
            _l("Weekdays"), {**SEVERAL_WEEKDAYS, **{str(number): label for number, label in WEEKDAYS.items()}}
        ),
        "hours": fields.text(_l("Opening hours"), required=False, help=HOURS_HELP),
    }
    list_help = Told(_default_hours)
    add_help = _l("Replaces the opening hours of these weekdays; left empty, the branch is closed on them.")
    add_command = commands.set_hours
    edit_command = commands.change_window

    def after_add(self, item: Any) -> Response:
        """Back to the list: the branch is what was changed, not one row."""
        return redirect(self._list_url())


class CalendarExceptionView(BaseView):
    """Dates that are open or closed against the calendar."""

    datamodel = OfficeInterface(CalendarException)
    record_name = _l("Calendar exception")
    list_help = Told(_what_is_known)
    list_columns = ["on_date", "branch", "is_open", "hours", "note"]
    show_columns = ["on_date", "branch", "is_open", "hours", "note", "created_at"]
    search_columns = ["on_date", "branch", "is_open", "note"]
    order_columns = ["on_date"]
    base_order = ("on_date", "desc")
    add_columns = ["on_date", "branch_id", "is_open", "hours", "note"]
    edit_columns = add_columns
    deletable = True
    small_references = ["branch"]
    eager = ["windows"]
    label_columns = {
        "on_date": _l("Date"),
        "branch": _l("Branch"),
        "branch_id": _l("Branch"),
        "is_open": _l("Open on this day"),
        "hours": _l("Opening hours"),
        "note": _l("Note"),
    }
    add_form_extra_fields = {
        "branch_id": fields.row(Branch, _l("Branch"), required=False, help=_l("Empty: all branches")),
        "hours": fields.text(
            _l("Opening hours"), required=False, help=_l("Empty on an open day: the hours of a normal working day")
        ),
    }
    edit_form_extra_fields = add_form_extra_fields
    add_command = commands.add_exception
    edit_command = commands.change_exception


LEVEL_LABELS = {"minutes": _l("Working minutes before"), "role": _l("Whom to tell"), "active": _l("Active")}
NOTICE_LABELS = {
    "at": _l("Time"),
    "level.minutes": LEVEL_LABELS["minutes"],
    "due_at": _l("Was due"),
    "told": _l("Told"),
}


class LevelScreen:
    """Mixin for a list of escalation levels, of whatever deadline: named before ``BaseView``."""

    list_help = _l(
        "Working minutes before the deadline; 0: when it is missed; a negative number: so many after that. "
        "Nobody is told while the branch is closed: the message waits for its opening."
    )
    deletable = True
    tones: ClassVar = {"active": {True: "success", False: "neutral"}}


class NoticeScreen:
    """Mixin for a list of reminders sent, of whatever deadline: named before ``BaseView``."""

    order_columns: ClassVar = ["at", "due_at"]
    base_order = ("at", "desc")
