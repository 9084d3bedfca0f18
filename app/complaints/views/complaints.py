"""A complaint on one page: stages, deadlines, evidence, approvals, crisis group, letters, and what may happen next (CP)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import abort, g, url_for
from flask_appbuilder import expose, has_access
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from app.complaints import commands, queries, rules
from app.complaints.models import Complaint, CrisisEntry, RefusalReason
from app.complaints.views import entry, forms
from app.complaints.views.forms import labels
from app.complaints.views.pieces import GROUPS, PAPERS, ComplaintStepView, masked
from app.core import clock, documents, i18n, permissions
from app.core.actors import current
from app.core.filesweb import offer
from app.core.views import BaseView, Link, OfficeInterface, Verb, fields, lookup
from app.core.views.display import NOTHING, chip, listed, shown
from app.core.views.quick import QuickFilter, QuickFilters
from app.organisation.rules import APPROVER_LABELS

SOURCES = labels(rules.SOURCE_LABELS)
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
    return bool(complaint.agreements) and complaint.agreements[-1].signed_at is None


def _signer(complaint: Complaint) -> dict[str, Any]:
    """A person signs for themselves as a rule; for an organisation somebody does."""
    customer = complaint.customer
    own = customer is None or customer.kind == "person"
    return {"signer": complaint.complainant, "signer_as": "self"} if own else {"signer_as": "staff"}


def _deciding(complaint: Complaint) -> bool:
    return queries.may_decide(current(), complaint)


def _chip(line: queries.StageDeadline) -> Markup:
    """How a deadline stands; one that counts from a stage to come has not begun."""
    label = rules.NOT_BEGUN if line.state == rules.NONE and line.why else rules.STANDING_LABELS[line.state]
    return chip(_(label), STAGE_TONES.get(line.state, "neutral"))


def _major(complaint: Complaint) -> bool:
    return complaint.severity == "major"


class ComplaintView(QuickFilters, BaseView):
    """Complaints: confidential, every opening of one is noted (CP-13)."""

    datamodel = OfficeInterface(Complaint)
    record_name = _l("Complaint")
    list_name = _l("Complaints")
    show_template = "complaints/show.html"
    verb_template = "complaints/verb.html"
    signers = labels(rules.SIGNER_LABELS)
    verb_words = labels(rules.VERB_LABELS)
    levels, remedies, findings = labels(APPROVER_LABELS), forms.REMEDIES, labels(rules.FINDING_LABELS)
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
    ]
    # The next deadline and whether it has passed follow from the steps.
    eager = ["steps"]
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
                    "source",
                    "category",
                    "severity",
                    "severity_ground",
                    "severity_reason",
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
    add_fieldsets = entry.FIELDSETS
    add_form_extra_fields = entry.EXTRA_FIELDS
    edit_form_extra_fields = {
        "wants": fields.choice(_l("What the customer wants"), forms.WANTS, required=False),
    }
    edit_columns = [
        "complainant",
        "phone",
        "email",
        "customer",
        "voucher",
        "work_order",
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
        "survey_ref": _l("Survey card"),
        "masked_phone": _l("Telephone"),
        "email": _l("E-mail"),
        "source": _l("Entered from"),
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
    masks = {"phone": "masked_phone"}  # in full it is asked for one by one, on the page (CP-13)
    formatters_columns = {
        "masked_phone": lambda number: Markup('<span class="text-nowrap">{}</span>').format(number),
    }
    small_references = ["branch"]
    narrow = {
        "voucher": {"customer_id": "customer"},
        # The jobs of this product, or as long as none is chosen of this customer.
        "work_order": {"repair_call.voucher_id": "voucher", "repair_call.voucher.customer_id": "customer"},
    }
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
        Verb(commands.approve, form=forms.ApproveForm, fill=_now, tone="primary", when=_deciding),
        Verb(commands.send_back, form=forms.RefuseForm, fill=_now, when=_deciding),
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
        Verb(commands.sign, form=forms.SignForm, fill=_signer, label=_l("Customer signs"), when=_signable),
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
    add_command = entry.enter
    edit_command = entry.correct

    def prefill_form(self, form: Any, pk: Any) -> None:
        """What is known stands in the form already."""
        if pk is None:
            entry.prefill(form)

    def editable(self, item: Complaint) -> bool:
        """What is closed is not corrected (CP-8)."""
        return rules.is_open(item.status)

    def cell(self, item: Any, column: str) -> Any:
        """A deadline that has passed stands out, in words as well as in colour."""
        shown_as = super().cell(item, column)
        if column != "next_due" or not item.overdue:
            return shown_as
        words = Markup('<span title="{0}">{1}<span class="sr-only"> {0}</span></span>').format(
            _("Past the deadline"), shown_as
        )
        return chip(Markup('<i class="fa fa-hourglass-end" aria-hidden="true"></i> ') + words, "danger")

    def value(self, item: Complaint, column: str) -> Any:
        """The telephone number is masked until somebody asks for it, and that is noted (CP-13)."""
        if column == "phone":
            return (
                item.phone
                if g.get("revealed") == item.id
                else masked(item.masked_phone, url_for("ComplaintView.reveal", pk=item.id))
            )
        if column == "source":
            label = shown(item.source, SOURCES) if item.source else NOTHING
            return f"{label} {item.source_ref}".strip()
        if column == "subjects":
            people = [item.subject, *(row.staff for row in item.further_subjects)]
            return listed(person.name for person in people if person is not None) or NOTHING
        return super().value(item, column)

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
        return [{"line": each, "chip": _chip(each)} for each in queries.deadlines(item)]

    def proposal(self, item: Complaint) -> Any:
        """What waits for a decision, as the approver must see it (CP-9); None when nothing does."""
        waiting = next((row for row in reversed(item.approvals) if row.status == "pending"), None)
        return queries.proposal_of(current(), waiting) if waiting is not None else None

    def hour(self, at: datetime) -> str:
        """The office time of a moment, without its day."""
        return f"{clock.local(at):%H:%M}"

    def day(self, at: datetime) -> date:
        """The office day of a moment."""
        return clock.local(at).date()

    def may_tick(self, entry: CrisisEntry) -> bool:
        """Whether the reader may say that this decision of the crisis group is carried out (CP-6)."""
        return permissions.may(current(), "crisis_entry.finish") and queries.may_tick(current(), entry)

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
        if name not in {each for each, _label, there in PAPERS if there(item)}:
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
