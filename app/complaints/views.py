"""Screens of the complaints: the register, a complaint with its timetable and steps, what may happen next (CP)."""

from __future__ import annotations

from typing import Any

from flask_appbuilder import expose, has_access
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from app.complaints import commands, queries, rules
from app.complaints.models import Complaint, ComplaintStep
from app.core import clock
from app.core.actors import current
from app.core.db import db
from app.core.home import card
from app.core.views import BaseView, OfficeForm, OfficeInterface, Verb, fields, lookup
from app.core.views.display import NOTHING, chip
from app.core.views.ids import by_id
from app.core.views.quick import QuickFilter, QuickFilters
from app.customers.views import CustomerView
from app.organisation.models import Branch, Staff

STAGE_TONES = {rules.MET: "success", rules.LATE: "warning", rules.OVERDUE: "danger", rules.OPEN: "info"}


def _labels(table: dict[str, str]) -> dict[str, Any]:
    return {value: _l(label) for value, label in table.items()}


# What a person may choose; "again" is found by the portal itself (CP-5).
GROUNDS = _labels({key: label for key, label in rules.GROUND_LABELS.items() if key not in ("again", "judged")})

lookup(Complaint, search=("number", "complainant"), label=lambda c: f"{c.number} {c.complainant}")


def _said(label: Any = None) -> Any:
    return fields.notes(label or _l("What was said"), 2000)


def _at() -> Any:
    return fields.moment(_l("When"), required=False, help=_l("Empty: now"))


class StepForm(OfficeForm):
    """When it happened and what was said (CP-8)."""

    said = _said()
    at = _at()


class VerifyForm(OfficeForm):
    """What the facts are."""

    finding = fields.choice(_l("Finding"), _labels(rules.FINDING_LABELS))
    said = _said(_l("What was found out"))
    at = _at()


class ProposeForm(OfficeForm):
    """What we offer."""

    solution = fields.notes(_l("Solution"), 2000)
    compensation = fields.money(_l("Compensation, CNY"), required=False)
    said = _said(_l("Reasons for it"))
    at = _at()


class RateForm(OfficeForm):
    """How satisfied the customer is with the handling."""

    satisfaction = fields.choice(_l("Satisfaction"), _labels(rules.SATISFACTION_LABELS))
    said = _said(_l("What the customer said"))
    at = _at()


class AssignForm(OfficeForm):
    """Who handles it."""

    handler_id = fields.remote(Staff, _l("Handler"))
    said = _said(_l("Instructions"))


class JudgeForm(OfficeForm):
    """How severe it is."""

    severity = fields.choice(_l("Severity"), _labels(rules.SEVERITY_LABELS))
    ground = fields.choice(_l("Why it is major"), GROUNDS, required=False)
    said = _said(_l("Reason"))


def _is_open(complaint: Complaint) -> bool:
    return rules.is_open(complaint.status)


def _now(_complaint: Complaint) -> dict[str, Any]:
    return {"at": clock.now()}


def _offer(complaint: Complaint) -> dict[str, Any]:
    return {"solution": complaint.solution, "compensation": complaint.compensation or None, **_now(complaint)}


class ComplaintStepView(BaseView):
    """Who did what, when, and what was said (CP-8)."""

    datamodel = OfficeInterface(ComplaintStep)
    record_name = _l("Step")
    list_name = _l("Steps of the handling")
    list_columns = ["at", "verb", "stage", "staff", "said"]
    show_columns = ["complaint", *list_columns, "created_at"]
    search_columns = ["complaint", "stage", "staff", "at"]
    label_columns = {
        "complaint": _l("Complaint"),
        "at": _l("When"),
        "verb": _l("What was done"),
        "stage": _l("Stage"),
        "staff": _l("By whom"),
        "said": _l("What was said"),
    }
    choices = {"stage": _labels(rules.STATE_LABELS), "verb": {"": NOTHING, **_labels(rules.VERB_LABELS)}}
    base_order = ("id", "asc")


