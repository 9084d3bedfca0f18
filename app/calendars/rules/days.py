"""Which minutes of a branch are open (CAL-1, CAL-2).

A ``Calendar`` knows which minutes are open. It is given what it must know – the windows of a week, what the state
announced for a year, the exceptions – and lays the open windows of whole years out on one axis: minutes since 1970
in UTC, so that a change of clocks can neither lose nor invent an hour. Beside every window stands how many minutes
were open before it; adding and measuring are then two look-ups, however long the span.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import pairwise
from typing import NamedTuple

from app.core.errors import N_, Refused

DAY_MINUTES = 24 * 60
FIRST_YEAR, LAST_YEAR = (
    1971,
    2100,
)  # what the kept holiday library and the time zone database vouch for

# What makes a date what it is.
WORKING, REST, HOLIDAY, MAKE_UP, EXCEPTION = (
    "working",
    "rest",
    "holiday",
    "make_up",
    "exception",
)


class Window(NamedTuple):
    """One opening window of a day, in minutes after local midnight, half-open; ``closes`` may be 1440."""

    opens: int
    closes: int


Windows = tuple[Window, ...]
Week = Mapping[int, Windows]  # ISO weekday (1 = Monday) -> windows


@dataclass(frozen=True)
class YearDays:
    """What is known of a year (CAL-2): days off with their name, make-up days with the date they make up for.

    ``provisional``: the make-up days are not published yet, only the statutory days are known.
    """

    holidays: Mapping[date, str]
    make_up: Mapping[date, date]
    provisional: bool = False


@dataclass(frozen=True)
class ExceptionDay:
    """What the office itself decided for a date (CAL-2); no windows on an open day = a full normal day."""

    is_open: bool
    windows: Windows = ()
    note: str = ""


@dataclass(frozen=True)
class Day:
    """What a date is: its open windows, why (``kind``), and the name of the holiday or the exception's note."""

    on: date
    windows: Windows
    kind: str
    name: str = ""


_WINDOW = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")
# What is left of an office's way of writing once full-width signs are made plain ones.
_AS_TYPED = str.maketrans({"、": ",", ";": ",", "–": "-", "—": "-", "~": "-", "至": "-"})


def _plain(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text).translate(_AS_TYPED))


def checked_windows(windows: Iterable[tuple[int, int]], field: str = "hours") -> Windows:
    """Windows in order (CAL-1). Raises ``Refused`` when one ends before it begins, or two overlap."""
    found = tuple(sorted(Window(*window) for window in windows))
    for window in found:
        if not 0 <= window.opens < window.closes <= DAY_MINUTES:
            raise Refused(
                N_("Opening hours end before they begin: %(window)s"),
                field,
                window=format_windows([window]),
            )
    for earlier, later in pairwise(found):
        if later.opens < earlier.closes:
            raise Refused(
                N_("Opening hours overlap: %(windows)s"),
                field,
                windows=format_windows([earlier, later]),
            )
    return found


def parse_windows(text: str, field: str = "hours") -> Windows:
    """Read ``08:30-12:00, 13:30-17:30`` as typed in an office (dashes, full-width signs); empty text = closed.

    Raises ``Refused`` (CAL-1).
    """
    windows = []
    for part in _plain(text).split(","):
        if not part:
            continue
        match = _WINDOW.fullmatch(part)
        if match is None:
            raise Refused(
                N_("Not opening hours: %(text)s. Write them like 08:30-12:00, 13:30-17:30."),
                field,
                text=part,
            )
        hour, minute, to_hour, to_minute = (int(digits) for digits in match.groups())
        if minute > 59 or to_minute > 59 or hour > 24 or to_hour > 24:
            raise Refused(
                N_("Not opening hours: %(text)s. Write them like 08:30-12:00, 13:30-17:30."),
                field,
                text=part,
            )
        windows.append((hour * 60 + minute, to_hour * 60 + to_minute))
    return checked_windows(windows, field)


_WEEKDAYS = re.compile(r"([1-7])(?:-([1-7]))?")


def parse_weekdays(text: str, field: str = "weekdays") -> tuple[int, ...]:
    """Read ISO weekdays as typed: ``1-5`` or ``1,3,5``. Raises ``Refused``."""
    found: set[int] = set()
    for part in _plain(text).split(","):
        match = _WEEKDAYS.fullmatch(part)
        if match is None or int(match[2] or match[1]) < int(match[1]):
            raise Refused(N_("Not weekdays: %(text)s. Write them like 1-5 or 1,3,5 (1 = Monday)."), field, text=text)
        found.update(range(int(match[1]), int(match[2] or match[1]) + 1))
    return tuple(sorted(found))


