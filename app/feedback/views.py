"""Screens of the return visits: the day's worklist, the visits, their attempts (RV)."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask_appbuilder import expose, has_access
from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape
from sqlalchemy import and_, func, select

from app.complaints import rules as complaint_rules
from app.core import clock, settings
from app.core.actors import current
from app.core.db import db
from app.core.home import card
from app.core.views import BaseView, OfficeForm, OfficeInterface, Page, Verb, fields
from app.core.views.display import NOTHING, chip
from app.core.views.quick import QuickFilter, QuickFilters
from app.customers.models import Customer
from app.customers.views import CustomerView
from app.feedback import commands, queries, rules
from app.feedback.models import OVERDUE_DAYS, PLAN_DAYS, ReturnVisit, VisitAttempt
from app.organisation.models import Staff

WORKLIST_MAX = 300


def _labels(table: dict[str, str]) -> dict[str, Any]:
    return {value: _l(label) for value, label in table.items()}


class RecordForm(OfficeForm):
    """What the customer said (RV-4)."""

    spoke_to = fields.text(_l("Spoken to"), 64)
    manner = fields.choice(_l("Manner"), _labels(rules.MANNER_LABELS))
    satisfaction = fields.choice(_l("Satisfaction"), _labels(rules.SATISFACTION_LABELS))
    shortcomings = fields.notes(
        _l("Shortcomings"), 1000, required=False, help=_l("Needed when the customer is dissatisfied.")
    )
    suggestions = fields.notes(_l("Suggestions"), 1000, required=False)
    open_complaint = fields.yes(_l("Open a complaint from this visit"))
    at = fields.moment(_l("When"), required=False, help=_l("Empty: now"))


class AttemptForm(OfficeForm):
    """A try in vain."""

    said = fields.text(_l("What happened"), 200, help=_l("Such as: no answer, busy, call again after six"))
    at = fields.moment(_l("When"), required=False, help=_l("Empty: now"))


class ReassignForm(OfficeForm):
    """Who goes instead."""

    visitor_id = fields.remote(Staff, _l("Visitor"))
    companion_id = fields.remote(Staff, _l("Goes along"), required=False)


class CancelForm(OfficeForm):
    """Why nobody goes."""

    reason = fields.text(_l("Reason"), 200)


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


def _now(visit: ReturnVisit) -> dict[str, Any]:
    return {"at": clock.now(), "spoke_to": visit.who, "manner": "telephone"}


def _what_was_said(visit: ReturnVisit) -> dict[str, Any]:
    said = "\n".join(part for part in (visit.shortcomings, visit.suggestions) if part)
    return {"content": said, "category": "repair_quality" if visit.cause == "repair" else "after_sales"}


def _onward(visit: ReturnVisit) -> str:
    """After a visit the next one; an unsatisfactory one first needs its complaint."""
    if visit.unanswered:
        return url_for("ReturnVisitView.show", pk=visit.id)
    return url_for("WorklistView.index")


def dial(number: Any) -> Markup:
    """A telephone number that can be dialled with a click."""
    return Markup('<a href="tel:{0}" class="dial">{0}</a>').format(number) if number else escape(NOTHING)


class VisitAttemptView(BaseView):
    """Tries that did not reach the customer (RV-4)."""

    datamodel = OfficeInterface(VisitAttempt)
    record_name = _l("Attempt")
    list_name = _l("Attempts in vain")
    list_columns = ["at", "staff", "note"]
    show_columns = ["return_visit", *list_columns]
    search_columns = ["return_visit", "staff", "at"]
    label_columns = {
        "return_visit": _l("Return visit"),
        "at": _l("When"),
        "staff": _l("By whom"),
        "note": _l("What happened"),
    }
    base_order = ("id", "asc")


class ReturnVisitView(QuickFilters, BaseView):
    """Return visits, one for each cause (RV-1)."""

    datamodel = OfficeInterface(ReturnVisit)
    record_name = _l("Return visit")
    list_name = _l("Return visits")
    list_columns = ["number", "due_on", "days_late", "cause", "about", "who", "visitor", "status", "satisfaction"]
    order_columns = ["number", "due_on", "cause", "status"]
    show_fieldsets = [
        (_l("Visit"), {"fields": ["number", "status", "due_on", "days_late", "visitor", "companion", "branch"]}),
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
                    "opened_complaint",
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
        "cancel_reason": _l("Reason for cancelling"),
    }
    choices = {
        "cause": _labels(rules.CAUSE_LABELS),
        "manner": _labels(rules.MANNER_LABELS),
        "satisfaction": _labels(rules.SATISFACTION_LABELS),
    }
    tones = {
        "status": {"planned": "info", "done": "success"},
        "satisfaction": {"very_satisfied": "success", "satisfied": "success", "dissatisfied": "danger"},
    }
    formatters_columns = {"phone": dial, "days_late": lambda days: chip(days, "danger") if days else ""}
    small_references = ["branch"]
    eager = ["customer.telephones", "complaint", "contract", "work_order.repair_call"]
    base_order = ("due_on", "desc")
    related_views = [VisitAttemptView]
    lifecycle = rules.LIFECYCLE
    quick_filters = [
        QuickFilter("planned", _l("To be made"), queries.to_be_made),
        QuickFilter("mine", _l("Mine"), lambda: and_(queries.to_be_made(), queries.of_visitor(current().staff_id))),
        QuickFilter("today", _l("Due today"), lambda: and_(queries.to_be_made(), ReturnVisit.due_on == clock.today())),
        QuickFilter("overdue", _l("Overdue"), lambda: queries.overdue(clock.today())),
        QuickFilter("escalated", _l("For the supervisor"), lambda: queries.escalated(clock.today())),
        QuickFilter("unanswered", _l("Dissatisfied, no complaint opened"), queries.unanswered),
    ]
    verbs = [
        Verb(commands.record, form=RecordForm, fill=_now, tone="primary", after=_onward),
        Verb(commands.attempt, form=AttemptForm, after=_onward),
        Verb(commands.reassign, form=ReassignForm),
        Verb(
            commands.open_complaint_from_visit,
            form=ComplaintForm,
            fill=_what_was_said,
            label=_l("Open a complaint"),
            tone="primary",
            when=lambda visit: visit.unanswered,
        ),
        Verb(commands.cancel, form=CancelForm, tone="danger"),
    ]


class WorklistView(Page):
    """Whom to call today: overdue, due today, coming (RV-3), with the number at hand."""

    route_base = "/returnvisits/worklist"

    @expose("/")
    @has_access
    def index(self) -> Any:
        """The worklist; ``?show=mine`` narrows it to one's own visits."""
        mine = request.args.get("show") == "mine"
        groups = queries.plan_rows(None, clock.today(), current().staff_id or -1 if mine else None, limit=WORKLIST_MAX)
        return self.render_template(
            "feedback/worklist.html",
            groups=groups,
            mine=mine,
            today=clock.today(),
            total=sum(len(group.visits) for group in groups),
            most=WORKLIST_MAX,
            horizon=settings.number(PLAN_DAYS),
            overdue_days=settings.number(OVERDUE_DAYS),
            causes=rules.CAUSE_LABELS,
            may_record=bool(rules.LIFECYCLE.allowed("planned", current().roles)),
        )


CustomerView.related_views.append(ReturnVisitView)


def _due() -> int:
    due = and_(queries.to_be_made(), ReturnVisit.due_on <= clock.today())
    return int(db.session.execute(select(func.count(ReturnVisit.id)).where(due)).scalar_one())


card(
    "clerk",
    "service_department",
    title=_l("Return visits due"),
    url="WorklistView.index",
    count=_due,
    icon="fa-phone-square",
    tone="info",
    order=35,
)
