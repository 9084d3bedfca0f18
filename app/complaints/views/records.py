"""Lists around complaints: approvals, actions, crisis group, files, readings, lateness, and their reference data."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, func, select

from app.calendars.views import LEVEL_LABELS, NOTICE_LABELS, LevelScreen, NoticeScreen
from app.complaints import commands, queries, rules
from app.complaints.models import (
    ESCALATION_ROLES,
    STAGE_LABELS,
    Approval,
    ApprovalDeputy,
    ComplaintEscalationLevel,
    ComplaintFile,
    ComplaintLateness,
    ComplaintNotice,
    ComplaintReading,
    CorrectiveAction,
    CrisisEntry,
    RefusalReason,
)
from app.complaints.views import forms
from app.complaints.views.forms import labels
from app.complaints.views.pieces import leads_to
from app.core import clock
from app.core.actors import current
from app.core.db import db
from app.core.home import card
from app.core.views import BaseView, OfficeInterface, Verb
from app.core.views.display import NOTHING, chip
from app.core.views.quick import QuickFilter, QuickFilters
from app.organisation.rules import APPROVER_LABELS

ROLES = {"handler": _l("Handler"), **labels(APPROVER_LABELS)}
STAGES = labels(STAGE_LABELS)


def _deciding(row: Approval) -> bool:
    return row.status == "pending" and queries.may_decide(current(), row.complaint)


def _mine(column: Any) -> ColumnElement[bool]:
    result: ColumnElement[bool] = column == (current().staff_id or -1)
    return result


class _LeadsToComplaint(BaseView):
    """A list beside the complaints: each line leads to the complaint it is about."""

    def cell(self, item: Any, column: str) -> Any:
        if column == "complaint" and item.complaint is not None:
            return leads_to(item.complaint)
        return super().cell(item, column)


class ApprovalView(QuickFilters, BaseView):
    """What waits for a decision, and what was decided (CP-9)."""

    datamodel = OfficeInterface(Approval)
    record_name = _l("Approval")
    list_name = _l("Approvals")
    list_help = _l(
        "Solutions to complaints that cost something, or that somebody has to agree to, by the authority limits."
    )
    list_columns = ["complaint", "kind", "amount", "role", "requested_by", "created_at", "status", "decided_by"]
    show_template = "complaints/approval.html"
    verb_template = "complaints/verb.html"
    levels, remedies, findings = labels(APPROVER_LABELS), forms.REMEDIES, labels(rules.FINDING_LABELS)
    show_fieldsets = [
        (_l("Decision"), {"fields": ["status", "decided_by", "acted_for", "decided_at", "refusal_reason", "said"]}),
    ]
    search_columns = ["complaint", "status", "kind", "created_at"]
    order_columns = ["amount", "created_at", "status"]
    base_order = ("id", "desc")
    eager = ["complaint.branch"]
    lifecycle = rules.APPROVAL
    choices = {"kind": forms.REMEDIES, "role": labels(APPROVER_LABELS)}
    tones = {"status": {"pending": "warning", "approved": "success", "refused": "danger"}}
    verbs = [
        Verb(commands.approve_row, form=forms.ApproveRowForm, tone="primary", when=_deciding),
        Verb(commands.refuse_row, form=forms.RefuseRowForm, tone="danger", when=_deciding),
    ]
    label_columns = {
        "complaint": _l("Complaint"),
        "kind": _l("Remedy"),
        "amount": _l("What it costs, CNY"),
        "solution": _l("Solution"),
        "role": _l("Decided by, at least"),
        "requested_by": _l("Proposed by"),
        "created_at": _l("Proposed at"),
        "decided_by": _l("Decided by"),
        "acted_for": _l("Standing in for"),
        "decided_at": _l("Decided at"),
        "refusal_reason": _l("Reason"),
        "said": _l("Opinion"),
    }
    quick_filters = [
        QuickFilter("mine", _l("Waiting for me"), lambda: queries.approvals_for(current(), clock.today())),
        QuickFilter("pending", _l("All that wait"), lambda: Approval.status == "pending"),
    ]

    def proposal(self, item: Approval) -> Any:
        """What was proposed, why, at what cost, and whose limit it is."""
        return queries.proposal_of(current(), item)

    def filled(self, item: Approval, columns: list[str]) -> tuple[list[tuple[Any, Any]], list[Any]]:
        """Of a decision only once it was made: what it will say is asked by its buttons."""
        return super().filled(item, columns) if item.status != "pending" else ([], [])


class CorrectiveActionView(QuickFilters, BaseView):
    """Corrective and preventive actions: owner, due date, check of the effect (CP-11)."""

    datamodel = OfficeInterface(CorrectiveAction)
    record_name = _l("Corrective action")
    list_name = _l("Corrective actions")
    list_columns = ["action", "kind", "owner", "due_on", "status", "complaint", "reopened"]
    show_fieldsets = [
        (
            _l("Action"),
            {
                "fields": [
                    "complaint",
                    "kind",
                    "cause",
                    "action",
                    "responsible",
                    "owner",
                    "due_on",
                    "product_model",
                    "fault_code",
                ]
            },
        ),
        (
            _l("Result"),
            {
                "fields": [
                    "done_at",
                    "result",
                    "checked_at",
                    "checked_by",
                    "effect",
                    "reopened",
                    "reopened_at",
                    "reopened_for",
                ]
            },
        ),
    ]
    search_columns = ["action", "owner", "status", "due_on", "product_model", "complaint"]
    order_columns = ["due_on", "status"]
    base_order = ("due_on", "asc")
    lifecycle = rules.ACTION
    choices = {"kind": labels(rules.ACTION_KIND_LABELS)}
    tones = {"status": {"open": "warning", "done": "info", "effective": "success"}}
    verbs = [
        Verb(commands.finish, form=forms.ActionStepForm, tone="primary"),
        Verb(commands.confirm, form=forms.ActionStepForm, tone="primary"),
        Verb(commands.repeat, form=forms.RepeatForm),
        Verb(commands.cancel_action, form=forms.CancelForm, tone="danger"),
    ]
    label_columns = {
        "complaint": _l("Complaint"),
        "kind": _l("Kind of action"),
        "cause": _l("Cause"),
        "action": _l("Action"),
        "responsible": _l("Whose fault it was"),
        "owner": _l("Who does it"),
        "due_on": _l("To be done by"),
        "product_model": _l("Product model"),
        "fault_code": _l("Fault"),
        "done_at": _l("Done at"),
        "result": _l("What was done"),
        "checked_at": _l("Effect checked at"),
        "checked_by": _l("Effect checked by"),
        "effect": _l("Effect"),
        "reopened": _l("Times reopened"),
        "reopened_at": _l("Reopened at"),
        "reopened_for": _l("Came back with"),
    }
    quick_filters = [
        QuickFilter("open", _l("To be done"), lambda: CorrectiveAction.status == "open"),
        QuickFilter(
            "mine",
            _l("Mine"),
            lambda: _mine(CorrectiveAction.owner_id) & (CorrectiveAction.status == "open"),
        ),
        QuickFilter(
            "overdue",
            _l("Past the day"),
            lambda: (CorrectiveAction.status == "open") & (CorrectiveAction.due_on < clock.today()),
        ),
        QuickFilter("check", _l("Effect to be checked"), lambda: CorrectiveAction.status == "done"),
        QuickFilter("back", _l("Came back"), lambda: CorrectiveAction.reopened > 0),
    ]

    def cell(self, item: Any, column: str) -> Any:
        """A day that passed without the action catches the eye."""
        found = super().cell(item, column)
        late = column == "due_on" and item.status == "open" and item.due_on < clock.today()
        return chip(found, "danger") if late else found


class CrisisEntryView(QuickFilters, _LeadsToComplaint):
    """Minutes and decisions of the crisis groups; a decision has an owner, a day, and is ticked off (CP-6)."""

    datamodel = OfficeInterface(CrisisEntry)
    record_name = _l("Entry of the crisis group")
    list_name = _l("Minutes and decisions of the crisis groups")
    list_columns = ["at", "kind", "words", "owner", "due_on", "overdue", "done_at", "complaint"]
    show_fieldsets = [
        (_l("Entry"), {"fields": ["complaint", "kind", "at", "words", "present", "written_by", "owner", "due_on"]}),
        (_l("Result"), {"fields": ["done_at", "done_by", "result"]}),
    ]
    search_columns = ["complaint", "kind", "at", "owner", "due_on"]
    order_columns = ["at", "due_on", "done_at"]
    base_order = ("at", "desc")
    choices = {"kind": {"meeting": _l("Minutes of a meeting"), "decision": _l("Decision of the group")}}
    formatters_columns = {"overdue": lambda late: chip(_("Past the day"), "danger") if late else NOTHING}
    verbs = [
        Verb(
            commands.finish_decision,
            form=forms.DoneForm,
            fill=lambda _entry: {"at": clock.now()},
            label=_l("Carried out"),
            tone="primary",
            when=lambda entry: queries.may_tick(current(), entry),
        )
    ]
    label_columns = {
        "complaint": _l("Complaint"),
        "at": _l("When"),
        "kind": _l("Kind of entry"),
        "words": _l("What was said or decided"),
        "present": _l("Present"),
        "owner": _l("Who sees to it"),
        "due_on": _l("To be done by"),
        "overdue": _l("Past the day"),
        "written_by": _l("Written by"),
        "done_at": _l("Carried out at"),
        "done_by": _l("Said by"),
        "result": _l("How it was carried out"),
    }
    quick_filters = [
        QuickFilter("open", _l("Decisions to carry out"), queries.decisions_to_do),
        QuickFilter("mine", _l("Mine"), lambda: queries.decisions_to_do() & _mine(CrisisEntry.owner_id)),
        QuickFilter(
            "overdue", _l("Past the day"), lambda: queries.decisions_to_do() & (CrisisEntry.due_on < clock.today())
        ),
        QuickFilter("done", _l("Carried out"), lambda: CrisisEntry.done_at.is_not(None)),
        QuickFilter("meetings", _l("Minutes of a meeting"), lambda: CrisisEntry.kind == "meeting"),
    ]


class ComplaintFileView(QuickFilters, _LeadsToComplaint):
    """Photos, recordings and papers; a recording deleted after its time keeps its line (CP-15)."""

    datamodel = OfficeInterface(ComplaintFile)
    record_name = _l("File of a complaint")
    list_name = _l("Files of complaints")
    list_columns = ["filename", "kind", "complaint", "added_by", "created_at", "deleted_at"]
    show_columns = list_columns
    search_columns = ["filename", "kind", "complaint", "created_at"]
    order_columns = ["filename", "created_at", "deleted_at"]
    base_order = ("id", "desc")
    choices = {"kind": labels(rules.FILE_KIND_LABELS)}
    label_columns = {
        "filename": _l("File"),
        "kind": _l("Kind of file"),
        "complaint": _l("Complaint"),
        "added_by": _l("Added by"),
        "created_at": _l("Added at"),
        "deleted_at": _l("Deleted at"),
    }
    quick_filters = [
        QuickFilter("recordings", _l("Recordings"), lambda: ComplaintFile.kind == "recording"),
        QuickFilter("deleted", _l("Deleted after their time"), lambda: ComplaintFile.deleted_at.is_not(None)),
    ]


class ComplaintReadingView(_LeadsToComplaint):
    """Who read which complaint, and what of it: for the service department (CP-13)."""

    datamodel = OfficeInterface(ComplaintReading)
    record_name = _l("Reading of a complaint")
    list_name = _l("Who read complaints")
    list_columns = ["at", "reader", "what", "detail", "complaint"]
    show_columns = [*list_columns, "staff"]
    search_columns = ["at", "staff", "what", "complaint"]
    order_columns = ["at", "reader"]
    base_order = ("at", "desc")
    choices = {"what": labels(rules.READING_LABELS)}
    tones = {"what": {"number": "warning"}}
    label_columns = {
        "at": _l("When"),
        "reader": _l("Who"),
        "staff": _l("Person"),
        "what": _l("What was read"),
        "detail": _l("Which"),
        "complaint": _l("Complaint"),
    }


class ComplaintLatenessView(QuickFilters, _LeadsToComplaint):
    """Deadlines of complaints that were missed, and against whom it is recorded (CP-16)."""

    datamodel = OfficeInterface(ComplaintLateness)
    record_name = _l("Missed deadline of a complaint")
    list_name = _l("Missed deadlines of complaints")
    list_columns = ["due_at", "stage", "complaint", "complaint.complainant", "done_at", "staff", "complaint.status"]
    show_columns = ["complaint", "stage", "due_at", "done_at", "staff", "created_at"]
    search_columns = ["staff", "stage", "due_at", "complaint"]
    quick_filters = [
        QuickFilter("undone", _l("Not done yet"), lambda: ComplaintLateness.done_at.is_(None)),
        QuickFilter("mine", _l("Mine"), lambda: ComplaintLateness.staff_id == (current().staff_id or -1)),
    ]
    order_columns = ["due_at", "done_at"]
    base_order = ("due_at", "desc")
    choices = {"stage": STAGES, "complaint.status": labels(rules.STATE_LABELS)}
    label_columns = {
        "complaint": _l("Complaint"),
        "stage": _l("Stage"),
        "due_at": _l("Was due"),
        "done_at": _l("Done"),
        "staff": _l("Recorded against"),
        "complaint.complainant": _l("Complainant"),
        "complaint.status": _l("Status now"),
    }


class ComplaintNoticeView(NoticeScreen, _LeadsToComplaint):
    """Who was told of a complaint's deadline, and when."""

    datamodel = OfficeInterface(ComplaintNotice)
    record_name = _l("Reminder of a complaint")
    list_name = _l("Reminders of complaints")
    list_columns = ["at", "complaint", "level.stage", "level.minutes", "due_at", "told"]
    show_columns = list_columns
    search_columns = ["at", "complaint"]
    choices = {"level.stage": STAGES}
    label_columns = {"complaint": _l("Complaint"), "level.stage": _l("Stage"), **NOTICE_LABELS}


