"""Targets, escalation levels, appointments and clocks: tables of cases and properties (SO-10, SO-15, SO-18, CAL-6)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.calendars.rules import (
    MISSED,
    RUNNING,
    Calendar,
    Window,
    YearDays,
    deadline,
    is_open_at,
    standing,
)
from app.fieldservice.rules.deadlines import (
    Level,
    Target,
    appointment_standing,
    clock_skew,
    is_skewed,
    reached,
    target_for,
    to_tell,
    told_in_time,
)

ZONE = ZoneInfo("Asia/Shanghai")
DAY = (Window(510, 720), Window(810, 1050))  # 08:30–12:00, 13:30–17:30
WEEK = dict.fromkeys((1, 2, 3, 4, 5), DAY)


def calendar() -> Calendar:
    return Calendar(WEEK, lambda year: YearDays({}, {}), {}, ZONE)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE)


# -- targets -------------------------------------------------------------------------------------------------------

GENERAL, URGENT = Target("urban", "normal", None, 300), Target("urban", "urgent", None, 120)
AGREED, AGREED_URGENT = Target("urban", "normal", 7, 240), Target("urban", "urgent", 7, 60)


@pytest.mark.parametrize(
    ("lines", "priority", "contract", "minutes"),
    [
        ([], "normal", None, 360),
        ([GENERAL], "normal", None, 300),
        ([GENERAL], "urgent", None, 300),
        ([GENERAL, URGENT], "urgent", None, 120),
        ([GENERAL, AGREED], "normal", 7, 240),
        ([GENERAL, AGREED], "normal", 8, 300),
        ([GENERAL, URGENT, AGREED], "urgent", 7, 120),
        ([GENERAL, URGENT, AGREED, AGREED_URGENT], "urgent", 7, 60),
        ([AGREED], "normal", None, 360),
        ([Target("suburban", "normal", None, 420)], "normal", None, 360),
    ],
)
def test_so15_target_by_zone_priority_and_contract(lines, priority, contract, minutes):
    assert target_for(lines, "urban", priority, contract, 360)[0] == minutes


# -- escalation ------------------------------------------------------------------------------------------------------

TWO_HOURS = Level(1, "arrival", 120, "technician")
HALF_HOUR = Level(2, "arrival", 30, "supervisor")
WHEN_MISSED = Level(3, "arrival", 0, "branch_manager")
DAY_AFTER = Level(4, "arrival", -480, "service_department")
LEVELS = [WHEN_MISSED, DAY_AFTER, TWO_HOURS, HALF_HOUR]


@pytest.mark.parametrize(
    ("missed", "left", "is_open", "ids"),
    [
        (False, 121, True, []),
        (False, 120, True, [1]),
        (False, 30, True, [1, 2]),
        (False, 0, True, [1, 2]),  # the very minute: not missed yet
        (True, 0, True, [1, 2, 3]),  # missed by closed hours only
        (True, -1, True, [1, 2, 3]),
        (True, -479, True, [1, 2, 3]),
        (True, -480, True, [1, 2, 3, 4]),
        (False, 10, False, []),
        (True, -600, False, []),  # never at night
    ],
)
def test_so15_levels_reached(missed, left, is_open, ids):
    assert [level.id for level in reached(LEVELS, missed=missed, left=left, is_open=is_open)] == ids


def test_so15_a_role_hears_of_the_most_pressing_level_only():
    early, late = Level(1, "arrival", 120, "supervisor"), Level(2, "arrival", 0, "supervisor")
    assert to_tell([early, late], set()) == ([late], [early])
    assert to_tell([early, late], {1}) == ([late], [])
    assert to_tell([early, late], {1, 2}) == ([], [])
    assert to_tell([early], set()) == ([early], [])
    # A level added afterwards does not bring up again what was told already.
    assert to_tell([early, late], {2}) == ([], [early])


levels_drawn = st.lists(
    st.tuples(
        st.sampled_from((-480, -60, 0, 15, 30, 120, 240)),
        st.sampled_from(("technician", "supervisor", "branch_manager")),
    ),
    min_size=1,
    max_size=6,
    unique=True,
).map(lambda drawn: [Level(n, "arrival", minutes, role) for n, (minutes, role) in enumerate(drawn)])


@settings(max_examples=60, deadline=None)
@given(
    start=st.integers(0, 7 * 1440),
    target=st.integers(1, 900),
    levels=levels_drawn,
    pause=st.none() | st.tuples(st.integers(0, 3000), st.integers(1, 3000)),
    steps=st.lists(st.integers(1, 700), min_size=1, max_size=40),
)
def test_so15_once_per_level_only_while_open_and_never_before_its_point(start, target, levels, pause, steps):
    """SO-15: whatever rounds the scheduler makes, each level is told or overtaken once, in opening hours only."""
    week = calendar()
    begin = at(2, 0) + timedelta(minutes=start)
    pauses = []
    if pause is not None:
        first = begin + timedelta(minutes=pause[0])
        pauses = [(first, first + timedelta(minutes=pause[1]))]
    found = deadline(week, begin, minutes=target, pauses=pauses, warnings=[level.minutes for level in levels])
    points = {point.before: point.at for point in found.warnings}
    known: set[int] = set()
    told: list[int] = []
    now = begin
    for step in [0, *steps]:
        now += timedelta(minutes=step)
        state, left = standing(found, now)
        if state not in (RUNNING, MISSED):
            continue
        come = reached(levels, missed=state == MISSED, left=left, is_open=is_open_at(week, now))
        tell, overtaken = to_tell(come, known)
        for level in tell:
            assert is_open_at(week, now)
            point = points[level.minutes]
            assert point is None or now >= point
        assert len({level.role for level in tell}) == len(tell)
        told += [level.id for level in tell]
        known |= {level.id for level in (*tell, *overtaken)}
        # A second round at the same moment finds nothing.
        assert to_tell(come, known) == ([], [])
    assert len(told) == len(set(told))


@settings(max_examples=60, deadline=None)
@given(
    start=st.integers(0, 7 * 1440),
    target=st.integers(130, 900),
    before=st.sampled_from((30, 60, 120)),
    now=st.integers(0, 10000),
)
def test_cal5_the_level_and_the_warning_point_agree(start, target, before, now):
    """CAL-5: told exactly from the warning point on, so that list, explanation and message say the same."""
    week = calendar()
    begin = at(2, 0) + timedelta(minutes=start)
    found = deadline(week, begin, minutes=target, warnings=[before])
    moment = begin + timedelta(minutes=now)
    if not is_open_at(week, moment):
        return
    state, left = standing(found, moment)
    come = reached([Level(1, "arrival", before, "x")], missed=state == MISSED, left=left, is_open=True)
    point = found.warnings[0].at
    assert point is not None
    assert bool(come) == (moment >= point)


# -- appointments and clocks -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arrived", "now", "expected"),
    [
        (None, at(20, 9, 59), "ahead"),
        (None, at(20, 10, 10), "ahead"),
        (None, at(20, 10, 11), "broken"),
        (at(20, 10, 10), at(20, 12), "kept"),
        (at(20, 10, 11), at(20, 12), "broken"),
        (at(20, 9, 30), at(20, 12), "kept"),
    ],
)
def test_so18_an_appointment_is_kept_within_ten_minutes(arrived, now, expected):
    assert appointment_standing(at(20, 10), arrived, now, 10) == expected


def test_so18_the_customer_is_told_before_it_is_broken():
    assert told_in_time(at(20, 10), at(20, 10, 10), 10)
    assert not told_in_time(at(20, 10), at(20, 10, 11), 10)


@pytest.mark.parametrize(
    ("device", "minutes", "flagged"),
    [
        (None, 0, False),
        (at(20, 10, 5), 5, False),
        (at(20, 10, 6), 6, True),
        (at(20, 9, 55), -5, False),
        (at(20, 9, 40), -20, True),
        (at(20, 10, 5) + timedelta(seconds=1), 5, True),
    ],
)
def test_so15_two_clocks_of_an_arrival(device, minutes, flagged):
    assert clock_skew(at(20, 10), device) == minutes
    assert is_skewed(at(20, 10), device, 5) is flagged


def test_so15_a_friday_evening_call_warns_on_monday():
    """SO-15, CAL-1: nobody is told on Friday night of what comes near on Monday."""
    week = calendar()
    found = deadline(week, at(20, 16, 50), minutes=360, warnings=[120, 0])
    assert found.due == at(23, 15, 20) and [point.at for point in found.warnings] == [at(23, 11, 50), at(23, 15, 20)]
    assert date(2026, 11, 20).isoweekday() == 5
