"""Pure rules of return visits (RV-1 … RV-4)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import Refused
from app.feedback import rules
from app.feedback.rules import LIFECYCLE, Candidate

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


# -- not reached (RV-4) -------------------------------------------------------------------------------------------

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("tries", "pauses", "most", "hours"),
    [(1, (2, 24), 3, 2), (2, (2, 24), 3, 24), (3, (2, 24), 5, 24), (4, (2, 24), 5, 24), (1, (1,), 2, 1)],
)
def test_rv4_tried_again_after_the_pause_of_that_try(
    tries: int, pauses: tuple[int, ...], most: int, hours: int
) -> None:
    assert rules.after_attempt(tries, NOON, pauses, most, None) == (NOON + timedelta(hours=hours), False)


@given(st.integers(1, 9), st.lists(st.integers(1, 99), min_size=1, max_size=4), st.integers(1, 9))
def test_rv4_at_most_so_many_times(tries: int, pauses: list[int], most: int) -> None:
    then = rules.after_attempt(tries, NOON, tuple(pauses), most, None)
    assert then.given_up is (tries >= most) and (then.at is None) is then.given_up


def test_rv4_a_time_the_customer_named_is_kept_and_never_gives_up() -> None:
    wished = NOON + timedelta(hours=5)
    assert rules.after_attempt(9, NOON, (2,), 3, wished) == (wished, False)
    with pytest.raises(Refused) as refusal:
        rules.after_attempt(1, NOON, (2,), 3, NOON)
    assert refusal.value.field == "again_at"


@pytest.mark.parametrize(("text", "hours"), [("2, 24", (2, 24)), ("4", (4,)), ("2，3", (2, 3))])
def test_rv4_pauses_are_data(text: str, hours: tuple[int, ...]) -> None:
    assert rules.parse_pauses(text) == hours


@pytest.mark.parametrize("text", ["", "2,", "bald", "0", "-1", "1.5", "9999"])
def test_rv4_pauses_that_cannot_be_read_are_refused(text: str) -> None:
    with pytest.raises(Refused):
        rules.parse_pauses(text)


@pytest.mark.parametrize(
    ("satisfaction", "shortcomings", "follow_up", "reason", "field"),
    [
        ("satisfied", "", "", "", None),
        ("neutral", "有点慢", "", "", None),
        ("satisfied", "还有点响", "call", "", None),
        ("satisfied", "", "call", "", "shortcomings"),
        ("dissatisfied", "", "call", "", "shortcomings"),
        ("dissatisfied", "还是不制冷", "", "", "follow_up"),
        ("dissatisfied", "还是不制冷", "call", "", None),
        ("dissatisfied", "态度差", "complaint", "", None),
        ("dissatisfied", "嫌贵", "", "已解释收费标准，客户接受", None),
    ],
)
def test_rv4_an_unsatisfactory_visit_leads_to_something(
    satisfaction: str, shortcomings: str, follow_up: str, reason: str, field: str | None
) -> None:
    if field is None:
        rules.check_outcome(satisfaction, shortcomings, follow_up, reason)
    else:
        with pytest.raises(Refused) as refusal:
            rules.check_outcome(satisfaction, shortcomings, follow_up, reason)
        assert refusal.value.field == field


def test_rv4_given_up_is_the_supervisors() -> None:
    assert LIFECYCLE.find("planned", "give_up").target == "given_up"
    for verb in ("record", "try_again", "reassign", "cancel"):
        assert "clerk" not in LIFECYCLE.find("given_up", verb).roles
        assert "supervisor" in LIFECYCLE.find("given_up", verb).roles


ASKED = (rules.Asked(1, "yes_no", True), rules.Asked(2, "text", True), rules.Asked(3, "yes_no", False))


@pytest.mark.parametrize(
    ("answers", "missing"),
    [
        ({1: "yes", 2: "都好"}, []),
        ({1: "no", 2: "都好", 3: "maybe"}, []),
        ({}, [1, 2]),
        ({1: "maybe", 2: "  "}, [1, 2]),
        ({1: "yes", 3: "yes"}, [2]),
        ({9: "yes"}, [1, 2]),
    ],
)
def test_rv4_required_questions_are_answered_when_the_customer_was_reached(
    answers: dict[int, str], missing: list[int]
) -> None:
    assert rules.missing_answers(ASKED, answers) == missing
    if not missing:
        rules.check_answers(ASKED, answers)
        return
    with pytest.raises(Refused) as refusal:
        rules.check_answers(ASKED, answers)
    assert refusal.value.field == f"answer-{missing[0]}"


@pytest.mark.parametrize(
    ("question", "said", "kept"), [(ASKED[0], "yes", "yes"), (ASKED[0], "是", ""), (ASKED[1], " 慢 ", "慢"), (ASKED[1], "", "")]
)  # fmt: skip
def test_rv4_only_yes_or_no_answers_a_question_of_yes_or_no(question: rules.Asked, said: str, kept: str) -> None:
    assert rules.answer_to(question, {question.id: said}) == kept


@pytest.mark.parametrize(
    ("job", "then"),
    [
        ("technician", ["technician", "supervisor", "branch_manager", "service"]),
        ("supervisor", ["supervisor", "branch_manager", "service"]),
        ("clerk", ["clerk", "service"]),
        ("service", ["service"]),
        ("management", ["management"]),
    ],
)
def test_rv2_those_above_take_the_place_of_whom_the_visit_is_about(job: str, then: list[str]) -> None:
    assert rules.upwards(job) == then
