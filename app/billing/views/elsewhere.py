"""What other areas' pages say of money: the job's, the contract's, the customer's."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.billing import commands, queries
from app.billing.commands.invoicing import title_for
from app.billing.views.forms import IssueForm, PayForm, ReasonForm, WaiveForm
from app.billing.views.invoices import InvoiceView
from app.billing.views.records import CollectionPermitView, PaymentView, WaiverView
from app.contracts.views import ContractView
from app.core import permissions
from app.core.actors import current
from app.core.errors import N_
from app.core.views import Link, Verb, timeline
from app.fieldservice.models import WorkOrder
from app.fieldservice.views.orders import FURTHER_LINKS, WorkOrderView

timeline.WORDS.update(
    {
        "invoice.issue": N_("Made out"),
        "invoice.issue_for_contract": N_("Made out"),
        "payment.collect": N_("Money taken"),
        "payment.void": N_("Payment voided"),
        # Of an invoice that was drafted as the item went back (SO-9).
        "hand_back": N_("Hand it back to the customer"),
    }
)


def order_links(order: WorkOrder) -> list[Link]:
    """How the job's money stands, and the way to its invoice or to making one out."""
    money = queries.money_of(order)
    if money.due == 0 and not money.invoiced:
        return []
    invoice = queries.live_invoice(order.id) if money.invoiced else None
    if invoice is not None:
        label = _("Invoice %(number)s: %(left)s outstanding", number=invoice.number, left=f"{invoice.outstanding:,.2f}")
        return [Link(label, url_for("InvoiceView.show", pk=invoice.id), "fa-file-text-o")]
    if order.status in ("finished", "closed") and permissions.may(current(), "invoice.issue"):
        label = _("Make out the invoice")
        if money.left > 0:
            label = _("Make out the invoice: %(left)s CNY", left=f"{money.left:,.2f}")
        return [Link(label, url_for("ToInvoiceView.issue", order=order.id), "fa-file-text-o")]
    return []


def _left(order: WorkOrder) -> Any:
    money = queries.money_of(order)
    invoice = queries.live_invoice(order.id) if money.invoiced else None
    return invoice.outstanding if invoice is not None else money.left


def _collectable(order: WorkOrder) -> bool:
    at_hand = order.status in ("arrived", "in_workshop", "finished", "closed")
    return at_hand and bool(order.charges) and _left(order) > 0


def _waivable(order: WorkOrder) -> bool:
    return (
        bool(order.charges)
        and order.status in ("arrived", "in_workshop", "finished", "closed")
        and queries.money_of(order).left > 0
    )


if order_links not in FURTHER_LINKS:
    FURTHER_LINKS.append(order_links)
    WorkOrderView.verbs += [
        Verb(
            commands.collect,
            form=PayForm,
            label=_l("Take the money"),
            icon="fa-money",
            fill=lambda order: {"amount": _left(order), "method": "cash"},
            when=_collectable,
            after=lambda payment: url_for("PaymentView.show", pk=payment.id),
        ),
        Verb(
            commands.give_permit,
            form=ReasonForm,
            label=_l("Permit to collect it on the spot"),
            icon="fa-unlock-alt",
            when=lambda order: _collectable(order) and queries.permitted(order.id) is None,
        ),
        Verb(
            commands.waive,
            form=WaiveForm,
            label=_l("Waive charges"),
            icon="fa-gift",
            fill=lambda order: {"amount": _left(order)},
            when=_waivable,
        ),
    ]
    for _related in (PaymentView, WaiverView, CollectionPermitView):
        WorkOrderView.related_views.append(_related)
    ContractView.verbs.append(
        Verb(
            commands.issue_for_contract,
            form=IssueForm,
            label=_l("Make out the invoice"),
            icon="fa-file-text-o",
            fill=lambda contract: title_for(contract.customer),
            when=lambda contract: contract.status == "in_force" and contract.price > 0,
            after=lambda invoice: url_for("InvoiceView.show", pk=invoice.id),
        )
    )
    ContractView.related_views.append(InvoiceView)
