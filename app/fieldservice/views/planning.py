"""Generated screens of what the board plans with: absences, own areas, crews, outside contractors (SO-18, SO-19)."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l

from app.core import clock
from app.core.actors import Principal
from app.core.home import card
from app.core.views import BaseView, Link, OfficeForm, OfficeInterface, Verb, fields
from app.fieldservice import commands, queries, rules
from app.fieldservice.models import Absence, Contractor, ContractorRequest, CrewMember, ServiceArea
from app.fieldservice.views import words

ABSENCE_KINDS = {key: _l(label) for key, label in rules.ABSENCE_KIND_LABELS.items()}
REQUEST_TONES = {"requested": "warning", "approved": "success", "refused": "danger", "dispatched": "info"}


def _enter_absence(actor: Principal, *, staff_id: str, **given: Any) -> Absence:
    entered: Absence = commands.enter_absence(actor, staff_id=int(staff_id), **given)
    return entered


class AbsenceView(BaseView):
    """Who is not there, and until when; nobody absent is dispatched (SO-19)."""

    datamodel = OfficeInterface(Absence)
    record_name = _l("Absence")
    list_name = _l("Absences")
    list_columns = ["staff", "starts_at", "ends_at", "kind", "reason"]
    show_columns = ["staff", "starts_at", "ends_at", "kind", "reason", "entered_by", "created_at"]
    add_columns = ["staff_id", "starts_at", "ends_at", "kind", "reason", "confirm"]
    add_form_extra_fields = {
        "staff_id": fields.choice(_l("Who"), words.people_here),
        "starts_at": fields.moment(_l("From")),
        "ends_at": fields.moment(_l("Until")),
        "kind": fields.choice(_l("Kind"), ABSENCE_KINDS, default="leave"),
        "reason": fields.text(_l("Reason"), 200, required=False),
        "confirm": fields.yes(_l("Enter it although appointments stand in this time")),
    }
    search_columns = ["staff", "kind", "starts_at", "ends_at"]
    base_order = ("starts_at", "desc")
    choices = {"kind": ABSENCE_KINDS}
    tones = {"kind": {"sick": "danger", "leave": "info"}}
    label_columns = {
        "staff": _l("Who"),
        "staff_id": _l("Who"),
        "starts_at": _l("From"),
        "ends_at": _l("Until"),
        "kind": _l("Kind"),
        "reason": _l("Reason"),
        "entered_by": _l("Entered by"),
        "confirm": _l("Enter it although appointments stand in this time"),
    }
    add_command = _enter_absence
    verbs = [
        Verb(
            commands.remove_absence,
            label=_l("Remove"),
            tone="danger",
            confirm=_l("Remove this absence?"),
            when=lambda absence: absence.ends_at > clock.now(),
            after=lambda _nothing: url_for("AbsenceView.list"),
        )
    ]


class ServiceAreaView(BaseView):
    """Districts that are a technician's own."""

    datamodel = OfficeInterface(ServiceArea)
    record_name = _l("Own area")
    list_name = _l("Own areas")
    list_columns = ["staff", "district"]
    show_columns = ["staff", "district"]
    add_columns = ["staff", "district"]
    search_columns = ["staff", "district"]
    deletable = True
    label_columns = {"staff": _l("Technician"), "district": _l("District")}


class CrewMemberView(BaseView):
    """Technicians who go along."""

    datamodel = OfficeInterface(CrewMember)
    record_name = _l("Crew")
    list_columns = ["staff", "created_at"]
    show_columns = ["work_order", "staff", "created_at"]
    search_columns = ["work_order", "staff"]
    label_columns = {"work_order": _l("Work order"), "staff": _l("Technician")}


class ContractorView(BaseView):
    """Firms and departments that may be sent when no one is free (SO-19)."""

    datamodel = OfficeInterface(Contractor)
    record_name = _l("Outside contractor")
    list_name = _l("Outside contractors")
    list_columns = ["name", "contact", "phone", "trades", "branch", "active"]
    show_columns = ["name", "contact", "phone", "trades", "branch", "active"]
    add_columns = ["branch", "name", "contact", "phone", "trades"]
    edit_columns = ["name", "contact", "phone", "trades", "active"]
    search_columns = ["name", "branch", "active"]
    quick_columns = ["name", "contact", "phone", "trades"]
    small_references = ["branch"]
    base_order = ("name", "asc")
    label_columns = {
        "contact": _l("Contact person"),
        "phone": _l("Telephone"),
        "trades": _l("Can do"),
    }


class DecisionForm(OfficeForm):
    """What the manager says to it."""

    note = fields.text(_l("Note"), 200, required=False)


class RefusalForm(OfficeForm):
    """Why not."""

    note = fields.text(_l("Reason"), 200)


class SendForm(OfficeForm):
    """When the contractor comes."""

    appointment_at = fields.moment(_l("Appointment"), required=False)
    expected_minutes = fields.number(_l("Expected minutes"), 1, 1440, required=False)
    out_of_turn_reason = fields.text(_l("Reason for taking this call out of turn"), 200, required=False)


class ContractorRequestView(BaseView):
    """Contractors asked for, approved and dispatched (SO-19)."""

    datamodel = OfficeInterface(ContractorRequest)
    record_name = _l("Contractor request")
    list_name = _l("Contractor requests")
    list_columns = ["repair_call", "contractor", "reason", "requested_by", "created_at", "status"]
    show_fieldsets = [
        (
            _l("Request"),
            {
                "fields": [
                    "repair_call",
                    "repair_call.voucher.customer",
                    "repair_call.voucher.product_model",
                    "repair_call.symptom",
                    "repair_call.address",
                    "repair_call.arrive_by",
                    "contractor",
                    "reason",
                    "requested_by",
                    "created_at",
                ]
            },
        ),
        (_l("Decision"), {"fields": ["status", "decided_by", "decided_at", "decision_note"]}),
    ]
    search_columns = ["status", "contractor", "branch", "created_at"]
    quick_columns = ["repair_call.number", "contractor.name"]
    small_references = ["branch"]
    base_order = ("id", "desc")
    tones = {"status": REQUEST_TONES}
    label_columns = {
        **words.ORDER_LABELS,
        "contractor": _l("Outside contractor"),
        "reason": _l("Reason"),
        "requested_by": _l("Requested by"),
        "decided_by": _l("Decided by"),
        "decided_at": _l("Decided at"),
        "decision_note": _l("Note"),
        "created_at": _l("Requested at"),
    }
    lifecycle = rules.CONTRACTOR_REQUEST
    verbs = [
        Verb(commands.approve_contractor, form=DecisionForm, tone="primary"),
        Verb(commands.refuse_contractor, form=RefusalForm, tone="danger"),
        Verb(
            commands.send_contractor,
            form=SendForm,
            tone="primary",
            after=lambda order: url_for("WorkOrderView.show", pk=order.id),
        ),
        Verb(commands.withdraw_contractor, confirm=_l("Withdraw this request?")),
    ]

    def links(self, item: ContractorRequest) -> list[Link]:
        """The call it is about."""
        return [Link(_l("Repair call"), url_for("RepairCallView.show", pk=item.repair_call_id), "fa-phone")]


def _to_approve() -> int:
    return queries.count_of(ContractorRequest, ContractorRequest.status == "requested")


card(
    "branch_manager",
    "service_department",
    title=_l("Contractors to approve"),
    url="ContractorRequestView.list",
    arguments={"_flt_0_status": "requested"},
    count=_to_approve,
    icon="fa-handshake-o",
    tone="warning",
    order=12,
)
