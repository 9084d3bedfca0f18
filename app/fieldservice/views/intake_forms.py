"""The forms of the clerk's intake (SO-4)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.core.views import OfficeForm, fields
from app.customers.models import ProductModel
from app.customers.rules import CUSTOMER_KIND_LABELS
from app.fieldservice.views import words
from app.organisation.models import District

KINDS = {key: _l(label) for key, label in CUSTOMER_KIND_LABELS.items()}


class CallForm(OfficeForm):
    """What is taken down of a call."""

    symptom_code_id = fields.choice(_l("Symptom code"), words.fault_codes, required=False)
    symptom = fields.notes(_l("In the caller's words"), 500, required=False)
    priority = fields.choice(_l("Priority"), words.PRIORITIES, default="normal")
    channel = fields.choice(_l("Came in by"), words.CALLER_CHANNELS, default="telephone")
    reported_at = fields.moment(_l("Reported at"))
    late_reason = fields.text(_l("Why it is entered only now"), 200, required=False)
    promised_at = fields.moment(_l("Promised finish"), required=False)
    caller_name = fields.text(_l("Caller"), 64, required=False)
    caller_phone = fields.text(_l("Telephone"), 32, required=False)
    address_id = fields.choice(_l("Address"), dict, required=False)
    confirm_duplicate = fields.yes(_l("Enter another call for the same product"))


class ProductForm(OfficeForm):
    """A product the office does not know yet."""

    order: tuple[str, ...] = ("product_model_id", "serial_no", "sold_on")
    call_order: tuple[str, ...] = ()

    product_model_id = fields.remote(ProductModel, _l("Product model"))
    serial_no = fields.text(_l("Serial number"), 64, required=False, none=True)
    sold_on = fields.day(_l("Sold on"), required=False)


class NewcomerForm(ProductForm):
    """A caller the office does not know yet, with the product and what is wrong with it."""

    order = ("phones", "name", "kind", "district_id", "line", "product_model_id", "serial_no", "sold_on")
    call_order = ("symptom", "priority", "channel", "promised_at")

    name = fields.text(_l("Customer"), 100)
    kind = fields.choice(_l("Kind"), KINDS, default="person")
    phones = fields.text(_l("Telephone"), 120)
    district_id = fields.remote(District, _l("District"))
    line = fields.text(_l("Street and number"), 200)
    confirm_telephone = fields.yes(_l("Another customer with the same telephone number"))
    symptom_code_id = fields.choice(_l("Symptom code"), words.fault_codes, required=False)
    symptom = fields.notes(
        _l("In the caller's words"),
        500,
        required=False,
        help=_l("Without a symptom the call is written on the next page."),
    )
    priority = fields.choice(_l("Priority"), words.PRIORITIES, default="normal")
    channel = fields.choice(_l("Came in by"), words.CALLER_CHANNELS, default="telephone")
    promised_at = fields.moment(_l("Promised finish"), required=False)
