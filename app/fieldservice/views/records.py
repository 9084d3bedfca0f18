"""Generated screens: calls, work orders and what was recorded on them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import and_

from app.core import permissions
from app.core.actors import current
from app.core.views import BaseView, Link, OfficeForm, OfficeInterface, Verb, fields
from app.core.views.display import chip
from app.core.views.quick import QuickFilter, QuickFilters, rows_of
from app.customers.models import Voucher
from app.customers.rules import CATEGORY_LABELS
from app.customers.views import CustomerView, VoucherView, labels, print_links
from app.fieldservice import commands, rules
from app.fieldservice.models import (
    Charge,
    CrewMember,
    FaultCode,
    PartFitted,
    RepairCall,
    Signature,
    TimeEntry,
    WorkOrder,
    WorkOrderEvent,
)
from app.fieldservice.views import chips, stock, words
from app.fieldservice.views.deadlines import (
    WAITING,
    AppointmentChangeView,
    EscalationNoticeView,
    WaitingChangeView,
)
from app.fieldservice.views.planning import ContractorRequestView, CrewMemberView
from app.fieldservice.views.pricing import CONSENTS


def _file_link(row: Any) -> Any:
    """A signature as a small picture that opens itself."""
    if row is None:
        return "—"
    url = url_for("files.give", file_id=row.id)
    return Markup('<a href="{0}"><img class="signature-thumb" src="{0}" alt="{1}" height="48"></a>').format(
        url, row.filename
    )


class FaultCodeView(BaseView):
    """The short list of symptoms and findings."""

    datamodel = OfficeInterface(FaultCode)
    record_name = _l("Fault code")
    list_columns = ["code", "category", "name", "name_en"]
    search_columns = ["code", "name", "category"]
    add_columns = edit_columns = show_columns = ["code", "category", "name", "name_en", "expected_minutes", "vague"]
    base_order = ("code", "asc")
    deletable = True
    choices = {"category": {**labels(CATEGORY_LABELS), "any": _l("Any")}}
    label_columns = {
        "code": _l("Code"),
        "category": _l("Category"),
        "name_en": _l("Name in English"),
        "expected_minutes": _l("Expected minutes"),
        "vague": _l("Says nothing of the fault"),
    }


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


class WorkOrderEventView(BaseView):
    """What happened on a job, in order."""

    datamodel = OfficeInterface(WorkOrderEvent)
    record_name = _l("Course of the job")
    list_columns = ["at", "kind", "staff", "note", "device_at"]
    show_columns = ["work_order", "at", "kind", "staff", "note", "device_at"]
    search_columns = ["kind", "at", "staff"]
    base_order = ("id", "asc")
    choices = {"kind": words.EVENT_KINDS}
    label_columns = {
        "work_order": _l("Work order"),
        "at": _l("Time"),
        "kind": _l("What"),
        "staff": _l("Who"),
        "device_at": _l("Device's clock"),
    }


class TimeEntryView(BaseView):
    """Minutes of technicians and supervisors (SO-11)."""

    datamodel = OfficeInterface(TimeEntry)
    record_name = _l("Time entry")
    list_name = _l("Time entries")
    list_columns = ["day", "staff", "started_at", "minutes", "service_class", "work_order", "note"]
    show_columns = ["day", "staff", "started_at", "minutes", "service_class", "work_order", "note"]
    search_columns = ["day", "staff", "service_class", "work_order"]
    base_order = ("started_at", "desc")
    choices = {"service_class": words.CLASSES}
    tones = {"service_class": words.CLASS_TONES}
    label_columns = {
        "day": _l("Day"),
        "staff": _l("Who"),
        "started_at": _l("Began at"),
        "minutes": _l("Minutes"),
        "service_class": _l("Class"),
        "work_order": _l("Work order"),
    }


class PartFittedView(BaseView):
    """Parts fitted on a job (SO-22)."""

    datamodel = OfficeInterface(PartFitted)
    record_name = _l("Part fitted")
    list_columns = ["part", "quantity", "unit_price", "serials", "old_serials"]
    show_columns = ["work_order", *list_columns, "stock_move"]
    search_columns = ["part", "work_order"]
    label_columns = {
        "work_order": _l("Work order"),
        "part": _l("Part"),
        "quantity": _l("Quantity"),
        "unit_price": _l("Unit price"),
        "stock_move": _l("Stock move"),
        "serials": _l("Serial numbers"),
        "old_serials": _l("Old serial numbers"),
    }


class ChargeView(BaseView):
    """What the customer pays for a job (SO-6)."""

    datamodel = OfficeInterface(Charge)
    record_name = _l("Charge")
    list_columns = ["kind", "description", "quantity", "unit_price", "amount", "free_reason"]
    show_columns = [
        "work_order",
        "kind",
        "description",
        "quantity",
        "unit_price",
        "amount",
        "list_price",
        "free_reason",
    ]
    search_columns = ["kind", "work_order"]
    order_columns = ["kind", "unit_price"]
    numeric_columns = ["amount"]
    choices = {"kind": words.CHARGE_KINDS}
    label_columns = {
        "work_order": _l("Work order"),
        "kind": _l("Kind"),
        "description": _l("Description"),
        "quantity": _l("Quantity"),
        "unit_price": _l("Unit price"),
        "amount": _l("Amount"),
        "list_price": _l("List price"),
        "free_reason": _l("Free because"),
    }


class SignatureView(BaseView):
    """Customers' signatures (SO-5)."""

    datamodel = OfficeInterface(Signature)
    record_name = _l("Signature")
    list_columns = ["signed_at", "signer", "stored_file"]
    show_columns = ["work_order", "signed_at", "signer", "stored_file"]
    search_columns = ["signer", "signed_at", "work_order"]
    label_columns = {
        "work_order": _l("Work order"),
        "signed_at": _l("Time"),
        "signer": _l("Name of who signs"),
        "stored_file": _l("Signature"),
    }
    formatters_columns = {"stored_file": _file_link}


