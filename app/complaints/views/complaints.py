"""A complaint on one page: stages, deadlines, evidence, approvals, crisis group, letters, and what may happen next (CP)."""

from __future__ import annotations

from typing import Any

from flask import abort, g, request, url_for
from flask_appbuilder import expose, has_access
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup
from sqlalchemy import func, select

from app.complaints import commands, queries, rules
from app.complaints.models import Complaint, RefusalReason
from app.complaints.views import forms
from app.complaints.views.forms import GROUNDS, labels
from app.complaints.views.pieces import GROUPS, PAPERS, ComplaintStepView
from app.core import clock, documents, i18n, permissions
from app.core.actors import current
from app.core.db import db
from app.core.files import StoredFile
from app.core.filesweb import GIVEN, offer
from app.core.home import card
from app.core.views import BaseView, Link, OfficeInterface, Verb, fields, lookup
from app.core.views.display import NOTHING, chip
from app.core.views.ids import by_id
from app.core.views.interface import find
from app.core.views.model import MORE_LINKS
from app.core.views.quick import QuickFilter, QuickFilters
from app.customers.models import Customer, Voucher
from app.customers.views import VoucherView
from app.fieldservice.models import RepairCall, WorkOrder
from app.fieldservice.views import RepairCallView, WorkOrderView
from app.organisation.models import Branch

STAGE_TONES = {rules.MET: "success", rules.LATE: "warning", rules.OVERDUE: "danger", rules.OPEN: "info"}


lookup(Complaint, search=("number", "complainant"), label=lambda c: f"{c.number} {c.complainant}")


lookup(RefusalReason, search=("code", "name"), only=lambda statement: statement.where(RefusalReason.active.is_(True)))


def _is_open(complaint: Complaint) -> bool:
    return rules.is_open(complaint.status)


def _now(_complaint: Complaint) -> dict[str, Any]:
    return {"at": clock.now()}


def _offer(complaint: Complaint) -> dict[str, Any]:
    return {
        "solution": complaint.solution,
        "remedy": complaint.remedy,
        "compensation": complaint.compensation or None,
        **_now(complaint),
    }


def _written(complaint: Complaint) -> dict[str, Any]:
    return {"words": complaint.solution, **_now(complaint)}


def _terms(complaint: Complaint) -> dict[str, Any]:
    return {"terms": complaint.solution, **_now(complaint)}


def _signable(complaint: Complaint) -> bool:
    return any(row.signed_at is None for row in complaint.agreements)


