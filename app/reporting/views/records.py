"""Generated screens of the daily reports, documents, deliveries and the schedule."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l

from app.core import dates, documents, i18n
from app.core.errors import N_, Refused
from app.core.views import BaseView, Link, OfficeForm, OfficeInterface, Verb, fields
from app.reporting import commands
from app.reporting.models import (
    Delivery,
    DistributionList,
    DistributionMember,
    MadeDocument,
    ScheduleEntry,
    SupervisorReport,
    TechnicianReport,
)
from app.reporting.rules import (
    DELIVERY_STATE_LABELS,
    PERIOD_OF,
    SCHEDULE_DAYS_LABELS,
    SUPERVISOR_REPORT,
    TECHNICIAN_REPORT,
)
from app.reporting.views.printing import print_url


def _labels(table: dict[str, str]) -> dict[str, Any]:
    return {value: _l(label) for value, label in table.items()}


class NoteForm(OfficeForm):
    """A word to go with it."""

    note = fields.notes(_l("Remark"), required=False)


class ReasonForm(OfficeForm):
    """Why."""

    reason = fields.notes(_l("Reason"))


class TechnicianReportView(BaseView):
    """006 sheets: the technician confirms, the supervisor may give back (SO-11)."""

    datamodel = OfficeInterface(TechnicianReport)
    record_name = _l("Technician report")
    list_columns = ["day", "staff", "branch", "status", "confirmed_at"]
    show_columns = ["day", "staff", "branch", "status", "confirmed_at", "note"]
    search_columns = ["day", "staff", "branch", "status"]
    label_columns = {
        "day": _l("Day"),
        "staff": _l("Technician"),
        "branch": _l("Branch"),
        "status": _l("Status"),
        "confirmed_at": _l("Confirmed at"),
        "note": _l("Remark"),
    }
    small_references = ["branch"]
    tones = {"status": {"draft": "warning", "confirmed": "success"}}
    base_order = ("day", "desc")
    lifecycle = TECHNICIAN_REPORT
    verbs = [
        Verb(commands.confirm_technician_report, form=NoteForm, tone="primary"),
        Verb(commands.reopen_technician_report, form=ReasonForm),
    ]

    def links(self, item: TechnicianReport) -> list[Link]:
        """Print the sheet."""
        url = print_url("technician_daily", record_id=item.staff_id, date=item.day)
        return [Link(_l("Print 006"), url, "fa-print", new_tab=True)]


class SupervisorReportView(BaseView):
    """007 of each branch and day: submitted by the supervisor, signed by the branch manager (SO-12, SO-13)."""

    datamodel = OfficeInterface(SupervisorReport)
    record_name = _l("Supervisor report")
    list_columns = ["day", "branch", "status", "submitted_by", "submitted_at", "signed_by", "signed_at"]
    show_columns = [*list_columns, "note"]
    search_columns = ["day", "branch", "status"]
    label_columns = {
        "day": _l("Day"),
        "branch": _l("Branch"),
        "status": _l("Status"),
        "submitted_by": _l("Submitted by"),
        "submitted_at": _l("Submitted at"),
        "signed_by": _l("Signed by"),
        "signed_at": _l("Signed at"),
        "note": _l("Remark"),
    }
    small_references = ["branch"]
    tones = {"status": {"draft": "warning", "submitted": "info", "signed": "success"}}
    base_order = ("day", "desc")
    lifecycle = SUPERVISOR_REPORT
    verbs = [
        Verb(commands.submit_supervisor_report, form=NoteForm, tone="primary"),
        Verb(commands.sign_supervisor_report, tone="primary"),
        Verb(commands.give_back_supervisor_report, form=ReasonForm),
    ]

    def links(self, item: SupervisorReport) -> list[Link]:
        """Print the report."""
        url = print_url("supervisor_daily", branch=item.branch.code, date=item.day)
        return [Link(_l("Print 007"), url, "fa-print", new_tab=True)]


class DeliveryView(BaseView):
    """To whom each document went, and whether it arrived at the mail server."""

    datamodel = OfficeInterface(Delivery)
    record_name = _l("Delivery")
    list_name = _l("Delivery log")
    list_columns = ["created_at", "document", "email", "round", "status", "sent_at", "error"]
    show_columns = [*list_columns, "message_id"]
    search_columns = ["email", "status", "created_at"]
    label_columns = {
        "created_at": _l("Made at"),
        "document": _l("Document"),
        "email": _l("Address"),
        "round": _l("Sending no."),
        "status": _l("Status"),
        "sent_at": _l("Sent at"),
        "error": _l("Problem"),
        "message_id": _l("Message ID"),
    }
    choices = {"status": _labels(DELIVERY_STATE_LABELS)}
    tones = {
        "status": {
            "waiting": "neutral",
            "sending": "info",
            "sent": "success",
            "failed": "danger",
            "uncertain": "warning",
        }
    }
    base_order = ("created_at", "desc")
    verbs = [
        Verb(
            commands.send_again,
            label=_l("Send again"),
            icon="fa-repeat",
            when=lambda row: row.status in ("sent", "failed", "uncertain"),
        )
    ]

    def links(self, item: Delivery) -> list[Link]:
        """Open what was sent."""
        url = url_for("files.give", file_id=item.document.stored_file_id)
        return [Link(_l("Open PDF"), url, "fa-file-pdf-o", new_tab=True)]


class MadeDocumentView(BaseView):
    """The archive of documents made."""

    datamodel = OfficeInterface(MadeDocument)
    record_name = _l("Document")
    list_columns = ["created_at", "title", "branch", "pages", "made_by"]
    show_columns = list_columns
    search_columns = ["title", "branch", "created_at"]
    formatters_columns = {"title": dates.within}
    label_columns = {
        "created_at": _l("Made at"),
        "title": _l("Title"),
        "branch": _l("Branch"),
        "pages": _l("Pages"),
        "made_by": _l("Made by"),
    }
    small_references = ["branch"]
    base_order = ("created_at", "desc")
    related_views = [DeliveryView]

    def links(self, item: MadeDocument) -> list[Link]:
        """Open the PDF, and the spreadsheet where there is one."""
        found = [Link(_l("Open PDF"), url_for("files.give", file_id=item.stored_file_id), "fa-file-pdf-o")]
        if item.sheet_file_id is not None:
            url = url_for("files.give", file_id=item.sheet_file_id)
            found.append(Link(_l("Open spreadsheet"), url, "fa-file-excel-o"))
        return found


class DistributionMemberView(BaseView):
    """Addresses on a list."""

    datamodel = OfficeInterface(DistributionMember)
    record_name = _l("Recipient")
    list_columns = ["distribution_list", "name", "email", "branch"]
    add_columns = ["distribution_list", "name", "email", "branch"]
    edit_columns = ["name", "email", "branch"]
    show_columns = list_columns
    search_columns = ["name", "email"]
    label_columns = {
        "distribution_list": _l("Distribution list"),
        "name": _l("Name"),
        "email": _l("E-mail"),
        "branch": _l("Only this branch's documents"),
    }
    small_references = ["branch", "distribution_list"]


class DistributionListView(BaseView):
    """Who receives documents by mail."""

    datamodel = OfficeInterface(DistributionList)
    record_name = _l("Distribution list")
    list_columns = ["code", "name"]
    add_columns = ["code", "name"]
    edit_columns = ["code", "name"]
    show_columns = ["code", "name"]
    search_columns = ["code", "name"]
    label_columns = {"code": _l("Code"), "name": _l("Name")}
    related_views = [DistributionMemberView]


class ScheduleEntryView(BaseView):
    """When documents are made by themselves: data, not code."""

    datamodel = OfficeInterface(ScheduleEntry)
    record_name = _l("Schedule entry")
    list_columns = ["document_name", "at", "days", "per_branch", "distribution_list", "active", "last_day"]
    show_columns = ["code", *list_columns, "catch_up"]
    edit_columns = ["at", "days", "per_branch", "distribution_list", "active", "catch_up"]
    search_columns = ["code", "active"]
    label_columns = {
        "code": _l("Code"),
        "document_name": _l("Document"),
        "at": _l("Time of day"),
        "days": _l("Days"),
        "per_branch": _l("One for each branch"),
        "distribution_list": _l("Distribution list"),
        "active": _l("Active"),
        "last_day": _l("Last done for"),
        "catch_up": _l("Make up for missed days"),
    }
    choices = {"days": _labels(SCHEDULE_DAYS_LABELS)}
    small_references = ["distribution_list"]

    def pre_update(self, item: ScheduleEntry) -> None:
        """A document is made only for periods it knows; raises ``Refused``."""
        kind = PERIOD_OF.get(item.days)
        if kind is not None and kind not in documents.get(item.document_name).periods:
            raise Refused(N_("This document is not made for such a period."), field="days")

    def render(self, column: str, value: Any) -> Any:
        """The document's title instead of its name in the registry."""
        if column == "document_name":
            return documents.title_in(documents.get(value), i18n.language())
        return super().render(column, value)
