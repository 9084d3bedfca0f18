"""What is asked when money moves (SO-6)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.billing import rules
from app.billing.views.plan import PlanField
from app.core.views import OfficeForm, fields
from app.customers.views import labels

METHODS = labels(rules.METHOD_LABELS)
FAPIAO_KINDS = labels(rules.FAPIAO_KIND_LABELS)


class PayForm(OfficeForm):
    """Money received."""

    amount = fields.money(_l("Amount (CNY)"))
    method = fields.choice(_l("Paid by"), METHODS, default="cash")
    reference = fields.text(
        _l("Transaction number"), 64, required=False, help=_l("Of a payment by WeChat, Alipay, card or transfer.")
    )
    note = fields.text(_l("Note"), 200, required=False)


class RefundForm(OfficeForm):
    """Money given back."""

    amount = fields.money(_l("Amount (CNY)"))
    method = fields.choice(_l("Paid by"), METHODS, default="transfer")
    reference = fields.text(_l("Transaction number"), 64, required=False)
    reason = fields.text(_l("Reason"), 200)


class IssueForm(OfficeForm):
    """With what an invoice is made out."""

    title = fields.text(_l("Invoice title"), 100)
    fapiao_kind = fields.choice(_l("Kind of invoice"), FAPIAO_KINDS, default="electronic")
    tax_no = fields.text(_l("Tax number"), 20, required=False)
    title_details = fields.text(
        _l("Address, telephone, bank, account"),
        200,
        required=False,
        help=_l("On a special VAT invoice, as the customer wants it."),
    )
    fapiao_no = fields.text(
        _l("Number of the official invoice"), 24, required=False, help=_l("May be entered later, before it is sent.")
    )
    instalments = fields.number(_l("Equal instalments"), 1, rules.MOST_INSTALMENTS, default=1)
    first_due = fields.day(_l("First due on"), required=False, help=_l("Empty: as the settings say."))
    plan = PlanField(
        _l("Instalments of one's own"), description=_l("Only when they are not equal: together they are the invoice.")
    )
    note = fields.text(_l("Note"), 200, required=False)


class HeadingForm(OfficeForm):
    """With what the official invoice is made out."""

    title = fields.text(_l("Invoice title"), 100)
    fapiao_kind = fields.choice(_l("Kind of invoice"), FAPIAO_KINDS)
    tax_no = fields.text(_l("Tax number"), 20, required=False)
    title_details = fields.text(_l("Address, telephone, bank, account"), 200, required=False)


class ReplanForm(OfficeForm):
    """Other instalments."""

    plan = PlanField(_l("When it is to be paid"), description=_l("Together they are the invoice."))


class FapiaoForm(OfficeForm):
    """The number of the official invoice."""

    fapiao_no = fields.text(_l("Number of the official invoice"), 24)


class PostForm(OfficeForm):
    """When and how the invoice was sent."""

    fapiao_no = fields.text(_l("Number of the official invoice"), 24)
    posted_on = fields.day(_l("Sent on"))
    posted_note = fields.text(
        _l("How sent"), 100, required=False, help=_l("By post: the tracking number; by mail: to whom.")
    )


class CreditForm(OfficeForm):
    """What is not asked for after all."""

    amount = fields.money(_l("Amount (CNY)"))
    reason = fields.text(_l("Reason"), 200)
    fapiao_no = fields.text(_l("Number of the official credit note"), 24, required=False)


class WaiveForm(OfficeForm):
    """What the company does without."""

    amount = fields.money(_l("Amount (CNY)"))
    reason = fields.text(_l("Reason"), 200)


class ReasonForm(OfficeForm):
    """Why."""

    reason = fields.text(_l("Reason"), 200)


class CountForm(OfficeForm):
    """What the accountant counted."""

    counted = fields.money(_l("Counted (CNY)"))


class DifferenceForm(OfficeForm):
    """What the accountant counted, and why it differs."""

    counted = fields.money(_l("Counted (CNY)"))
    reason = fields.text(_l("Reason of the difference"), 200)
