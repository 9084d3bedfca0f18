"""Complaints on the customer's page, for who may know of them (CU-1, CP-13)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, func, select

from app.complaints import queries
from app.complaints.models import Complaint
from app.core import permissions
from app.core.actors import current
from app.core.db import db
from app.core.views import Link
from app.core.views.model import MORE_LINKS
from app.customers import page
from app.customers.models import Customer
from app.customers.views import CustomerView


def _numbers(*conditions: Any) -> Callable[[int], Select[Any]]:
    return lambda key: select(func.count(Complaint.id)).where(Complaint.customer_id == key, *conditions)


def _open(_customer: Customer, counts: page.Counts) -> page.Fact | None:
    if not counts["complaints"]:
        return None
    count = counts["complaints_open"]
    return page.Fact(_l("Open complaints"), count, "", "danger" if count else "neutral")


def _history(customer: Customer, limit: int) -> list[page.Told]:
    # No words of it, and no telephone number: whoever opens it is noted (CP-13).
    statement = (
        select(Complaint)
        .where(Complaint.customer_id == customer.id)
        .order_by(Complaint.received_at.desc(), Complaint.id.desc())
        .limit(limit)
    )
    return [
        page.Told(
            each.received_at,
            _("Complaint"),
            "fa-exclamation-circle",
            each.number,
            url_for("ComplaintView.show", pk=each.id),
            str(page.screen("ComplaintView").choices["category"][each.category]),
            page.said("ComplaintView", "status", each.status),
        )
        for each in db.session.scalars(statement)
    ]


def _new_complaint(customer: Customer) -> list[Link]:
    if not permissions.may(current(), "complaint.enter"):
        return []
    url = url_for("ComplaintView.add", customer=customer.id)
    return [Link(_l("Enter a complaint"), url, "fa-exclamation-circle")]


MORE_LINKS.setdefault(CustomerView, []).append(_new_complaint)
page.register(
    page.Part(
        tab="complaints",
        label=_l("Complaints"),
        order=50,
        screen="ComplaintView",
        lists=lambda customer: [page.rows("ComplaintView", customer)],
        counts={"complaints": _numbers(), "complaints_open": lambda key: _numbers(queries.still_open())(key)},
        fact=_open,
        history=_history,
    )
)
