"""Generated screens: repair calls and work orders, with everything that may happen to them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import and_

from app.core import permissions
from app.core.actors import current
from app.core.views import BaseView, Link, OfficeInterface, Verb, fields
from app.core.views.display import chip
from app.core.views.quick import QuickFilter, QuickFilters
from app.customers.views import VoucherView, print_links
from app.fieldservice import commands, queries, rules
from app.fieldservice.models import CrewMember, FaultCode, RepairCall, WorkOrder
from app.fieldservice.queries import figures
from app.fieldservice.views import chips, stock, words
from app.fieldservice.views.deadlines import (
    WAITING,
    AppointmentChangeView,
    EscalationNoticeView,
    WaitingChangeView,
)
from app.fieldservice.views.forms import (
    AddressForm,
    ClassForm,
    ContractorWorkForm,
    CrewForm,
    DispatchForm,
    MoveForm,
    PauseForm,
    PromiseForm,
    ReasonForm,
    ReassignForm,
    RepeatForm,
    ResumeForm,
    UrgeForm,
)
from app.fieldservice.views.planning import ContractorRequestView, CrewMemberView
from app.fieldservice.views.pricing import CONSENTS
from app.fieldservice.views.records import (
    ChargeView,
    PartFittedView,
    SignatureView,
    TimeEntryView,
    WorkOrderEventView,
    file_link,
)

FURTHER_LINKS: list[Callable[[WorkOrder], list[Link]]] = []
"""Ways on from a job's page that a later area gives."""


def _to_order(member: CrewMember) -> str:
    return url_for("WorkOrderView.show", pk=member.work_order_id)


def at_hand(call: RepairCall, column: str, found: Any) -> Any:
    """A call's value on a record's page: the caller's number to be dialled, the voucher without what stands beside it."""
    if column == "caller_phone" and call.caller_phone:
        return Link(call.caller_phone, f"tel:{call.caller_phone}")
    if column == "voucher" and isinstance(found, Link):
        return Link(call.voucher.number, found.url)
    return found


class WorkOrderView(QuickFilters, BaseView):
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
    role_columns = {
        "technician": ["number", "repair_call.voucher.customer", "repair_call.address", "appointment_at", "status"],
        "accountant": [
            "number",
            "repair_call.voucher.customer",
            "technician",
            "service_class",
            "finished_at",
            "status",
        ],
        # The deadline says whether the arrival was in time; so a row takes one line.
        "supervisor": [column for column in list_columns if column != "arrived_at"],
    }
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
                    "repair_call.voucher.serial_no",
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
    formatters_columns = {"consent_file": file_link}
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
    quick_filters = [
        QuickFilter("under_way", _l("Under way"), lambda: WorkOrder.status.in_(queries.UNDER_WAY)),
        QuickFilter("finished", _l("To close"), lambda: WorkOrder.status == "finished"),
        QuickFilter("standing", _l("Neither declined nor cancelled"), figures.standing_orders, behind=True),
    ]
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
        return at_hand(item.repair_call, column.removeprefix("repair_call."), super().value(item, column))

    def links(self, item: WorkOrder) -> list[Link]:
        """The voucher to print; the technician's own page for the job."""
        links = print_links("voucher", item.repair_call.voucher_id, _l("Service voucher"))
        if permissions.may(current(), "work_order.quote") and not current().has("technician"):
            links.append(Link(_l("Quote"), url_for("QuoteView.show", order_id=item.id), "fa-calculator"))
        if item.charges:
            links += print_links("quotation", item.id, _l("Print the quote"))
        for more in FURTHER_LINKS:
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
        "status",
    ]
    role_columns = {
        "technician": ["number", "reported_at", "voucher.customer", "voucher.product_model", "symptom", "status"]
    }
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
        QuickFilter("today", _l("Today"), figures.of_today),
        QuickFilter("waiting", _l("Not dispatched"), lambda: RepairCall.status == "open"),
        QuickFilter("soon", _l("Arrival due soon"), figures.due_soon),
        QuickFilter("late_now", _l("Arrival overdue"), figures.overdue),
        QuickFilter("missed", _l("Arrival missed lately"), figures.missed_lately),
        QuickFilter("carried", _l("Carried over and waiting"), figures.carried_over),
        QuickFilter("repeat", _l("Repeat repairs"), lambda: RepairCall.repeat_of_id.is_not(None)),
        QuickFilter(
            "cause",
            _l("Repeat repairs without a cause"),
            lambda: and_(RepairCall.repeat_of_id.is_not(None), RepairCall.repeat_cause == ""),
        ),
        *(
            QuickFilter(key, label, partial(figures.arrival_is, key), behind=True)
            for key, label in words.ARRIVALS.items()
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
        return at_hand(item, column, super().value(item, column))

    def begin(self) -> Link | None:
        """A call is entered at the intake, from what the caller says (SO-4)."""
        if not permissions.may(current(), "repair_call.enter"):
            return None
        return Link(_l("New repair call"), url_for("IntakeView.index"), "fa-phone")

    def links(self, item: RepairCall) -> list[Link]:
        """The voucher to print."""
        return print_links("voucher", item.voucher_id, _l("Service voucher"))

    def editable(self, item: RepairCall) -> bool:
        """As long as it is not finished."""
        return item.status in ("open", "dispatched")


# A product's calls stand under its voucher; those of a customer: ``customer``.
VoucherView.related_views.append(RepairCallView)
