"""Return visits on the customer's page (CU-1, RV-4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, func, select

from app.core import clock, permissions
from app.core.actors import current
from app.core.db import db
from app.customers import page
from app.customers.models import Customer
from app.feedback import queries
from app.feedback.models import ReturnVisit


def _numbers(*conditions: Any) -> Callable[[int], Select[Any]]:
    return lambda key: select(func.count(ReturnVisit.id)).where(ReturnVisit.customer_id == key, *conditions)


def _due(_customer: Customer, counts: page.Counts) -> page.Fact | None:
    if not counts["visits"]:
        return None
    late, count = counts["visits_overdue"], counts["visits_to_make"]
    note = _("%(count)s overdue", count=late) if late else ""
    return page.Fact(_l("Return visits to make"), count, note, "warning" if late else "neutral")


def _done(customer: Customer, limit: int) -> list[ReturnVisit]:
    statement = (
        select(ReturnVisit)
        .where(ReturnVisit.customer_id == customer.id, ReturnVisit.status == "done")
        .order_by(ReturnVisit.done_at.desc())
        .limit(limit)
    )
    return list(db.session.scalars(statement))


def _history(customer: Customer, limit: int) -> list[page.Told]:
    return [
        page.Told(
            each.done_at,
            _("Return visit"),
            "fa-reply",
            each.number,
            url_for("ReturnVisitView.show", pk=each.id),
            "；".join(part for part in (each.shortcomings, each.suggestions) if part),
            page.said("ReturnVisitView", "satisfaction", each.satisfaction),
        )
        for each in _done(customer, limit)
        if each.done_at is not None
    ]


def _records(customer: Customer, limit: int) -> list[page.Paper]:
    if not permissions.may(current(), "print.return_visit_record"):
        return []
    return [
        page.Paper(
            each.done_at,
            _("Return-visit record"),
            each.number,
            url_for("PrintView.now", name="return_visit_record", record_id=each.id),
        )
        for each in _done(customer, limit)
        if each.done_at is not None
    ]


page.register(
    page.Part(
        tab="visits",
        label=_l("Return visits"),
        order=60,
        screen="ReturnVisitView",
        lists=lambda customer: [page.rows("ReturnVisitView", customer, hide=("who", "customer"))],
        counts={
            "visits": _numbers(),
            "visits_to_make": lambda key: _numbers(queries.to_be_made())(key),
            "visits_overdue": lambda key: _numbers(queries.overdue(clock.today()))(key),
        },
        fact=_due,
        history=_history,
        papers=_records,
    )
)
