"""What the technician's own pages ask for, by verb."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.core.views import OfficeForm, fields
from app.fieldservice import rules
from app.fieldservice.views import stock, words
from app.fieldservice.views.forms import MoveForm, PauseForm, ReasonForm
from app.fieldservice.views.pricing import SPOKEN


class ConsentForm(OfficeForm):
    """Who agreed, and how: with a finger on the screen, or in words (SO-6)."""

    name = fields.text(_l("Name of the customer who agrees"), 64)
    how = fields.choice(_l("How"), SPOKEN, default="on_site")
    drawing = fields.signature(_l("Signature"), required=False)


class PartForm(OfficeForm):
    """A part from the van."""

    part_id = fields.choice(_l("Part"), dict)
    quantity = fields.number(_l("Quantity"), 1, 999, default=1)
    serials = fields.text(_l("Serial numbers"), 400, required=False)
    old_serials = fields.text(_l("Serial numbers of the old parts"), 200, required=False)


class MinutesForm(OfficeForm):
    """Minutes on the job."""

    started_at = fields.moment(_l("Began at"))
    minutes = fields.number(_l("Minutes"), 1, rules.LONGEST_ENTRY)
    note = fields.text(_l("Note"), 200, required=False)


class SerialForm(OfficeForm):
    """A number swapped in the repair; of a serial number the voucher knows the old one."""

    kind = fields.choice(_l("What was swapped"), words.SERIAL_KINDS, default="serial")
    new = fields.text(_l("New number"), 64)
    old = fields.text(_l("Old number"), 64, required=False, help=_l("Not needed for the product's serial number."))


class InternalForm(OfficeForm):
    """Internal work."""

    started_at = fields.moment(_l("Began at"))
    minutes = fields.number(_l("Minutes"), 1, rules.LONGEST_ENTRY)
    note = fields.text(_l("Work inside the office"), 200)


class FinishForm(OfficeForm):
    """What was found and done."""

    fault_code_id = fields.choice(_l("Fault"), words.fault_codes)
    result = fields.notes(_l("Work done"), 1000)


class SignForm(OfficeForm):
    """The customer signs with a finger."""

    drawing = fields.signature(_l("Signature"))
    signer = fields.text(_l("Name of who signs"), 64)


class QuoteForm(OfficeForm):
    """Expected minutes; the parts stand beside it, one number each."""

    minutes = fields.number(_l("Expected minutes"), 0, rules.LONGEST_ENTRY, default=30)
    fault_code_id = fields.choice(
        _l("Flat price for the fault"), words.fault_codes, required=False, help=_l("Empty: labour by time.")
    )
    inspection = fields.yes(_l("Inspection in the workshop"))


class MisuseForm(OfficeForm):
    """Whether the damage is the customer's doing, and what shows it."""

    misuse = fields.yes(_l("Damaged by misuse"), default=True)
    reason = fields.text(_l("What shows it"), 200, required=False)


FORMS: dict[str, type[OfficeForm]] = {
    "decline": ReasonForm,
    "pause": PauseForm,
    "move_appointment": MoveForm,
    "ask_for_help": ReasonForm,
    "leave_unsigned": ReasonForm,
    "agree_charges": ConsentForm,
    "mark_misuse": MisuseForm,
    "quote": QuoteForm,
    "fit_part": PartForm,
    "reserve_part": stock.WantedForm,
    "record_time": MinutesForm,
    "swap_serial": SerialForm,
    "finish": FinishForm,
    "sign": SignForm,
}
