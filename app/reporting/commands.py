"""Verbs of the daily reports, of documents asked for, and of their delivery (SO-11 … SO-13)."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select

from app.calendars.queries import calendar_for
from app.calendars.rules import is_open_day
from app.core import clock, documents, outbox, permissions, scope
from app.core.actors import Principal
from app.core.db import db
from app.core.errors import N_, Refused
from app.core.fetch import fetch
from app.core.uow import command
from app.fieldservice.commands import DAY_GUARDS
from app.fieldservice.models import TimeEntry, WorkOrder
from app.organisation.models import Branch, Staff
from app.reporting.models import Delivery, MadeDocument, SupervisorReport, TechnicianReport
from app.reporting.rules import SUPERVISOR_REPORT, TECHNICIAN_REPORT


def keep_confirmed(staff_id: int, day: date) -> None:
    """Minutes of a day whose 006 is confirmed stay as they are: ``Refused`` until the sheet is given back (SO-11).

    Field service asks this before it writes or removes a time entry.
    """
    # A statement of its own eyes: whoever writes the minutes, the sheet counts.
    statement = select(TechnicianReport.id).where(
        TechnicianReport.staff_id == staff_id, TechnicianReport.day == day, TechnicianReport.status == "confirmed"
    )
    if db.session.execute(statement.execution_options(unscoped=True)).first() is not None:
        raise Refused(
            N_("The daily report of %(day)s is confirmed: ask the supervisor to give it back first."),
            field="started_at",
            day=day.isoformat(),
        )


DAY_GUARDS.append(keep_confirmed)


@command("technician_report.draft")
def draft_technician_report(actor: Principal, staff_id: int, day: date) -> TechnicianReport:
    """The 006 of one technician and day, made if it is not there yet; its lines are the day's time entries (SO-11)."""
    statement = select(TechnicianReport).where(TechnicianReport.staff_id == staff_id, TechnicianReport.day == day)
    found: TechnicianReport | None = db.session.execute(statement).scalar_one_or_none()
    if found is not None:
        return found
    staff = fetch(Staff, staff_id)
    if actor.has("technician") and staff_id != actor.staff_id:
        raise Refused(N_("A daily report is confirmed by the technician it belongs to."))
    report = TechnicianReport(staff_id=staff.id, branch_id=staff.branch_id, day=day, status="draft")
    db.session.add(report)
    db.session.flush()
    return report


def open_jobs(staff_id: int, day: date) -> int:
    """How many jobs the technician finished on this day without entering minutes."""
    begin, end = clock.day_bounds(day)
    has_minutes: ColumnElement[bool] = (
        select(TimeEntry.id).where(TimeEntry.work_order_id == WorkOrder.id, TimeEntry.staff_id == staff_id).exists()
    )
    statement = select(func.count(WorkOrder.id)).where(
        WorkOrder.technician_id == staff_id,
        WorkOrder.finished_at >= begin,
        WorkOrder.finished_at < end,
        ~has_minutes,
    )
    return int(db.session.execute(statement).scalar_one())


@command("technician_report.confirm")
def confirm_technician_report(
    actor: Principal, report_id: int, *, note: str = "", at: datetime | None = None
) -> TechnicianReport:
    """The technician confirms the day's sheet. Raises ``Refused`` while a finished job has no minutes (SO-11)."""
    report = fetch(TechnicianReport, report_id)
    # Minutes are entered under the same lock: none can slip in between looking and confirming.
    db.session.execute(select(Staff.id).where(Staff.id == report.staff_id).with_for_update())
    TECHNICIAN_REPORT.apply(
        report,
        "confirm",
        actor.roles,
        actor_staff_id=actor.staff_id,
        open_jobs=open_jobs(report.staff_id, report.day),
    )
    report.confirmed_at = at or clock.now()
    if note:
        report.note = note
    return report


@command("technician_report.reopen")
def reopen_technician_report(actor: Principal, report_id: int, *, reason: str) -> TechnicianReport:
    """The supervisor gives a sheet back to be corrected; not once the day's 007 is submitted (SO-12)."""
    report = fetch(TechnicianReport, report_id)
    summary = _supervisor_report(report.branch_id, report.day)
    if summary is not None and summary.status != "draft":
        raise Refused(N_("The supervisor report of this day has been submitted already."))
    TECHNICIAN_REPORT.apply(report, "reopen", actor.roles, reason=reason)
    report.confirmed_at = None
    report.note = reason
    return report


def _supervisor_report(branch_id: int, day: date) -> SupervisorReport | None:
    statement = select(SupervisorReport).where(SupervisorReport.branch_id == branch_id, SupervisorReport.day == day)
    found: SupervisorReport | None = db.session.execute(statement).scalar_one_or_none()
    return found


@command("supervisor_report.draft")
def draft_supervisor_report(actor: Principal, branch_id: int, day: date) -> SupervisorReport:
    """The 007 of one branch and day, made if it is not there yet (SO-12)."""
    found = _supervisor_report(branch_id, day)
    if found is not None:
        return found
    if not actor.is_system and branch_id != actor.branch_id:
        raise Refused(N_("You report for your own branch."))
    report = SupervisorReport(branch_id=branch_id, day=day, status="draft")
    db.session.add(report)
    db.session.flush()
    return report


