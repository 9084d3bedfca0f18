"""A major complaint: put before the management with its report, and a crisis group called together (CP-5, CP-6)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.complaints import queries, rules
from app.complaints.commands.handling import (
    HANDLING_JOBS,
    Upload,
    fetch_for,
    keep_file,
    need_words,
    not_in_future,
    note_lateness,
    record,
    with_file,
)
from app.complaints.commands.telling import tell
from app.complaints.models import (
    ALERT_ALSO,
    CRISIS_JOBS,
    MANAGEMENT_HOURS,
    Complaint,
    CrisisEntry,
    CrisisMember,
    ManagementAlert,
    PastMajor,
)
from app.core import clock, settings
from app.core.actors import SYSTEM, Principal, acting_as
from app.core.db import db
from app.core.errors import N_, Refused
from app.core.fetch import fetch
from app.core.outbox import want
from app.core.uow import command, unit_of_work
from app.organisation.models import Staff

ALERT = "complaint_alert"


def become_major(complaint: Complaint, actor: Principal, since: datetime, now: datetime) -> None:
    """The complaint is major from ``since`` on: the management within a day, the crisis group at once (CP-6)."""
    complaint.management_by = since + timedelta(hours=settings.number(MANAGEMENT_HOURS))
    complaint.management_told_at = None
    with acting_as(SYSTEM):
        if complaint.crisis_at is None:
            _call_together(complaint, actor, now)
        put_before_management(complaint, now)


def _call_together(complaint: Complaint, actor: Principal, now: datetime) -> None:
    complaint.crisis_at = now
    people: dict[int, Staff] = {}
    for job in settings.value(CRISIS_JOBS).split("+"):
        role = {"service": "service_department"}.get(job.strip(), job.strip())
        people.update({person.id: person for person in queries.people_of(complaint, role)})
    complaint.crisis_members += [CrisisMember(staff=person) for person in people.values()]
    names = "、".join(person.name for person in people.values())
    record(complaint, actor, "open_crisis", names, now)
    message = N_("Major complaint %(number)s: you are in the crisis group.")
    tell(complaint, people.values(), message, {"number": complaint.number}, tone="danger")


def put_before_management(complaint: Complaint, now: datetime) -> None:
    """Mail the report to the management and to the addresses of the settings (legal department)."""
    db.session.flush()
    people = queries.people_of(complaint, "management")
    addresses: dict[str, int | None] = {person.email: person.id for person in people if person.email}
    for address in settings.value(ALERT_ALSO).replace(";", ",").split(","):
        if address.strip():
            addresses.setdefault(address.strip(), None)
    occasion = max((row.occasion for row in complaint.alerts), default=0) + 1
    for email, staff_id in addresses.items():
        row = ManagementAlert(email=email, staff_id=staff_id, occasion=occasion)
        complaint.alerts.append(row)
        db.session.flush()
        want(ALERT, {"alert": row.id}, dedup=f"{ALERT}-{row.id}", someone_waits=True)
    message = N_("Major complaint %(number)s is put before the management.")
    tell(complaint, people, message, {"number": complaint.number}, tone="danger", by_mail=False)
    if not addresses and people:
        complaint.management_told_at = now  # nobody has an address: the inbox is where they read


@command("complaint.judge")
@with_file
def judge(
    actor: Principal,
    complaint_id: int,
    *,
    severity: str,
    said: str,
    ground: str | None = None,
    at: datetime | None = None,
) -> Complaint:
    """Judge how severe it is, with a reason (CP-5); a major one is put before the management (CP-6)."""
    complaint = fetch_for(actor, complaint_id)
    if not rules.is_open(complaint.status):
        raise Refused(N_("Only an open complaint is judged."))
    need_words(said)
    now, moment = clock.now(), not_in_future(at)
    before = complaint.severity
    complaint.severity = severity
    complaint.severity_ground = (ground or "judged") if severity == "major" else None
    complaint.severity_reason = said[:200]
    record(complaint, actor, "judge", said, moment)
    if severity == "major" and before != "major":
        become_major(complaint, actor, moment, now)
    elif severity != "major":
        _no_longer_major(complaint, now)
    return complaint


def _no_longer_major(complaint: Complaint, now: datetime) -> None:
    """It is major no longer, from the moment this is written down: what was counted until then stays counted (CP-14)."""
    due_at = complaint.management_by
    if due_at is None:
        return
    since = min(due_at - timedelta(hours=settings.number(MANAGEMENT_HOURS)), now)
    complaint.past_majors.append(PastMajor(since=since, until=now, due_at=due_at, told_at=complaint.management_told_at))
    complaint.management_by = complaint.management_told_at = None


@command("complaint.put_before_management")
def alert_again(actor: Principal, complaint_id: int, *, at: datetime | None = None) -> Complaint:
    """Mail the report of a major complaint once more: it has changed, or a mail did not arrive. Raises ``Refused``."""
    complaint = fetch_for(actor, complaint_id)
    if complaint.severity != "major":
        raise Refused(N_("Only a major complaint is put before the management."))
    with acting_as(SYSTEM):
        put_before_management(complaint, clock.now())
    return complaint


# -- the crisis group ---------------------------------------------------------------------------------------------


def _group(actor: Principal, complaint_id: int) -> Complaint:
    complaint = fetch_for(actor, complaint_id)
    if complaint.crisis_at is None:
        raise Refused(N_("No crisis group has been called together for this complaint."))
    return complaint


@command("complaint.add_member")
@with_file
def add_member(
    actor: Principal, complaint_id: int, *, staff_id: int, duty: str = "", at: datetime | None = None
) -> Complaint:
    """Take somebody into the crisis group: from now on they see the complaint (CP-6, CP-13). Raises ``Refused``."""
    complaint = _group(actor, complaint_id)
    staff = fetch(Staff, staff_id)
    rules.check_not_subject(staff.id, complaint.subjects, "staff_id")
    if not staff.active:
        raise Refused(N_("This person no longer works here."), field="staff_id")
    if any(row.staff_id == staff.id for row in complaint.crisis_members):
        raise Refused(N_("This person is in the group already."), field="staff_id")
    complaint.crisis_members.append(CrisisMember(staff=staff, duty=duty))
    record(complaint, actor, "add_member", " ".join(part for part in (staff.name, duty) if part), clock.now())
    message = N_("Major complaint %(number)s: you are in the crisis group.")
    with acting_as(SYSTEM):
        tell(complaint, [staff], message, {"number": complaint.number}, tone="danger")
    return complaint


@command("complaint.minute")
@with_file
def minute(
    actor: Principal,
    complaint_id: int,
    *,
    kind: str,
    words: str,
    present: str = "",
    owner_id: int | None = None,
    due_on: date | None = None,
    at: datetime | None = None,
) -> Complaint:
    """Write down a meeting of the crisis group, or a decision with who sees to it and until when (CP-6).

    Who sees to a decision finds it in the inbox, on the start page and in the list of decisions. Raises ``Refused``.
    """
    complaint = _group(actor, complaint_id)
    need_words(words, "words")
    owner = _owner(complaint, kind, owner_id, due_on)
    moment = not_in_future(at)
    if due_on is not None:
        rules.check_due(due_on, clock.local(moment).date())
    entry = CrisisEntry(
        kind=kind,
        at=moment,
        present=present,
        words=words,
        owner_id=owner_id,
        due_on=due_on,
        written_by_id=actor.staff_id,
    )
    complaint.crisis_entries.append(entry)
    record(complaint, actor, "minute", words, moment)
    if owner is not None and owner.id != actor.staff_id:
        db.session.flush()
        message = N_("Complaint %(number)s: the crisis group left something to you.")
        with acting_as(SYSTEM):
            tell(complaint, [owner], message, {"number": complaint.number}, link=page_of_entry(entry), tone="warning")
    return complaint


def _owner(complaint: Complaint, kind: str, owner_id: int | None, due_on: date | None) -> Staff | None:
    """Who sees to it: somebody of the office, never one complained about; a decision has one, and a day."""
    owner = fetch(Staff, owner_id) if owner_id is not None else None
    if owner is not None:
        rules.check_not_subject(owner.id, complaint.subjects, "owner_id")
        if not owner.active:
            raise Refused(N_("This person no longer works here."), field="owner_id")
        if owner.job not in HANDLING_JOBS:
            raise Refused(N_("Complaints are handled in the office: choose somebody from there."), field="owner_id")
    if kind == "decision" and owner is None:
        raise Refused(N_("A decision names who sees to it."), field="owner_id")
    if kind == "decision" and due_on is None:
        raise Refused(N_("A decision names the day until when."), field="due_on")
    return owner


def page_of_entry(entry: CrisisEntry) -> str:
    """The address of the entry's page."""
    return f"/crisisentryview/show/{entry.id}"


