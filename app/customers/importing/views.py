"""The import on screen: upload, look at what it would do, confirm. The uploaded list is kept as it came."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import expose, has_access
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms.validators import DataRequired

from app.core.actors import current
from app.core.db import db
from app.core.errors import N_, NotFound, Refused
from app.core.files import StoredFile, read, store
from app.core.permissions import check
from app.core.uow import unit_of_work
from app.core.views import FormPage, OfficeForm, fields
from app.core.views.refusals import FORESEEN, explain
from app.customers.importing import RECORD, commands
from app.customers.importing.plan import Plan
from app.customers.importing.present import SKIPPED_LABELS, count_table, findings, message_of
from app.customers.importing.sheet import Book, read_book
from app.organisation.models import Branch

# Kept under this name with the person's id: /files/<id> gives such a file to nobody.
MAX_ROWS = 5_000  # a web request has 30 seconds; longer lists take the command
SHOWN = 300


class ImportForm(OfficeForm):
    file = fields.UploadField(
        _l("List (.xlsx or .csv)"),
        [DataRequired(_l("Choose a file."))],
        render_kw={"accept": ".xlsx,.csv"},
        description=_l("The heading row may have any usual names; a title above it does no harm."),
    )


class ImportView(FormPage):
    """An office's list of customers and products (CU-1, SO-3)."""

    route_base = "/customers/import"
    form = ImportForm
    title = _l("Import customers")
    submit = _l("Look at it")
    help = _l("Nothing is entered yet: first you see what would be done and which rows are wrong.")

    def save(self, form: OfficeForm) -> str | Response:
        """Keep the file if a list can be read from it, and go on to the preview."""
        upload = form.file.data
        content = upload.read()
        _readable(content, upload.filename)
        actor = current()
        check(actor, commands.VERB)
        with unit_of_work(actor, commands.VERB):
            kept = store(content, upload.filename, "application/octet-stream", record=RECORD, record_id=actor.user_id)
        return url_for("ImportView.look", file_id=kept.id)

    @expose("/<int:file_id>", methods=["GET", "POST"])
    @has_access
    def look(self, file_id: int) -> Any:
        """What the list would do (GET); do it (POST). Only who uploaded the file gets here."""
        actor = current()
        statement = select(StoredFile).where(
            StoredFile.id == file_id, StoredFile.record == RECORD, StoredFile.record_id == actor.user_id
        )
        kept = db.session.execute(statement).scalar_one_or_none()
        if kept is None or actor.user_id is None:
            abort(404)
        filename, branch_code = kept.filename, request.values.get("branch") or None
        try:
            book = _readable(read(kept), filename)
            apply = request.method == "POST"
            verb = commands.import_customers if apply else commands.preview
            plan = verb(actor, book, branch_code=branch_code)
        except NotFound:
            abort(404)
        except FORESEEN as problem:
            flash(explain(problem)[1], "danger")
            return redirect(url_for("ImportView.form_page"))
        return self._page(book, plan, filename, branch_code, applied=apply)

    def _page(self, book: Book, plan: Plan, filename: str, branch_code: str | None, *, applied: bool) -> Any:
        errors, warnings = findings(plan, errors=True), findings(plan, errors=False)
        return self.render_template(
            "customers/import.html",
            title=_("Imported") if applied else _("What would be done"),
            filename=filename,
            plan=plan,
            book=book,
            counts=plan.counts(),
            table=count_table(plan),
            errors=errors[:SHOWN],
            warnings=warnings[:SHOWN],
            more_errors=max(len(errors) - SHOWN, 0),
            more_warnings=max(len(warnings) - SHOWN, 0),
            message_of=message_of,
            skipped_labels=SKIPPED_LABELS,
            applied=applied,
            branches=_branches(),
            branch_code=branch_code,
        )


def _readable(content: bytes, filename: str) -> Book:
    book = read_book(content, filename)
    if sum(len(sheet.lines) for sheet in book.sheets) > MAX_ROWS:
        message = N_("More than %(rows)s rows: ask the administrator to use “flask import customers”.")
        raise Refused(message, "file", rows=MAX_ROWS)
    return book


def _branches() -> list[Branch]:
    """For those who enter for every branch: where addresses of no known district belong."""
    if not commands.enters_for_all(current()):
        return []
    return list(db.session.execute(select(Branch).order_by(Branch.code)).scalars())
