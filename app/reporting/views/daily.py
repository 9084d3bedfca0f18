"""The day's reports as people make them: the technician's 006 on the phone, the branch's 007 at the desk."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import abort, flash, g, redirect, request, url_for
from flask_appbuilder import expose, has_access
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.core import clock
from app.core.actors import current
from app.core.db import db
from app.core.errors import N_
from app.core.home import LISTED, card
from app.core.views import OfficeForm, Page, fields
from app.core.views.columns import parse_day
from app.core.views.refusals import FORESEEN, explain
from app.organisation.models import Branch
from app.reporting import commands, queries
from app.reporting.models import SupervisorReport, TechnicianReport
from app.reporting.rules import (
    SUPERVISOR_REPORT,
    SUPERVISOR_REPORT_STATE_LABELS,
    TECHNICIAN_REPORT_STATE_LABELS,
)
from app.reporting.views.printing import print_url

SHEET_LABELS = {"confirmed": N_("Confirmed"), "draft": N_("Draft"), "missing": N_("Missing"), "day_off": N_("Day off")}
FINDING_TONES = {"missing sheet": "danger", "not confirmed": "warning", "overlap": "warning"}
SHEET_TONES = {"confirmed": "success", "draft": "warning", "missing": "danger", "day_off": "neutral"}
REPORT_TONES = {"draft": "warning", "submitted": "info", "signed": "success"}


def _day() -> date:
    """The day asked for; today when none or nonsense was given, never one to come."""
    try:
        found = parse_day(request.values.get("day", ""))
    except ValueError:
        return clock.today()
    return min(found, clock.today())


class NoteForm(OfficeForm):
    """A word to go with the report."""

    note = fields.notes(_l("Remark"), 500, required=False)


class MyReportView(Page):
    """``/my/report/``: the technician looks at the day's sheet and confirms it (SO-11)."""

    route_base = "/my/report"

    @expose("/")
    @has_access
    def index(self) -> Any:
        """The sheet as it will be printed."""
        return self._page(_day(), NoteForm(data={}))

    @expose("/confirm", methods=["POST"])
    @has_access
    def confirm(self) -> Any:
        """Confirm it; a refusal appears above the button and what was typed stays."""
        day, form = _day(), NoteForm()
        if form.validate():
            try:
                report = commands.draft_technician_report(current(), self._me(), day)
                commands.confirm_technician_report(current(), report.id, note=form.note.data or "")
            except FORESEEN as error:
                form.refuse(*explain(error, self))
            else:
                return redirect(url_for("MyReportView.index", day=day.isoformat()))
        return self._page(day, form), 422

    def _me(self) -> int:
        staff_id = current().staff_id
        if staff_id is None:
            abort(404)
        return staff_id

    def _page(self, day: date, form: NoteForm) -> Any:
        staff_id = self._me()
        branch = db.session.get_one(Branch, current().branch_id)
        sheets = queries.technician_sheets(branch, day, staff_id)
        report = db.session.execute(
            select(TechnicianReport).where(TechnicianReport.staff_id == staff_id, TechnicianReport.day == day)
        ).scalar_one_or_none()
        return self.render_template(
            "reporting/my_report.html",
            title=_("Daily report"),
            tab="report",
            me=current(),
            local=clock.local,
            day=day,
            today=clock.today(),
            sheet=sheets[0] if sheets else None,
            report=report,
            open_jobs=commands.open_jobs(staff_id, day),
            states=TECHNICIAN_REPORT_STATE_LABELS,
            tones=SHEET_TONES,
            form=form,
            print_address=print_url("technician_daily", record_id=staff_id, date=day),
        )