FURTHER_LINKS: list[Callable[[WorkOrder], list[Link]]] = []
"""Ways on from a job's page that a later area gives."""


def _to_order(member: CrewMember) -> str:
    return url_for("WorkOrderView.show", pk=member.work_order_id)


class WorkOrderView(BaseView):
    """Work orders; the technician's telephone pages do most of it (``my``)."""

    datamodel = OfficeInterface(WorkOrder)
    record_name = _l("Work order")
    list_name = _l("Work orders")
    list_columns = [
        "number",
        "repair_call.voucher.customer",
        "repair_call.address",
        "technician",
        "service_class",
        "repair_call.arrive_by",
        "arrived_at",
        "status",
    ]
    show_fieldsets = [
        (
            _l("Job"),
            {
                "fields": [
                    "number",
                    "repair_call",
                    "repair_call.voucher.customer",
                    "repair_call.caller_phone",
                    "repair_call.address",
                    "repair_call.voucher",
                    "repair_call.voucher.product_model",
                    "repair_call.symptom",
                ]
            },
        ),
        (
            _l("Dispatch"),
            {
                "fields": [
                    "technician",
                    "contractor",
                    "dispatched_by",
                    "dispatched_at",
                    "appointment_at",
                    "expected_minutes",
                    "repair_call.arrive_by",
                    "repair_call.promised_at",
                    "service_class",
                    "derived_class",
                    "class_reason",
                    "contract",
                ]
            },
        ),
        (
            _l("Work on site"),
            {
                "fields": [
                    "arrived_at",
                    "arrived_device_at",
                    "charges_agreed_at",
                    "charges_agreed_by",
                    "consent_how",
                    "consent_file",
                    "misuse_reason",
                    "finished_at",
                    "fault_code",
                    "result",
                    "unsigned_reason",
                    "closed_at",
                    "closed_by",
                ]
            },
        ),
    ]
    search_columns = ["number", "status", "technician", "service_class", "branch", "dispatched_at", "finished_at"]
    quick_columns = ["number", "repair_call.number", "repair_call.voucher.customer.name", "repair_call.caller_phone"]
    small_references = ["branch"]
    base_order = ("id", "desc")
    eager = [
        "repair_call.address.district",
        "repair_call.waiting_changes",
        "repair_call.work_orders.technician",
    ]
    choices = {"service_class": words.CLASSES, "derived_class": words.CLASSES, "consent_how": CONSENTS}
    formatters_columns = {"consent_file": _file_link}
    tones = {"status": words.ORDER_TONES, "service_class": words.CLASS_TONES}
    label_columns = words.ORDER_LABELS
    related_views = [
        CrewMemberView,
        ChargeView,
        PartFittedView,
        TimeEntryView,
        SignatureView,
        AppointmentChangeView,
        WorkOrderEventView,
    ]
    lifecycle = rules.WORK_ORDER
    verbs = [
        Verb(commands.close, tone="primary", bulk=True),
        Verb(commands.leave_unsigned, form=ReasonForm, when=lambda order: order.settling_signature is None),
        Verb(
            commands.reassign,
            form=ReassignForm,
            after=lambda order: url_for("WorkOrderView.show", pk=order.id),
        ),
        Verb(
            commands.override_class,
            form=ClassForm,
            when=lambda order: not order.time_entries and not order.parts_fitted,
        ),
        Verb(commands.urge, form=UrgeForm, when=lambda order: order.contractor_id is None),
        Verb(commands.add_crew, form=CrewForm, after=_to_order, when=lambda order: order.contractor_id is None),
        Verb(commands.remove_crew, form=CrewForm, when=lambda order: bool(order.crew)),
        Verb(
            commands.record_contractor,
            form=ContractorWorkForm,
            tone="primary",
            when=lambda order: order.contractor_id is not None,
        ),
        Verb(
            commands.move_appointment,
            form=MoveForm,
            fill=lambda order: {"appointment_at": order.appointment_at},
        ),
        Verb(commands.pause_order, form=PauseForm, when=lambda order: not order.repair_call.waiting_for),
        Verb(commands.resume_order, form=ResumeForm, when=lambda order: bool(order.repair_call.waiting_for)),
        *stock.VERBS,
        Verb(commands.cancel_order, form=ReasonForm, tone="danger"),
    ]

    def cell(self, item: WorkOrder, column: str) -> Any:
        """The deadline as a chip that explains itself; a flag where the clocks disagreed."""
        if column == "repair_call.arrive_by":
            return chips.order_chip(item)
        if column == "arrived_at":
            return Markup("{} {}").format(super().cell(item, column), chips.skew_chip(item))
        return super().cell(item, column)

    def value(self, item: WorkOrder, column: str) -> Any:
        """The same on the record's page."""
        if column == "repair_call.arrive_by":
            return chips.order_chip(item)
        if column == "repair_call.promised_at":
            return chips.finish_chip(item.repair_call)
        if column == "arrived_device_at":
            return Markup("{} {}").format(super().value(item, column), chips.skew_chip(item))
        return super().value(item, column)

    def links(self, item: WorkOrder) -> list[Link]:
        """The voucher to print; the technician's own page for the job."""
        links = print_links("voucher", item.repair_call.voucher_id, _l("Service voucher"))
        if permissions.may(current(), "work_order.quote") and not current().has("technician"):
            links.append(Link(_l("Quote"), url_for("QuoteView.show", order_id=item.id), "fa-calculator"))
        if item.charges:
            links += print_links("quotation", item.id, _l("Print the quote"))
        for more in (stock.links, *FURTHER_LINKS):
            links += more(item)
        if item.technician_id == current().staff_id:
            links.append(
                Link(_l("Open on the telephone page"), url_for("MyDayView.job", order_id=item.id), "fa-mobile")
            )
        return links


