"""Generated screens of invoices: their lines, instalments, payments and credit notes (SO-6, SO-9)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.billing import commands, queries, rules
from app.billing.models import CreditNote, Instalment, Invoice, InvoiceLine
from app.billing.views.forms import (
    CreditForm,
    FapiaoForm,
    HeadingForm,
    PayForm,
    PostForm,
    RefundForm,
    ReplanForm,
)
from app.billing.views.records import PaymentView
from app.core import clock, permissions
from app.core.actors import current
from app.core.views import BaseView, Link, OfficeInterface, Verb
from app.core.views.quick import QuickFilter, QuickFilters
from app.customers.views import labels, print_links
from app.fieldservice.rules import CHARGE_KIND_LABELS

OPEN = Invoice.status.in_(("issued", "part_paid"))
INVOICE_TONES = {"issued": "warning", "part_paid": "info", "paid": "success", "credited": "neutral"}
PART_TONES = {"settled": "success", "part": "info", "overdue": "danger", "waiting": "neutral"}


HEADING = ("title", "fapiao_kind", "tax_no", "title_details")


def _sent_by(invoice: Invoice) -> bool:
    """Whether this person may say now that it was sent: only with the number of the official one (SO-6)."""
    open_ = invoice.posted_on is None and invoice.status != "credited"
    return open_ and bool(invoice.fapiao_no or permissions.may(current(), "invoice.enter_fapiao"))


class InvoiceLineView(BaseView):
    """Lines of invoices."""

    datamodel = OfficeInterface(InvoiceLine)
    record_name = _l("Invoice line")
    list_name = _l("Invoice lines")
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
    list_name = _l("Instalments")
    list_columns = ["due_on", "amount", "settled", "left", "state"]
    show_columns = ["invoice", *list_columns]
    search_columns = ["invoice", "due_on"]
    order_columns = ["due_on", "amount"]
    numeric_columns = ["settled", "left"]
    eager = ["invoice.instalments"]
    base_order = ("due_on", "asc")
    choices = {"state": labels(rules.PART_STATE_LABELS)}
    tones = {"state": PART_TONES}
    label_columns = {
        "invoice": _l("Invoice"),
        "due_on": _l("Payment due on"),
        "amount": _l("Amount"),
        "settled": _l("Paid or credited"),
        "left": _l("Left to pay"),
        "state": _l("State"),
    }


class CreditNoteView(BaseView):
    """Credit notes (红字发票)."""

    datamodel = OfficeInterface(CreditNote)
    record_name = _l("Credit note")
    list_name = _l("Credit notes")
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

    def links(self, item: CreditNote) -> list[Link]:
        """The paper, in three copies."""
        return print_links("credit_note", item.id, _l("Print the credit note"))


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
    timeline_sums = ("paid", "credited")
    small_references = ["branch"]
    base_order = ("issued_on", "desc")
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
        QuickFilter("overdue", _l("Overdue for payment"), lambda: queries.is_overdue(clock.today())),
        QuickFilter("number", _l("Without official number"), queries.is_without_number),
        QuickFilter("late_number", _l("Official number is late"), lambda: queries.is_late_draft(clock.today())),
        QuickFilter("send", _l("To be sent"), queries.is_to_be_sent),
        QuickFilter("back", _l("Money to give back"), queries.is_to_be_given_back),
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
            fill=lambda invoice: {"posted_on": clock.today(), "fapiao_no": invoice.fapiao_no},
            when=_sent_by,
        ),
        Verb(
            commands.correct_heading,
            form=HeadingForm,
            label=_l("Correct title and tax number"),
            icon="fa-pencil",
            fill=lambda invoice: {name: getattr(invoice, name) for name in HEADING},
            when=lambda invoice: not invoice.fapiao_no and invoice.status != "credited",
        ),
        Verb(
            commands.replan,
            form=ReplanForm,
            label=_l("Change the instalments"),
            icon="fa-calendar",
            fill=lambda invoice: {"plan": [(each.due_on, each.amount) for each in invoice.instalments]},
            when=lambda invoice: invoice.outstanding > 0,
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
