"""Who should go, and whether he can: capacity, conflicts, absences, the ranking with its reasons (SO-18, SO-19)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import Refused
from app.fieldservice.rules import dispatching as rules

DAY = datetime(2026, 11, 23, tzinfo=UTC)


def at(clock: str, day: int = 0) -> datetime:
    hour, _, minute = clock.partition(":")
    return DAY + timedelta(days=day, hours=int(hour), minutes=int(minute))


def span(begin: str, end: str, day: int = 0) -> rules.Span:
    return at(begin, day), at(end, day)


OPEN = [span("8:30", "12:00"), span("13:30", "17:30")]
TWO_DAYS = [*OPEN, span("8:30", "12:00", 1), span("13:30", "17:30", 1)]


# -- capacity ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("away", "booked", "expected", "state"),
    [
        ([], 0, (450, 0, 0), "free"),
        ([], 400, (450, 400, 0), "full"),
        ([], 460, (450, 460, 0), "over"),
        ([span("12:00", "13:30")], 0, (450, 0, 0), "free"),  # away in the lunch break costs nothing
        ([span("8:00", "12:00")], 0, (240, 0, 210), "free"),
        ([span("8:00", "10:00"), span("9:00", "11:00")], 0, (300, 0, 150), "free"),  # overlapping ones count once
        ([span("0:00", "23:00")], 0, (0, 0, 450), "away"),
        ([span("0:00", "23:00")], 90, (0, 90, 450), "over"),
    ],
)
def test_so19_capacity_is_opening_hours_less_absences(away: Any, booked: int, expected: Any, state: str) -> None:
    load = rules.day_load(OPEN, away, booked)
    assert tuple(load) == expected
    assert load.state == state
    assert 0 <= load.percent <= 100


def test_so19_a_closed_day_has_no_capacity() -> None:
    assert rules.day_load([], [], 0).state == "closed"
    assert rules.day_load([], [], 30).state == "over"


minutes = st.integers(0, 1439)


@st.composite
def spans(draw: Any) -> list[rules.Span]:
    pairs = draw(st.lists(st.tuples(minutes, minutes), max_size=6))
    return [(DAY + timedelta(minutes=min(p)), DAY + timedelta(minutes=max(p) + 1)) for p in pairs]


@given(spans())
def test_so19_capacity_agrees_with_counting_minute_by_minute(away: list[rules.Span]) -> None:
    slow = 0
    for begin, end in OPEN:
        at_minute = begin
        while at_minute < end:
            slow += not any(first <= at_minute < last for first, last in away)
            at_minute += timedelta(minutes=1)
    assert rules.day_load(OPEN, away, 0).capacity == slow


# -- where a job fits -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "length", "end"),
    [
        ("9:00", 60, "10:00"),
        ("11:30", 60, "14:00"),  # half an hour before lunch, half an hour after
        ("17:00", 60, "18:00"),  # the last job may last beyond closing time
        ("19:00", 60, "20:00"),  # begun outside the hours: done in one go
    ],
)
def test_so19_a_job_lasts_over_lunch(start: str, length: int, end: str) -> None:
    assert rules.end_of(at(start), length, OPEN) == at(end)


@pytest.mark.parametrize(
    ("busy", "now", "length", "expected"),
    [
        ([], "8:00", 60, "8:30"),
        ([], "9:07", 60, "9:15"),  # on the quarter of an hour
        ([span("8:30", "10:00")], "8:00", 60, "10:00"),
        ([span("10:00", "11:00")], "8:00", 120, "11:00"),  # the gap before is too short
        ([span("10:00", "11:00")], "8:00", 90, "8:30"),
        ([], "12:10", 30, "13:30"),
    ],
)
def test_so19_first_free_moment(busy: list[rules.Span], now: str, length: int, expected: str) -> None:
    assert rules.first_free(OPEN, busy, at(now), length) == at(expected)


def test_so19_a_job_does_not_last_over_night() -> None:
    assert rules.first_free(TWO_DAYS, [], at("16:30"), 90) == at("8:30", 1)
    assert rules.first_free(OPEN, [], at("16:30"), 90) is None
    assert rules.first_free(OPEN, [], at("8:00"), 451) is None


@given(spans(), st.integers(0, 1439), st.integers(1, 450))
def test_so19_what_is_found_free_may_be_booked(busy: list[rules.Span], now: int, length: int) -> None:
    not_before = DAY + timedelta(minutes=now)
    found = rules.first_free(OPEN, busy, not_before, length)
    if found is None:
        return
    assert found >= not_before
    assert found.minute % 15 == 0
    bookings = [rules.Booking(begin, end, "PG-1") for begin, end in busy]
    rules.check_free("李", found, length, open_spans=OPEN, absences=(), bookings=bookings)
    assert rules.end_of(found, length, OPEN) <= OPEN[-1][1]


@given(spans(), spans(), st.integers(1, 450))
def test_so19_more_work_never_makes_anybody_free_earlier(
    busy: list[rules.Span], more: list[rules.Span], length: int
) -> None:
    before = rules.first_free(OPEN, busy, at("8:00"), length)
    after = rules.first_free(OPEN, [*busy, *more], at("8:00"), length)
    if after is not None:
        assert before is not None
        assert before <= after


# -- conflicts --------------------------------------------------------------------------------------------------


def refused(start: str, length: int = 60, **more: Any) -> str | None:
    known: dict[str, Any] = {"open_spans": OPEN, "absences": (), "bookings": (), **more}
    try:
        rules.check_free("李建国", at(start), length, **known)
    except Refused as refusal:
        return refusal.field
    return None


AWAY = [rules.Away(at("14:00"), at("16:00"), "leave")]
BOOKED = [rules.Booking(at("9:00"), at("10:00"), "PG-NJ-1")]


@pytest.mark.parametrize(
    ("start", "more", "field"),
    [
        ("10:00", {}, None),
        ("10:00", {"bookings": BOOKED}, None),  # begins when the other ends
        ("9:30", {"bookings": BOOKED}, "override_reason"),
        ("8:30", {"bookings": BOOKED}, "override_reason"),
        ("9:30", {"bookings": BOOKED, "override_reason": "客户同意等候"}, None),
        ("9:30", {"bookings": BOOKED, "override_reason": "  "}, "override_reason"),
        ("14:30", {"absences": AWAY}, "technician_id"),
        ("13:30", {"absences": AWAY}, "technician_id"),
        ("14:30", {"absences": AWAY, "override_reason": "无论如何"}, "technician_id"),  # nobody absent is sent
        ("16:00", {"absences": AWAY}, None),
        ("19:00", {}, "override_reason"),
        ("19:00", {"override_reason": "客户晚上在家"}, None),
        ("12:15", {}, "override_reason"),
    ],
)
def test_so18_conflicts_and_absences(start: str, more: dict[str, Any], field: str | None) -> None:
    assert refused(start, **more) == field


def test_so19_absences_of_one_person_do_not_overlap() -> None:
    others = [span("8:00", "12:00")]
    rules.check_absence(at("12:00"), at("13:00"), others)
    for begin, end, field in (("11:00", "13:00", "starts_at"), ("13:00", "13:00", "ends_at")):
        with pytest.raises(Refused) as refusal:
            rules.check_absence(at(begin), at(end), others)
        assert refusal.value.field == field


def test_so19_reminded_once_in_half_an_hour() -> None:
    rules.check_urge(None, at("9:00"), 30)
    rules.check_urge(at("9:00"), at("9:30"), 30)
    with pytest.raises(Refused) as refusal:
        rules.check_urge(at("9:00"), at("9:29"), 30)
    assert refusal.value.params == {"minutes": 29, "pause": 30}


# -- the ranking ------------------------------------------------------------------------------------------------

GOOD = rules.Candidate(
    1, "李", skill=3, near=rules.SAME_DISTRICT, load=rules.DayLoad(450, 90), wait=30, free_at=at("9:00")
)


def order(*candidates: rules.Candidate) -> list[int]:
    ranked = rules.rank(candidates, rules.Weights(), district="玄武区", category="冰箱", due=at("16:00"))
    assert [each.place for each in ranked] == list(range(1, len(candidates) + 1))
    return [each.candidate.staff_id for each in ranked]


@pytest.mark.parametrize(
    "worse",
    [
        {"skill": 2},
        {"skill": 0, "wait": 0},  # no skill: last, however soon
        {"wait": 200},
        {"near": rules.SAME_CITY},
        {"near": rules.ELSEWHERE},
        {"part": False},
        {"load": rules.DayLoad(450, 300)},
        {"wait": None, "free_at": None},
    ],
)
def test_so19_who_is_worse_in_one_thing_stands_behind(worse: dict[str, Any]) -> None:
    assert order(replace(GOOD, staff_id=0, **worse), GOOD) == [1, 0]


def test_so19_the_own_area_is_as_near_as_the_same_district() -> None:
    other = replace(GOOD, staff_id=2, near=rules.ELSEWHERE)
    assert order(other, replace(other, staff_id=3, own_area=True)) == [3, 2]


def test_so19_only_who_has_skill_and_time_is_recommended() -> None:
    def best(**change: Any) -> bool:
        known = {"district": "玄武区", "category": "冰箱", "due": None}
        return rules.rank([replace(GOOD, **change)], rules.Weights(), **known)[0].recommended

    assert best()
    assert not best(skill=0)
    assert not best(wait=None, free_at=None)


def test_so19_the_reasons_say_it_in_words() -> None:
    late = replace(GOOD, free_at=at("17:00"), part=True, own_area=True, skill=0)
    said = rules.reasons(late, district="玄武区", category="冰箱", due=at("16:00"))
    words = {reason.message % reason.params: reason.good for reason in said}
    assert words == {
        "No skill for 冰箱": False,
        "Free at 11-23 17:00, too late": False,
        "玄武区 is the own area": True,
        "Has a job in 玄武区 that day": True,
        "Booked 90 of 450 min": True,
        "Probable part in the van": True,
    }


candidates = st.builds(
    rules.Candidate,
    staff_id=st.integers(1, 50),
    name=st.just("某"),
    skill=st.integers(0, 3),
    own_area=st.booleans(),
    near=st.sampled_from((rules.SAME_DISTRICT, rules.SAME_CITY, rules.ELSEWHERE)),
    load=st.builds(rules.DayLoad, st.integers(0, 480), st.integers(0, 600)),
    wait=st.none() | st.integers(0, 3000),
    free_at=st.just(at("9:00")),
    part=st.none() | st.booleans(),
)


@given(st.lists(candidates, max_size=8, unique_by=lambda each: each.staff_id), st.randoms())
def test_so19_the_order_does_not_depend_on_the_order_given(found: list[rules.Candidate], dice: Any) -> None:
    mixed = list(found)
    dice.shuffle(mixed)
    assert order(*found) == order(*mixed)


@given(candidates, candidates)
def test_so19_nobody_without_skill_or_time_before_one_with_both(one: rules.Candidate, two: rules.Candidate) -> None:
    able = replace(one, staff_id=1, skill=max(1, one.skill), wait=one.wait or 0)
    unable = replace(two, staff_id=2, **({"skill": 0} if two.skill % 2 else {"wait": None}))
    assert order(unable, able) == [1, 2]


@given(candidates)
def test_so19_more_skill_is_never_a_disadvantage(one: rules.Candidate) -> None:
    better = replace(one, staff_id=99, skill=min(3, one.skill + 1))
    if better.skill > one.skill and one.wait is not None:
        assert order(one, better)[0] == 99


# -- outside contractors ----------------------------------------------------------------------------------------


class Request:
    def __init__(self, status: str) -> None:
        self.status = status


@pytest.mark.parametrize(
    ("state", "verb", "role", "then"),
    [
        ("requested", "approve", "branch_manager", "approved"),
        ("requested", "approve", "supervisor", None),
        ("requested", "send", "supervisor", None),  # not before it is approved
        ("approved", "send", "supervisor", "dispatched"),
        ("refused", "send", "supervisor", None),
        ("requested", "withdraw", "supervisor", "withdrawn"),
        ("dispatched", "approve", "branch_manager", None),
    ],
)
def test_so19_a_contractor_goes_only_with_the_managers_approval(
    state: str, verb: str, role: str, then: str | None
) -> None:
    request = Request(state)
    try:
        rules.CONTRACTOR_REQUEST.apply(request, verb, {role}, note="好")
    except Refused:
        assert then is None
        assert request.status == state
    else:
        assert request.status == then