class RepairCallView(QuickFilters, BaseView):
    """002 叫修登记本 on screen (SO-4)."""

    datamodel = OfficeInterface(RepairCall)
    record_name = _l("Repair call")
    list_name = _l("Repair calls")
    list_columns = [
        "number",
        "reported_at",
        "voucher.customer",
        "voucher.product_model",
        "symptom",
        "priority",
        "arrive_by",
        "carried_over",
        "status",
    ]
    eager = ["waiting_changes", "work_orders.technician"]
    show_fieldsets = [
        (
            _l("Call"),
            {
                "fields": [
                    "number",
                    "reported_at",
                    "channel",
                    "caller_name",
                    "caller_phone",
                    "symptom_code",
                    "symptom",
                    "priority",
                    "arrive_by",
                    "promised_at",
                    "waiting_for",
                    "carried_over",
                    "repeat_of",
                    "repeat_cause",
                    "repeat_note",
                    "late_reason",
                ]
            },
        ),
        (
            _l("Product"),
            {"fields": ["voucher", "voucher.customer", "voucher.product_model", "voucher.serial_no", "address"]},
        ),
        (_l("Office"), {"fields": ["branch", "taken_by", "created_at", "closed_at", "cancel_reason"]}),
    ]
    edit_columns = [
        "caller_name",
        "caller_phone",
        "channel",
        "reported_at",
        "late_reason",
        "symptom_code_id",
        "symptom",
        "priority",
    ]
    edit_form_extra_fields = {
        "symptom_code_id": fields.row(FaultCode, _l("Symptom code"), required=False),
        "reported_at": fields.moment(_l("Reported at")),
    }
    edit_command = commands.correct_call
    search_columns = ["number", "status", "priority", "channel", "branch", "reported_at", "carried_over"]
    quick_columns = ["number", "voucher.customer.name", "caller_phone", "voucher.serial_no"]
    small_references = ["branch"]
    base_order = ("reported_at", "desc")
    choices = {"channel": words.CHANNELS, "priority": words.PRIORITIES, "repeat_cause": words.REPEAT_CAUSES}
    choices["waiting_for"] = WAITING
    tones = {"status": words.CALL_TONES, "priority": {"urgent": "danger"}}
    label_columns = words.CALL_LABELS
    related_views = [WorkOrderView, ContractorRequestView, WaitingChangeView, EscalationNoticeView]
    lifecycle = rules.REPAIR_CALL
    verbs = [
        Verb(
            commands.dispatch,
            form=DispatchForm,
            tone="primary",
            after=lambda order: url_for("WorkOrderView.show", pk=order.id),
        ),
        Verb(
            commands.attribute_repeat,
            form=RepeatForm,
            fill=lambda call: {"cause": call.repeat_cause, "note": call.repeat_note},
            when=lambda call: call.repeat_of_id is not None,
        ),
        Verb(commands.promise, form=PromiseForm, fill=lambda call: {"promised_at": call.promised_at}),
        Verb(
            commands.change_address,
            form=AddressForm,
            fill=lambda call: {"address_id": str(call.address_id)},
            when=lambda call: len(call.voucher.customer.addresses) > 1,
        ),
        Verb(commands.pause_call, form=PauseForm, when=lambda call: not call.waiting_for),
        Verb(commands.resume_call, form=ResumeForm, when=lambda call: bool(call.waiting_for)),
        Verb(commands.cancel_call, form=ReasonForm, tone="danger"),
    ]

    quick_filters = [
        QuickFilter("repeat", _l("Repeat repairs"), lambda: RepairCall.repeat_of_id.is_not(None)),
        QuickFilter(
            "cause",
            _l("Repeat repairs without a cause"),
            lambda: and_(RepairCall.repeat_of_id.is_not(None), RepairCall.repeat_cause == ""),
        ),
    ]

    def cell(self, item: RepairCall, column: str) -> Any:
        """The deadline as a chip that explains itself; a repeat repair is marked (KP-2)."""
        if column == "symptom" and item.repeat_of_id is not None:
            return Markup("{} {}").format(super().cell(item, column), chip(_("Repeat repair"), "warning"))
        return chips.arrival_chip(item) if column == "arrive_by" else super().cell(item, column)

    def value(self, item: RepairCall, column: str) -> Any:
        """The same on the record's page."""
        if column == "arrive_by":
            return chips.arrival_chip(item)
        if column == "promised_at":
            return chips.finish_chip(item)
        return super().value(item, column)

    def links(self, item: RepairCall) -> list[Link]:
        """The voucher to print."""
        return print_links("voucher", item.voucher_id, _l("Service voucher"))

    def editable(self, item: RepairCall) -> bool:
        """As long as it is not finished."""
        return item.status in ("open", "dispatched")


# A product's calls stand under its voucher, all of a customer's under the customer (CU-1).
VoucherView.related_views.append(RepairCallView)
CustomerView.further_lists.append(
    lambda customer: rows_of(RepairCallView, RepairCall.voucher.has(Voucher.customer_id == customer.id))
)