def parse_years(text: str) -> frozenset[int]:
    """The years named in a text such as ``2027, 2028``."""
    return frozenset(int(year) for year in re.findall(r"\d{4}", _plain(text)))


def clock_text(minute: int) -> str:
    """Minutes after midnight as ``HH:MM`` (1440 is ``24:00``)."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def clock_minute(text: str) -> int:
    """``HH:MM`` as minutes after midnight."""
    hour, _, minute = text.partition(":")
    return int(hour) * 60 + int(minute)


def format_windows(windows: Iterable[tuple[int, int]]) -> str:
    """Windows as ``08:30–12:00, 13:30–17:30``."""
    return ", ".join(f"{clock_text(opens)}–{clock_text(closes)}" for opens, closes in windows)


def minute_of(at: datetime) -> int:
    """Whole minutes since 1970 UTC. Raises ``ValueError`` for a naive datetime."""
    if at.tzinfo is None:
        raise ValueError("a deadline needs an aware datetime")
    return int(at.timestamp() // 60)


class _Axis:
    """The open windows of a run of whole years, in order, with the open minutes before and up to each."""

    __slots__ = (
        "before",
        "closes",
        "days",
        "first_window",
        "hi",
        "lo",
        "opens",
        "provisional",
        "until",
        "years",
    )

    def __init__(self, calendar: Calendar, years: range) -> None:
        self.years = years
        self.opens: list[int] = []
        self.closes: list[int] = []
        self.before: list[int] = []
        self.until: list[int] = []
        self.days: list[int] = []  # ordinals of the open days …
        self.first_window: list[int] = []  # … and where the windows of each begin
        self.provisional: list[tuple[int, int]] = []
        self.lo = calendar.minute_at(date(years.start, 1, 1), 0)
        self.hi = calendar.minute_at(date(years.stop, 1, 1), 0)
        total = 0
        for year in years:
            if calendar.year(year).provisional:
                self.provisional.append(
                    (
                        calendar.minute_at(date(year, 1, 1), 0),
                        calendar.minute_at(date(year + 1, 1, 1), 0),
                    )
                )
            for ordinal, windows in calendar.year_windows(year):
                self.days.append(ordinal)
                self.first_window.append(len(self.opens))
                for opens, closes in windows:
                    self.opens.append(opens)
                    self.closes.append(closes)
                    self.before.append(total)
                    total += closes - opens
                    self.until.append(total)
        self.first_window.append(len(self.opens))


class Calendar:
    """Which minutes of one branch are open. Immutable to its users; years are laid out as they are needed.

    ``week``: windows by ISO weekday. ``year_of``: what is known of a year, asked once per year. ``exceptions``: by
    date, the branch's own already taking precedence over those of all branches. ``zone``: of the opening hours and
    of every datetime given back.
    """

    def __init__(
        self,
        week: Week,
        year_of: Callable[[int], YearDays],
        exceptions: Mapping[date, ExceptionDay] | None = None,
        zone: tzinfo = UTC,
    ) -> None:
        self.week = {weekday: checked_windows(windows) for weekday, windows in week.items() if windows}
        self.exceptions = dict(exceptions or {})
        self.zone = zone
        self._year_of = year_of
        self._years: dict[int, YearDays] = {}
        self._windows: dict[int, list[tuple[int, list[tuple[int, int]]]]] = {}
        self._axis: _Axis | None = None

    def check_opens(self) -> None:
        """Raise ``Refused`` when the branch never opens: no deadline could be met."""
        if not self.week and not any(day.is_open for day in self.exceptions.values()):
            raise Refused(N_("This branch has no opening hours."))

    def year(self, year: int) -> YearDays:
        """What is known of ``year``."""
        if year not in self._years:
            self._years[year] = self._year_of(year)
        return self._years[year]

    def day(self, on: date) -> Day:
        """What the date is (CAL-2): the office's exception, else make-up day, else holiday, else its weekday."""
        exception = self.exceptions.get(on)
        known = self.year(on.year)
        if exception is not None:
            windows = (exception.windows or self._full_day(on, on)) if exception.is_open else ()
            return Day(on, windows, EXCEPTION, exception.note)
        if on in known.make_up:
            return Day(on, self._full_day(known.make_up[on], on), MAKE_UP)
        if on in known.holidays:
            return Day(on, (), HOLIDAY, known.holidays[on])
        windows = self.week.get(on.isoweekday(), ())
        return Day(on, windows, WORKING if windows else REST)

    def _full_day(self, as_on: date, on: date) -> Windows:
        # A make-up day is worked like the day it makes up for; a branch closed on that weekday keeps the hours of
        # the date's own weekday, else its first opening hours of the week.
        for weekday in (as_on.isoweekday(), on.isoweekday(), *range(1, 8)):
            if weekday in self.week:
                return self.week[weekday]
        return ()

    def minute_at(self, on: date, minute: int) -> int:
        """The point on the axis of ``minute`` after local midnight of ``on``."""
        if minute == DAY_MINUTES:
            on, minute = on + timedelta(days=1), 0
        return minute_of(datetime.combine(on, time(minute // 60, minute % 60), self.zone))

    def at(self, minute: int) -> datetime:
        """The datetime, in the calendar's zone, of a point on the axis."""
        return datetime.fromtimestamp(minute * 60, self.zone)

    def year_windows(self, year: int) -> list[tuple[int, list[tuple[int, int]]]]:
        """``[(ordinal of an open day, its windows on the axis)]`` of one year."""
        if year not in self._windows:
            laid: list[tuple[int, list[tuple[int, int]]]] = []
            for ordinal in range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal()):
                on = date.fromordinal(ordinal)
                spans = [
                    (self.minute_at(on, opens), self.minute_at(on, closes)) for opens, closes in self.day(on).windows
                ]
                spans = [(opens, closes) for opens, closes in spans if opens < closes]  # eaten by a change of clocks
                if spans:
                    laid.append((ordinal, spans))
            self._windows[year] = laid
        return self._windows[year]

    def axis_from(self, minute: int) -> _Axis:
        """The axis, laid out at least from the year of ``minute``. Raises ``Refused`` outside 1971 … 2100."""
        axis = self._axis
        if axis is None or not axis.lo <= minute < axis.hi:
            axis = self._extend(self.at(minute).year)
        return axis

    def axis_of(self, year: int) -> _Axis:
        """The axis, laid out at least for ``year``. Raises ``Refused`` outside 1971 … 2100."""
        axis = self._axis
        return axis if axis is not None and year in axis.years else self._extend(year)

    def _extend(self, year: int) -> _Axis:
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise Refused(N_("The calendar does not reach the year %(year)s."), year=year)
        years = self._axis.years if self._axis else range(year, year + 1)
        # One object is replaced in one step, so that a thread reading the old one is not disturbed.
        self._axis = _Axis(self, range(min(year, years.start), max(year + 1, years.stop)))
        return self._axis

    def worked(self, minute: int) -> int:
        """Open minutes from the axis' beginning to ``minute``; only differences mean something."""
        axis = self.axis_from(minute)
        i = bisect_right(axis.opens, minute) - 1
        if i < 0:
            return 0
        return axis.before[i] + min(minute, axis.closes[i]) - axis.opens[i]

    def when_worked(self, minutes: int) -> int:
        """The first point by which ``minutes`` (> 0) were open. Raises ``Refused`` when the branch never opens."""
        axis = self._axis
        assert axis is not None  # ``worked`` came before
        while not axis.until or axis.until[-1] < minutes:
            if not self.week and not any(day.is_open for day in self.exceptions.values()):
                raise Refused(N_("This branch has no opening hours."))
            axis = self._extend(axis.years.stop)
        i = bisect_left(axis.until, minutes)
        return axis.opens[i] + minutes - axis.before[i]

    def open_spans(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        """The open spans between two points, one per window."""
        if first >= last:
            return
        self.axis_from(first)
        axis = self.axis_from(last)
        i = max(bisect_right(axis.opens, first) - 1, 0)
        while i < len(axis.opens) and axis.opens[i] < last:
            opens, closes = max(first, axis.opens[i]), min(last, axis.closes[i])
            if opens < closes:
                yield opens, closes
            i += 1

    def day_spans(self, on: date) -> list[tuple[int, int]]:
        """The open spans of one date."""
        axis = self.axis_of(on.year)
        i = bisect_left(axis.days, on.toordinal())
        if i == len(axis.days) or axis.days[i] != on.toordinal():
            return []
        return [(axis.opens[k], axis.closes[k]) for k in range(axis.first_window[i], axis.first_window[i + 1])]

    def is_provisional(self, first: int, last: int) -> bool:
        """Whether a year between two points is provisional (CAL-2)."""
        axis = self.axis_from(last)
        return any(lo <= last and first < hi for lo, hi in axis.provisional)
