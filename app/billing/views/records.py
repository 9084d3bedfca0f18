"""Generated screens of money; and what other areas' pages say of it."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import and_

from app.billing import commands, queries, rules
from app.billing.commands.invoicing import title_for
from app.billing.models import (
    CashHandover,
    CollectionPermit,
    CreditNote,
    Instalment,
    Invoice,
    InvoiceLine,
    Payment,
    Waiver,
)
from app.billing.views.forms import (
    METHODS,
    CountForm,
    CreditForm,
    DifferenceForm,
    FapiaoForm,
    IssueForm,
    PayForm,
    PostForm,
    ReasonForm,
    RefundForm,
    WaiveForm,
)
from app.contracts.views import ContractView
from app.core import clock, permissions
from app.core.actors import current
from app.core.views import BaseView, Link, OfficeInterface, Verb
from app.core.views.quick import QuickFilter, QuickFilters
from app.customers.views import labels, print_links
from app.fieldservice.models import WorkOrder
from app.fieldservice.rules import CHARGE_KIND_LABELS
from app.fieldservice.views.orders import FURTHER_LINKS, WorkOrderView

OPEN = Invoice.status.in_(("issued", "part_paid"))
INVOICE_TONES = {"issued": "warning", "part_paid": "info", "paid": "success", "credited": "neutral"}
MONEY = _l("Money")


class InvoiceLineView(BaseView):
    """Lines of invoices."""

    datamodel = OfficeInterface(InvoiceLine)
    record_name = _l("Invoice line")
    list_columns = ["position", "description", "work_order", "quantity", "unit_price", "amount", "tax"]
    show_columns = ["invoice", *list_columns]
    search_columns = ["invoice", "work_order"]
    base_order = ("position", "asc")
    choices = {"kind": {**labels(CHARGE_KIND_LABELS), "contract": _l("Maintenance contract")}}
    label_columns = {
        "invoice": _l("Invoice"),
        "position": _l("Row"),
        "description": _l("Description"),
        "work_order": _l("Work order"),
        "quantity": _l("Quantity"),
        "unit_price": _l("Unit price"),
        "amount": _l("Amount"),
        "tax": _l("Tax in it"),
    }


class InstalmentView(BaseView):
    """Instalments of invoices."""

    datamodel = OfficeInterface(Instalment)
    record_name = _l("Instalment")
    list_columns = ["due_on", "amount"]
    show_columns = ["invoice", *list_columns]
    search_columns = ["invoice", "due_on"]
    base_order = ("due_on", "asc")
    label_columns = {"invoice": _l("Invoice"), "due_on": _l("Payment due on"), "amount": _l("Amount")}


class CreditNoteView(BaseView):
    """Credit notes (红字发票)."""

    datamodel = OfficeInterface(CreditNote)
    record_name = _l("Credit note")
    list_columns = ["number", "at", "amount", "tax", "reason", "by"]
    show_columns = ["invoice", *list_columns, "fapiao_no"]
    search_columns = ["invoice", "number", "at"]
    base_order = ("id", "desc")
    label_columns = {
        "invoice": _l("Invoice"),
        "at": _l("Time"),
        "amount": _l("Amount"),
        "tax": _l("Tax in it"),
        "reason": _l("Reason"),
        "by": _l("Done by"),
        "fapiao_no": _l("Number of the official credit note"),
    }


class WaiverView(BaseView):
    """Charges the company does without, and by whose authority."""

    datamodel = OfficeInterface(Waiver)
    record_name = _l("Waiver of charges")
    list_columns = ["at", "work_order", "amount", "reason", "given_by"]
    show_columns = list_columns
    search_columns = ["work_order", "at", "given_by"]
    base_order = ("at", "desc")
    label_columns = {
        "at": _l("Time"),
        "work_order": _l("Work order"),
        "amount": _l("Amount"),
        "reason": _l("Reason"),
        "given_by": _l("Approved by"),
    }


class CollectionPermitView(BaseView):
    """Permits to collect a larger sum on the spot (SO-6)."""

    datamodel = OfficeInterface(CollectionPermit)
    record_name = _l("Permit to collect on the spot")
    list_columns = ["at", "work_order", "reason", "given_by"]
    show_columns = list_columns
    search_columns = ["work_order", "at", "given_by"]
    base_order = ("at", "desc")
    label_columns = {
        "at": _l("Time"),
        "work_order": _l("Work order"),
        "reason": _l("Reason"),
        "given_by": _l("Approved by"),
    }


class PaymentView(QuickFilters, BaseView):
    """Money received and given back; the number is that of the receipt (SO-6)."""

    datamodel = OfficeInterface(Payment)
    record_name = _l("Payment")
    list_columns = ["number", "paid_at", "customer", "amount", "method", "kind", "received_by", "in_hand"]
    show_fieldsets = [
        (_l("Payment"), {"fields": ["number", "kind", "paid_at", "amount", "method", "reference", "customer"]}),
        (_l("For"), {"fields": ["work_order", "invoice", "branch", "note"]}),
        (_l("Where the money is"), {"fields": ["received_by", "in_hand", "handover", "voided_at", "void_reason"]}),
    ]
    search_columns = [
        "number",
        "paid_at",
        "method",
        "kind",
        "received_by",
        "branch",
        "work_order",
        "invoice",
        "handover",
    ]
    quick_columns = ["number", "customer.name", "reference"]
    small_references = ["branch"]
    base_order = ("id", "desc")
    choices = {"kind": labels(rules.PAYMENT_KIND_LABELS), "method": METHODS}
    tones = {"kind": {"refund": "warning"}}
    label_columns = {
        "number": _l("Receipt no."),
        "paid_at": _l("Paid at"),
        "customer": _l("Customer"),
        "amount": _l("Amount"),
        "method": _l("Paid by"),
        "kind": _l("Kind"),
        "reference": _l("Transaction number"),
        "work_order": _l("Work order"),
        "invoice": _l("Invoice"),
        "received_by": _l("Collected by"),
        "in_hand": _l("Not handed in"),
        "handover": _l("Handed in with"),
        "voided_at": _l("Void since"),
        "void_reason": _l("Void because"),
    }
    quick_filters = [
        QuickFilter("in_hand", _l("Not handed in"), lambda: Payment.in_hand.is_(True)),
        QuickFilter("today", _l("Today"), lambda: Payment.paid_at >= clock.day_bounds(clock.today())[0]),
        QuickFilter("void", _l("Void"), lambda: Payment.voided_at.is_not(None)),
    ]
    verbs = [
        Verb(
            commands.void_payment,
            form=ReasonForm,
            label=_l("Entered by mistake: void"),
            icon="fa-ban",
            tone="danger",
            when=lambda payment: payment.voided_at is None,
        )
    ]

    def links(self, item: Payment) -> list[Link]:
        """Print the receipt."""
        return print_links("payment_receipt", item.id, _l("Print the receipt"))


class CashHandoverView(QuickFilters, BaseView):
    """Cash handed in, counted by the accountant (SO-6)."""

    datamodel = OfficeInterface(CashHandover)
    record_name = _l("Cash handed in")
    list_columns = ["number", "handed_at", "staff", "amount", "counted", "difference", "status", "received_by"]
    show_columns = [*list_columns, "received_at", "reason", "agreed_at", "branch"]
    search_columns = ["number", "status", "staff", "handed_at", "branch"]
    order_columns = ["number", "handed_at", "amount", "status"]
    numeric_columns = ["difference"]
    small_references = ["branch"]
    base_order = ("id", "desc")
    tones = {
        "status": {
            "submitted": "warning",
            "differs": "danger",
            "received": "success",
            "settled": "info",
            "withdrawn": "neutral",
        }
    }
    label_columns = {
        "handed_at": _l("Handed in at"),
        "staff": _l("Handed in by"),
        "amount": _l("Amount"),
        "counted": _l("Counted"),
        "difference": _l("Difference"),
        "received_by": _l("Cash received by"),
        "received_at": _l("Cash received at"),
        "reason": _l("Reason"),
        "agreed_at": _l("Agreed at"),
    }
    related_views = [PaymentView]
    lifecycle = rules.CASH_HANDOVER
    quick_filters = [
        QuickFilter("count", _l("To be counted"), lambda: CashHandover.status == "submitted"),
        QuickFilter("differs", _l("Count differs"), lambda: CashHandover.status == "differs"),
        QuickFilter("settled", _l("Settled by the supervisor"), lambda: CashHandover.status == "settled"),
    ]
    verbs = [
        Verb(
            commands.receive_cash,
            form=CountForm,
            tone="primary",
            icon="fa-check",
            fill=lambda handover: {"counted": handover.amount},
            when=lambda handover: handover.staff_id != current().staff_id,
        ),
        Verb(
            commands.dispute,
            form=DifferenceForm,
            tone="danger",
            when=lambda handover: handover.staff_id != current().staff_id,
        ),
        Verb(commands.recount),
        Verb(commands.agree, tone="primary", when=lambda handover: handover.staff_id == current().staff_id),
        Verb(commands.withdraw, when=lambda handover: handover.staff_id == current().staff_id),
    ]

    def links(self, item: CashHandover) -> list[Link]:
        """Print the slip."""
        return print_links("cash_handover", item.id, _l("Print the slip"))


class InvoiceView(QuickFilters, BaseView):
    """Invoices: what is paid, credited and outstanding (SO-6, SO-9)."""

    datamodel = OfficeInterface(Invoice)
    record_name = _l("Invoice")
    list_columns = ["number", "issued_on", "customer", "total", "outstanding", "due_on", "fapiao_no", "status"]
    show_fieldsets = [
        (
            _l("Invoice"),
            {"fields": ["number", "customer", "branch", "issued_on", "due_on", "status", "contract", "note"]},
        ),
        (_l("Money"), {"fields": ["total", "tax_rate", "tax", "net", "paid", "credited", "outstanding"]}),
        (
            _l("Official invoice"),
            {
                "fields": [
                    "fapiao_kind",
                    "fapiao_no",
                    "title",
                    "tax_no",
                    "title_details",
                    "posted_on",
                    "posted_note",
                    "issued_by",
                ]
            },
        ),
    ]
    search_columns = ["number", "status", "customer", "issued_on", "due_on", "fapiao_no", "branch", "contract"]
    quick_columns = ["number", "customer.name", "title", "fapiao_no"]
    order_columns = ["number", "issued_on", "total", "due_on", "status"]
    numeric_columns = ["outstanding", "net"]
    small_references = ["branch"]
    base_order = ("id", "desc")
    choices = {"status": labels(rules.INVOICE_STATE_LABELS), "fapiao_kind": labels(rules.FAPIAO_KIND_LABELS)}
    tones = {"status": INVOICE_TONES}
    label_columns = {
        "number": _l("Invoice no."),
        "issued_on": _l("Issued on"),
        "customer": _l("Customer"),
        "total": _l("Total"),
        "outstanding": _l("Outstanding"),
        "due_on": _l("Payment due on"),
        "fapiao_no": _l("Number of the official invoice"),
        "fapiao_kind": _l("Kind of invoice"),
        "title": _l("Invoice title"),
        "tax_no": _l("Tax number"),
        "title_details": _l("Address, telephone, bank, account"),
        "tax_rate": _l("Tax rate (%)"),
        "tax": _l("Tax in it"),
        "net": _l("Net price"),
        "paid": _l("Paid"),
        "credited": _l("Credited"),
        "posted_on": _l("Sent on"),
        "posted_note": _l("How sent"),
        "issued_by": _l("Made out by"),
        "contract": _l("Maintenance contract"),
        "status": _l("State"),
    }
    related_views = [InvoiceLineView, InstalmentView, PaymentView, CreditNoteView]
    quick_filters = [
        QuickFilter("open", _l("Not paid in full"), lambda: OPEN),
        QuickFilter("overdue", _l("Overdue"), lambda: and_(OPEN, Invoice.due_on < clock.today())),
        QuickFilter("number", _l("Without official number"), lambda: Invoice.fapiao_no.is_(None)),
        QuickFilter("send", _l("To be sent"), lambda: and_(Invoice.posted_on.is_(None), Invoice.status != "credited")),
    ]
    verbs = [
        Verb(
            commands.receive,
            form=PayForm,
            label=_l("Enter a payment"),
            icon="fa-money",
            tone="primary",
            fill=lambda invoice: {"amount": invoice.outstanding, "method": "transfer"},
            when=lambda invoice: invoice.outstanding > 0,
        ),
        Verb(
            commands.enter_fapiao,
            form=FapiaoForm,
            label=_l("Enter the official number"),
            icon="fa-hashtag",
            when=lambda invoice: not invoice.fapiao_no,
        ),
        Verb(
            commands.post_invoice,
            form=PostForm,
            label=_l("Mark as sent"),
            icon="fa-envelope-o",
            fill=lambda invoice: {"posted_on": clock.today()},
            when=lambda invoice: invoice.posted_on is None and invoice.status != "credited",
        ),
        Verb(
            commands.credit,
            form=CreditForm,
            label=_l("Credit note"),
            icon="fa-minus-square-o",
            tone="danger",
            fill=lambda invoice: {"amount": invoice.total - invoice.credited},
            when=lambda invoice: invoice.total > invoice.credited,
        ),
        Verb(
            commands.refund,
            form=RefundForm,
            label=_l("Give money back"),
            icon="fa-undo",
            fill=lambda invoice: {"amount": -invoice.outstanding},
            when=lambda invoice: invoice.outstanding < 0,
        ),
    ]

    def links(self, item: Invoice) -> list[Link]:
        """Print the slip."""
        return print_links("invoice_slip", item.id, _l("Print the slip"))


# -- what other areas' pages say of money ---------------------------------------------------------------------------


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
        and order.status in ("arrived", "in_workshop", "finished")
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

__all__ = [
    "CashHandoverView",
    "CollectionPermitView",
    "CreditNoteView",
    "InstalmentView",
    "InvoiceLineView",
    "InvoiceView",
    "PaymentView",
    "WaiverView",
]
