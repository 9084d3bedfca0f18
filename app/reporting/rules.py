"""Reports: vocabulary, lifecycles and pure rules (SO-11 … SO-13)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from app.core.errors import N_, Refused
from app.core.lifecycle import Lifecycle, Transition, roles

TECHNICIAN_REPORT_STATES = ("draft", "confirmed")
TECHNICIAN_REPORT_STATE_LABELS = {"draft": N_("Draft"), "confirmed": N_("Confirmed")}
SUPERVISOR_REPORT_STATES = ("draft", "submitted", "signed")
SUPERVISOR_REPORT_STATE_LABELS = {
    "draft": N_("Draft"),
    "submitted": N_("Submitted"),
    "signed": N_("Signed by the branch manager"),
}
SCHEDULE_DAYS = ("working_days", "every_day", "weekly", "monthly", "quarterly")
SCHEDULE_DAYS_LABELS = {
    "working_days": N_("Working days"),
    "every_day": N_("Every day"),
    "weekly": N_("First working day of the week"),
    "monthly": N_("First working day of the month"),
    "quarterly": N_("First working day of the quarter"),
}
# These speak of the period that is over.
PERIOD_OF = {"weekly": "week", "monthly": "month", "quarterly": "quarter"}
# They say of complaints what the asking person's eyes saw: nobody else reads them in the archive (CP-4, CP-13).
CONFIDENTIAL = (
    "complaint_register",
    "complaint_analysis",
    "return_visit_plan",
    "return_visit_record",
    "return_visit_analysis",
)
# The branch works by the daily plan; made by the system it says nothing of what was complained about. Plans made before
# they were silent about it do not bear the mark: nobody of the branch reads those any more.
PLAN = "return_visit_plan"
DELIVERY_STATES = ("waiting", "sending", "sent", "failed", "uncertain")
DELIVERY_STATE_LABELS = {
    "waiting": N_("Waiting"),
    "sending": N_("Being sent"),
    "sent": N_("Sent"),
    "failed": N_("Failed"),
    "uncertain": N_("Uncertain whether sent"),
}


def _own_sheet(report: Any, *, actor_staff_id: int | None = None, **_: Any) -> None:
    if report.staff_id != actor_staff_id:
        raise Refused(N_("A daily report is confirmed by the technician it belongs to."))


def _whole_day(report: Any, *, open_jobs: int = 0, **_: Any) -> None:
    if open_jobs:
        raise Refused(
            N_("%(count)s jobs of this day have no minutes yet: enter them before you confirm."), count=open_jobs
        )


def _confirmable(report: Any, **given: Any) -> None:
    _own_sheet(report, **given)
    _whole_day(report, **given)


TECHNICIAN_REPORT = Lifecycle(
    name="technician_report",
    initial="draft",
    transitions=(
        Transition("draft", "confirm", "confirmed", roles("technician"), guard=_confirmable),
        Transition("confirmed", "reopen", "draft", roles("supervisor"), required=("reason",)),
    ),
    state_labels=TECHNICIAN_REPORT_STATE_LABELS,
    verb_labels={"confirm": N_("Confirm"), "reopen": N_("Give back")},
)


def _reconciled(report: Any, *, missing: int = 0, note: str = "", **_: Any) -> None:
    if missing and not note.strip():
        raise Refused(
            N_("%(count)s sheets are not confirmed: say why you submit without them."), field="note", count=missing
        )


SUPERVISOR_REPORT = Lifecycle(
    name="supervisor_report",
    initial="draft",
    transitions=(
        Transition("draft", "submit", "submitted", roles("supervisor"), guard=_reconciled),
        Transition("submitted", "sign", "signed", roles("branch_manager")),
        Transition(
            "submitted", "give_back", "draft", roles("branch_manager", "service_department"), required=("reason",)
        ),
    ),
    state_labels=SUPERVISOR_REPORT_STATE_LABELS,
    verb_labels={"submit": N_("Submit"), "sign": N_("Sign"), "give_back": N_("Give back")},
)
LIFECYCLES = (TECHNICIAN_REPORT, SUPERVISOR_REPORT)

CATCH_UP_DAYS = 7


def days_due(last_day: date | None, today: date, now: time, at: time, *, catch_up: bool) -> list[date]:
    """Office days whose run is due and not done yet, oldest first.

    Today is due from ``at`` on. Days missed while nothing ran are made up for, at most a week back, when the document
    speaks of a day gone by; a plan for a day gone by helps nobody.
    """
    first = today if last_day is None else max(last_day + timedelta(days=1), today - timedelta(days=CATCH_UP_DAYS))
    if not catch_up:
        first = max(first, today)
    last = today if now >= at else today - timedelta(days=1)
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def recipients(members: Iterable[tuple[str, int | None]], branch_id: int | None) -> list[str]:
    """Addresses for a document of ``branch_id`` (None: the whole company), each once, in order.

    A member bound to a branch gets that branch's documents only; the whole company's go to the others.
    """
    found = [email for email, bound_to in members if bound_to is None or bound_to == branch_id]
    return list(dict.fromkeys(found))


# -- the technician's day (SO-11, SO-12) ------------------------------------------------------------------------


class Span(NamedTuple):
    """A stretch of a person's day; ``label`` names the work."""

    start: datetime
    end: datetime
    label: str = ""


class Overlap(NamedTuple):
    """Two pieces of work entered for the same time, and that time."""

    first: Span
    second: Span
    start: datetime
    end: datetime


def overlaps(spans: Iterable[Span]) -> list[Overlap]:
    """Every pair of entries that share time, by start; entries that only touch do not."""
    ordered = sorted(spans)
    return [
        Overlap(first, second, second.start, min(first.end, second.end))
        for index, first in enumerate(ordered)
        for second in ordered[index + 1 :]
        if second.start < first.end
    ]


def gaps(spans: Iterable[Span], windows: Iterable[tuple[datetime, datetime]], at_least: int) -> list[Span]:
    """Stretches of the opening ``windows`` of at least so many minutes for which nothing is entered.

    The lunch break lies between two windows and is no gap (CAL-1).
    """
    ordered = sorted(spans)
    found: list[Span] = []
    for opens, closes in windows:
        free_from = opens
        for span in ordered:
            if span.end <= free_from or span.start >= closes:
                continue
            if span.start > free_from:
                found.append(Span(free_from, span.start))
            free_from = span.end
        if free_from < closes:
            found.append(Span(free_from, closes))
    return [gap for gap in found if gap.end - gap.start >= timedelta(minutes=at_least)]
