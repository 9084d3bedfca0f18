"""What is in the house, on the start page: how many items, and how long they have been there (SO-8, SO-10)."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, func, select, true

from app.core import clock
from app.core.charts import BARS, COLUMNS, Asked, Figure, Series, chart
from app.core.db import db
from app.core.home import LISTED, card
from app.core.sqltime import place_in
from app.core.views.narrowed import list_url
from app.core.views.quick import QuickFilter
from app.workshop import rules
from app.workshop.models import GoodsReceipt
from app.workshop.views.records import GoodsReceiptView

PLACES = tuple(range(len(rules.AGE_BUCKETS) + 1))
_FIRSTS = (0, *(last + 1 for last in rules.AGE_BUCKETS))
# From quiet to what must be looked at.
COLOURS = ("good", "3", "none", "bad", "worse")


def _label(place: int, lazy: bool = False) -> Any:
    say = _l if lazy else _
    if place == len(rules.AGE_BUCKETS):
        return say("more than %(last)s days", last=rules.AGE_BUCKETS[-1])
    return say("%(first)s–%(last)s days", first=_FIRSTS[place], last=rules.AGE_BUCKETS[place])


def _begins() -> list[Any]:
    """For each age but the oldest the moment since which items of that age came in, the youngest first."""
    today = clock.today()
    return [clock.at_local(today - timedelta(days=last)) for last in rules.AGE_BUCKETS]


def of_age(place: int) -> ColumnElement[bool]:
    """Items in the house that are so old: days since the day they came in, as the ageing list counts."""
    begins = _begins()
    younger = GoodsReceipt.in_at < begins[place - 1] if place else true()
    older = GoodsReceipt.in_at >= begins[place] if place < len(begins) else true()
    return and_(GoodsReceipt.out_at.is_(None), younger, older)


def ageing(asked: Asked) -> Figure:
    """Items in the house by age; by branch for who sees several."""
    # Spans ascending in time: the oldest first.
    ends = [*reversed(_begins()), clock.now() + timedelta(days=1)]
    statement = (
        select(GoodsReceipt.branch_id, place_in(GoodsReceipt.in_at, ends).label("span"), func.count(GoodsReceipt.id))
        .where(GoodsReceipt.out_at.is_(None))
        .where(GoodsReceipt.branch_id == asked.branch_id if asked.branch_id is not None else true())
        .group_by(GoodsReceipt.branch_id, "span")
    )
    counted = {(branch, len(rules.AGE_BUCKETS) - span): count for branch, span, count in db.session.execute(statement)}
    late = sum(count for (_branch, place), count in counted.items() if place >= len(PLACES) - 2)
    headline = _("%(count)s of them for more than %(days)s days", count=late, days=_FIRSTS[-2] - 1)
    places = [place for place in asked.places if asked.branch in (None, place)]
    if not places:
        values = tuple(sum(n for (_b, age), n in counted.items() if age == place) for place in PLACES)
        links = tuple(list_url("GoodsReceiptView", show=f"age{place}", **asked.here) for place in PLACES)
        return Figure(tuple(_label(place) for place in PLACES), (Series(_("Items"), "good", values, links),), headline)
    series = tuple(
        Series(
            _label(age),
            COLOURS[age],
            tuple(counted.get((place.id, age), 0) for place in places),
            tuple(list_url("GoodsReceiptView", show=f"age{age}", _flt_0_branch=place.id) for place in places),
        )
        for age in PLACES
    )
    return Figure(tuple(place.name for place in places), series, headline)


GoodsReceiptView.quick_filters.extend(
    QuickFilter(f"age{place}", _label(place, lazy=True), partial(of_age, place), behind=True) for place in PLACES
)
card(
    "supervisor",
    "branch_manager",
    title=_l("Items in the house"),
    url="RepairCardView.list",
    arguments={"show": "house"},
    count=LISTED,
    icon="fa-archive",
    tone="info",
    order=16,
)
_SHOWN = {
    "title": _l("Ageing of what is in the house"),
    "make": ageing,
    "category": _l("Branch"),
    "empty": _l("Nothing is in the house."),
    "order": 60,
}
chart("service_department", "management", key="ageing", shape=BARS, **_SHOWN)
chart("branch_manager", key="ageing_here", shape=COLUMNS, **{**_SHOWN, "category": _l("Days in the house")})
