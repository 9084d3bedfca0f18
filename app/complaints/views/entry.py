"""Entering a complaint on one screen: its form, what is known already, and from what it was entered (CP-1)."""

from __future__ import annotations

import functools
from typing import Any

from flask import abort, request
from flask_babel import lazy_gettext as _l

from app.complaints import commands, rules
from app.complaints.models import LONGEST_REF, Complaint
from app.complaints.views import forms
from app.complaints.views.forms import GROUNDS, labels
from app.core import clock
from app.core.actors import Principal
from app.core.views import fields
from app.core.views.ids import by_id
from app.core.views.interface import find
from app.customers.models import Customer, Voucher
from app.customers.queries import vouchers_of
from app.fieldservice.models import RepairCall, WorkOrder
from app.organisation.models import Branch

FIELDSETS = [
    (
        _l("Complaint"),
        {
            "fields": [
                "received_at",
                "channel",
                "survey_ref",
                "category",
                "subject",
                "wants",
                "severity_ground",
                "content",
                "demand",
                "attachment",
            ]
        },
    ),
    (_l("Complainant"), {"fields": ["complainant", "phone", "email"]}),
    (_l("Product and job"), {"fields": ["customer", "voucher", "work_order", "branch"]}),
    (_l("Sent on by a consumer association"), {"fields": ["association", "association_ref"]}),
]
EXTRA_FIELDS = {
    "channel": fields.choice(_l("Channel"), labels(rules.CHANNEL_LABELS), default="telephone"),
    "category": fields.choice(_l("Kind of complaint"), labels(rules.CATEGORY_LABELS)),
    "severity_ground": fields.choice(
        _l("Why it is major"),
        GROUNDS,
        required=False,
        help=_l("Only for a major complaint. The same matter complained of again is found by itself."),
    ),
    "wants": fields.choice(
        _l("What the customer wants"),
        forms.WANTS,
        required=False,
        help=_l("Demanding exchange or refund makes the complaint major."),
    ),
    "survey_ref": fields.text(
        _l("Survey card"),
        40,
        required=False,
        help=_l("Number or date of the card, when the customer wrote it on a survey card."),
    ),
    "association": fields.text(
        _l("Consumer association"), 100, required=False, help=_l("Only when a consumer association sent it.")
    ),
    "association_ref": fields.text(_l("Its number"), 64, required=False),
    "email": fields.text(_l("E-mail"), 128, required=False),
    "attachment": forms.file_field(),
    "branch": fields.row(
        Branch,
        _l("Branch"),
        required=False,
        as_object=True,
        help=_l("Empty: that of the service voucher, or your own."),
    ),
}


def _named(model: Any, argument: str) -> Any:
    """The row the address names, within the reader's rows; None when it names none. One that is not there is 404."""
    if argument not in request.args:
        return None
    return find(model, request.args[argument]) or abort(404)


def prefill(form: Any) -> None:
    """It came now, until somebody says otherwise; from a call, job, product or customer what is known is there."""
    if form.received_at.data is None:
        form.received_at.process_data(clock.now())
    if not form.survey_ref.data:
        form.survey_ref.process_data(request.args.get("survey", "")[:40])
    order = _named(WorkOrder, "order")
    call = _named(RepairCall, "call") or (order.repair_call if order is not None else None)
    if order is None and call is not None:
        order = next((row for row in reversed(call.work_orders) if row.status != "cancelled"), None)
    voucher = _named(Voucher, "voucher") or (call.voucher if call is not None else None)
    customer = voucher.customer if voucher is not None else _named(Customer, "customer")
    if voucher is None and customer is not None:
        owned = vouchers_of(customer.id, 2)
        voucher = owned[0] if len(owned) == 1 else None  # the only product there is
        if voucher is None:
            form.branch.process_data(customer.branch)
    if voucher is not None:
        form.voucher.process_data(voucher)
    if customer is not None:
        known = customer.telephones[0].number if customer.telephones else ""
        form.customer.process_data(customer)
        form.complainant.process_data((call.caller_name if call is not None else "") or customer.name)
        form.phone.process_data((call.caller_phone if call is not None else "") or known)
    if order is not None:
        form.work_order.process_data(order)
        form.category.process_data("repair_quality")


def _source() -> tuple[str, str]:
    """From what the form was opened, and that record's number."""
    for source, model, argument in (
        ("work_order", WorkOrder, "order"),
        ("call", RepairCall, "call"),
        ("voucher", Voucher, "voucher"),
    ):
        row = _named(model, argument)
        if row is not None:
            return source, row.number
    customer = _named(Customer, "customer")
    return ("customer", "") if customer is not None else ("", "")


@functools.wraps(commands.enter)
def _enter(actor: Principal, **values: Any) -> Complaint:
    source, number = _source()
    if card := values.pop("survey_ref", ""):
        # The card says more than the call it came with, which the job names; a call without one is named beside it.
        alone = source != "call" or values.get("work_order_id") is not None
        source, number = "survey", card if alone else f"{card[: LONGEST_REF - len(number) - 3]} / {number}"
    entered: Complaint = commands.enter(actor, source=source, source_ref=number, **values)
    return entered


enter = by_id(_enter, "customer", "voucher", "work_order", "subject", "branch")
correct = by_id(commands.correct, "customer", "voucher", "work_order", "subject")
