"""What a repeat repair is (KP-2), and a call entered later than it came in (CAL-4)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from app.core.errors import Refused
from app.fieldservice import rules
from app.fieldservice.rules import Fault, Repair

DAY = date(2026, 11, 20)
NO_CODE: frozenset[int] = frozenset()


def fault(text: str = "", *codes: int) -> Fault:
    return Fault(frozenset(codes), text)


@pytest.mark.parametrize(
    ("text", "other", "percent"),
    [
        ("不制冷", "冷藏室不制冷，结冰严重", 100),
        ("漏水", "门口漏水。", 100),
        ("漏水", "噪音大", 0),
        ("噪音大", "噪音小", 50),
        ("Does not spin", "does not drain", 66),
        ("，。", "漏水", 0),
        ("", "", 0),
        ("响", "响", 100),
    ],
)
def test_kp2_likeness_of_descriptions(text: str, other: str, percent: int) -> None:
    assert abs(rules.likeness(text, other) - percent) <= 12
    assert rules.likeness(text, other) == rules.likeness(other, text)


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        (fault("异响", 1), fault("不制冷", 1), True),  # the code decides
        (fault("不制冷", 1), fault("不制冷", 2), False),
        (fault("不制冷", 1), fault("别的", 2, 1), True),  # told as one thing, found to be another
        (fault("不制冷", 1), fault("不制冷了"), True),  # without a code the words
        (fault("不制冷"), fault("漏水"), False),
    ],
)
def test_kp2_same_fault_by_code_else_by_words(one: Fault, two: Fault, same: bool) -> None:
    assert rules.same_fault(one, two, 60) is same
    assert rules.same_fault(two, one, 60) is same


@pytest.mark.parametrize(("days", "found"), [(0, True), (30, True), (31, False), (-1, False)])
def test_kp2_the_thirtieth_day_counts(days: int, found: bool) -> None:
    earlier = Repair(7, DAY - timedelta(days=days), fault("不制冷", 1))
    assert (rules.repeat_of(fault("", 1), DAY, [earlier], days=30, like_percent=60) is earlier) is found


def test_kp2_the_latest_of_several_is_repeated() -> None:
    repairs = [Repair(n, DAY - timedelta(days=20 - n), fault("", 1 if n < 3 else 2)) for n in range(5)]
    assert rules.repeat_of(fault("", 1), DAY, repairs, days=30, like_percent=60) is repairs[2]
    assert rules.repeat_of(fault("", 1), DAY, [], days=30, like_percent=60) is None


@pytest.mark.parametrize(
    ("repeat", "cause", "free"),
    [
        (False, "", False),
        (True, "", True),
        (True, "part", True),
        (True, "workmanship", True),
        (True, "misuse", False),
        (True, "other_fault", False),
    ],
)
def test_kp2_free_until_put_down_to_the_customer(repeat: bool, cause: str, free: bool) -> None:
    assert rules.is_free(repeat, cause) is free


def test_cal4_a_day_is_in_time_and_a_minute_more_needs_a_reason() -> None:
    now = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
    assert rules.late_by(now - timedelta(hours=24), now, 24, "not needed") == ""
    late = now - timedelta(hours=24, minutes=1)
    assert rules.late_by(late, now, 24, " 来信 ") == "来信"
    with pytest.raises(Refused) as refusal:
        rules.late_by(late, now, 24, " ")
    assert refusal.value.field == "late_reason"
