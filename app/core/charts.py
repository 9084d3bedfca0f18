"""Charts of the start page: figures of a period by branch, each number a way to the list behind it.

from app.core import charts
charts.chart("management", key="classes", title=_l("Jobs by class"), make=classes, shape=charts.RING, order=30)

def classes(asked: Asked) -> Figure: …     # one grouped statement, narrowed by the row scope like the list behind

An area declares its charts in ``views/charts.py``. A number is counted by the criterion by which its list is narrowed
(``QuickFilter(…, behind=True)`` and the list's own filters), so that both are the same; tests click every one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from app.core import clock, dates, settings
from app.core.actors import Principal
from app.core.errors import N_

COLUMNS, BARS, RING = "columns", "bars", "ring"
PERIODS = (7, 14, 30, 91)
BY_WEEK = 31  # days: of a longer period a column is a week
HOME_DAYS = "home_chart_days"

# Colours by meaning; the values stand in tokens.css and are told apart without red and green, too.
GOOD, BAD, WORSE, OPEN, NONE = "good", "bad", "worse", "open", "none"
PLAIN = ("1", "2", "3", "4", "5", "6")


def _days(text: str) -> None:
    if int(text) not in PERIODS:
        raise ValueError(text)


settings.declare(
    HOME_DAYS, 14, N_("Days that the charts of the start page show at first: 7, 14, 30 or 91"), check=_days
)


@dataclass(frozen=True)
class Span:
    """Some days, both included, shown as one column."""

    first: date
    last: date

    @property
    def label(self) -> str:
        """The day without its year, of a week its first day: short, the axis has little room."""
        return dates.short(self.first)

    @property
    def arguments(self) -> tuple[str, str]:
        """From and until, as a list's filters take them."""
        return self.first.isoformat(), self.last.isoformat()


@dataclass(frozen=True)
class Place:
    """A branch one may look at alone."""

    id: int
    name: str


@dataclass(frozen=True)
class Asked:
    """Period and branch the charts are about; ``places``: the branches to choose from, none for who has but one."""

    days: int
    last: date
    places: tuple[Place, ...] = ()
    branch: Place | None = None

    @property
    def first(self) -> date:
        """The first day."""
        return self.last - timedelta(days=self.days - 1)

    @property
    def begin(self) -> datetime:
        """The first moment, UTC."""
        return clock.at_local(self.first)

    @property
    def end(self) -> datetime:
        """The first moment after it, UTC."""
        return clock.day_bounds(self.last)[1]

    @property
    def branch_id(self) -> int | None:
        """The branch chosen, if one is."""
        return self.branch.id if self.branch is not None else None

    @cached_property
    def spans(self) -> tuple[Span, ...]:
        """The days, or of a long period the weeks that end today."""
        step = 7 if self.days > BY_WEEK else 1
        starts = [self.first + timedelta(days=count) for count in range(0, self.days, step)]
        return tuple(Span(start, min(start + timedelta(days=step - 1), self.last)) for start in starts)

    @property
    def ends(self) -> tuple[datetime, ...]:
        """The first moment after each of the spans."""
        return tuple(clock.day_bounds(span.last)[1] for span in self.spans)

    def between(self, column: str) -> dict[str, Any]:
        """A list's filter for the period and branch: arguments of its address."""
        given: dict[str, Any] = {f"_flt_0_{column}": self.first.isoformat(), f"_flt_1_{column}": self.last.isoformat()}
        return {**given, **self.here}

    @property
    def here(self) -> dict[str, Any]:
        """A list's filter for the branch."""
        return {"_flt_0_branch": self.branch.id} if self.branch is not None else {}

    def address(self, **changes: Any) -> str:
        """The start page for another period or branch."""
        given = {"days": self.days, "branch": self.branch_id, **changes}
        return url_for("HomeView.index", _anchor="charts", **{key: value for key, value in given.items() if value})


PLACES: list[Callable[[], Sequence[Place]]] = []
"""Gives the branches the acting person may look at: the organisation fills it, core knows no branches."""


def asked() -> Asked:
    """What the address asks for; nonsense becomes the usual."""
    try:
        days = int(request.args.get("days", ""))
    except ValueError:
        days = 0
    if days not in PERIODS:
        days = settings.number(HOME_DAYS)
    places = tuple(place for give in PLACES for place in give())
    chosen = next((place for place in places if str(place.id) == request.args.get("branch")), None)
    return Asked(days, clock.today(), places if len(places) > 1 else (), chosen)


@dataclass(frozen=True)
class Series:
    """One kind of thing: a number and the address of its list for each category."""

    label: str
    colour: str
    values: tuple[int, ...]
    links: tuple[str, ...] = ()

    @property
    def points(self) -> list[tuple[int, str]]:
        """``(number, address)``; nothing is behind a zero."""
        links = self.links or ("",) * len(self.values)
        return [(value, link if value else "") for value, link in zip(self.values, links, strict=True)]

    @property
    def total(self) -> int:
        """All of it."""
        return sum(self.values)


@dataclass(frozen=True)
class Figure:
    """What a chart shows: a number for each category and series. ``headline``: what it says, in one line."""

    categories: tuple[str, ...]
    series: tuple[Series, ...]
    headline: str = ""

    @property
    def total(self) -> int:
        """Everything counted."""
        return sum(each.total for each in self.series)


@dataclass(frozen=True)
class Chart:
    """A chart and how its figure is made."""

    roles: frozenset[str]
    key: str
    title: Any
    make: Callable[[Asked], Figure | None]
    shape: str = COLUMNS
    order: int = 50
    wide: bool = False
    empty: Any = ""
    category: Any = ""
    help: Any = ""

    def drawn(self, asked: Asked) -> Drawn | None:
        """With its figure as the acting person sees it; None for a chart that would say nothing to this person."""
        figure = self.make(asked)
        return Drawn(self, figure) if figure is not None else None


@dataclass(frozen=True)
class Drawn:
    """A chart with its figure."""

    chart: Chart
    figure: Figure

    def data(self) -> dict[str, Any]:
        """What the script draws, as JSON."""
        return {
            "shape": self.chart.shape,
            "categories": self.figure.categories,
            "series": [
                {"label": each.label, "colour": each.colour, "points": each.points}
                for each in self.figure.series
                if each.total
            ],
            "total": _("Total"),
        }


_charts: dict[str, Chart] = {}


def chart(*roles: str, key: str, title: Any, make: Callable[[Asked], Figure | None], **given: Any) -> None:
    """Put a chart on the start page of these roles; declaring the key again replaces it."""
    _charts[key] = Chart(frozenset(roles), key, title, make, **given)


def drawn_for(principal: Principal, asked: Asked) -> list[Drawn]:
    """The person's charts with their figures."""
    return [found for each in charts_for(principal) if (found := each.drawn(asked)) is not None]


def charts_for(principal: Principal) -> list[Chart]:
    """The person's charts in order."""
    return sorted((each for each in _charts.values() if each.roles & principal.roles), key=lambda each: each.order)
