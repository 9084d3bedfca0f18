"""Lists and records of the return visits, their attempts and answers; the rules and questions behind them (RV)."""

from __future__ import annotations

from typing import Any

from flask import g, url_for
from flask_appbuilder import expose, has_access
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape
from sqlalchemy import and_, func, select

from app.complaints import rules as complaint_rules
from app.complaints.views.pieces import masked
from app.core import clock
from app.core.actors import current
from app.core.db import db
from app.core.home import card
from app.core.views import BaseView, Link, OfficeForm, OfficeInterface, Verb, fields
from app.core.views.display import NOTHING, chip
from app.core.views.quick import QuickFilter, QuickFilters
from app.customers.models import Customer, Voucher
from app.feedback import commands, queries, rules
from app.feedback.models import ReturnVisit, VisitAnswer, VisitAttempt, VisitQuestion, VisitRule
from app.organisation.models import Staff
from app.organisation.rules import JOB_LABELS

WORKLIST_PAGE = 50


def _labels(table: dict[str, str]) -> dict[str, Any]:
    return {value: _l(label) for value, label in table.items()}


class ReassignForm(OfficeForm):
    """Who goes instead."""

    visitor_id = fields.remote(Staff, _l("Visitor"))
    companion_id = fields.remote(Staff, _l("Goes along"), required=False)


class CancelForm(OfficeForm):
    """Why nobody goes."""

    reason = fields.text(_l("Reason"), 200)


class AgainForm(OfficeForm):
    """Once more, although nobody was reached so often."""

    reason = fields.text(_l("Reason"), 200)
    visitor_id = fields.remote(Staff, _l("Visitor"), required=False, help=_l("Empty: whoever tried before"))


class CallForm(OfficeForm):
    """The repair call as it will be entered."""

    symptom = fields.notes(_l("Symptom"), 500)
    voucher_id = fields.remote(Voucher, _l("Product"), required=False, help=_l("Empty: the product of the visit"))


class ComplaintForm(OfficeForm):
    """The complaint as it will be entered."""

    content = fields.notes(_l("Content"), 2000)
    category = fields.choice(_l("Kind of complaint"), _labels(complaint_rules.CATEGORY_LABELS))


class PlanForm(OfficeForm):
    """A visit for another service (RV-1)."""

    customer_id = fields.remote(Customer, _l("Customer"))
    reason = fields.text(_l("Reason for the visit"), 200)
    due_on = fields.day(_l("Due on"), required=False, help=_l("Empty: after the usual number of days"))
    visitor_id = fields.remote(
        Staff, _l("Visitor"), required=False, help=_l("Empty: whoever has the fewest visits to make")
    )


def yes_no(value: Any) -> Any:
    """An answer kept as ``yes`` or ``no``, in words; anything else as it was said."""
    return {"yes": _("Yes"), "no": _("No")}.get(value, value)


def _what_was_said(visit: ReturnVisit) -> dict[str, Any]:
    said = "\n".join(part for part in (visit.shortcomings, visit.suggestions) if part)
    return {"content": said, "category": "repair_quality" if visit.cause == "repair" else "after_sales"}


def dial(number: Any) -> Markup:
    """A telephone number that can be dialled with a click; a masked one cannot."""
    if number and "*" in number:
        return escape(number)
    return Markup('<a href="tel:{0}" class="dial">{0}</a>').format(number) if number else escape(NOTHING)


class VisitAttemptView(BaseView):
    """Tries that did not reach the customer (RV-4)."""

    datamodel = OfficeInterface(VisitAttempt)
    record_name = _l("Attempt")
    list_name = _l("Attempts in vain")
    list_columns = ["at", "staff", "outcome", "note"]
    show_columns = ["return_visit", *list_columns]
    search_columns = ["return_visit", "staff", "at"]
    label_columns = {
        "return_visit": _l("Return visit"),
        "at": _l("When"),
        "staff": _l("By whom"),
        "outcome": _l("Result of the call"),
        "note": _l("Remark"),
    }
    choices = {"outcome": _labels(rules.OUTCOME_LABELS)}
    base_order = ("id", "asc")


class VisitAnswerView(BaseView):
    """What the customer answered to the questions of the script (RV-4)."""

    datamodel = OfficeInterface(VisitAnswer)
    record_name = _l("Answer")
    list_name = _l("Questions and answers")
    list_columns = ["asked", "answer"]
    show_columns = ["return_visit", *list_columns]
    search_columns = ["return_visit", "asked", "answer"]
    label_columns = {"return_visit": _l("Return visit"), "asked": _l("Question"), "answer": _l("Answer")}
    base_order = ("id", "asc")

    def render(self, column: str, value: Any) -> Any:
        """Yes and no in the reader's language."""
        return yes_no(value) if column == "answer" else super().render(column, value)


