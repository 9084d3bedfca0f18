"""Cards and charts of field service on the start page: calls, arrivals, classes (SO-1, SO-14, SO-15)."""

from __future__ import annotations

from typing import Any

from flask import g
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core.actors import current
from app.core.charts import BAD, BARS, GOOD, NONE, OPEN, RING, WORSE, Asked, Figure, Series, chart
from app.core.home import LISTED, card
from app.core.views.narrowed import list_url
from app.fieldservice.queries import figures
from app.fieldservice.views import words

COLOURS = (GOOD, BAD, WORSE, OPEN, NONE)
STANDINGS = {key: (words.ARRIVALS[key], colour) for key, colour in zip(figures.ARRIVALS, COLOURS, strict=True)}
CHART_ROLES = ("branch_manager", "service_department", "management")


def _calls(asked: Asked) -> dict[tuple[int, int, str], int]:
    """The period's calls by branch, day and standing: counted once for both charts."""
    kept: dict[Any, dict[tuple[int, int, str], int]] = g.setdefault("chart_calls", {})
    key = (current(), asked)
    if key not in kept:
        kept[key] = figures.calls_counted(asked.begin, asked.end, asked.ends, asked.branch_id)
    return kept[key]


def _in_time(counted: dict[tuple[int, int, str], int]) -> str:
    """``31 of 34 arrivals in time (91 %)``: of those whose time was over or who were there."""
    sums = {key: sum(n for (_b, _s, standing), n in counted.items() if standing == key) for key in figures.ARRIVALS}
    met, due = sums[figures.IN_TIME], sums[figures.IN_TIME] + sums[figures.LATE] + sums[figures.OVERDUE]
    if not due:
        return _("No arrival was due yet.")
    return _("%(met)s of %(due)s arrivals in time (%(share)s %%)", met=met, due=due, share=round(100 * met / due))


def arrivals_by_day(asked: Asked) -> Figure:
    """Calls of each day by how their arrival stands now."""
    counted = _calls(asked)
    by_span: dict[tuple[int, str], int] = {}
    for (_branch, place, standing), count in counted.items():
        by_span[place, standing] = by_span.get((place, standing), 0) + count
    series = []
    for key, (label, colour) in STANDINGS.items():
        values = tuple(by_span.get((place, key), 0) for place in range(len(asked.spans)))
        links = []
        for span, value in zip(asked.spans, values, strict=True):
            first, last = span.arguments
            days = {"_flt_0_reported_at": first, "_flt_1_reported_at": last}
            links.append(list_url("RepairCallView", show=key, **days, **asked.here) if value else "")
        series.append(Series(str(label), colour, values, tuple(links)))
    return Figure(tuple(span.label for span in asked.spans), tuple(series), _in_time(counted))


def arrivals_by_branch(asked: Asked) -> Figure | None:
    """The same by branch, for who sees several."""
    places = [place for place in asked.places if asked.branch in (None, place)]
    if not places:
        return None
    by_branch: dict[tuple[int, str], int] = {}
    for (branch, _span, standing), count in _calls(asked).items():
        by_branch[branch, standing] = by_branch.get((branch, standing), 0) + count
    days = {key: value for key, value in asked.between("reported_at").items() if key != "_flt_0_branch"}
    series = []
    for key, (label, colour) in STANDINGS.items():
        values = tuple(by_branch.get((place.id, key), 0) for place in places)
        links = tuple(list_url("RepairCallView", show=key, **days, _flt_0_branch=place.id) for place in places)
        series.append(Series(str(label), colour, values, links))
    return Figure(tuple(place.name for place in places), tuple(series), _best(places, by_branch))


def _best(places: list[Any], counted: dict[tuple[int, str], int]) -> str:
    """The branch with the smallest share in time, which is where to look first."""
    shares = []
    for place in places:
        met = counted.get((place.id, figures.IN_TIME), 0)
        due = met + counted.get((place.id, figures.LATE), 0) + counted.get((place.id, figures.OVERDUE), 0)
        if due:
            shares.append((met / due, place.name))
    if len(shares) < 2:
        return ""
    share, name = min(shares)
    return _("Lowest share in time: %(branch)s, %(share)s %%", branch=name, share=round(100 * share))


def classes(asked: Asked) -> Figure:
    """Jobs dispatched in the period by class."""
    counted = figures.classes_counted(asked.begin, asked.end, asked.branch_id)
    days = asked.between("dispatched_at")
    series = tuple(
        Series(
            str(label),
            colour,
            (counted.get(key, 0),),
            (list_url("WorkOrderView", show="standing", _flt_1_service_class=key, **days),),
        )
        for (key, label), colour in zip(words.CUSTOMER_CLASSES.items(), ("2", "1", "3"), strict=True)
    )
    return Figure((_("Jobs"),), series)


card(
    "clerk",
    title=_l("Calls of today"),
    url="RepairCallView.list",
    arguments={"show": "today"},
    count=LISTED,
    icon="fa-list",
    tone="info",
    order=12,
)
card(
    "supervisor",
    title=_l("Arrivals due soon"),
    url="RepairCallView.list",
    arguments={"show": "soon"},
    count=LISTED,
    icon="fa-hourglass-half",
    tone="warning",
    order=11,
)
card(
    "supervisor",
    "branch_manager",
    title=_l("Arrivals overdue"),
    url="RepairCallView.list",
    arguments={"show": "late_now"},
    count=LISTED,
    icon="fa-hourglass-end",
    tone="danger",
    order=12,
)
card(
    "branch_manager",
    "service_department",
    title=_l("Arrivals missed lately"),
    url="RepairCallView.list",
    arguments={"show": "missed"},
    count=LISTED,
    icon="fa-calendar-times-o",
    tone="warning",
    order=13,
)

_NO_CALLS = _l("No call came in during this period.")
chart(
    *CHART_ROLES,
    key="arrivals",
    title=_l("Calls and arrivals in time by day"),
    make=arrivals_by_day,
    category=_l("Day"),
    empty=_NO_CALLS,
    wide=True,
    order=10,
)
chart(
    "service_department",
    "management",
    key="branches",
    title=_l("Calls and arrivals in time by branch"),
    make=arrivals_by_branch,
    shape=BARS,
    category=_l("Branch"),
    empty=_NO_CALLS,
    order=20,
)
chart(
    *CHART_ROLES,
    key="classes",
    title=_l("Jobs dispatched by class"),
    make=classes,
    shape=RING,
    category=_l("Class"),
    empty=_l("No job was dispatched in this period."),
    order=30,
)
