"""Contracts that end, on the start page: which of them are renewed, week by week (SO-16, CO-1)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, case, exists, func, select, true
from sqlalchemy.orm import aliased

from app.contracts.models import Contract
from app.contracts.views import ContractView
from app.core import clock, settings
from app.core.charts import BAD, GOOD, Asked, Figure, Series, Span, chart
from app.core.db import db
from app.core.errors import N_
from app.core.home import LISTED, card
from app.core.sqltime import place_in
from app.core.views.narrowed import list_url
from app.core.views.quick import QuickFilter

WEEKS = "home_contract_weeks"
settings.declare(WEEKS, 13, N_("Start page: contracts that end within so many weeks"), "SO-16")


def _renewed() -> ColumnElement[bool]:
    later: Any = aliased(Contract.__table__)
    return exists(select(later.c.id).where(later.c.predecessor_id == Contract.id, later.c.status != "cancelled"))


def ending(*, renewed: bool) -> ColumnElement[bool]:
    """Contracts in force that end today or later, and have a successor or have none."""
    found = _renewed()
    return and_(Contract.status == "in_force", Contract.ends_on >= clock.today(), found if renewed else ~found)


def _spans(today: date) -> list[Span]:
    starts = [today + timedelta(weeks=count) for count in range(settings.number(WEEKS))]
    return [Span(start, start + timedelta(days=6)) for start in starts]


def by_week(asked: Asked) -> Figure:
    """Contracts ending in each of the coming weeks, whatever period was chosen for the other charts."""
    spans = _spans(clock.today())
    place = place_in(Contract.ends_on, [span.last + timedelta(days=1) for span in spans]).label("span")
    statement = (
        select(place, case((_renewed(), 1), else_=0).label("renewed"), func.count(Contract.id))
        .where(Contract.status == "in_force", Contract.ends_on.between(spans[0].first, spans[-1].last))
        .where(Contract.branch_id == asked.branch_id if asked.branch_id is not None else true())
        .group_by("span", "renewed")
    )
    counted = {(row[0], row[1]): int(row[2]) for row in db.session.execute(statement)}
    series = []
    for renewed, show, label, colour in (
        (0, "to_renew", _("Not renewed yet"), BAD),
        (1, "renewed", _("Renewed"), GOOD),
    ):
        values = tuple(counted.get((number, renewed), 0) for number in range(len(spans)))
        links = tuple(
            list_url(
                "ContractView",
                show=show,
                _flt_0_ends_on=span.first.isoformat(),
                _flt_1_ends_on=span.last.isoformat(),
                **asked.here,
            )
            for span in spans
        )
        series.append(Series(label, colour, values, links))
    whole = sum(each.total for each in series)
    headline = _("%(count)s of %(whole)s not renewed yet", count=series[0].total, whole=whole)
    return Figure(tuple(span.label for span in spans), tuple(series), headline)


ContractView.quick_filters.extend(
    [
        QuickFilter("to_renew", _l("Ends, not renewed yet"), lambda: ending(renewed=False), behind=True),
        QuickFilter("renewed", _l("Ends, renewed"), lambda: ending(renewed=True), behind=True),
    ]
)
card(
    "service_department",
    "branch_manager",
    title=_l("Contracts ending soon"),
    url="ContractView.list",
    arguments={"show": "ending"},
    count=LISTED,
    icon="fa-hourglass-end",
    tone="info",
    order=50,
)
chart(
    "branch_manager",
    "service_department",
    "management",
    key="contracts",
    title=_l("Contracts ending in the coming weeks"),
    make=by_week,
    category=_l("Week from"),
    empty=_l("No contract ends in the coming weeks."),
    order=70,
)