class VisitRuleView(BaseView):
    """After what, within how many days, by whom customers are visited (RV-1, RV-2)."""

    datamodel = OfficeInterface(VisitRule)
    record_name = _l("Return-visit rule")
    list_name = _l("Return-visit rules")
    list_columns = ["trigger_on", "days", "visitor_job", "companion_job", "active"]
    show_columns = list_columns
    edit_columns = ["days", "visitor_job", "companion_job", "active"]
    edit_form_extra_fields = {
        "companion_job": fields.choice(
            _l("Goes along"), _labels(JOB_LABELS), required=False, none=False, help=_l("Empty: the visitor goes alone")
        ),
    }
    search_columns = ["trigger_on", "active"]
    label_columns = {
        "trigger_on": _l("After what"),
        "days": _l("Within days"),
        "visitor_job": _l("Who visits"),
        "companion_job": _l("Goes along"),
        "active": _l("Active"),
    }
    description_columns = {"days": _l("Calendar days; of a contract counted from the middle of its term.")}
    choices = {
        "trigger_on": _labels(rules.TRIGGER_LABELS),
        "visitor_job": _labels(JOB_LABELS),
        "companion_job": {"": NOTHING, **_labels(JOB_LABELS)},
    }
    base_order = ("id", "asc")


class VisitQuestionView(BaseView):
    """What the caller asks, by what the visit is about (RV-4)."""

    datamodel = OfficeInterface(VisitQuestion)
    record_name = _l("Question of return visits")
    list_name = _l("Questions of return visits")
    list_columns = ["trigger_on", "position", "question", "answer_kind", "good_answer", "required", "active"]
    show_columns = [
        "trigger_on",
        "position",
        "question",
        "question_en",
        "answer_kind",
        "good_answer",
        "required",
        "active",
    ]
    add_columns = ["trigger_on", "position", "question", "question_en", "answer_kind", "good_answer", "required"]
    edit_columns = ["position", "question", "question_en", "answer_kind", "good_answer", "required", "active"]
    search_columns = ["trigger_on", "question", "active"]
    label_columns = {
        "trigger_on": _l("After what"),
        "position": _l("Order"),
        "question": _l("Question"),
        "question_en": _l("Question in English"),
        "answer_kind": _l("Answered"),
        "good_answer": _l("A content customer says"),
        "required": _l("Must be answered"),
        "active": _l("Active"),
    }
    description_columns = {
        "good_answer": _l(
            "Only for yes or no: one click gives all these answers, so that a content customer takes three."
        ),
    }
    choices = {
        "good_answer": {"yes": _l("Yes"), "no": _l("No")},
        "trigger_on": _labels(rules.TRIGGER_LABELS),
        "answer_kind": _labels(rules.ANSWER_KIND_LABELS),
    }
    base_order = ("trigger_on", "asc")