class ApprovalDeputyView(BaseView):
    """Who decides for somebody who is away (CP-9)."""

    datamodel = OfficeInterface(ApprovalDeputy)
    record_name = _l("Deputy for approvals")
    list_name = _l("Deputies for approvals")
    list_help = _l(
        "On these days the deputy decides what the other person may decide; never where either is concerned."
    )
    list_columns = ["staff", "deputy", "starts_on", "ends_on", "note"]
    show_columns = add_columns = edit_columns = list_columns
    search_columns = ["staff", "deputy", "starts_on"]
    order_columns = ["starts_on", "ends_on"]
    base_order = ("starts_on", "desc")
    deletable = True
    label_columns = {
        "staff": _l("Who is away"),
        "deputy": _l("Deputy"),
        "starts_on": _l("From"),
        "ends_on": _l("Until"),
    }

    def pre_add(self, item: ApprovalDeputy) -> None:
        """Days in order, two different people, one who may decide at all."""
        commands.check_deputy(current(), item)

    def pre_update(self, item: ApprovalDeputy) -> None:
        """The same when it is changed."""
        commands.check_deputy(current(), item)


class RefusalReasonView(BaseView):
    """Why a solution is refused: the list to choose from (CP-9)."""

    datamodel = OfficeInterface(RefusalReason)
    record_name = _l("Reason for refusing")
    list_name = _l("Reasons for refusing")
    list_columns = ["code", "name", "name_en", "active"]
    show_columns = add_columns = edit_columns = list_columns
    search_columns = ["code", "name", "active"]
    base_order = ("code", "asc")
    deletable = True
    tones = {"active": {True: "success", False: "neutral"}}
    label_columns = {"code": _l("Code"), "name_en": _l("English name")}


