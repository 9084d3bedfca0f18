"""Closing the day: what is carried over and why, where the vouchers are, whose turn it is (SO-14)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from app.core.errors import N_

# Why a call was left for the next day, as far as the records can tell; the clerk may add words.
CARRY_CAUSES = ("waiting", "given_back", "late_call", "again", "not_dispatched")
CARRY_CAUSE_LABELS = {
    "waiting": N_("Waits for the customer or for parts"),
    "given_back": N_("The job was declined or withdrawn and not dispatched again"),
    "late_call": N_("Came in shortly before closing time"),
    "again": N_("Carried over before and still not dispatched"),
    "not_dispatched": N_("Not dispatched in working hours"),
}
FINDINGS = ("out_without_job", "in_file_with_job", "with_another")
FINDING_LABELS = {
    "out_without_job": N_("Voucher is out although no job is under way"),
    "in_file_with_job": N_("Voucher is in the file although the job is under way"),
    "with_another": N_("Voucher is with somebody else than the technician of the job"),
}
LONGEST_CATCH_UP = 10


def carry_cause(
    reported_at: datetime, until: datetime, *, waiting: bool, given_back: bool, times: int, late_minutes: int
) -> str:
    """Why a call is carried over, in one of ``CARRY_CAUSES``: it waits, it was given back that day, it came in within the last
    ``late_minutes`` before ``until``, it was carried over ``times`` before already, or it simply was not dispatched.
    """
    if waiting:
        return "waiting"
    if given_back:
        return "given_back"
    if timedelta() <= until - reported_at <= timedelta(minutes=late_minutes):
        return "late_call"
    return "again" if times > 0 else "not_dispatched"


def alert_wanted(times: int, alert_from: int) -> bool:
    """Whether the supervisor is told of a call carried over ``times`` (the count with tonight), from ``alert_from`` on
    (SO-14: 2). An ``alert_from`` below 1 switches the alert off.
    """
    return alert_from >= 1 and times >= alert_from


def left_over(*, times: int, reported_on: date, planned: bool, today: date) -> bool:
    """Whether a call that waits is one of an earlier day and goes before all others (SO-14).

    A planned maintenance visit is entered days ahead: it is left over only once it was really carried over.
    """
    return times > 0 or (not planned and reported_on < today)


class Turn(NamedTuple):
    """What decides the order of dispatch: times carried over, whether left over, urgent, when it came in."""

    times: int
    left_over: bool
    urgent: bool
    reported_at: datetime

    @property
    def key(self) -> tuple[bool, int, bool, datetime]:
        """Sorts the calls: carried ones first, by count and then age; then urgent ones, then the oldest (SO-14)."""
        return (not self.left_over, -self.times, not self.urgent, self.reported_at)


def needs_reason(mine_left_over: bool, others_left_over: int) -> bool:
    """Whether dispatching this call now jumps the queue: it is a newer one while left-over ones wait (SO-14)."""
    return not mine_left_over and others_left_over > 0


class VoucherState(NamedTuple):
    """One product's voucher when the day is closed: who holds it (None: in the file) and whose job is under way."""

    voucher_id: int
    holder_id: int | None
    technician_id: int | None


def compare(states: Iterable[VoucherState]) -> list[tuple[int, str]]:
    """What does not fit when register and vouchers are compared: ``(voucher id, one of FINDINGS)`` (SO-3, SO-14)."""
    found = []
    for state in states:
        if state.holder_id is None and state.technician_id is not None:
            found.append((state.voucher_id, "in_file_with_job"))
        elif state.holder_id is not None and state.technician_id is None:
            found.append((state.voucher_id, "out_without_job"))
        elif state.holder_id != state.technician_id:
            found.append((state.voucher_id, "with_another"))
    return found


def days_to_close(last_closed: date | None, today: date, closed_now: bool) -> list[date]:
    """Days that should be closed by now, oldest first; the caller leaves out those on which the branch is not open.

    ``closed_now``: today's closing time is past. Before the first closing ever only today counts; after a long
    standstill the last ``LONGEST_CATCH_UP`` days.
    """
    last = today if closed_now else today - timedelta(days=1)
    first = today if last_closed is None else max(last_closed + timedelta(days=1), today - timedelta(LONGEST_CATCH_UP))
    return [first + timedelta(days=count) for count in range((last - first).days + 1)]