class ComplaintView(QuickFilters, BaseView):
    """Complaints: confidential, every opening of one is noted (CP-13)."""

    datamodel = OfficeInterface(Complaint)
    record_name = _l("Complaint")
    list_name = _l("Complaints")
    show_template = "complaints/show.html"
    list_columns = [
        "number",
        "received_at",
        "complainant",
        "masked_phone",
        "category",
        "severity",
        "status",
        "handler",
        "next_due",
        "overdue",
    ]
    order_columns = ["number", "received_at", "complainant", "status"]
    show_fieldsets = [
        (
            _l("Complaint"),
            {
                "fields": [
                    "number",
                    "branch",
                    "received_at",
                    "channel",
                    "category",
                    "severity",
                    "severity_ground",
                    "severity_reason",
                    "content",
                    "demand",
                ]
            },
        ),
        (_l("Complainant"), {"fields": ["complainant", "phone", "customer", "voucher", "work_order"]}),
        (
            _l("Handling"),
            {
                "fields": [
                    "handler",
                    "subject",
                    "finding",
                    "solution",
                    "compensation",
                    "satisfaction",
                    "entered_by",
                    "created_at",
                ]
            },
        ),
    ]
    add_fieldsets = [
        (_l("Complainant"), {"fields": ["complainant", "phone", "customer", "voucher"]}),
        (_l("Complaint"), {"fields": ["received_at", "channel", "category", "content", "demand", "severity_ground"]}),
        (_l("Handling"), {"fields": ["subject", "branch"]}),
    ]
    add_form_extra_fields = {
        "channel": fields.choice(_l("Channel"), _labels(rules.CHANNEL_LABELS), default="telephone"),
        "category": fields.choice(_l("Kind of complaint"), _labels(rules.CATEGORY_LABELS)),
        "severity_ground": fields.choice(
            _l("Why it is major"),
            GROUNDS,
            required=False,
            help=_l("Only for a major complaint. The same matter complained of again is found by itself."),
        ),
        "branch": fields.row(
            Branch,
            _l("Branch"),
            required=False,
            as_object=True,
            help=_l("Empty: that of the service voucher, or your own."),
        ),
    }
    edit_columns = [
        "complainant",
        "phone",
        "customer",
        "voucher",
        "received_at",
        "channel",
        "category",
        "content",
        "demand",
        "subject",
    ]
    search_columns = [
        "number",
        "complainant",
        "phone",
        "branch",
        "status",
        "category",
        "severity",
        "handler",
        "received_at",
    ]
    label_columns = {
        "number": _l("Complaint no."),
        "received_at": _l("Received at"),
        "channel": _l("Channel"),
        "category": _l("Kind of complaint"),
        "complainant": _l("Complainant"),
        "phone": _l("Telephone"),
        "masked_phone": _l("Telephone"),
        "customer": _l("Customer"),
        "voucher": _l("Service voucher"),
        "work_order": _l("Work order"),
        "content": _l("Content"),
        "demand": _l("What the customer asks for"),
        "severity": _l("Severity"),
        "severity_ground": _l("Why it is major"),
        "severity_reason": _l("Reason"),
        "handler": _l("Handler"),
        "subject": _l("Person complained about"),
        "finding": _l("Finding"),
        "solution": _l("Solution"),
        "compensation": _l("Compensation, CNY"),
        "satisfaction": _l("Satisfaction"),
        "entered_by": _l("Registered by"),
        "next_due": _l("Next deadline"),
        "overdue": _l("Past the deadline"),
    }
    description_columns = {
        "received_at": _l("When the customer complained; the deadlines count from then."),
        "subject": _l("Takes no part in the handling and does not see it."),
    }
    choices = {
        "channel": _labels(rules.CHANNEL_LABELS),
        "category": _labels(rules.CATEGORY_LABELS),
        "severity": _labels(rules.SEVERITY_LABELS),
        "severity_ground": _labels(rules.GROUND_LABELS),
        "finding": _labels(rules.FINDING_LABELS),
        "satisfaction": _labels(rules.SATISFACTION_LABELS),
    }
    tones = {
        "severity": {"major": "danger"},
        "status": {
            "received": "warning",
            "settled": "success",
            "rated": "success",
            "closed": "success",
            "mediation": "warning",
        },
    }
    formatters_columns = {"overdue": lambda late: chip(_("Past the deadline"), "danger") if late else ""}
    small_references = ["branch"]
    narrow = {"voucher": {"customer_id": "customer"}}
    base_order = ("received_at", "desc")
    related_views = [ComplaintStepView]
    lifecycle = rules.LIFECYCLE
    quick_filters = [
        QuickFilter("open", _l("Still open"), queries.still_open),
        QuickFilter("mine", _l("Mine"), lambda: queries.of_handler(current().staff_id)),
        QuickFilter("overdue", _l("Past the deadline"), lambda: queries.overdue(clock.now())),
        QuickFilter("today", _l("Deadline today"), lambda: queries.due_on(clock.today())),
        QuickFilter("major", _l("Major"), lambda: queries.still_open() & (Complaint.severity == "major")),
        QuickFilter("nobody", _l("Without handler"), lambda: queries.still_open() & Complaint.handler_id.is_(None)),
    ]
    verbs = [
        Verb(commands.acknowledge, form=StepForm, fill=_now, tone="primary"),
        Verb(commands.verify, form=VerifyForm, fill=_now, tone="primary"),
        Verb(commands.propose, form=ProposeForm, fill=_offer, tone="primary"),
        Verb(commands.approve, form=StepForm, fill=_now, tone="primary"),
        Verb(commands.send_back, form=StepForm, fill=_now),
        Verb(commands.tell, form=StepForm, fill=_now, tone="primary"),
        Verb(commands.settle, form=StepForm, fill=_now, tone="primary"),
        Verb(commands.rate, form=RateForm, fill=_now, tone="primary"),
        Verb(commands.close, form=StepForm, fill=_now, tone="primary"),
        Verb(commands.assign, form=AssignForm, label=_l("Assign a handler"), when=_is_open),
        Verb(commands.judge, form=JudgeForm, label=_l("Judge the severity"), when=_is_open),
        Verb(commands.mediate, form=StepForm, fill=_now),
        Verb(commands.reopen, form=StepForm, fill=_now),
        Verb(commands.withdraw, form=StepForm, fill=_now, tone="danger"),
    ]
    add_command = by_id(commands.enter, "customer", "voucher", "subject", "branch")
    edit_command = by_id(commands.correct, "customer", "voucher", "subject")

    def prefill_form(self, form: Any, pk: Any) -> None:
        """A new complaint came now, until somebody says otherwise."""
        if pk is None and form.received_at.data is None:
            form.received_at.process_data(clock.now())

    def editable(self, item: Complaint) -> bool:
        """What is closed is not corrected (CP-8)."""
        return rules.is_open(item.status)

    def standings(self, item: Complaint) -> list[dict[str, Any]]:
        """The stages of CP-3 for the record's page: deadline, when it was reached, how it stands."""
        return [
            {
                "label": rules.STATE_LABELS[each.stage],
                "due_at": each.due_at,
                "done_at": each.done_at,
                "chip": chip(_(rules.STANDING_LABELS[each.state]), STAGE_TONES.get(each.state, "neutral")),
            }
            for each in queries.standings(item)
        ]

    @expose("/show/<pk>", methods=["GET"])
    @has_access
    def show(self, pk: str) -> Any:
        """The complaint; who opened it is noted (CP-13)."""
        commands.read(current(), self._record(pk).id)
        return super().show(pk)

    @expose("/edit/<pk>", methods=["GET", "POST"])
    @has_access
    def edit(self, pk: str) -> Any:
        """The form shows the customer's details as well (CP-13)."""
        commands.read(current(), self._record(pk).id)
        return super().edit(pk)


CustomerView.related_views.append(ComplaintView)


def _still_open() -> int:
    return int(db.session.execute(select(func.count(Complaint.id)).where(queries.still_open())).scalar_one())


card(
    "supervisor",
    "branch_manager",
    "service_department",
    "management",
    title=_l("Complaints still open"),
    url="ComplaintView.list",
    arguments={"show": "open"},
    count=_still_open,
    icon="fa-exclamation-circle",
    tone="warning",
    order=30,
)
