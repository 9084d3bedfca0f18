"""CAL-1 … CAL-6: cases that others got wrong, and the office's own. Property tests are in the file beside."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from app.calendars import rules
from app.calendars.holidays_source import IN_LIEU, NAMES, year_days
from app.core.errors import Refused

ZONE = ZoneInfo("Asia/Shanghai")
OFFICE = rules.parse_windows("08:30-12:00, 13:30-17:30")
LONG = rules.parse_windows("08:00-18:00")
WEEK = dict.fromkeys(range(1, 6), OFFICE)


def calendar(week=None, exceptions=None):
    return rules.Calendar(week or WEEK, year_days, exceptions, ZONE)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def due(start: str, minutes: int, *, pauses=(), cal=None) -> str:
    spans = [(at(first), at(last) if last else None) for first, last in pauses]
    found = rules.deadline(cal or calendar(), at(start), minutes=minutes, pauses=spans)
    assert sum(segment.minutes for segment in found.segments) == found.minutes == minutes
    return f"{found.due:%Y-%m-%d %H:%M}"


@pytest.fixture(scope="module")
def long_days():
    return calendar(dict.fromkeys(range(1, 6), LONG))


@pytest.mark.parametrize(
    ("start", "minutes", "expected"),
    [
        ("2026-11-16 08:30", 210, "2026-11-16 12:00"),  # ends with the morning, not after lunch
        ("2026-11-16 08:30", 211, "2026-11-16 13:31"),
        ("2026-11-16 11:00", 360, "2026-11-17 09:30"),
        ("2026-11-16 12:20", 60, "2026-11-16 14:30"),  # a call in the lunch break
        ("2026-11-16 06:00", 60, "2026-11-16 09:30"),
        ("2026-11-16 20:00", 60, "2026-11-17 09:30"),
        ("2026-11-20 16:50", 360, "2026-11-23 15:20"),  # over a weekend
        ("2026-11-21 10:00", 360, "2026-11-23 16:00"),  # begun on a Saturday
        ("2026-11-30 16:30", 120, "2026-12-01 09:30"),  # month end
        ("2026-11-30 17:30", 0, "2026-11-30 17:30"),
        ("2026-09-30 16:50", 360, "2026-10-08 15:20"),  # before the National Day holiday
        ("2026-09-30 16:50", 420, "2026-10-08 16:20"),
        ("2026-10-09 16:50", 360, "2026-10-10 15:20"),  # into the make-up Saturday
        ("2026-10-10 16:50", 360, "2026-10-12 15:20"),  # begun on it
        ("2026-09-19 09:00", 60, "2026-09-20 09:30"),  # make-up Sunday after a free Saturday
        ("2025-12-31 17:00", 60, "2026-01-04 09:00"),  # year end: 1 to 3 January off, Sunday the 4th worked
        ("2028-02-28 17:00", 60, "2028-02-29 09:00"),  # leap day
    ],
)
def test_cal1_cal2_due(start, minutes, expected):
    assert due(start, minutes) == expected


def test_cal1_seconds_are_cut_to_the_minute():
    found = rules.deadline(calendar(), at("2026-11-16 16:50:59"), minutes=360)
    assert found.due == at("2026-11-17 15:20")


def test_cal1_monday_1700_plus_four_hours_on_08_18_and_its_warning(long_days):
    found = rules.deadline(long_days, at("2026-11-16 17:00"), minutes=240, warnings=(60,))
    assert found.due == at("2026-11-17 11:00")
    assert [warning.at for warning in found.warnings] == [at("2026-11-17 10:00")]


def test_cal6_a_pause_over_the_weekend_adds_nothing(long_days):
    assert due("2026-11-20 17:00", 240, cal=long_days) == "2026-11-23 11:00"
    assert due("2026-11-20 17:00", 240, pauses=[("2026-11-20 18:00", "2026-11-23 08:00")], cal=long_days) == (
        "2026-11-23 11:00"
    )
    assert due("2026-11-20 17:00", 240, pauses=[("2026-11-21 09:00", "2026-11-22 16:00")], cal=long_days) == (
        "2026-11-23 11:00"
    )


def test_cal6_changing_the_target_keeps_the_pauses(long_days):
    pauses = [("2026-11-16 10:00", "2026-11-16 12:00")]
    assert due("2026-11-16 09:00", 240, pauses=pauses, cal=long_days) == "2026-11-16 15:00"
    assert due("2026-11-16 09:00", 360, pauses=pauses, cal=long_days) == "2026-11-16 17:00"
    assert due("2026-11-16 09:00", 60, pauses=pauses, cal=long_days) == "2026-11-16 10:00"


def test_cal6_two_pauses_both_count_also_when_they_overlap(long_days):
    two = [("2026-11-16 10:00", "2026-11-16 11:00"), ("2026-11-16 13:00", "2026-11-16 14:30")]
    assert due("2026-11-16 09:00", 240, pauses=two, cal=long_days) == "2026-11-16 15:30"
    over = [("2026-11-16 10:00", "2026-11-16 12:00"), ("2026-11-16 11:00", "2026-11-16 12:30")]
    assert due("2026-11-16 09:00", 240, pauses=over, cal=long_days) == "2026-11-16 15:30"
    assert due("2026-11-16 09:00", 240, pauses=list(reversed(over)), cal=long_days) == "2026-11-16 15:30"


def test_cal6_a_pause_across_lunch_and_one_before_the_start():
    assert due("2026-11-16 08:30", 240, pauses=[("2026-11-16 11:00", "2026-11-16 14:00")]) == "2026-11-16 15:30"
    assert due("2026-11-16 08:30", 60, pauses=[("2026-11-13 08:00", "2026-11-16 09:00")]) == "2026-11-16 10:00"
    assert due("2026-11-16 08:30", 60, pauses=[("2026-11-13 08:00", "2026-11-16 08:00")]) == "2026-11-16 09:30"


def test_cal6_an_open_pause_stops_the_clock():
    found = rules.deadline(
        calendar(), at("2026-11-16 08:30"), minutes=240, pauses=[(at("2026-11-16 10:00"), None)], warnings=(60, 200)
    )
    assert found.due is None and found.paused
    assert (found.minutes, found.left) == (90, 150)
    assert [segment.minutes for segment in found.segments] == [90]
    assert [warning.at for warning in found.warnings] == [None, at("2026-11-16 09:10")]
    assert rules.standing(found, at("2026-11-20 10:00")) == (rules.PAUSED, 150)
    assert "paused since 10:00" in rules.explain(found)


def test_cal6_an_open_pause_after_the_deadline_changes_nothing():
    assert due("2026-11-16 08:30", 60, pauses=[("2026-11-16 09:30", None)]) == "2026-11-16 09:30"


def test_cal6_pauses_come_from_the_state_history():
    history = [
        (at("2026-11-16 14:00"), "accepted"),
        (at("2026-11-16 09:00"), "dispatched"),
        (at("2026-11-16 10:00"), "waiting_customer"),
        (at("2026-11-16 11:00"), "waiting_parts"),
        (at("2026-11-17 10:00"), "waiting_parts"),
    ]
    assert rules.pauses_from_history(history, {"waiting_customer", "waiting_parts"}) == [
        (at("2026-11-16 10:00"), at("2026-11-16 14:00")),
        (at("2026-11-17 10:00"), None),
    ]


def test_cal6_a_reopened_record_goes_on_with_what_was_left():
    history = [
        (at("2026-11-16 08:30"), "received"),
        (at("2026-11-16 10:30"), "closed"),
        (at("2026-11-18 15:00"), "received"),
    ]
    pauses = rules.pauses_from_history(history, {"closed"})
    found = rules.deadline(calendar(), at("2026-11-16 08:30"), minutes=360, pauses=pauses)
    assert found.due == at("2026-11-19 10:00")


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        ("2026-11-16 09:00", 1, "2026-11-17 17:30"),
        ("2026-11-20 16:00", 1, "2026-11-23 17:30"),
        ("2026-11-21 10:00", 1, "2026-11-23 17:30"),  # begun on a Saturday: Monday is the first day
        ("2026-11-27 10:00", 3, "2026-12-02 17:30"),  # month end
        ("2026-09-30 16:50", 3, "2026-10-10 17:30"),  # 8, 9 and the make-up Saturday
        ("2026-09-30 16:50", 5, "2026-10-13 17:30"),
    ],
)
def test_cal3_working_days(start, days, expected):
    found = rules.deadline(calendar(), at(start), working_days=days)
    assert f"{found.due:%Y-%m-%d %H:%M}" == expected
    assert rules.add_working_days(calendar(), at(start).date(), days) == found.due.date()
    assert sum(segment.minutes for segment in found.segments) == found.minutes
    assert found.segments[-1].end == found.due


def test_cal3_working_days_zero_and_between():
    cal = calendar()
    assert rules.add_working_days(cal, date(2026, 10, 1), 0) == date(2026, 10, 8)
    assert rules.add_working_days(cal, date(2026, 10, 9), 0) == date(2026, 10, 9)
    assert rules.working_days_between(cal, date(2026, 9, 30), date(2026, 10, 12)) == 4
    assert rules.working_days_between(cal, date(2026, 10, 12), date(2026, 9, 30)) == -4
    assert rules.deadline(cal, at("2026-11-21 10:00"), working_days=0).due == at("2026-11-21 10:00")


@pytest.mark.parametrize(
    ("pauses", "expected"),
    [
        ([("2026-11-17 00:00", "2026-11-18 00:00")], "2026-11-19 17:30"),
        ([("2026-11-21 00:00", "2026-11-23 00:00")], "2026-11-18 17:30"),
        ([("2026-11-17 09:00", "2026-11-18 09:00")], "2026-11-19 17:30"),  # 24 hours are a day
        ([("2026-11-17 09:00", "2026-11-17 10:00")], "2026-11-18 17:30"),  # an hour is no day
        ([("2026-11-17 17:00", "2026-11-18 18:00")], "2026-11-20 17:30"),  # two evenings missed
        ([("2026-11-18 15:00", "2026-11-19 11:00")], "2026-11-19 17:30"),  # nothing falls due within a pause
        ([("2026-11-18 17:30", "2026-11-19 17:30")], "2026-11-18 17:30"),  # begun when the day was over
        ([("2026-11-17 08:00", "2026-11-17 17:30"), ("2026-11-18 08:00", "2026-11-18 17:30")], "2026-11-20 17:30"),
    ],
)
def test_cal6_pauses_in_working_days(pauses, expected):
    spans = [(at(first), at(last)) for first, last in pauses]
    found = rules.deadline(calendar(), at("2026-11-16 09:00"), working_days=2, pauses=spans)
    assert f"{found.due:%Y-%m-%d %H:%M}" == expected
    assert sum(segment.minutes for segment in found.segments) == found.minutes


def test_cal6_open_pause_in_working_days():
    found = rules.deadline(
        calendar(), at("2026-11-16 09:00"), working_days=3, pauses=[(at("2026-11-18 08:00"), None)], warnings=(60,)
    )
    assert found.due is None and found.days == (date(2026, 11, 17),)
    assert found.warnings[0].at is None
    assert rules.explain(found).startswith("11-16 Mon not counted · 11-17 Tue working day 1")


def test_cal5_warnings_lie_in_opening_hours():
    found = rules.deadline(calendar(), at("2026-11-20 16:50"), minutes=100, warnings=(30, 60, 100, 500, 0, -60))
    assert found.due == at("2026-11-23 09:30")
    assert [f"{warning.at:%d %H:%M}" for warning in found.warnings] == [
        "23 09:00",
        "23 08:30",  # not at closing time on Friday
        "20 16:50",
        "20 16:50",
        "23 09:30",
        "23 10:30",
    ]
    early = rules.deadline(calendar(), at("2026-11-21 03:00"), minutes=60, warnings=(120,))
    assert early.warnings[0].at == at("2026-11-23 08:30")


def test_cal5_explanation_with_weekend_and_make_up_sunday():
    found = rules.deadline(calendar(), at("2026-09-18 15:20"), minutes=340)
    assert rules.explain(found) == "Fri 15:20–17:30 2 h 10 · Sat closed · make-up Sun 08:30–12:00 3 h 30"


def test_cal5_explanation_over_a_holiday_names_it_and_gives_dates():
    found = rules.deadline(calendar(), at("2026-09-30 16:50"), minutes=360)
    assert rules.explain(found) == (
        "09-30 Wed 16:50–17:30 40 min · 10-01–10-07 closed (National Day)"
        " · 10-08 Thu 08:30–12:00 3 h 30 · 10-08 Thu 13:30–15:20 1 h 50"
    )


def test_cal5_explanation_shows_pauses_exceptions_and_translates():
    cal = calendar(exceptions={date(2026, 11, 17): rules.ExceptionDay(False, note="盘点 100%")})
    found = rules.deadline(
        cal, at("2026-11-16 15:00"), minutes=180, pauses=[(at("2026-11-16 16:00"), at("2026-11-16 16:30"))]
    )
    assert rules.explain(found) == (
        "Mon 15:00–16:00 1 h · Mon 16:00–16:30 paused · Mon 16:30–17:30 1 h"
        " · Tue closed (盘点 100%) · Wed 08:30–09:30 1 h"
    )
    words = {"%(day)s closed": "%(day)s 休", "Sat": "周六", "Sun": "周日"}
    chinese = rules.explain(
        rules.deadline(calendar(), at("2026-11-20 17:00"), minutes=60),
        lambda message, **params: words.get(message, message) % params,
    )
    assert " · 周六 休 · 周日 休 · " in chinese


def test_cal5_explanation_of_working_days():
    found = rules.deadline(
        calendar(),
        at("2026-10-09 15:20"),
        working_days=3,
        pauses=[(at("2026-10-12 09:00"), at("2026-10-13 09:00"))],
    )
    assert rules.explain(found) == (
        "10-09 Fri not counted · 10-10 make-up Sat working day 1 · 10-11 Sun closed · 10-12 Mon paused"
        " · 10-13 Tue working day 2 · 10-14 Wed working day 3, until 17:30"
    )


def test_cal2_make_up_days_of_2026():
    known = year_days(2026)
    assert not known.provisional
    assert sorted(known.make_up) == [
        date(2026, 1, 4),
        date(2026, 2, 14),
        date(2026, 2, 28),
        date(2026, 5, 9),
        date(2026, 9, 20),
        date(2026, 10, 10),
    ]
    cal = calendar()
    assert rules.is_open_day(cal, date(2026, 10, 10)) and rules.is_open_day(cal, date(2026, 9, 20))
    assert not any(rules.is_open_day(cal, date(2026, 10, day)) for day in range(1, 8))
    assert cal.day(date(2026, 10, 1)).name == "National Day"


def test_cal2_a_make_up_day_published_with_the_next_year_is_known():
    assert date(2011, 12, 31) in year_days(2011).make_up


@pytest.mark.parametrize("year", range(2010, 2031))
def test_cal2_every_holiday_has_a_name_that_is_translated(year):
    strange = set(year_days(year).holidays.values()) - {*NAMES, IN_LIEU}
    assert year in (2015, 2020) or not strange  # victory day 2015, epidemic 2020


def test_cal2_a_year_not_published_computes_and_says_so():
    found = rules.deadline(calendar(), at("2026-12-31 16:50"), minutes=360)
    assert found.provisional and found.due == at("2027-01-04 15:20")
    assert rules.explain(found).endswith("calendar of 2027 provisional")
    assert not rules.deadline(calendar(), at("2026-12-31 09:00"), minutes=60).provisional


def test_cal2_exceptions_overrule_everything():
    half = rules.parse_windows("09:00-12:00")
    cal = calendar(
        exceptions={
            date(2026, 10, 10): rules.ExceptionDay(False, note="stocktaking"),
            date(2026, 10, 1): rules.ExceptionDay(True, half),
            date(2026, 11, 21): rules.ExceptionDay(True),
        }
    )
    assert not rules.is_open_day(cal, date(2026, 10, 10))
    assert due("2026-09-30 16:50", 100, cal=cal) == "2026-10-01 10:00"
    assert cal.day(date(2026, 11, 21)).windows == OFFICE  # open without hours: a full normal day


def test_cal2_a_make_up_day_has_the_hours_of_the_day_it_makes_up_for():
    week = {**WEEK, 3: rules.parse_windows("09:00-16:00"), 6: rules.parse_windows("09:00-11:00")}
    cal = calendar(week)
    assert cal.day(date(2026, 10, 10)).windows == week[3]  # for Wednesday 7 October
    del week[3]
    assert calendar(week).day(date(2026, 10, 10)).windows == week[6]
    assert calendar({2: LONG}).day(date(2026, 10, 10)).windows == LONG


def test_cal1_several_zones_and_a_change_of_clocks():
    berlin = ZoneInfo("Europe/Berlin")
    cal = rules.Calendar({7: rules.parse_windows("00:00-24:00")}, lambda year: rules.YearDays({}, {}), {}, berlin)
    spring = datetime(2026, 3, 29, 0, 0, tzinfo=berlin)
    assert rules.working_minutes_between(cal, spring, datetime(2026, 3, 30, 0, 0, tzinfo=berlin)) == 23 * 60
    assert rules.deadline(calendar(), datetime(2026, 9, 30, 8, 50, tzinfo=UTC), minutes=360).due == at(
        "2026-10-08 15:20"
    )


def test_cal1_measuring():
    cal = calendar()
    assert rules.working_minutes_between(cal, at("2026-11-16 11:00"), at("2026-11-16 14:00")) == 90
    assert rules.working_minutes_between(cal, at("2026-11-16 14:00"), at("2026-11-16 11:00")) == -90
    pauses = [(at("2026-11-16 11:30"), at("2026-11-16 13:45"))]
    assert rules.working_minutes_between(cal, at("2026-11-16 11:00"), at("2026-11-16 14:00"), pauses) == 45
    assert rules.is_open_at(cal, at("2026-11-16 11:59")) and not rules.is_open_at(cal, at("2026-11-16 12:00"))
    assert rules.next_opening(cal, at("2026-11-16 12:00")) == at("2026-11-16 13:30")
    assert rules.next_opening(cal, at("2026-11-16 13:45")) == at("2026-11-16 13:45")
    assert rules.closing_time(cal, date(2026, 11, 16)) == at("2026-11-16 17:30")
    assert rules.closing_time(cal, date(2026, 11, 15)) is None


@pytest.mark.parametrize(
    ("done", "expected"),
    [
        ("2026-11-17 15:20:59", (rules.MET, 0)),
        ("2026-11-17 15:21:00", (rules.MISSED, -1)),
        ("2026-11-17 09:00", (rules.MET, 290)),
    ],
)
def test_so15_met_or_missed_to_the_minute(done, expected):
    found = rules.deadline(calendar(), at("2026-11-16 16:50"), minutes=360)
    assert rules.standing(found, at("2026-12-01 12:00"), at(done)) == expected


def test_so15_running_paused_overdue():
    found = rules.deadline(
        calendar(),
        at("2026-11-16 08:30"),
        minutes=120,
        pauses=[(at("2026-11-16 09:00"), at("2026-11-16 10:00"))],
    )
    assert rules.standing(found, at("2026-11-16 08:45")) == (rules.RUNNING, 105)
    assert rules.standing(found, at("2026-11-16 09:30")) == (rules.PAUSED, 90)
    assert rules.standing(found, at("2026-11-16 13:40")) == (rules.MISSED, -40)


def test_cal1_a_branch_that_never_opens_is_refused():
    with pytest.raises(Refused, match="no opening hours"):
        rules.deadline(calendar({1: ()}), at("2026-11-16 08:30"), minutes=60)
    with pytest.raises(Refused, match="no opening hours"):
        rules.deadline(calendar({1: ()}), at("2026-11-16 08:30"), working_days=1)


def test_cal1_far_years_are_refused_and_naive_times_a_mistake():
    with pytest.raises(Refused, match="does not reach"):
        rules.deadline(calendar(), at("2101-11-16 08:30"), minutes=60)
    with pytest.raises(ValueError, match="aware"):
        rules.deadline(calendar(), datetime(2026, 11, 16, 8, 30), minutes=60)
    for given in ({}, {"minutes": 1, "working_days": 1}, {"minutes": -1}, {"working_days": -1}):
        with pytest.raises(ValueError):
            rules.deadline(calendar(), at("2026-11-16 08:30"), **given)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("08:30-12:00, 13:30-17:30", "08:30–12:00, 13:30–17:30"),
        ("13:30–17:30；8:30～12:00", "08:30–12:00, 13:30–17:30"),
        ("8：30至12：00、13：30—17：30", "08:30–12:00, 13:30–17:30"),
        ("０８：３０－１２：００", "08:30–12:00"),
        ("00:00-24:00", "00:00–24:00"),
        ("", ""),
    ],
)
def test_cal1_hours_as_typed(typed, read):
    assert rules.format_windows(rules.parse_windows(typed)) == read


@pytest.mark.parametrize(
    "typed", ["8-12", "12:00-08:30", "08:30-12:00, 11:00-13:00", "08:75-12:00", "08:30-24:30", "morning", "09:00-09:00"]
)
def test_cal1_hours_refused(typed):
    with pytest.raises(Refused) as refused:
        rules.parse_windows(typed)
    assert refused.value.field == "hours" and str(refused.value)