class ComplaintEscalationLevelView(LevelScreen, BaseView):
    """Whom to tell of a complaint's deadline, and when: data (CP-3)."""

    datamodel = OfficeInterface(ComplaintEscalationLevel)
    record_name = _l("Escalation level of complaints")
    list_name = _l("Escalation levels of complaints")
    list_columns = ["stage", "minutes", "role", "active"]
    show_columns = add_columns = edit_columns = list_columns
    search_columns = ["stage", "role", "active"]
    base_order = ("stage", "asc")
    choices = {"stage": STAGES, "role": {role: ROLES[role] for role in ESCALATION_ROLES}}
    label_columns = {"stage": _l("Stage"), **LEVEL_LABELS}


def _waiting() -> int:
    mine = queries.approvals_for(current(), clock.today())
    return int(db.session.execute(select(func.count(Approval.id)).where(mine)).scalar_one())


def _actions() -> int:
    mine = _mine(CorrectiveAction.owner_id) & (CorrectiveAction.status == "open")
    return int(db.session.execute(select(func.count(CorrectiveAction.id)).where(mine)).scalar_one())


def _decisions() -> int:
    mine = queries.decisions_to_do() & _mine(CrisisEntry.owner_id)
    return int(db.session.execute(select(func.count(CrisisEntry.id)).where(mine)).scalar_one())


card(
    "supervisor",
    "branch_manager",
    "service_department",
    "management",
    title=_l("Approvals waiting for me"),
    url="ApprovalView.list",
    arguments={"show": "mine"},
    count=_waiting,
    icon="fa-gavel",
    tone="warning",
    order=28,
)
card(
    "clerk",
    "supervisor",
    "branch_manager",
    "service_department",
    title=_l("My corrective actions"),
    url="CorrectiveActionView.list",
    arguments={"show": "mine"},
    count=_actions,
    icon="fa-wrench",
    tone="info",
    order=32,
)
card(
    "clerk",
    "supervisor",
    "branch_manager",
    "service_department",
    "management",
    title=_l("Decisions of crisis groups left to me"),
    url="CrisisEntryView.list",
    arguments={"show": "mine"},
    count=_decisions,
    icon="fa-users",
    tone="warning",
    order=29,
)
