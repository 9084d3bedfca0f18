"""Maintenance contracts: vocabulary and pure rules (CO-1, SO-16)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from app.core.errors import N_, Refused
from app.core.lifecycle import Lifecycle, Transition, roles

CONTRACT_STATES = ("draft", "in_force", "ended", "cancelled")
CONTRACT_STATE_LABELS = {
    "draft": N_("Draft"),
    "in_force": N_("In force"),
    "ended": N_("Ended"),
    "cancelled": N_("Cancelled"),
}
NOTICE_KINDS = ("expiry",)


def covers(status: str, starts_on: date, ends_on: date, on: date) -> bool:
    """Whether a contract is in force on this day; first and last day count (SO-1)."""
    return status == "in_force" and starts_on <= on <= ends_on


def notice_due_on(ends_on: date, days_before: int) -> date:
    """The day the 保养到期通知书 is due, so many calendar days before the end (SO-16)."""
    return ends_on - timedelta(days=days_before)


def check_term(starts_on: date, ends_on: date) -> None:
    """Raise ``Refused`` for a term that ends before it begins (CO-1)."""
    if ends_on < starts_on:
        raise Refused(N_("The contract ends before it begins."), field="ends_on")


def notice_wanted(status: str, ends_on: date, today: date, days_before: int) -> bool:
    """Whether the 保养到期通知书 is due: in force, within so many days of the end, and not ended yet (SO-16)."""
    return status == "in_force" and notice_due_on(ends_on, days_before) <= today <= ends_on


def following_term(starts_on: date, ends_on: date) -> tuple[date, date]:
    """The term proposed for a renewal: from the day after the end, as long as the one before (CO-1).

    Whole years stay whole years: 2025-03-01 … 2026-02-28 is followed by 2026-03-01 … 2027-02-28.
    """
    first = ends_on + timedelta(days=1)
    years = first.year - starts_on.year
    if years > 0 and (first.month, first.day) == (starts_on.month, starts_on.day):
        leap_day = (first.month, first.day) == (2, 29)
        again = date(first.year + years, 3, 1) if leap_day else first.replace(year=first.year + years)
        return first, again - timedelta(days=1)
    return first, first + (ends_on - starts_on)


def spread(first: date, last: date, count: int) -> list[date]:
    """``count`` days spread evenly over a term, both ends included: the middle of each of as many equal parts (SO-23)."""
    days = (last - first).days + 1
    return (
        [first + timedelta(days=(2 * number + 1) * days // (2 * count)) for number in range(count)] if days > 0 else []
    )


def visits_to_plan(starts_on: date, ends_on: date, visits: int, done: int, today: date) -> list[date]:
    """Days of the maintenance visits still to be planned, when ``done`` of the promised ``visits`` are calls already.

    As far as they lie ahead they keep their even places in the term; when one of them is past (a contract put in force
    late, more visits agreed afterwards) all that is left is spread over the rest of the term (SO-23).
    """
    wanted = spread(starts_on, ends_on, visits)[done:] if visits > done else []
    if wanted and wanted[0] < today:
        return spread(today, ends_on, visits - done)
    return wanted


def _covers_something(contract: Any, **_given: Any) -> None:
    if not contract.items:
        raise Refused(N_("Choose the products that the contract covers."))


_LEADING = roles("supervisor", "branch_manager", "service_department")
_OFFICE = _LEADING | roles("clerk")

CONTRACT = Lifecycle(
    name="contract",
    initial="draft",
    transitions=(
        Transition("draft", "put_in_force", "in_force", _LEADING, guard=_covers_something),
        Transition("draft", "cancel", "cancelled", _OFFICE, required=("reason",)),
        Transition("in_force", "end", "ended", _LEADING),
        Transition("in_force", "cancel", "cancelled", _LEADING, required=("reason",)),
    ),
    state_labels=CONTRACT_STATE_LABELS,
    verb_labels={
        "put_in_force": N_("Put in force"),
        "cancel": N_("Cancel the contract"),
        "end": N_("End the contract"),
    },
)
LIFECYCLES = (CONTRACT,)
