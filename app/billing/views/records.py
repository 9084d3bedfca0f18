"""Generated screens of money; and what other areas' pages say of it."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l

from app.billing import commands, queries, rules
from app.billing.models import (
    CashHandover,
    CollectionPermit,
    Payment,
    Waiver,
)
from app.billing.views.forms import (
    METHODS,
    CountForm,
    DifferenceForm,
    ReasonForm,
)
from app.core import clock
from app.core.actors import current
from app.core.views import BaseView, Link, OfficeInterface, Verb
from app.core.views.quick import QuickFilter, QuickFilters
from app.customers.views import labels, print_links


def _month() -> datetime:
    return clock.day_bounds(clock.today().replace(day=1))[0]


_OF_JOB = ["work_order.repair_call.voucher.customer", "work_order.branch", "work_order.charges"]
_QUICK_OF_JOB = ["work_order.number", "work_order.repair_call.voucher.customer.name", "reason"]


class WaiverView(QuickFilters, BaseView):
    """Charges the company does without, and by whose authority."""

    datamodel = OfficeInterface(Waiver)
    record_name = _l("Waiver of charges")
    list_columns = ["at", "work_order", "customer", "charged", "amount", "reason", "given_by", "branch"]
    show_columns = list_columns
    search_columns = ["work_order", "at", "given_by", "amount"]
    quick_columns = _QUICK_OF_JOB
    order_columns = ["at", "amount", "given_by"]
    numeric_columns = ["charged"]
    eager = _OF_JOB
    base_order = ("at", "desc")
    quick_filters = [
        QuickFilter("month", _l("This month"), lambda: Waiver.at >= _month()),
        QuickFilter("mine", _l("Approved by me"), lambda: Waiver.given_by_id == current().staff_id),
        QuickFilter("invoiced", _l("Invoiced"), lambda: queries.is_invoiced(Waiver.work_order_id)),
        QuickFilter("free", _l("Not invoiced"), lambda: ~queries.is_invoiced(Waiver.work_order_id)),
    ]
    label_columns = {
        "at": _l("Time"),
        "work_order": _l("Work order"),
        "customer": _l("Customer"),
        "charged": _l("Charged"),
        "amount": _l("Waived"),
        "reason": _l("Reason"),
        "given_by": _l("Approved by"),
        "branch": _l("Branch"),
    }


class CollectionPermitView(QuickFilters, BaseView):
    """Permits to collect a larger sum on the spot (SO-6)."""

    datamodel = OfficeInterface(CollectionPermit)
    record_name = _l("Permit to collect on the spot")
    list_columns = ["at", "work_order", "customer", "charged", "collected", "reason", "given_by", "branch"]
    show_columns = list_columns
    search_columns = ["work_order", "at", "given_by"]
    quick_columns = _QUICK_OF_JOB
    order_columns = ["at", "given_by"]
    numeric_columns = ["charged", "collected"]
    eager = _OF_JOB
    base_order = ("at", "desc")
    quick_filters = [
        QuickFilter("month", _l("This month"), lambda: CollectionPermit.at >= _month()),
        QuickFilter("mine", _l("Approved by me"), lambda: CollectionPermit.given_by_id == current().staff_id),
        QuickFilter(
            "unused", _l("Nothing collected yet"), lambda: ~queries.is_collected(CollectionPermit.work_order_id)
        ),
    ]
    label_columns = {
        "at": _l("Time"),
        "work_order": _l("Work order"),
        "customer": _l("Customer"),
        "charged": _l("Charged"),
        "collected": _l("Collected"),
        "reason": _l("Reason"),
        "given_by": _l("Approved by"),
        "branch": _l("Branch"),
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