class ReturnVisitView(QuickFilters, BaseView):
    """Return visits, one for each cause (RV-1)."""

    datamodel = OfficeInterface(ReturnVisit)
    record_name = _l("Return visit")
    list_name = _l("Return visits")
    list_columns = ["number", "due_on", "days_late", "cause", "about", "who", "visitor", "status", "satisfaction"]
    order_columns = ["number", "due_on", "cause", "status"]
    show_fieldsets = [
        (
            _l("Visit"),
            {
                "fields": [
                    "number",
                    "status",
                    "due_on",
                    "days_late",
                    "next_try_at",
                    "visitor",
                    "companion",
                    "branch",
                ]
            },
        ),
        (
            _l("What it is about"),
            {"fields": ["cause", "complaint", "work_order", "contract", "reason", "who", "phone", "customer"]},
        ),
        (
            _l("Outcome"),
            {
                "fields": [
                    "done_at",
                    "manner",
                    "spoke_to",
                    "satisfaction",
                    "shortcomings",
                    "suggestions",
                    "opened_call",
                    "opened_complaint",
                    "no_follow_up",
                    "cancel_reason",
                ]
            },
        ),
    ]
    add_columns = ["customer_id", "reason", "due_on", "visitor_id"]
    add_form = PlanForm
    add_command = commands.plan_other
    search_columns = ["number", "customer", "branch", "cause", "status", "visitor", "due_on", "satisfaction"]
    label_columns = {
        "number": _l("Visit no."),
        "due_on": _l("Due on"),
        "days_late": _l("Days late"),
        "cause": _l("Cause"),
        "about": _l("Concerning"),
        "who": _l("Customer"),
        "customer": _l("Customer file"),
        "customer_id": _l("Customer"),
        "phone": _l("Telephone"),
        "complaint": _l("Complaint"),
        "work_order": _l("Work order"),
        "contract": _l("Maintenance contract"),
        "reason": _l("Reason for the visit"),
        "visitor": _l("Visitor"),
        "visitor_id": _l("Visitor"),
        "companion": _l("Goes along"),
        "done_at": _l("Visited at"),
        "manner": _l("Manner"),
        "spoke_to": _l("Spoken to"),
        "satisfaction": _l("Satisfaction"),
        "shortcomings": _l("Shortcomings"),
        "suggestions": _l("Suggestions"),
        "opened_complaint": _l("Complaint opened"),
        "opened_call": _l("Repair call opened"),
        "no_follow_up": _l("Why nothing follows"),
        "next_try_at": _l("To be tried again"),
        "cancel_reason": _l("Reason for cancelling"),
    }
    choices = {
        "cause": _labels(rules.CAUSE_LABELS),
        "manner": _labels(rules.MANNER_LABELS),
        "satisfaction": _labels(rules.SATISFACTION_LABELS),
    }
    tones = {
        "status": {"planned": "info", "done": "success", "given_up": "warning"},
        "satisfaction": {"very_satisfied": "success", "satisfied": "success", "dissatisfied": "danger"},
    }
    masks = {"phone": "phone_shown"}
    formatters_columns = {"phone": dial, "days_late": lambda days: chip(days, "danger") if days else NOTHING}
    small_references = ["branch"]
    eager = ["customer.telephones", "complaint", "contract", "work_order.repair_call"]
    base_order = ("due_on", "desc")
    related_views = [VisitAttemptView, VisitAnswerView]
    lifecycle = rules.LIFECYCLE
    quick_filters = [
        QuickFilter("planned", _l("To be made"), queries.to_be_made),
        QuickFilter("mine", _l("Mine"), lambda: and_(queries.to_be_made(), queries.of_visitor(current().staff_id))),
        QuickFilter("today", _l("Due today"), lambda: and_(queries.to_be_made(), ReturnVisit.due_on == clock.today())),
        QuickFilter("overdue", _l("Overdue"), lambda: queries.overdue(clock.today())),
        QuickFilter("supervisor", _l("For the supervisor"), lambda: queries.for_supervisor(clock.today())),
        QuickFilter("unsatisfactory", _l("Dissatisfied"), queries.unsatisfactory),
        QuickFilter("unanswered", _l("Dissatisfied, nothing followed"), queries.unanswered),
    ]
    verbs = [
        Verb(commands.try_again, form=AgainForm, tone="primary"),
        Verb(commands.reassign, form=ReassignForm),
        Verb(
            commands.open_complaint_from_visit,
            form=ComplaintForm,
            fill=_what_was_said,
            label=_l("Open a complaint"),
            tone="primary",
            when=lambda visit: visit.unanswered,
        ),
        Verb(
            commands.open_call_from_visit,
            form=CallForm,
            fill=lambda visit: {"symptom": visit.shortcomings[:500], "voucher_id": visit.voucher_id},
            label=_l("Open a repair call"),
            when=lambda visit: visit.unanswered,
        ),
        Verb(commands.cancel, form=CancelForm, tone="danger"),
    ]

    def value(self, item: ReturnVisit, column: str) -> Any:
        """The number of who complained is masked until somebody asks for it, and that is noted (CP-13)."""
        if column == "phone" and item.complaint_id is not None and g.get("revealed") != item.id:
            if item.complaint is None or not item.phone:
                return item.phone_shown or NOTHING
            return masked(item.phone_shown, url_for("ReturnVisitView.reveal", pk=item.id))
        return super().value(item, column)

    @expose("/show/<pk>", methods=["GET"])
    @has_access
    def show(self, pk: str) -> Any:
        """The visit; who opens one about a complaint is noted there (CP-13)."""
        commands.note_reading(current(), self._record(pk))
        return super().show(pk)

    @expose("/reveal/<pk>", methods=["POST"])
    @has_access
    @permission_name("show")
    def reveal(self, pk: str) -> Any:
        """The same page with the telephone number; that it was asked for is noted (CP-13)."""
        item = self._record(pk)
        if commands.note_reading(current(), item, what="number"):
            g.revealed = item.id
        return super().show(pk)

    def links(self, item: ReturnVisit) -> list[Link]:
        """To the caller's page while the customer is still to be reached; afterwards the record on paper."""
        found = []
        if item.to_call and rules.LIFECYCLE.allowed(item.status, current().roles):
            found.append(Link(_l("Call the customer"), url_for("WorklistView.index", visit=item.id), "fa-phone"))
        url = url_for("PrintView.now", name="return_visit_record", record_id=item.id)
        found.append(Link(_l("Print the record"), url, "fa-print", new_tab=True))
        return found


def _count(criterion: Any) -> int:
    return int(db.session.execute(select(func.count(ReturnVisit.id)).where(criterion)).scalar_one())


card(
    "clerk",
    "service_department",
    title=_l("Return visits due"),
    url="WorklistView.index",
    count=lambda: _count(queries.due_now(clock.today(), clock.now())),
    icon="fa-phone-square",
    tone="info",
    order=35,
)
card(
    "supervisor",
    title=_l("Return visits overdue or given up"),
    url="ReturnVisitView.list",
    arguments={"show": "supervisor"},
    count=lambda: _count(queries.for_supervisor(clock.today())),
    icon="fa-phone-square",
    tone="warning",
    order=36,
)