def _major(complaint: Complaint) -> bool:
    return complaint.severity == "major"


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
                    "wants",
                    "demand",
                ]
            },
        ),
        (
            _l("Complainant"),
            {
                "fields": [
                    "complainant",
                    "phone",
                    "email",
                    "customer",
                    "voucher",
                    "work_order",
                    "association",
                    "association_ref",
                ]
            },
        ),
        (
            _l("Handling"),
            {
                "fields": [
                    "handler",
                    "subjects",
                    "finding",
                    "solution",
                    "remedy",
                    "compensation",
                    "promised_on",
                    "police_at",
                    "satisfaction",
                    "entered_by",
                    "created_at",
                ]
            },
        ),
    ]
    add_fieldsets = [
        (_l("Complainant"), {"fields": ["complainant", "phone", "email", "customer", "voucher", "work_order"]}),
        (
            _l("Complaint"),
            {
                "fields": [
                    "received_at",
                    "channel",
                    "category",
                    "content",
                    "wants",
                    "demand",
                    "severity_ground",
                    "association",
                    "association_ref",
                    "attachment",
                ]
            },
        ),
        (_l("Handling"), {"fields": ["subject", "branch"]}),
    ]
    add_form_extra_fields = {
        "channel": fields.choice(_l("Channel"), labels(rules.CHANNEL_LABELS), default="telephone"),
        "category": fields.choice(_l("Kind of complaint"), labels(rules.CATEGORY_LABELS)),
        "severity_ground": fields.choice(
            _l("Why it is major"),
            GROUNDS,
            required=False,
            help=_l("Only for a major complaint. The same matter complained of again is found by itself."),
        ),
        "wants": fields.choice(
            _l("What the customer wants"),
            forms.WANTS,
            required=False,
            help=_l("Demanding exchange or refund makes the complaint major."),
        ),
        "association": fields.text(
            _l("Consumer association"), 100, required=False, help=_l("Only when a consumer association sent it.")
        ),
        "association_ref": fields.text(_l("Its number"), 64, required=False),
        "email": fields.text(_l("E-mail"), 128, required=False),
        "attachment": forms.file_field(),
        "branch": fields.row(
            Branch,
            _l("Branch"),
            required=False,
            as_object=True,
            help=_l("Empty: that of the service voucher, or your own."),
        ),
    }
    edit_form_extra_fields = {
        "wants": fields.choice(_l("What the customer wants"), forms.WANTS, required=False),
    }
    edit_columns = [
        "complainant",
        "phone",
        "email",
        "customer",
        "voucher",
        "received_at",
        "channel",
        "category",
        "content",
        "wants",
        "demand",
        "association",
        "association_ref",
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
        "email": _l("E-mail"),
        "wants": _l("What the customer wants"),
        "association": _l("Consumer association"),
        "association_ref": _l("Its number"),
        "attachment": _l("File"),
        "subjects": _l("People complained about"),
        "remedy": _l("Remedy"),
        "promised_on": _l("Promised to the customer for"),
        "police_at": _l("Marked for the police"),
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
        "compensation": _l("What it costs, CNY"),
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
        "channel": labels(rules.CHANNEL_LABELS),
        "category": labels(rules.CATEGORY_LABELS),
        "severity": labels(rules.SEVERITY_LABELS),
        "severity_ground": labels(rules.GROUND_LABELS),
        "finding": labels(rules.FINDING_LABELS),
        "wants": forms.WANTS,
        "remedy": forms.REMEDIES,
        "satisfaction": labels(rules.SATISFACTION_LABELS),
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
    formatters_columns = {
        "overdue": lambda late: chip(_("Past the deadline"), "danger") if late else "",
        "masked_phone": lambda number: Markup('<span class="text-nowrap">{}</span>').format(number),
    }
    small_references = ["branch"]
    narrow = {"voucher": {"customer_id": "customer"}}
    base_order = ("received_at", "desc")
    related_views = [ComplaintStepView]
    lifecycle = rules.LIFECYCLE
    # The steps say what happened; who read it is for the service department alone (CP-13).
    timeline = False
    quick_filters = [
        QuickFilter("open", _l("Still open"), queries.still_open),
        QuickFilter("mine", _l("Mine"), lambda: queries.of_handler(current().staff_id)),
        QuickFilter("overdue", _l("Past the deadline"), lambda: queries.overdue(clock.now())),
        QuickFilter("today", _l("Deadline today"), lambda: queries.due_on(clock.today())),
        QuickFilter("major", _l("Major"), lambda: queries.still_open() & (Complaint.severity == "major")),
        QuickFilter("nobody", _l("Without handler"), lambda: queries.still_open() & Complaint.handler_id.is_(None)),
    ]
    verbs = [
        Verb(commands.acknowledge, form=forms.StepForm, fill=_now, tone="primary"),
        Verb(commands.verify, form=forms.VerifyForm, fill=_now, tone="primary"),
        Verb(commands.propose, form=forms.ProposeForm, fill=_offer, tone="primary"),
        Verb(commands.approve, form=forms.DecideForm, fill=_now, tone="primary"),
        Verb(commands.send_back, form=forms.RefuseForm, fill=_now),
        Verb(commands.tell, form=forms.StepForm, fill=_now, tone="primary"),
        Verb(commands.settle, form=forms.StepForm, fill=_now, tone="primary"),
        Verb(commands.rate, form=forms.RateForm, fill=_now, tone="primary"),
        Verb(commands.close, form=forms.DecideForm, fill=_now, tone="primary"),
        Verb(commands.mediate, form=forms.DecideForm, fill=_now),
        Verb(commands.reopen, form=forms.DecideForm, fill=_now),
        Verb(commands.withdraw, form=forms.DecideForm, fill=_now, tone="danger"),
        Verb(commands.assign, form=forms.AssignForm, label=_l("Assign a handler"), when=_is_open),
        Verb(commands.add_subject, form=forms.SubjectForm, label=_l("Another person complained about"), when=_is_open),
        Verb(commands.judge, form=forms.JudgeForm, label=_l("Judge the severity"), when=_is_open),
        Verb(
            commands.mark_police,
            form=forms.DecideForm,
            fill=_now,
            label=_l("Mark for the police"),
            when=lambda c: c.police_at is None,
        ),
        Verb(commands.attach, form=forms.AttachForm, label=_l("Add a file"), icon="fa-paperclip"),
        Verb(commands.timetable, form=forms.TimetableForm, fill=_now, label=_l("Tell the timetable"), when=_is_open),
        Verb(
            commands.answer,
            form=forms.LetterForm,
            fill=_written,
            label=_l("Answer in writing"),
            when=lambda c: c.status in commands.AFTER_TELLING,
        ),
        Verb(
            commands.agree,
            form=forms.AgreeForm,
            fill=_terms,
            label=_l("Put the agreement in writing"),
            when=lambda c: c.status in ("told", "mediation"),
        ),
        Verb(commands.sign, form=forms.SignForm, label=_l("Customer signs"), when=_signable),
        Verb(
            commands.report_back,
            form=forms.LetterForm,
            fill=_written,
            label=_l("Report back to the association"),
            when=lambda c: c.channel == "association" and c.status in commands.AFTER_SETTLING,
        ),
        Verb(
            commands.alert_again,
            label=_l("Put before the management again"),
            confirm=_l("Mail the report to the management once more?"),
            when=lambda c: _major(c) and _is_open(c),
        ),
        Verb(
            commands.add_member,
            form=forms.MemberForm,
            label=_l("Add to the group"),
            when=lambda c: c.crisis_at is not None,
        ),
        Verb(
            commands.minute,
            form=forms.MinuteForm,
            fill=_now,
            label=_l("Write minutes or a decision"),
            when=lambda c: c.crisis_at is not None,
        ),
        Verb(
            commands.take_action,
            form=forms.ActionForm,
            label=_l("Corrective or preventive action"),
            when=lambda c: c.status not in ("received", "acknowledged", "withdrawn"),
            after=lambda row: url_for("ComplaintView.show", pk=row.complaint_id),
        ),
    ]
    add_command = by_id(commands.enter, "customer", "voucher", "work_order", "subject", "branch")
    edit_command = by_id(commands.correct, "customer", "voucher", "subject")

    def prefill_form(self, form: Any, pk: Any) -> None:
        """A new complaint came now, until somebody says otherwise; from a call, job or product what is known is there."""
        if pk is not None:
            return
        if form.received_at.data is None:
            form.received_at.process_data(clock.now())
        order = _named(WorkOrder, "order")
        call = _named(RepairCall, "call") or (order.repair_call if order is not None else None)
        if order is None and call is not None:
            order = next((row for row in reversed(call.work_orders) if row.status != "cancelled"), None)
        voucher = _named(Voucher, "voucher") or (call.voucher if call is not None else None)
        if voucher is not None:
            form.voucher.process_data(voucher)
            form.customer.process_data(voucher.customer)
            phones = voucher.customer.telephones
            form.complainant.process_data((call.caller_name if call is not None else "") or voucher.customer.name)
            known = phones[0].number if phones else ""
            form.phone.process_data((call.caller_phone if call is not None else "") or known)
        customer = _named(Customer, "customer") if voucher is None else None
        if customer is not None:
            form.customer.process_data(customer)
            form.complainant.process_data(customer.name)
            form.phone.process_data(customer.telephones[0].number if customer.telephones else "")
        if order is not None:
            form.work_order.process_data(order)
            form.category.process_data("repair_quality")

    def editable(self, item: Complaint) -> bool:
        """What is closed is not corrected (CP-8)."""
        return rules.is_open(item.status)

    def value(self, item: Complaint, column: str) -> Any:
        """The telephone number is masked until somebody asks for it, and that is noted (CP-13)."""
        if column == "phone":
            return item.phone if g.get("revealed") == item.id else self._masked(item)
        if column == "subjects":
            people = [item.subject, *(row.staff for row in item.further_subjects)]
            return "、".join(person.name for person in people if person is not None) or NOTHING
        return super().value(item, column)

    def _masked(self, item: Complaint) -> Markup:
        return Markup(
            '{} <form method="post" action="{}" class="reveal" data-form>'
            '<input type="hidden" name="csrf_token" value="{}">'
            '<button type="submit" class="btn btn-default btn-sm">{}</button></form>'
        ).format(item.masked_phone, url_for("ComplaintView.reveal", pk=item.id), generate_csrf(), _("Show the number"))

    # -- what the page shows beside the record's own values ------------------------------------------------------

    def grouped(self, verbs: list[Verb]) -> dict[str, list[Verb]]:
        """The verbs offered, by the card they stand in; ``top`` for those on top of the page."""
        place = {key: group for group, keys in GROUPS.items() for key in keys}
        found: dict[str, list[Verb]] = {group: [] for group in ("top", *GROUPS)}
        for verb in verbs:
            found[place.get(verb.key, "top")].append(verb)
        return found

    def deadlines(self, item: Complaint) -> list[dict[str, Any]]:
        """Every deadline side by side: due, done, how it stands, who answers for it, why it is then (CP-3, CAL-5)."""
        return [
            {"line": each, "chip": chip(_(rules.STANDING_LABELS[each.state]), STAGE_TONES.get(each.state, "neutral"))}
            for each in queries.deadlines(item)
        ]

    def evidence(self, item: Complaint) -> Any:
        """Product, job, the technician's day, parts, deadline and earlier complaints."""
        return queries.evidence_of(item)

    def letters(self, item: Complaint) -> Any:
        """What was written to the customer and to the consumer association."""
        return queries.letters_of(item.id)

    def papers(self, item: Complaint) -> list[Link]:
        """The papers that can be printed now."""
        return [
            Link(label, url_for("ComplaintView.paper", pk=item.id, name=name), "fa-file-pdf-o", new_tab=True)
            for name, label, there in PAPERS
            if there(item) and permissions.may(current(), f"print.{name}")
        ]

    def readings(self, item: Complaint) -> Any:
        """Who read it, for those who may see that (CP-13)."""
        if not current().has("service_department", "management"):
            return None
        return queries.readings_of(item.id)

    # -- routes ------------------------------------------------------------------------------------------------------

    @expose("/show/<pk>", methods=["GET"])
    @has_access
    def show(self, pk: str) -> Any:
        """The complaint; who opened it is noted (CP-13)."""
        commands.read(current(), self._record(pk).id)
        return super().show(pk)

    @expose("/reveal/<pk>", methods=["POST"])
    @has_access
    @permission_name("show")
    def reveal(self, pk: str) -> Any:
        """The same page with the telephone number; that it was asked for is noted (CP-13)."""
        item = self._record(pk)
        g.revealed = item.id
        commands.read(current(), item.id, what="number")
        return super().show(pk)

    @expose("/paper/<pk>/<name>")
    @has_access
    @permission_name("show")
    def paper(self, pk: str, name: str) -> Any:
        """A paper of the complaint as PDF, made at once and kept nowhere; the document notes who printed it (CP-13)."""
        item = self._record(pk)
        if name not in {each for each, _label, _there in PAPERS}:
            abort(404)
        if not permissions.may(current(), documents.get(name).verb):
            abort(403)
        rendered = documents.render(name, record_id=item.id, language=i18n.language())
        return offer(rendered.pdf, "application/pdf", rendered.filename)

    @expose("/edit/<pk>", methods=["GET", "POST"])
    @has_access
    def edit(self, pk: str) -> Any:
        """The form shows the customer's details as well (CP-13)."""
        commands.read(current(), self._record(pk).id, what="number")
        return super().edit(pk)


def _named(model: Any, argument: str) -> Any:
    """The row the address names, within the reader's rows; None when it names none. One that is not there is 404."""
    if argument not in request.args:
        return None
    return find(model, request.args[argument]) or abort(404)


def _complain_about(argument: str) -> Any:
    def links(item: Any) -> list[Link]:
        if not permissions.may(current(), "complaint.enter"):
            return []
        return [
            Link(_l("Enter a complaint"), url_for("ComplaintView.add", **{argument: item.id}), "fa-exclamation-circle")
        ]

    return links


for _screen, _argument in ((RepairCallView, "call"), (WorkOrderView, "order"), (VoucherView, "voucher")):
    MORE_LINKS.setdefault(_screen, []).append(_complain_about(_argument))


def _note_file(row: StoredFile) -> None:
    """A photo, a recording or a signed paper was opened (CP-13)."""
    if row.record == "complaint" and row.record_id is not None:
        commands.read(current(), row.record_id, what="file", detail=row.filename)


GIVEN[:] = [each for each in GIVEN if each.__name__ != _note_file.__name__] + [_note_file]


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
