"""What the page of a complaint is put together from: its papers, the cards its buttons stand in, its steps."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from app.complaints import queries, rules
from app.complaints.models import Complaint, ComplaintStep
from app.complaints.views.forms import labels
from app.core.views import BaseView, OfficeInterface
from app.core.views.display import NOTHING

# Papers of one complaint: document, label, when there is something to print.
PAPERS = (
    ("complaint_acknowledgement", _l("Acknowledgement"), lambda c: c.status != "received"),
    ("complaint_timetable", _l("Timetable"), lambda c: c.promised_on is not None),
    (
        "major_application",
        _l("Application for a serious quality incident"),
        lambda c: bool(c.approvals) and (c.severity == "major" or c.approvals[-1].amount > 0),
    ),
    ("complaint_agreement", _l("Settlement agreement"), lambda c: bool(c.agreements)),
    ("complaint_answer", _l("Written answer"), lambda c: queries.newest_letter(c.id, "answer") is not None),
    (
        "complaint_association",
        _l("Answer to the consumer association"),
        lambda c: queries.newest_letter(c.id, "association") is not None,
    ),
    ("major_report", _l("Report to the management"), lambda c: c.severity == "major"),
)
# Buttons that stand in the card they belong to; the others stand on top of the page.
GROUPS = {
    "crisis": ("put_before_management", "add_member", "minute"),
    "papers": ("timetable", "answer", "agree", "sign", "report_back"),
    "files": ("attach",),
    "actions": ("take_action",),
    "people": ("assign", "add_subject", "judge", "mark_police"),
}


def leads_to(complaint: Complaint) -> Markup:
    """Its number as a link to its page, for a line of another list."""
    return Markup('<a class="text-nowrap" href="{}">{}</a>').format(
        url_for("ComplaintView.show", pk=complaint.id), complaint.number
    )


def masked(number: str, address: str) -> Markup:
    """A masked telephone number with the button that asks for it: a POST, which notes who asked (CP-13)."""
    return Markup(
        '{} <form method="post" action="{}" class="reveal" data-form>'
        '<input type="hidden" name="csrf_token" value="{}">'
        '<button type="submit" class="btn btn-default btn-sm">{}</button></form>'
    ).format(number, address, generate_csrf(), _("Show the number"))


def handed_in(step: ComplaintStep) -> Markup | str:
    """The files of a step, each to be opened, which is noted (CP-13); one deleted after its time only by name."""
    kept = Markup(
        '<a href="{}" target="_blank" rel="noopener"><i class="fa fa-paperclip" aria-hidden="true"></i> {}</a>'
    )
    gone = Markup("<s>{}</s>")
    found = [
        kept.format(url_for("files.give", file_id=row.stored_file_id), row.filename)
        if row.stored_file_id is not None
        else gone.format(row.filename)
        for row in step.files
    ]
    return Markup("<br>").join(found) if found else NOTHING


class ComplaintStepView(BaseView):
    """Who did what, when, and what was said (CP-8)."""

    datamodel = OfficeInterface(ComplaintStep)
    record_name = _l("Step")
    list_name = _l("Steps of the handling")
    list_columns = ["at", "verb", "stage", "staff", "said", "files"]
    show_columns = ["complaint", *list_columns, "created_at"]
    eager = ["files.stored_file"]
    search_columns = ["complaint", "stage", "staff", "at"]
    label_columns = {
        "complaint": _l("Complaint"),
        "at": _l("When"),
        "verb": _l("What was done"),
        "stage": _l("Stage"),
        "staff": _l("By whom"),
        "said": _l("Particulars"),
        "files": _l("Files"),
    }
    choices = {"stage": labels(rules.STATE_LABELS), "verb": {"": NOTHING, **labels(rules.VERB_LABELS)}}
    # As they were entered: a time typed is cut to the minute, one taken by itself is not.
    base_order = ("id", "asc")

    def cell(self, item: ComplaintStep, column: str) -> Any:
        """What was handed in stands at its step (CP-8)."""
        return handed_in(item) if column == "files" else super().cell(item, column)

    def value(self, item: ComplaintStep, column: str) -> Any:
        """The same on the step's page."""
        return handed_in(item) if column == "files" else super().value(item, column)
