"""The day of a technician and of a branch, as its 006 and 007 show it (SO-11, SO-12). Row scope applies.

Both forms are views over the time entries: what a technician corrects is right on both at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import joinedload

from app.calendars.queries import calendar_for
from app.calendars.rules import is_open_day
from app.core import clock, settings
from app.core.db import db
from app.core.errors import N_
from app.customers.models import Voucher
from app.fieldservice.models import RepairCall, TimeEntry, WorkOrder
from app.organisation.models import Branch, Staff
from app.organisation.queries import staff_of
from app.reporting.models import SupervisorReport, TechnicianReport
from app.reporting.papers import (
    Finding,
    MinutesByClass,
    SupervisorDaily,
    TechnicianDaily,
    TechnicianLine,
    WorkLine,
)
from app.reporting.rules import Span, gaps, overlaps

GAP_MINUTES = "gap_minutes"
settings.declare(
    GAP_MINUTES, 60, N_("Working time without an entry that the 007 points out, from so many minutes"), "SO-12"
)

CONFIRMED, DRAFT, MISSING, DAY_OFF = "confirmed", "draft", "missing", "day_off"


def technician_sheets(branch: Branch, day: date, staff_id: int | None = None) -> list[TechnicianDaily]:
    """The 006 of everybody at the branch who entered or confirmed something that day, or of one person.

    Without ``staff_id`` in order of staff number; nobody who did neither.
    """
    entries = _entries(branch, day, staff_id)
    reports = _reports(branch, day, staff_id)
    people = {entry.staff for found in entries.values() for entry in found} | {
        report.staff for report in reports.values()
    }
    done = _jobs_done(branch, day)
    return [
        _sheet(person, branch, day, entries.get(person.id, []), reports.get(person.id), done.get(person.id, 0))
        for person in sorted(people, key=lambda person: person.staff_no)
    ]


def supervisor_sheet(branch: Branch, day: date) -> SupervisorDaily:
    """The 007 of a branch, made from its 006 and compared with them.

    The totals are summed by the database, those of the sheets by the sheets: a difference means that one of them is
    wrong. Missing sheets and gaps count on days the branch is open.
    """
    sheets = {sheet.staff_id: sheet for sheet in technician_sheets(branch, day)}
    here = staff_of(branch, "technician", "supervisor")
    people = {person.id: person for person in here if person.job == "technician"}
    strangers = {key: db.session.get_one(Staff, key) for key in sheets.keys() - people.keys()}
    everybody = sorted([*people.values(), *strangers.values()], key=lambda person: person.staff_no)
    totals = _minutes_by_class(branch, day)
    report = db.session.scalars(
        select(SupervisorReport).where(SupervisorReport.branch_id == branch.id, SupervisorReport.day == day)
    ).first()
    supervisor = report.submitted_by if report else None
    supervisors = [supervisor] if supervisor else [person for person in here if person.job == "supervisor"]
    absent = MISSING if calendar_for(branch.id).day(day).windows else DAY_OFF
    lines = tuple(_person_line(row, person, sheets.get(person.id), absent) for row, person in enumerate(everybody, 1))
    return SupervisorDaily(
        number=f"007-{branch.code}-{day:%Y%m%d}",
        on=day,
        branch_code=branch.code,
        branch_name=str(branch),
        supervisor=supervisors[0].name if supervisors else "",
        lines=lines,
        totals=totals,
        jobs_done=sum(line.jobs_done for line in lines),
        sheets_expected=sum(line.sheet != DAY_OFF for line in lines),
        sheets_confirmed=sum(line.sheet == CONFIRMED for line in lines),
        sheets_total=sum(sheet.totals.total for sheet in sheets.values()),
        findings=tuple(_findings(branch, day, everybody, sheets)),
        remark=report.note if report else "",
        via_branch_manager=branch.kind == "branch_office",
        submitted_at=report.submitted_at if report else None,
    )


# -- one person ---------------------------------------------------------------------------------------------------


def _entries(branch: Branch, day: date, staff_id: int | None) -> dict[int, list[TimeEntry]]:
    wanted = (
        select(TimeEntry)
        .join(TimeEntry.staff)
        .where(TimeEntry.day == day, Staff.branch_id == branch.id)
        .options(
            joinedload(TimeEntry.staff),
            joinedload(TimeEntry.work_order)
            .joinedload(WorkOrder.repair_call)
            .joinedload(RepairCall.voucher)
            .options(joinedload(Voucher.customer), joinedload(Voucher.product_model)),
        )
        .order_by(TimeEntry.started_at, TimeEntry.id)
    )
    if staff_id is not None:
        wanted = wanted.where(TimeEntry.staff_id == staff_id)
    found: dict[int, list[TimeEntry]] = defaultdict(list)
    for entry in db.session.scalars(wanted):
        found[entry.staff_id].append(entry)
    return found


def _reports(branch: Branch, day: date, staff_id: int | None) -> dict[int, TechnicianReport]:
    wanted = (
        select(TechnicianReport)
        .where(TechnicianReport.branch_id == branch.id, TechnicianReport.day == day)
        .options(joinedload(TechnicianReport.staff))
    )
    if staff_id is not None:
        wanted = wanted.where(TechnicianReport.staff_id == staff_id)
    return {report.staff_id: report for report in db.session.scalars(wanted)}


def _jobs_done(branch: Branch, day: date) -> dict[int, int]:
    begin, end = clock.day_bounds(day)
    rows = db.session.execute(
        select(WorkOrder.technician_id, func.count(WorkOrder.id).label("done"))
        .where(
            WorkOrder.branch_id == branch.id,
            WorkOrder.finished_at >= begin,
            WorkOrder.finished_at < end,
            WorkOrder.status.in_(("finished", "closed")),
            # An outside contractor's job stands under whoever answers for it, and is no work of theirs (KP-1).
            WorkOrder.contractor_id.is_(None),
        )
        .group_by(WorkOrder.technician_id)
    )
    return {row.technician_id: row.done for row in rows}


def _sheet(
    person: Staff,
    branch: Branch,
    day: date,
    entries: Sequence[TimeEntry],
    report: TechnicianReport | None,
    jobs_done: int,
) -> TechnicianDaily:
    totals = sum((MinutesByClass.of(entry.service_class, entry.minutes) for entry in entries), MinutesByClass())
    return TechnicianDaily(
        number=f"006-{branch.code}-{day:%Y%m%d}-{person.staff_no}",
        on=day,
        branch_code=branch.code,
        branch_name=str(branch),
        staff_id=person.id,
        technician=person.name,
        lines=tuple(_work_line(row, entry) for row, entry in enumerate(entries, 1)),
        totals=totals,
        jobs_done=jobs_done,
        remark=report.note if report else "",
        confirmed_at=report.confirmed_at if report and report.status == CONFIRMED else None,
    )


def _work_line(row: int, entry: TimeEntry) -> WorkLine:
    order = entry.work_order
    voucher = order.repair_call.voucher if order else None
    work = entry.note or (order.result or order.repair_call.symptom if order else "")
    return WorkLine(
        row=row,
        order_number=order.number if order else "",
        customer=voucher.customer.name if voucher else "",
        product=voucher.product_model.code if voucher else "",
        work_class=entry.service_class,
        started_at=entry.started_at,
        ended_at=entry.started_at + timedelta(minutes=entry.minutes),
        minutes=entry.minutes,
        work=work,
    )


# -- the branch ---------------------------------------------------------------------------------------------------


def _minutes_by_class(branch: Branch, day: date) -> MinutesByClass:
    rows = db.session.execute(
        select(TimeEntry.service_class, func.sum(TimeEntry.minutes))
        .join(Staff, Staff.id == TimeEntry.staff_id)
        .where(TimeEntry.day == day, Staff.branch_id == branch.id)
        .group_by(TimeEntry.service_class)
    )
    return sum((MinutesByClass.of(name, int(minutes)) for name, minutes in rows), MinutesByClass())


def _state(sheet: TechnicianDaily | None) -> str:
    """Confirmed, draft, or missing: an empty draft was only made for the technician, who told us nothing."""
    if sheet is not None and sheet.confirmed_at is not None:
        return CONFIRMED
    return DRAFT if sheet is not None and sheet.lines else MISSING


def _person_line(row: int, person: Staff, sheet: TechnicianDaily | None, absent: str) -> TechnicianLine:
    state = _state(sheet)
    return TechnicianLine(
        row=row,
        technician=person.name,
        minutes=sheet.totals if sheet else MinutesByClass(),
        jobs_done=sheet.jobs_done if sheet else 0,
        sheet=absent if state == MISSING else state,
    )


def _findings(
    branch: Branch, day: date, everybody: Sequence[Staff], sheets: dict[int, TechnicianDaily]
) -> list[Finding]:
    windows = _windows(branch, day)
    at_least = settings.number(GAP_MINUTES)
    found: list[Finding] = []
    for person in everybody:
        sheet = sheets.get(person.id)
        if sheet is None or _state(sheet) == MISSING:
            if windows:
                found.append(
                    Finding(technician=person.name, kind=N_("missing sheet"), detail=_("no entry and no sheet"))
                )
            continue
        if sheet.confirmed_at is None:
            found.append(Finding(technician=person.name, kind=N_("not confirmed"), detail=sheet.number))
        spans = [
            Span(line.started_at, line.ended_at, line.order_number or line.work)
            for line in sheet.lines
            if line.started_at is not None and line.ended_at is not None
        ]
        found += [
            Finding(
                technician=person.name,
                kind=N_("overlap"),
                detail=f"{_times(each.start, each.end)} {each.first.label} / {each.second.label}",
            )
            for each in overlaps(spans)
        ]
        free = gaps(spans, windows, at_least)
        if free:
            detail = ", ".join(_times(gap.start, gap.end) for gap in free)
            found.append(Finding(technician=person.name, kind=N_("gap"), detail=detail))
    return found


def _windows(branch: Branch, day: date) -> list[tuple[datetime, datetime]]:
    """When the branch was open that day (CAL-1, CAL-2), as far as the day has gone."""
    midnight, now = clock.at_local(day), clock.now()
    windows = [
        (midnight + timedelta(minutes=opens), midnight + timedelta(minutes=closes))
        for opens, closes in calendar_for(branch.id).day(day).windows
    ]
    return [(opens, min(closes, now)) for opens, closes in windows if opens < now]


def _times(start: datetime, end: datetime) -> str:
    return f"{clock.local(start):%H:%M}–{clock.local(end):%H:%M}"


def last_working_day(branch_id: int | None, before: date) -> date:
    """The branch's last working day before this one; without one in a month, the day before."""
    calendar = calendar_for(branch_id)
    days = [before - timedelta(days=back) for back in range(1, 32)]
    return next((day for day in days if is_open_day(calendar, day)), days[0])


def branches_with_work(branches: Sequence[Branch], day: date) -> list[Branch]:
    """Of these branches, those with a time entry, a 006 or a 007 of that day."""
    entered = select(Staff.branch_id).join(TimeEntry, TimeEntry.staff_id == Staff.id).where(TimeEntry.day == day)
    told = select(TechnicianReport.branch_id).where(TechnicianReport.day == day)
    signed = select(SupervisorReport.branch_id).where(SupervisorReport.day == day)
    wanted = select(Branch).where(
        and_(
            Branch.id.in_([branch.id for branch in branches]),
            or_(Branch.id.in_(entered), Branch.id.in_(told), Branch.id.in_(signed)),
        )
    )
    return list(db.session.scalars(wanted.order_by(Branch.code)))
