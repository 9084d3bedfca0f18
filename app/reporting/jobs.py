"""What reporting does by itself: the daily documents by schedule, documents asked for, and their delivery."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import current_app
from sqlalchemy import func, select, update

from app.calendars.queries import calendar_for
from app.calendars.rules import is_open_day
from app.complaints.queries import complained_about
from app.core import audit, clock, documents, files, mail, permissions, sheets
from app.core.actors import NOBODY, SYSTEM, Principal, acting_as
from app.core.db import db
from app.core.errors import N_
from app.core.jobs import on_tick
from app.core.outbox import GiveUp, Job, handles, want
from app.core.periods import Period, run_due
from app.core.settings import value
from app.core.uow import unit_of_work
from app.fieldservice.commands import DAY_CLOSED
from app.organisation.models import Branch, Staff
from app.organisation.people import principal_of
from app.reporting.commands import draft_supervisor_report, draft_technician_report
from app.reporting.models import Delivery, DistributionList, DistributionMember, MadeDocument, ScheduleEntry
from app.reporting.rules import CONFIDENTIAL, PERIOD_OF, PLAN, days_due, recipients

NEXT_DAY = "next_day_dispatch"


@on_tick
def run_schedule(now: datetime) -> None:
    """Want every document that is due by the schedule table. May run twice: each day and branch is wanted once."""
    local = clock.local(now)
    for entry in list(db.session.execute(select(ScheduleEntry).where(ScheduleEntry.active.is_(True))).scalars()):
        due = _due(entry, local)
        if due:
            run_entry(entry.id, due)


def _due(entry: ScheduleEntry, local: datetime) -> list[date]:
    kind = PERIOD_OF.get(entry.days)
    if kind is None:
        return days_due(entry.last_day, local.date(), local.time(), entry.at, catch_up=entry.catch_up)
    calendar = calendar_for(_calendar_branch(None))
    day = run_due(entry.last_day, local.date(), local.time(), entry.at, kind, lambda on: is_open_day(calendar, on))
    return [day] if day is not None else []


def run_entry(entry_id: int, days: list[date]) -> None:
    """Want the documents of one schedule entry for these days and remember the last of them.

    A weekly, monthly or quarterly one is about the period before the day it is made on.
    """
    with unit_of_work(SYSTEM, "schedule.run"):
        entry = db.session.execute(select(ScheduleEntry).where(ScheduleEntry.id == entry_id)).scalar_one()
        kind = PERIOD_OF.get(entry.days)
        for day in () if _made_at_closing(entry) else days:
            about = Period.around(day, kind).before.last if kind else day
            for branch in _branches(entry):
                if entry.days == "working_days" and not is_open_day(calendar_for(_calendar_branch(branch)), day):
                    continue
                if branch is not None:
                    draft_sheets(entry.document_name, branch, day)
                key = f"{entry.code}-{day:%Y%m%d}-{branch.code if branch else 'all'}"
                want(
                    "make_document",
                    {
                        "key": key,
                        "name": entry.document_name,
                        "date": about.isoformat(),
                        "period": kind,
                        "branch": branch.code if branch else None,
                        "list": entry.distribution_list_id,
                    },
                    dedup=key,
                )
        entry.last_day = days[-1]


def _made_at_closing(entry: ScheduleEntry) -> bool:
    # The 次日派工表 says what closing the day found: before that, whatever the hour, it would say something else.
    return entry.document_name == NEXT_DAY and entry.per_branch


def print_next_day(branch: Branch, day: date) -> None:
    """Want the 次日派工表 of a branch whose day has just been closed, for the lists its schedule entries name (SO-14)."""
    entries = db.session.scalars(select(ScheduleEntry).where(ScheduleEntry.active.is_(True)).order_by(ScheduleEntry.id))
    lists = [entry.distribution_list_id for entry in entries if _made_at_closing(entry)]
    key = f"{NEXT_DAY}-{branch.code}-{day:%Y%m%d}"
    wanted = {"key": key, "name": NEXT_DAY, "date": day.isoformat(), "branch": branch.code}
    want("make_document", {**wanted, "lists": lists}, dedup=key)


DAY_CLOSED.append(print_next_day)


def _branches(entry: ScheduleEntry) -> list[Branch | None]:
    if not entry.per_branch:
        return [None]
    statement = select(Branch).where(Branch.active.is_(True), Branch.kind != "head_office").order_by(Branch.code)
    return list(db.session.execute(statement).scalars())


def _calendar_branch(branch: Branch | None) -> int | None:
    if branch is not None:
        return branch.id
    return db.session.execute(select(Branch.id).where(Branch.kind == "head_office")).scalars().first()


def draft_sheets(document_name: str, branch: Branch, day: date) -> None:
    """The sheets a daily report is made of exist before it is printed, so that a missing one shows (SO-11, SO-12)."""
    if document_name == "technician_daily":
        technicians = select(Staff.id).where(
            Staff.branch_id == branch.id, Staff.job == "technician", Staff.active.is_(True)
        )
        for staff_id in db.session.execute(technicians).scalars().all():
            draft_technician_report(SYSTEM, staff_id, day)
    elif document_name == "supervisor_daily":
        draft_supervisor_report(SYSTEM, branch.id, day)


def _asking(job: Job) -> Principal:
    """Whose eyes the document is made with: the asking person's, or the system's for a scheduled one."""
    if "asked_by" not in job:
        return SYSTEM
    manager = current_app.extensions["appbuilder"].sm
    user = manager.get_user_by_id(job["asked_by"]) if job["asked_by"] else None
    return principal_of(user) if user is not None and user.is_active else NOBODY


@handles("make_document", N_("Make a document"))
def make_document(job: Job) -> None:
    """Render a document, keep it, and have it delivered. May run twice: its key is unique."""
    if db.session.execute(select(MadeDocument.id).where(MadeDocument.key == job["key"])).first():
        return
    actor = _asking(job)
    with acting_as(actor):
        rendered = documents.render(
            job["name"],
            date=date.fromisoformat(job["date"]),
            branch=job["branch"],
            record_id=job.get("record_id"),
            period=job.get("period"),
        )
    db.session.rollback()  # rendering only read; the write below must not wait with its lock for nothing
    with job.finish("document.made") as session:
        branch_id = (
            session.execute(select(Branch.id).where(Branch.code == job["branch"])).scalar_one()
            if job["branch"]
            else None
        )
        document = MadeDocument(
            key=job["key"],
            name=rendered.name,
            title=rendered.filename.removesuffix(".pdf").replace("_", " "),
            params={key: job.get(key) for key in ("date", "period", "branch", "record_id")},
            branch_id=branch_id,
            pages=rendered.pages,
            made_by=actor.name,
            for_staff_id=actor.staff_id,
            discreet=actor.is_system,
            stored_file=files.store(
                rendered.pdf, rendered.filename, "application/pdf", record="document", record_id=None
            ),
        )
        session.add(document)
        session.flush()
        document.stored_file.record_id = document.id
        if rendered.xlsx is not None:
            document.sheet_file = files.store(
                rendered.xlsx, rendered.sheet_filename, sheets.CONTENT_TYPE, record="document", record_id=document.id
            )
        _deliver_to(session, document, job)


def _deliver_to(session: Any, document: MadeDocument, job: Job) -> None:
    """To everybody on the job's lists; who may not read all of it gets a copy made with their own eyes (CP-4)."""
    addresses = [job["to"]] if "to" in job else recipients(_members(job), document.branch_id)
    about = _complained_about(document, addresses)
    for email in addresses:
        if email.lower() in about:
            _want_own_copy(job, email, about[email.lower()])
            continue
        delivery = Delivery(document_id=document.id, email=email, round=1, status="waiting")
        session.add(delivery)
        session.flush()
        want("deliver", {"delivery": delivery.id}, dedup=f"deliver-{delivery.id}")


