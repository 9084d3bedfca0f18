"""CAL-1 … CAL-6 on random calendars, against a reference that counts minute by minute and shares no code."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from app.calendars import rules

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 6, 1, tzinfo=ZONE)
MINUTE = timedelta(minutes=1)
WEEK_MINUTES = 7 * 24 * 60

quick = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@st.composite
def windows(draw):
    edges = sorted(draw(st.sets(st.integers(0, 1440), min_size=2, max_size=6)))
    return tuple((edges[i], edges[i + 1]) for i in range(0, len(edges) - 1, 2))


@st.composite
def calendars(draw):
    week = draw(st.dictionaries(st.integers(1, 7), windows(), min_size=2, max_size=7))
    days = [MONDAY.date() + timedelta(days=offset) for offset in range(-3, 25)]
    off = draw(st.sets(st.sampled_from(days), max_size=5))
    make_up = draw(st.dictionaries(st.sampled_from(days), st.sampled_from(days), max_size=3))
    special = draw(st.dictionaries(st.sampled_from(days), st.one_of(st.just(()), windows()), max_size=3))

    def year_of(year):
        return rules.YearDays(
            {day: "holiday" for day in off if day.year == year},
            {day: other for day, other in make_up.items() if day.year == year},
        )

    exceptions = {
        day: rules.ExceptionDay(bool(hours), tuple(rules.Window(*h) for h in hours)) for day, hours in special.items()
    }
    return rules.Calendar(week, year_of, exceptions, ZONE), Reference(week, off, make_up, special)


class Reference:
    """Opening hours looked up for every single minute."""

    def __init__(self, week, off, make_up, special):
        self.week, self.off, self.make_up, self.special = week, off, make_up, special

    def hours(self, day: date):
        if day in self.special:
            return self.special[day]
        if day in self.make_up:
            for weekday in (self.make_up[day].isoweekday(), day.isoweekday(), 1, 2, 3, 4, 5, 6, 7):
                if weekday in self.week:
                    return self.week[weekday]
        if day in self.off:
            return ()
        return self.week.get(day.isoweekday(), ())

    def is_open(self, moment: datetime) -> bool:
        minute = moment.hour * 60 + moment.minute
        return any(opens <= minute < closes for opens, closes in self.hours(moment.date()))

    def counts(self, moment: datetime, pauses) -> bool:
        return self.is_open(moment) and not any(first <= moment < last for first, last in pauses)

    def due(self, start: datetime, minutes: int, pauses) -> datetime:
        moment = start
        while minutes:
            if self.counts(moment, pauses):
                minutes -= 1
            moment += MINUTE
        return moment

    def between(self, first: datetime, last: datetime, pauses) -> int:
        total = 0
        while first < last:
            total += self.counts(first, pauses)
            first += MINUTE
        return total


moments = st.integers(0, 2 * WEEK_MINUTES).map(lambda offset: MONDAY + offset * MINUTE)
targets = st.integers(0, 2000)


@st.composite
def pause_lists(draw):
    pairs = draw(st.lists(st.tuples(moments, st.integers(0, 3000)), max_size=3))
    return [(first, first + length * MINUTE) for first, length in pairs]


@quick
@given(calendars(), moments, targets, pause_lists())
def test_cal1_cal6_equals_the_minute_by_minute_reference(both, start, minutes, pauses):
    calendar, reference = both
    found = rules.deadline(calendar, start, minutes=minutes, pauses=pauses)
    assume(found.due < start + timedelta(days=28))
    assert found.due == reference.due(start, minutes, pauses)
    assert rules.working_minutes_between(calendar, start, found.due, pauses) == reference.between(
        start, found.due, pauses
    )


@quick
@given(calendars(), moments, targets, pause_lists(), st.lists(st.integers(-300, 2500), max_size=3))
def test_cal5_deadline_segments_and_warnings_agree(both, start, minutes, pauses, before):
    calendar, reference = both
    found = rules.deadline(calendar, start, minutes=minutes, pauses=pauses, warnings=before)
    segments = found.segments
    assert sum(segment.minutes for segment in segments) == minutes == found.minutes
    assert all(segment.end - segment.start == segment.minutes * MINUTE for segment in segments)
    assert all(a.end <= b.start for a, b in pairwise(segments))
    assert not segments or (segments[0].start >= start and segments[-1].end == found.due)
    assert [step.minutes for step in rules.steps(found) if step.kind == "open"] == [s.minutes for s in segments]
    assert rules.explain(found) or not minutes
    for ahead, moment in found.warnings:
        if ahead:
            assert reference.counts(moment, pauses)
        if ahead >= 0:
            assert start <= moment <= max(found.due, moment if ahead > minutes == 0 else found.due)
        if 0 < ahead <= minutes:
            assert rules.working_minutes_between(calendar, moment, found.due, pauses) == ahead


@quick
@given(calendars(), moments, targets, pause_lists())
def test_cal1_adding_then_measuring_gives_the_same_amount(both, start, minutes, pauses):
    calendar, _ = both
    found = rules.deadline(calendar, start, minutes=minutes, pauses=pauses)
    assert rules.working_minutes_between(calendar, start, found.due, pauses) == minutes


@quick
@given(calendars(), moments, moments, targets, st.integers(0, 500), pause_lists())
def test_cal1_monotonic_in_start_and_amount(both, one, two, minutes, more, pauses):
    calendar, _ = both
    first, last = sorted((one, two))
    base = rules.deadline(calendar, first, minutes=minutes, pauses=pauses).due
    assert base <= rules.deadline(calendar, first, minutes=minutes + more, pauses=pauses).due
    assert base <= rules.deadline(calendar, last, minutes=minutes, pauses=pauses).due
    assert base >= rules.deadline(calendar, first, minutes=minutes).due


@quick
@given(calendars(), moments, moments, moments, pause_lists(), targets, targets)
def test_cal1_independent_of_how_the_span_is_cut(both, a, b, c, pauses, some, rest):
    calendar, _ = both
    between = rules.working_minutes_between
    a, b, c = sorted((a, b, c))
    assert between(calendar, a, b, pauses) + between(calendar, b, c, pauses) == between(calendar, a, c, pauses)
    middle = rules.deadline(calendar, a, minutes=some, pauses=pauses).due
    assert (
        rules.deadline(calendar, middle, minutes=rest, pauses=pauses).due
        == rules.deadline(calendar, a, minutes=some + rest, pauses=pauses).due
        or rest == 0
    )


@quick
@given(calendars(), moments, targets, pause_lists(), st.integers(1, 2999))
def test_cal6_a_pause_cut_in_two_is_the_same_pause(both, start, minutes, pauses, cut):
    calendar, _ = both
    halves = []
    for first, last in pauses:
        middle = min(last, first + cut * MINUTE)
        halves += [(middle, last), (first, middle)]
    whole = rules.deadline(calendar, start, minutes=minutes, pauses=pauses)
    assert whole.due == rules.deadline(calendar, start, minutes=minutes, pauses=halves).due


@quick
@given(calendars(), moments, st.integers(1, 12), st.integers(1, 5))
def test_cal3_working_days_count_open_days(both, start, count, more):
    calendar, reference = both
    found = rules.deadline(calendar, start, working_days=count)
    day, left = start.date(), count
    while left:
        day += timedelta(days=1)
        left -= bool(reference.hours(day))
    assert found.due.date() == day or found.due == datetime(day.year, day.month, day.day, tzinfo=ZONE) + timedelta(
        days=1
    )
    assert rules.add_working_days(calendar, start.date(), count) == day
    assert rules.working_days_between(calendar, start.date(), day) == count
    assert rules.add_working_days(calendar, day, more) == rules.add_working_days(calendar, start.date(), count + more)
    assert sum(segment.minutes for segment in found.segments) == found.minutes
    assert rules.explain(found)


@quick
@given(calendars(), moments, st.integers(1, 6), pause_lists())
def test_cal6_working_days_with_pauses_never_come_earlier(both, start, count, pauses):
    calendar, _ = both
    found = rules.deadline(calendar, start, working_days=count, pauses=pauses, warnings=(60,))
    assert found.due >= rules.deadline(calendar, start, working_days=count).due
    assert len(found.days) == count
    assert not any(first < found.due <= last for first, last in pauses if start <= first)
    assert sum(segment.minutes for segment in found.segments) == found.minutes
    assert found.warnings[0].at <= max(found.due, start) or found.minutes < 60
    assert rules.explain(found)


@quick
@given(calendars(), moments, targets)
def test_cal1_the_zone_of_the_start_does_not_matter(both, start, minutes):
    calendar, _ = both
    there = rules.deadline(calendar, start.astimezone(UTC), minutes=minutes)
    assert there.due == rules.deadline(calendar, start, minutes=minutes).due


@quick
@given(calendars(), moments, targets)
def test_cal1_the_order_of_asking_does_not_matter(both, start, minutes):
    calendar, _ = both
    fresh = rules.Calendar(calendar.week, calendar._year_of, calendar.exceptions, ZONE)
    rules.deadline(fresh, datetime(2029, 5, 1, tzinfo=ZONE), minutes=10)
    rules.deadline(fresh, datetime(2024, 5, 1, tzinfo=ZONE), minutes=10)
    assert rules.deadline(fresh, start, minutes=minutes).due == rules.deadline(calendar, start, minutes=minutes).due
