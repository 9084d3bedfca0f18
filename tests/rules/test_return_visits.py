"""Pure rules of return visits (RV-1 … RV-4)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import Misconfigured, Refused
from app.feedback import rules
from app.feedback.rules import LIFECYCLE, Candidate
from app.organisation.rules import JOBS

DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@pytest.mark.parametrize(
    ("happened", "days", "due"),
    [
        (date(2026, 11, 20), 3, date(2026, 11, 23)),
        (date(2026, 2, 26), 3, date(2026, 3, 1)),
        (date(2026, 12, 28), 7, date(2027, 1, 4)),
    ],
)
def test_rv1_due_so_many_days_after(happened: date, days: int, due: date) -> None:
    assert rules.due_on(happened, days) == due


@pytest.mark.parametrize(
    ("starts", "ends", "middle"),
    [
        (date(2026, 1, 1), date(2026, 12, 31), date(2026, 7, 2)),
        (date(2026, 1, 1), date(2026, 1, 1), date(2026, 1, 1)),
        (date(2026, 1, 1), date(2026, 1, 2), date(2026, 1, 1)),
        (date(2024, 3, 1), date(2026, 2, 28), date(2025, 2, 28)),
    ],
)
def test_rv1_mid_term(starts: date, ends: date, middle: date) -> None:
    assert rules.mid_term(starts, ends) == middle


@given(DAYS, st.integers(0, 4000))
def test_rv1_mid_term_lies_in_the_middle(starts: date, length: int) -> None:
    ends = starts + timedelta(days=length)
    middle = rules.mid_term(starts, ends)
    assert starts <= middle <= ends
    assert 0 <= (ends - middle).days - (middle - starts).days <= 1


@pytest.mark.parametrize(
    ("late", "expected"),
    [
        (-2, ("coming", 0, False)),
        (0, ("today", 0, False)),
        (1, ("overdue", 1, False)),
        (3, ("overdue", 3, False)),
        (4, ("overdue", 4, True)),
    ],
)
def test_rv3_overdue_by_more_than_three_days_goes_to_the_supervisor(late: int, expected: tuple[str, int, bool]) -> None:
    due = date(2026, 11, 20)
    assert rules.urgency(due, due + timedelta(days=late), 3) == expected


def test_rv2_jobs_of_visitor_and_companion() -> None:
    assert rules.parse_jobs("service+supervisor", JOBS) == ("service", "supervisor")
    assert rules.parse_jobs(" clerk ", JOBS) == ("clerk",)


@pytest.mark.parametrize("text", ["", "pilot", "clerk+pilot", "clerk+clerk+clerk"])
def test_rv2_an_unknown_job_is_a_mistake_in_the_settings(text: str) -> None:
    with pytest.raises(Misconfigured):
        rules.parse_jobs(text, JOBS)


@pytest.mark.parametrize(
    ("loads", "barred", "chosen"),
    [
        ([(1, 5), (2, 3), (3, 4)], (), 2),
        ([(1, 5), (2, 3), (3, 4)], (2,), 3),
        ([(2, 1), (1, 1)], (), 1),
        ([(1, 0)], (1,), None),
        ([], (), None),
        ([(1, 0)], (None,), 1),
    ],
)
def test_rv2_whoever_has_least_to_do_and_is_not_concerned(
    loads: list[tuple[int, int]], barred: tuple[int | None, ...], chosen: int | None
) -> None:
    assert rules.pick([Candidate(*each) for each in loads], barred) == chosen


def test_cp4_whom_the_visit_is_about_does_not_make_it() -> None:
    rules.check_visitor(1, (2, None))
    with pytest.raises(Refused):
        rules.check_visitor(2, (2, None))


def test_rv4_an_attempt_leaves_the_visit_to_be_made() -> None:
    assert LIFECYCLE.find("planned", "attempt").target == "planned"
    assert LIFECYCLE.find("planned", "record").target == "done"
    for state in ("done", "cancelled"):
        with pytest.raises(Refused):
            LIFECYCLE.find(state, "record")


@pytest.mark.parametrize(
    ("answer", "unsatisfactory"),
    [("very_satisfied", False), ("satisfied", False), ("neutral", False), ("dissatisfied", True), (None, False)],
)
def test_rv4_what_is_unsatisfactory(answer: str | None, unsatisfactory: bool) -> None:
    assert rules.is_unsatisfactory(answer) is unsatisfactory