def _members(job: Job) -> list[tuple[str, int | None]]:
    """Addresses and branches on the lists that the job names by id, or, coming from an area above, by code."""
    lists = [*([job["list"]] if "list" in job else []), *job.get("lists", ())]
    code = job.get("list_code")
    if code:
        lists += db.session.scalars(select(DistributionList.id).where(DistributionList.code == code))
    members = (
        select(DistributionMember.email, DistributionMember.branch_id)
        .where(DistributionMember.distribution_list_id.in_(lists))
        .order_by(DistributionMember.id)
    )
    return [(row.email, row.branch_id) for row in db.session.execute(members)]


def _complained_about(document: MadeDocument, addresses: list[str]) -> dict[str, Staff]:
    """Whose addresses these are of the people complained about, when the document tells of complaints."""
    silent = document.name == PLAN and document.discreet
    if document.name not in CONFIDENTIAL or document.for_staff_id is not None or silent:
        return {}
    at = func.lower(Staff.email).in_([each.lower() for each in addresses])
    people = db.session.scalars(select(Staff).where(at)).all()
    about = complained_about([person.id for person in people])
    return {person.email.lower(): person for person in people if person.id in about}


def _want_own_copy(job: Job, email: str, person: Staff) -> None:
    actor = principal_of(person.user) if person.user is not None and person.user.is_active else NOBODY
    if not permissions.may(actor, documents.get(job["name"]).verb):
        return  # nothing of it is for these eyes
    given = {name: text for name, text in job.items() if name not in ("list", "lists", "list_code")}
    key = f"{job['key']}-{person.id}"
    want("make_document", {**given, "key": key, "asked_by": person.user_id, "to": email}, dedup=key)