class BranchDayView(Page):
    """``/branch-day/``: the branch's 007, made of its 006 sheets; submitted, signed, given back here (SO-12, SO-13)."""

    route_base = "/branch-day"

    @expose("/")
    @has_access
    def index(self) -> Any:
        """The day of a branch: minutes by class and technician, what is missing, what may be done now."""
        return self._page(_day(), self._branch(), NoteForm(data={}))

    @expose("/<string:verb>", methods=["POST"])
    @has_access
    def do(self, verb: str) -> Any:
        """Submit, sign or give back; a refusal appears at its field and what was typed stays."""
        day, branch, form = _day(), self._branch(), NoteForm()
        if form.validate():
            try:
                self._apply(verb, day, branch, form.note.data or "")
            except FORESEEN as error:
                where, message = explain(error, self)
                form.refuse("note" if where == "reason" else where, message)
            else:
                flash(_("Done."), "success")
                return self._back(day, branch)
        return self._page(day, branch, form), 422

    def _apply(self, verb: str, day: date, branch: Branch, note: str) -> None:
        actor = current()
        report = self._report(branch, day)
        if verb == "submit":
            report = report or commands.draft_supervisor_report(actor, branch.id, day)
            commands.submit_supervisor_report(actor, report.id, note=note)
        elif report is None:
            abort(404)
        elif verb == "sign":
            commands.sign_supervisor_report(actor, report.id)
        elif verb == "give_back":
            commands.give_back_supervisor_report(actor, report.id, reason=note)
        else:
            abort(404)

    def _back(self, day: date, branch: Branch) -> Response:
        return redirect(url_for("BranchDayView.index", day=day.isoformat(), branch=branch.code))

    def _branches(self) -> list[Branch]:
        if "branches" in g:
            return list(g.branches)
        statement = select(Branch).where(Branch.active.is_(True), Branch.kind != "head_office").order_by(Branch.code)
        if not commands.sees_every_branch(current()):
            statement = statement.where(Branch.id == current().branch_id)
        g.branches = list(db.session.execute(statement).scalars())
        return list(g.branches)

    def _branch(self) -> Branch:
        branches = self._branches()
        wanted = request.values.get("branch", "")
        if wanted and wanted not in [branch.code for branch in branches]:
            abort(404)
        found = [branch for branch in branches if branch.code == wanted] or branches
        if not found:
            abort(404)
        return found[0]

    def _report(self, branch: Branch, day: date) -> SupervisorReport | None:
        return db.session.execute(
            select(SupervisorReport).where(SupervisorReport.branch_id == branch.id, SupervisorReport.day == day)
        ).scalar_one_or_none()

    def _page(self, day: date, branch: Branch, form: NoteForm) -> Any:
        report = self._report(branch, day)
        status = report.status if report else SUPERVISOR_REPORT.initial
        verbs = SUPERVISOR_REPORT.allowed(status, current().roles)
        if report is None and branch.id != current().branch_id:
            verbs = []
        return self.render_template(
            "reporting/branch_day.html",
            title=_("Supervisor report of the day"),
            day=day,
            today=clock.today(),
            branch=branch,
            branches=self._branches(),
            sheet=queries.supervisor_sheet(branch, day),
            report=report,
            status=status,
            verbs=[each.verb for each in verbs],
            labels=SUPERVISOR_REPORT.verb_labels,
            states=SUPERVISOR_REPORT_STATE_LABELS,
            sheet_labels=SHEET_LABELS,
            sheet_tones=SHEET_TONES,
            report_tones=REPORT_TONES,
            finding_tones=FINDING_TONES,
            form=form,
            print_address=print_url("supervisor_daily", branch=branch.code, date=day),
        )


card("technician", title=_l("Daily report"), url="MyReportView.index", icon="fa-calendar-check-o", order=40)
card("supervisor", title=_l("Supervisor report of the day"), url="BranchDayView.index", icon="fa-calendar", order=40)


def _last_day() -> dict[str, Any]:
    """The branch's last working day before today, whose sheets should be in."""
    return {"day": queries.last_working_day(current().branch_id, clock.today()).isoformat()}


def _sheets_missing() -> int | None:
    """Technicians without a confirmed 006 for that day, as the page behind counts them (SO-11, SO-12)."""
    branch_id = current().branch_id
    if branch_id is None:
        return None
    day = queries.last_working_day(branch_id, clock.today())
    return queries.supervisor_sheet(db.session.get_one(Branch, branch_id), day).sheets_missing


card(
    "supervisor",
    title=_l("Technician reports missing"),
    url="BranchDayView.index",
    arguments=_last_day,
    count=_sheets_missing,
    total="sheets-missing",
    icon="fa-calendar-times-o",
    tone="warning",
    order=38,
)
card(
    "branch_manager",
    title=_l("Supervisor reports to sign"),
    url="SupervisorReportView.list",
    arguments={"_flt_1_status": "submitted"},
    count=LISTED,
    icon="fa-pencil",
    tone="warning",
    order=10,
)
card(
    "management",
    "service_department",
    "accountant",
    title=_l("Documents made"),
    url="MadeDocumentView.list",
    icon="fa-file-pdf-o",
    order=60,
)