@command("crisis_entry.finish")
def finish_decision(
    actor: Principal, entry_id: int, *, said: str, attachment: Upload | None = None, at: datetime | None = None
) -> CrisisEntry:
    """A decision of the crisis group is carried out: who says so, when, what was done (CP-6). Raises ``Refused``."""
    fetch(CrisisEntry, entry_id)
    # Two of the group may tick it at the same moment: locked, then asked whether it is still to be done.
    locked = select(CrisisEntry).where(CrisisEntry.id == entry_id).with_for_update(of=CrisisEntry)
    entry: CrisisEntry = db.session.scalars(locked.execution_options(populate_existing=True)).one()
    if not entry.to_do:
        raise Refused(N_("This is not possible now: the record has moved on."))
    need_words(said)
    moment = not_in_future(at)
    rules.check_after(entry.at, moment)
    with acting_as(SYSTEM):  # its owner need not see the complaint itself
        complaint = entry.complaint
        rules.check_not_subject(actor.staff_id, complaint.subjects)
        rules.check_ticking(actor.staff_id, entry.owner_id, queries.group_of(complaint))
        entry.done_at, entry.done_by_id, entry.result = moment, actor.staff_id, said[:1000]
        step = record(complaint, actor, "decided", f"{entry.words} → {said}", moment)
        if attachment is not None:
            db.session.flush()
            keep_file(complaint, actor, attachment, step=step)
    return entry


def alert_moved(alert_id: int, status: str, error: str = "") -> None:
    """Where the mail to the management stands, in a transaction of its own."""
    with unit_of_work(SYSTEM, f"complaint.alert_{status}"):
        row = alert_of(alert_id)
        row.mail_status, row.error = status, error[:300]


def alert_sent(alert_id: int, at: datetime) -> None:
    """The mail went out: with the first of them the complaint is put before the management (CP-6)."""
    row = alert_of(alert_id)
    row.mail_status, row.sent_at, row.error = "sent", at, ""
    complaint = row.complaint
    if complaint.management_by is not None and complaint.management_told_at is None:
        complaint.management_told_at = at
        note_lateness(complaint, at)
    record(complaint, SYSTEM, "alert", row.staff.name if row.staff is not None else row.email, at)


def alert_of(alert_id: int) -> ManagementAlert:
    """One mail to the management, for the job that sends it."""
    statement: Any = select(ManagementAlert).where(ManagementAlert.id == alert_id)
    found: ManagementAlert = db.session.scalars(statement).one()
    return found
