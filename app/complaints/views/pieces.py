"""What the page of a complaint is put together from: its papers, the cards its buttons stand in, its steps."""

from __future__ import annotations

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
        "said": _l("Particulars"),
    }
    choices = {"stage": labels(rules.STATE_LABELS), "verb": {"": NOTHING, **labels(rules.VERB_LABELS)}}
    # As they were entered: a time typed is cut to the minute, one taken by itself is not.
    base_order = ("id", "asc")