def sheets_missing(branch_id: int, day: date) -> int:
    """How many active technicians of the branch have no confirmed 006 for this day.

    On a day the branch is closed a sheet is expected only of those who worked all the same (CAL-2).
    """
    confirmed = (
        select(TechnicianReport.id)
        .where(
            TechnicianReport.staff_id == Staff.id, TechnicianReport.day == day, TechnicianReport.status == "confirmed"
        )
        .exists()
    )
    statement = select(func.count(Staff.id)).where(
        Staff.branch_id == branch_id, Staff.job == "technician", Staff.active.is_(True), ~confirmed
    )
    if not is_open_day(calendar_for(branch_id), day):
        worked = select(TimeEntry.id).where(TimeEntry.staff_id == Staff.id, TimeEntry.day == day)
        statement = statement.where(worked.exists())
    return int(db.session.execute(statement).scalar_one())


@command("supervisor_report.submit")
def submit_supervisor_report(
    actor: Principal, report_id: int, *, note: str = "", at: datetime | None = None
) -> SupervisorReport:
    """The supervisor submits the day's 007; sheets not confirmed need a word of explanation (SO-12)."""
    report = fetch(SupervisorReport, report_id)
    missing = sheets_missing(report.branch_id, report.day)
    SUPERVISOR_REPORT.apply(report, "submit", actor.roles, missing=missing, note=note)
    report.submitted_by_id = actor.staff_id
    report.submitted_at = at or clock.now()
    report.note = note
    if _goes_straight(report):
        # A service centre has no branch manager: its 007 goes straight to the service department (SO-13).
        report.signed_at = report.submitted_at
    return report


def _goes_straight(report: SupervisorReport) -> bool:
    return fetch(Branch, report.branch_id).kind != "branch_office"


@command("supervisor_report.sign")
def sign_supervisor_report(actor: Principal, report_id: int, *, at: datetime | None = None) -> SupervisorReport:
    """The branch manager signs; then it goes to the service department (SO-13)."""
    report = fetch(SupervisorReport, report_id)
    SUPERVISOR_REPORT.apply(report, "sign", actor.roles)
    report.signed_by_id = actor.staff_id
    report.signed_at = at or clock.now()
    return report


@command("supervisor_report.give_back")
def give_back_supervisor_report(actor: Principal, report_id: int, *, reason: str) -> SupervisorReport:
    """Give a submitted 007 back to the supervisor with a reason (SO-13)."""
    report = fetch(SupervisorReport, report_id)
    SUPERVISOR_REPORT.apply(report, "give_back", actor.roles, reason=reason)
    report.note = reason
    report.submitted_at = None
    report.signed_at = None
    return report


@command("document.make")
def ask_for_document(
    actor: Principal,
    name: str,
    *,
    day: date,
    branch_id: int | None = None,
    period: str | None = None,
    at: datetime | None = None,
) -> str:
    """Have a document made in the background, with the asking person's eyes; gives the key to look for.

    ``period``: for the week, month or quarter that the day lies in; None: the document's usual one. Who sees one
    branch only gets that branch's. Raises ``NotPermitted`` and ``Refused``.
    """
    document = documents.get(name)
    permissions.check(actor, document.verb)
    if period is not None and period not in document.periods:
        raise Refused(N_("This document is not made for such a period."), field="period")
    if not sees_every_branch(actor):
        branch_id = actor.branch_id
    branch = fetch(Branch, branch_id) if branch_id is not None else None
    key = f"asked-{uuid.uuid4().hex}"
    outbox.want(
        "make_document",
        {
            "key": key,
            "name": name,
            "date": day.isoformat(),
            "period": period,
            "branch": branch.code if branch else None,
            "asked_by": actor.user_id,
        },
        dedup=key,
        someone_waits=True,
    )
    return key


def sees_every_branch(actor: Principal) -> bool:
    """Whether the person's role shows documents of all branches."""
    return scope.widest("document", actor) in ("permitted", scope.ALL)


@command("delivery.send_again")
def send_again(actor: Principal, delivery_id: int, *, at: datetime | None = None) -> Delivery:
    """Send a document to the same address once more, as a delivery of its own. Refused while one is under way."""
    delivery = fetch(Delivery, delivery_id)
    rounds: list[Any] = list(
        db.session.execute(
            select(Delivery).where(Delivery.document_id == delivery.document_id, Delivery.email == delivery.email)
        ).scalars()
    )
    if any(other.status in ("waiting", "sending") for other in rounds):
        raise Refused(N_("This document is on its way to that address already."))
    again = Delivery(
        document_id=fetch(MadeDocument, delivery.document_id).id,
        email=delivery.email,
        round=max(other.round for other in rounds) + 1,
        status="waiting",
    )
    db.session.add(again)
    db.session.flush()
    outbox.want("deliver", {"delivery": again.id}, dedup=f"deliver-{again.id}")
    return again
