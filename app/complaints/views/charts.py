"""Complaints on the start page: what they are about (CP-2, CP-14)."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select, true

from app.complaints import rules
from app.complaints.models import Complaint
from app.complaints.views.complaints import ComplaintView
from app.core.charts import BARS, Asked, Figure, Series, chart
from app.core.db import db
from app.core.home import LISTED, card
from app.core.views.narrowed import list_url
from app.core.views.quick import QuickFilter

# The list behind a bar: all complaints of the kind, and their number in full.
ComplaintView.quick_filters.append(QuickFilter("all", _l("All, whatever their state"), true, behind=True))


def by_category(asked: Asked) -> Figure:
    """Complaints received in the period by what they are about, the most frequent on top."""
    statement = (
        select(Complaint.category, func.count(Complaint.id))
        .where(Complaint.received_at >= asked.begin, Complaint.received_at < asked.end)
        .where(Complaint.branch_id == asked.branch_id if asked.branch_id is not None else true())
        .group_by(Complaint.category)
    )
    counted = {category: int(count) for category, count in db.session.execute(statement)}
    order = sorted(counted, key=lambda each: (-counted[each], rules.CATEGORIES.index(each)))
    days = asked.between("received_at")
    links = tuple(list_url("ComplaintView", show="all", _flt_1_category=each, **days) for each in order)
    values = tuple(counted[each] for each in order)
    names = tuple(_(rules.CATEGORY_LABELS[each]) for each in order)
    headline = ""
    if values:
        share = round(100 * values[0] / sum(values))
        headline = _("Most frequent: %(kind)s, %(share)s %%", kind=names[0], share=share)
    return Figure(names, (Series(_("Complaints"), "good", values, links),), headline)


card(
    "supervisor",
    "branch_manager",
    "service_department",
    "management",
    title=_l("Complaints past the deadline"),
    url="ComplaintView.list",
    arguments={"show": "overdue"},
    count=LISTED,
    icon="fa-hourglass-end",
    tone="danger",
    order=31,
)
chart(
    "branch_manager",
    "service_department",
    "management",
    key="complaints",
    title=_l("Complaints received by cause"),
    make=by_category,
    shape=BARS,
    category=_l("Kind"),
    empty=_l("No complaint was received in this period."),
    order=40,
)