def _move(delivery_id: int, before: str, after: str, **values: Any) -> bool:
    with unit_of_work(SYSTEM, f"delivery.{after}") as session:
        changed = session.execute(
            update(Delivery)
            .where(Delivery.id == delivery_id, Delivery.status == before)
            .values(status=after, **values)
            .execution_options(synchronize_session=False)
        )
        if changed.rowcount != 1:  # type: ignore[attr-defined]  # a cursor result
            return False
        audit.note("delivery", delivery_id, {"status": after})
        return True


@handles("deliver", N_("Send a document by mail"))
def deliver(job: Job) -> None:
    """Mail one document to one address. May run twice and sends once.

    ``sending`` is noted at the last moment before the server gets the text. A run that finds it noted already knows that
    an earlier one died there: nobody can say whether the mail went out, so it is not sent again but shown to people.
    """
    row = db.session.execute(select(Delivery).where(Delivery.id == job["delivery"])).scalar_one()
    if row.status == "failed" and not _followed(row):
        _move(row.id, "failed", "waiting", error="")  # an administrator tries it again from the background jobs
        db.session.refresh(row)
    if row.status == "sending" and mail.folder() is None:
        _move(row.id, "sending", "uncertain", error="The worker died while the mail was being handed over.")
        return
    if row.status not in ("waiting", "sending"):
        return
    letter, delivery_id = _letter(row), row.id
    db.session.rollback()
    state = {"now": row.status}

    def handing_over() -> None:
        _move(delivery_id, "waiting", "sending", message_id=letter.message_id)
        state["now"] = "sending"

    try:
        mail.send(letter, handing_over=handing_over)
    except mail.MailUncertain as problem:
        _move(delivery_id, "sending", "uncertain", error=str(problem)[:500])
        return
    except mail.MailRefused as problem:
        _move(delivery_id, state["now"], "failed", error=str(problem)[:500])
        return
    except Exception as problem:
        # Not accepted, for sure: the next attempt starts from the beginning; after the last one it has failed.
        last = job.attempt >= current_app.config["JOB_ATTEMPTS"]
        _move(delivery_id, state["now"], "failed" if last else "waiting", error=str(problem)[:500])
        if last:
            raise GiveUp(str(problem)) from problem
        raise
    with job.finish("delivery.sent") as session:
        session.execute(
            update(Delivery)
            .where(Delivery.id == delivery_id)
            .values(status="sent", sent_at=clock.now(), error="", message_id=letter.message_id)
            .execution_options(synchronize_session=False)
        )
        audit.note("delivery", delivery_id, {"status": "sent"})


def _followed(row: Delivery) -> bool:
    """Whether the same document went to the same address in a later round: then nobody waits for this one."""
    later = select(Delivery.id).where(
        Delivery.document_id == row.document_id, Delivery.email == row.email, Delivery.round > row.round
    )
    return db.session.execute(later.limit(1)).first() is not None


def _letter(row: Delivery) -> mail.Mail:
    document = row.document
    kept = [document.stored_file, *([document.sheet_file] if document.sheet_file is not None else [])]
    return mail.Mail(
        to=row.email,
        subject=document.title,
        text=_letter_text(document),
        # With the moment it was made: a rebuilt database gives the same ids again, and mail servers remember.
        key=f"aftercare-delivery-{row.id}-{row.created_at:%Y%m%d%H%M%S}",
        attachments=tuple(mail.Attachment(each.filename, each.content_type, files.read(each)) for each in kept),
    )


def _letter_text(document: MadeDocument) -> str:
    return mail.text_from(
        "document.txt",
        document=document,
        company=value("company_name"),
        made_at=f"{clock.local(document.created_at):%Y-%m-%d %H:%M}",
    )
