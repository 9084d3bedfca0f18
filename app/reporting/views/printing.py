"""Pages that print: ask for a document, wait for it, a PDF made at once; and the mail outbox while no server is set."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response, abort, redirect, request, url_for
from flask_appbuilder import expose, has_access
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.core import clock, documents, i18n, mail, permissions, sheets
from app.core.actors import current
from app.core.db import db
from app.core.errors import N_, Refused
from app.core.filesweb import offer
from app.core.outbox import OutboxEntry
from app.core.periods import PERIOD_LABELS
from app.core.views import FormPage, OfficeForm, Page, fields
from app.core.views.columns import parse_day
from app.organisation.models import Branch, Staff
from app.reporting import commands
from app.reporting.models import MadeDocument


def print_url(name: str, **params: Any) -> str:
    """Address of a PDF made at once: for one record (``record_id``), or one day (``date``) and ``branch`` code.

    ``period`` is a kind of period, ``format="xlsx"`` asks for the spreadsheet instead.
    """
    return url_for("PrintView.now", name=name, **params)


def _daily_documents() -> dict[str, Any]:
    language = i18n.language()
    daily = [document for document in documents.documents_for(current()) if "date" in document.params]
    return {document.name: documents.title_in(document, language) for document in daily}


def _branches() -> dict[str, Any]:
    statement = select(Branch).order_by(Branch.code)
    if not commands.sees_every_branch(current()):
        statement = statement.where(Branch.id == current().branch_id)
    return {str(branch.id): str(branch) for branch in db.session.execute(statement).scalars()}


def _periods() -> dict[str, Any]:
    offered = {kind for document in documents.documents_for(current()) for kind in document.periods}
    return {kind: _l(label) for kind, label in PERIOD_LABELS.items() if kind in offered}


PDF, XLSX = "pdf", "xlsx"


class PrintForm(OfficeForm):
    """Which document, for which day and branch: what the person may print, for the branches the person sees."""

    name = fields.choice(_l("Document"), _daily_documents)
    day = fields.day(_l("Day"))
    period = fields.choice(
        _l("Period"), _periods, required=False, help=_l("Empty: as the document is usually made. The day lies in it.")
    )
    branch_id = fields.choice(_l("Branch"), _branches, required=False, help=_l("Empty: every branch you see."))
    made_as = fields.choice(_l("Opens as"), {PDF: "PDF", XLSX: _l("Spreadsheet")}, required=False, none=False)


class PrintView(FormPage):
    """Ask for any document; it is made in the background and opens when it is ready."""

    route_base = "/print"
    form = PrintForm
    title = _l("Print a document")
    submit = _l("Print")
    help = _l("The document is made in the background and opens here when it is ready.")

    def start(self) -> dict[str, Any]:
        """Today; or what the page that leads here asks for: ``name``, ``day``, ``period``, ``branch_id``, ``made_as``."""
        asked = {key: request.args[key] for key in ("name", "period", "branch_id", "made_as") if request.args.get(key)}
        try:
            day = parse_day(request.args.get("day", ""))
        except ValueError:
            day = clock.today()
        return {"day": day, "made_as": PDF, **asked}

    def save(self, form: PrintForm) -> str:
        """Have it made and go to the page that waits for it."""
        as_sheet = form.made_as.data == XLSX
        if as_sheet and documents.get(form.name.data).sheets is None:
            raise Refused(N_("This document is not made as a spreadsheet."), field="made_as")
        key = commands.ask_for_document(
            current(),
            form.name.data,
            day=form.day.data,
            period=form.period.data or None,
            branch_id=int(form.branch_id.data) if form.branch_id.data else None,
        )
        return url_for("PrintView.wait", key=key, made_as=XLSX if as_sheet else None)

    @expose("/wait/<key>")
    @has_access
    def wait(self, key: str) -> Any:
        """Wait for a document asked for; opens it as soon as it is there."""
        document = db.session.execute(select(MadeDocument).where(MadeDocument.key == key)).scalar_one_or_none()
        if document is not None:
            as_sheet = request.args.get("made_as") == XLSX and document.sheet_file_id is not None
            file_id = document.sheet_file_id if as_sheet else document.stored_file_id
            return redirect(url_for("files.give", file_id=file_id))
        entry = db.session.execute(select(OutboxEntry).where(OutboxEntry.dedup == key)).scalar_one_or_none()
        if entry is None or entry.kind != "make_document" or entry.payload.get("asked_by") != current().user_id:
            abort(404)
        return self.render_template(
            "reporting/wait.html", title=self.title, failed=entry.status in ("dead", "dropped"), entry=entry
        )

    @expose("/now/<name>")
    @has_access
    def now(self, name: str) -> Response:
        """A PDF made at once with the reader's own eyes: one record, or one branch's day."""
        document = documents.get(name)
        record_id = request.args.get("record_id", type=int)
        branch = request.args.get("branch")
        if not permissions.may(current(), document.verb):
            abort(403)
        if record_id is None and branch is None:
            abort(404)  # the whole company's day is made in the background
        try:
            day = date.fromisoformat(request.args["date"]) if "date" in request.args else None
        except ValueError:
            abort(404)
        rendered = documents.render(
            name,
            date=day,
            branch=branch,
            record_id=record_id,
            period=request.args.get("period"),
            language=i18n.language(),
        )
        if request.args.get("format") == "xlsx":
            if rendered.xlsx is None:
                abort(404)
            return offer(rendered.xlsx, sheets.CONTENT_TYPE, rendered.sheet_filename)
        return offer(rendered.pdf, "application/pdf", rendered.filename)


def _own_address() -> str:
    """The acting person's mail address, empty for who has none."""
    found = db.session.scalar(select(Staff.email).where(Staff.id == current().staff_id))
    return (found or "").casefold()


def _own_mail(name: str) -> mail.FolderMail:
    # Letters speak of customers, whom an administrator does not see: as on a mail server, whoever it is for reads it.
    found = mail.folder_read(name)
    if found is None or not found.to or found.to.casefold() != _own_address():
        abort(404)
    return found


class MailboxView(Page):
    """The mail outbox folder, while no mail server is set: what would have been sent."""

    route_base = "/mailbox"
    default_view = "index"

    @expose("/")
    @has_access
    def index(self) -> Any:
        """The newest mails; of other people's only that there is one."""
        shown = [found for path in mail.folder_list() if (found := mail.folder_read(path.name))]
        return self.render_template(
            "reporting/mailbox.html",
            title=_("Mail outbox"),
            mails=shown,
            own=_own_address(),
            to_folder=mail.folder() is not None,
        )

    @expose("/<name>")
    @has_access
    def show(self, name: str) -> Any:
        """One mail to oneself."""
        found = _own_mail(name)
        return self.render_template("reporting/mail.html", title=found.subject, mail=found)

    @expose("/<name>/<int:number>")
    @has_access
    def attachment(self, name: str, number: int) -> Response:
        """An attachment of a mail to oneself."""
        found = _own_mail(name)
        if number >= len(found.attachments):
            abort(404)
        part = found.attachments[number]
        return offer(part.content, part.content_type, part.filename)
