"""Closing the day: tables of cases (SO-14, SO-23)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from app.contracts.rules import spread, visits_to_plan
from app.fieldservice import rules
from app.fieldservice.rules import Turn, VoucherState

CLOSING = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)  # 17:30 in the office
FRIDAY, MONDAY = date(2026, 11, 20), date(2026, 11, 23)


@pytest.mark.parametrize(
    ("minutes_before", "waiting", "given_back", "times", "cause"),
    [
        (300, False, False, 0, "not_dispatched"),
        (300, False, False, 1, "again"),
        (300, False, True, 1, "given_back"),
        (300, True, True, 1, "waiting"),
        (60, False, False, 0, "late_call"),
        (61, False, False, 0, "not_dispatched"),
        (0, False, False, 0, "late_call"),
        (0, False, True, 0, "given_back"),
    ],
)
def test_so14_why_a_call_is_carried_over(
    minutes_before: int, waiting: bool, given_back: bool, times: int, cause: str
) -> None:
    reported = CLOSING - timedelta(minutes=minutes_before)
    found = rules.carry_cause(reported, CLOSING, waiting=waiting, given_back=given_back, times=times, late_minutes=60)
    assert found == cause


@pytest.mark.parametrize(
    ("times", "alert_from", "wanted"),
    [(1, 2, False), (2, 2, True), (3, 2, True), (1, 1, True), (5, 0, False), (0, 2, False)],
)
def test_so14_the_supervisor_is_alerted_from_the_second_time(times: int, alert_from: int, wanted: bool) -> None:
    assert rules.alert_wanted(times, alert_from) is wanted


@pytest.mark.parametrize(
    ("times", "reported_on", "planned", "left"),
    [
        (0, MONDAY, False, False),
        (0, FRIDAY, False, True),
        (1, MONDAY, False, True),
        (0, FRIDAY, True, False),
        (1, FRIDAY, True, True),
    ],
)
def test_so14_what_is_left_over_on_monday(times: int, reported_on: date, planned: bool, left: bool) -> None:
    assert rules.left_over(times=times, reported_on=reported_on, planned=planned, today=MONDAY) is left


def test_so14_carried_calls_first_by_count_then_age_then_urgent_ones() -> None:
    at = CLOSING
    turns = {
        "new": Turn(0, False, False, at),
        "new urgent": Turn(0, False, True, at + timedelta(hours=1)),
        "once, young": Turn(1, True, True, at - timedelta(hours=1)),
        "twice": Turn(2, True, False, at - timedelta(hours=2)),
        "last night": Turn(0, True, False, at - timedelta(hours=5)),
        "once, urgent and old": Turn(1, True, True, at - timedelta(hours=9)),
    }
    order = sorted(turns, key=lambda name: turns[name].key)
    assert order == ["twice", "once, urgent and old", "once, young", "last night", "new urgent", "new"]


@pytest.mark.parametrize(
    ("mine", "others", "needed"), [(False, 0, False), (False, 1, True), (True, 3, False), (True, 0, False)]
)
def test_so14_only_a_newer_call_before_left_over_ones_needs_a_reason(mine: bool, others: int, needed: bool) -> None:
    assert rules.needs_reason(mine, others) is needed


def test_so3_so14_register_and_vouchers_compared() -> None:
    states = [
        VoucherState(1, None, None),
        VoucherState(2, 7, 7),
        VoucherState(3, 7, None),
        VoucherState(4, None, 7),
        VoucherState(5, 8, 7),
    ]
    assert rules.compare(states) == [(3, "out_without_job"), (4, "in_file_with_job"), (5, "with_another")]


@pytest.mark.parametrize(
    ("last", "closed_now", "days"),
    [
        (None, False, []),
        (None, True, [MONDAY]),
        (FRIDAY, False, [date(2026, 11, 21), date(2026, 11, 22)]),
        (FRIDAY, True, [date(2026, 11, 21), date(2026, 11, 22), MONDAY]),
        (MONDAY, True, []),
    ],
)
def test_so14_days_to_close(last: date | None, closed_now: bool, days: list[date]) -> None:
    assert rules.days_to_close(last, MONDAY, closed_now) == days


def test_so14_after_a_long_standstill_only_the_last_days_are_closed() -> None:
    days = rules.days_to_close(date(2026, 1, 1), MONDAY, True)
    assert (days[0], days[-1], len(days)) == (date(2026, 11, 13), MONDAY, 11)


# -- planned visits -----------------------------------------------------------------------------------------------

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)


@pytest.mark.parametrize(
    ("count", "days"),
    [
        (0, []),
        (1, [date(2026, 7, 2)]),
        (2, [date(2026, 4, 2), date(2026, 10, 1)]),
        (4, [date(2026, 2, 15), date(2026, 5, 17), date(2026, 8, 17), date(2026, 11, 16)]),
    ],
)
def test_so23_visits_are_spread_evenly_over_the_term(count: int, days: list[date]) -> None:
    assert spread(FIRST, LAST, count) == days


def test_so23_spread_stays_in_the_term_and_in_order() -> None:
    for count in range(1, 13):
        days = spread(FIRST, LAST, count)
        assert days == sorted(set(days))
        assert days[0] >= FIRST
        assert days[-1] <= LAST


@pytest.mark.parametrize(
    ("visits", "done", "today", "days"),
    [
        (4, 0, FIRST, spread(FIRST, LAST, 4)),
        (4, 1, date(2026, 3, 1), spread(FIRST, LAST, 4)[1:]),
        (4, 4, date(2026, 3, 1), []),
        (2, 3, FIRST, []),
        # Put in force late: what is left goes over the rest of the term.
        (2, 0, date(2026, 7, 1), spread(date(2026, 7, 1), LAST, 2)),
        (2, 0, date(2027, 1, 1), []),
    ],
)
def test_so23_what_is_still_to_be_planned(visits: int, done: int, today: date, days: list[date]) -> None:
    assert visits_to_plan(FIRST, LAST, visits, done, today) == days
