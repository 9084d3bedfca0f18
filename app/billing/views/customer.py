"""Money on the customer's page: what is outstanding, invoices, payments and their papers (CU-1, SO-6)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, func, select

from app.billing import queries
from app.billing.models import Invoice, Payment
from app.core import clock, permissions
from app.core.actors import current
from app.core.db import db
from app.core.money import ZERO
from app.core.views.display import chip, plain
from app.customers import page
from app.customers.models import Customer


def _numbers(model: Any) -> Callable[[int], Select[Any]]:
    return lambda key: select(func.count(model.id)).where(model.customer_id == key)


def _outstanding(customer: Customer, counts: page.Counts) -> page.Fact | None:
    """What the customer owes, and how much of it is overdue, as the list of outstanding money says it."""
    if not counts["invoices"]:
        return None
    owed = queries.outstanding_of(customer.id, clock.today())
    if owed is None or owed.total == ZERO:
        return page.Fact(_l("Outstanding (CNY)"), plain(ZERO))
    late = owed.overdue
    note = _("%(amount)s overdue since %(day)s", amount=plain(late), day=plain(owed.oldest_due)) if late else ""
    return page.Fact(_l("Outstanding (CNY)"), plain(owed.total), note, "danger" if late else "info")


def _invoices(customer: Customer, limit: int) -> list[Invoice]:
    statement = select(Invoice).where(Invoice.customer_id == customer.id).order_by(Invoice.id.desc()).limit(limit)
    return list(db.session.scalars(statement))


def _payments(customer: Customer, limit: int) -> list[Payment]:
    statement = select(Payment).where(Payment.customer_id == customer.id).order_by(Payment.id.desc()).limit(limit)
    return list(db.session.scalars(statement))


def _history(customer: Customer, limit: int) -> list[page.Told]:
    return [
        *(
            page.Told(
                each.created_at,
                _("Invoice"),
                "fa-file-text-o",
                each.number,
                url_for("InvoiceView.show", pk=each.id),
                _("%(amount)s CNY", amount=plain(each.total)),
                page.said("InvoiceView", "status", each.status),
            )
            for each in _invoices(customer, limit)
        ),
        *(
            page.Told(
                each.paid_at,
                page.screen("PaymentView").choices["kind"][each.kind],
                "fa-money",
                each.number,
                url_for("PaymentView.show", pk=each.id),
                _("%(amount)s CNY", amount=plain(each.amount)),
                chip(_("Void"), "neutral") if each.voided_at is not None else "",
            )
            for each in _payments(customer, limit)
        ),
    ]


def _papers(customer: Customer, limit: int) -> list[page.Paper]:
    found = []
    if permissions.may(current(), "print.invoice_slip"):
        for invoice in _invoices(customer, limit):
            url = url_for("PrintView.now", name="invoice_slip", record_id=invoice.id)
            found.append(page.Paper(invoice.created_at, _("Invoice"), invoice.number, url))
    if permissions.may(current(), "print.payment_receipt"):
        for payment in _payments(customer, limit):
            url = url_for("PrintView.now", name="payment_receipt", record_id=payment.id)
            found.append(page.Paper(payment.paid_at, _("Receipt"), payment.number, url))
    return found


page.register(
    page.Part(
        tab="money",
        label=_l("Money"),
        order=40,
        screen="InvoiceView",
        lists=lambda customer: [page.rows("InvoiceView", customer), page.rows("PaymentView", customer)],
        counts={"invoices": _numbers(Invoice), "payments": _numbers(Payment)},
        fact=_outstanding,
        history=_history,
        papers=_papers,
    )
)
