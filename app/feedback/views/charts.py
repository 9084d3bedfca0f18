"""Satisfaction on the start page: what customers said at return visits (RV-4, RV-5)."""

from __future__ import annotations

from functools import partial

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, func, select, true

from app.core.charts import RING, Asked, Figure, Series, chart
from app.core.db import db
from app.core.views.narrowed import list_url
from app.core.views.quick import QuickFilter
from app.feedback import rules
from app.feedback.models import ReturnVisit
from app.feedback.views.records import ReturnVisitView

COLOURS = {"very_satisfied": "good", "satisfied": "3", "neutral": "none", "dissatisfied": "bad"}


def said(answer: str) -> ColumnElement[bool]:
    """Visits made at which the customer gave this answer."""
    return and_(ReturnVisit.status == "done", ReturnVisit.satisfaction == answer)


def satisfaction(asked: Asked) -> Figure:
    """The answers at the visits made in the period."""
    statement = (
        select(ReturnVisit.satisfaction, func.count(ReturnVisit.id))
        .where(ReturnVisit.done_at >= asked.begin, ReturnVisit.done_at < asked.end, ReturnVisit.status == "done")
        .where(ReturnVisit.branch_id == asked.branch_id if asked.branch_id is not None else true())
        .group_by(ReturnVisit.satisfaction)
    )
    counted = {answer: int(count) for answer, count in db.session.execute(statement)}
    days = asked.between("done_at")
    series = tuple(
        Series(
            _(rules.SATISFACTION_LABELS[answer]),
            COLOURS[answer],
            (counted.get(answer, 0),),
            (list_url("ReturnVisitView", show=f"said_{answer}", **days),),
        )
        for answer in rules.SATISFACTIONS
    )
    whole = sum(each.total for each in series)
    content = series[0].total + series[1].total
    headline = _("Satisfied or better: %(share)s %%", share=round(100 * content / whole)) if whole else ""
    return Figure((_("Return visits"),), series, headline)


ReturnVisitView.quick_filters.extend(
    QuickFilter(f"said_{answer}", _l(label), partial(said, answer), behind=True)
    for answer, label in rules.SATISFACTION_LABELS.items()
)
# The list behind the chart is narrowed by the day of the visit.
ReturnVisitView.search_columns.append("done_at")
chart(
    "branch_manager",
    "service_department",
    "management",
    key="satisfaction",
    title=_l("Satisfaction at return visits"),
    make=satisfaction,
    shape=RING,
    category=_l("Answer"),
    empty=_l("No return visit was made in this period."),
    order=50,
)
