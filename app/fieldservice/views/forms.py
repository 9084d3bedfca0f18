"""What is asked when a call or a work order is moved along from its page."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.core.views import OfficeForm, fields
from app.fieldservice.views import words
from app.fieldservice.views.deadlines import WAITING


class ReasonForm(OfficeForm):
    """Why."""

    reason = fields.text(_l("Reason"), 200)


class RepeatForm(OfficeForm):
    """Whose doing the repeat repair is (KP-2)."""

    cause = fields.choice(
        _l("Cause"),
        words.REPEAT_CAUSES,
        help=_l("Misuse and another fault are payable again as long as no work is recorded."),
    )
    note = fields.text(_l("Note"), 200, required=False)


class DispatchForm(OfficeForm):
    """To whom a call goes."""

    technician_id = fields.choice(_l("Technician"), words.technicians_here)
    appointment_at = fields.moment(_l("Appointment"), required=False)
    service_class = fields.choice(
        _l("Other class than derived"), words.CUSTOMER_CLASSES, required=False, help=_l("Only with a reason.")
    )
    class_reason = fields.text(_l("Reason for the class"), 200, required=False)
    out_of_turn_reason = fields.text(
        _l("Reason for taking this call out of turn"),
        200,
        required=False,
        help=_l("Only while calls of earlier days wait."),
    )


class ReassignForm(OfficeForm):
    """Who goes instead."""

    technician_id = fields.choice(_l("Technician"), words.technicians_here)
    reason = fields.text(_l("Reason"), 200)
    appointment_at = fields.moment(_l("Appointment"), required=False)
    override_reason = fields.text(
        _l("Reason for booking all the same"), 200, required=False, help=_l("Only when appointments clash.")
    )


class UrgeForm(OfficeForm):
    """What to say with it."""

    note = fields.text(_l("Note"), 200, required=False)


class PauseForm(OfficeForm):
    """What is waited for, and why (CAL-6)."""

    waiting_for = fields.choice(_l("Waits for"), {key: WAITING[key] for key in WAITING if key})
    reason = fields.text(_l("Reason"), 200)


class ResumeForm(OfficeForm):
    """What came to an end."""

    reason = fields.text(_l("Note"), 200, required=False)


class PromiseForm(OfficeForm):
    """What the customer was promised (SO-10)."""

    promised_at = fields.moment(
        _l("Finish promised for"), required=False, help=_l("Empty: nothing is promised any more.")
    )


class AddressForm(OfficeForm):
    """Where the product stands."""

    address_id = fields.choice(_l("Address"), words.addresses_of_customer)


class MoveForm(OfficeForm):
    """Another time, and which of the customer's people agreed (SO-18)."""

    appointment_at = fields.moment(_l("New appointment"))
    agreed_by = fields.text(_l("Agreed by (name at the customer's)"), 64)
    reason = fields.text(_l("Reason"), 200, required=False)


class CrewForm(OfficeForm):
    """Who goes along, or no longer does."""

    staff_id = fields.choice(_l("Technician"), words.technicians_here)


class ContractorWorkForm(OfficeForm):
    """What the contractor reported."""

    arrived_at = fields.moment(_l("Arrived at"))
    finished_at = fields.moment(_l("Finished at"))
    fault_code_id = fields.choice(_l("Fault"), words.fault_codes)
    result = fields.notes(_l("Work done"), 1000)


class ClassForm(OfficeForm):
    """Another class, with the reason."""

    service_class = fields.choice(_l("Class of service"), words.CUSTOMER_CLASSES)
    reason = fields.text(_l("Reason"), 200)
