"""Who reads a complaint is noted, and recordings go when their time is over (CP-13, CP-15)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.complaints import rules
from app.complaints.commands.handling import record
from app.complaints.models import RECORDING_DAYS, Complaint, ComplaintFile, ComplaintReading
from app.core import audit, clock, files, inbox, settings
from app.core.actors import SYSTEM, Principal, acting_as
from app.core.db import db
from app.core.errors import N_
from app.core.fetch import fetch
from app.core.uow import command, unit_of_work
from app.organisation.models import Staff

_reading: Any = ComplaintReading.__table__


@command("complaint.read")
def read(actor: Principal, complaint_id: int, *, what: str = "page", detail: str = "") -> Complaint:
    """Note that this person opened the complaint with the customer's details (CP-13).

    ``what`` is one of ``rules.READINGS``; it stands in the list the service department reads and in the audit trail.
    """
    complaint = fetch(Complaint, complaint_id)
    # Core: the audit trail gets its one line below, not a second one for this row.
    db.session.connection().execute(
        _reading.insert().values(
            complaint_id=complaint.id,
            staff_id=actor.staff_id,
            reader=(actor.name or actor.username)[:64],
            what=what,
            detail=detail[:200],
            at=clock.now(),
        )
    )
    audit.note("complaint", complaint.id, {"read": complaint.number, "what": what}, complaint.branch_id)
    return complaint


# -- recordings (CP-15) -------------------------------------------------------------------------------------------


def erase_recordings(now: datetime | None = None) -> list[str]:
    """Delete recordings whose time is over, never while the matter is open; gives their names.

    What was deleted is written down at the complaint and told to the service department. May run twice: a recording
    deleted is not there any more.
    """
    moment = now or clock.now()
    with acting_as(SYSTEM):
        found = [row.complaint_id for row in _over(moment)]
        db.session.rollback()  # looking took no lock; deleting does
        if not found:
            return []
        with unit_of_work(SYSTEM, "complaint.erase_recordings"):
            names = [_erase(row, moment) for row in _over(moment)]
            _tell_service(names)
    return names


def _over(now: datetime) -> list[ComplaintFile]:
    """Recordings that may go: long enough after they were made and after the matter ended."""
    days = settings.number(RECORDING_DAYS)
    statement = (
        select(ComplaintFile)
        .join(Complaint)
        .where(ComplaintFile.kind == "recording", ComplaintFile.deleted_at.is_(None))
        .where(Complaint.status.in_(("closed", "withdrawn")))
        .order_by(ComplaintFile.id)
        .limit(500)
    )
    return [
        row
        for row in db.session.scalars(statement)
        if rules.recording_goes(row.created_at, _ended_at(row.complaint), now, days)
    ]


def _ended_at(complaint: Complaint) -> datetime | None:
    """When the matter was put away for the last time; None while it is open."""
    if complaint.status not in ("closed", "withdrawn"):
        return None
    ends = [step.at for step in complaint.taken if step.stage in ("closed", "withdrawn")]
    return ends[-1] if ends else complaint.received_at


def _erase(row: ComplaintFile, now: datetime) -> str:
    stored = row.stored_file
    row.stored_file_id, row.deleted_at = None, now
    db.session.flush()
    if stored is not None:
        files.forget(stored)
    record(row.complaint, SYSTEM, "erase", row.filename, now)
    return f"{row.complaint.number} {row.filename}"


def _tell_service(names: list[str]) -> None:
    people = db.session.scalars(select(Staff).where(Staff.job == "service", Staff.active.is_(True))).all()
    for person in people:
        inbox.post(
            person.id,
            N_("Recordings deleted after their time: %(count)d (%(names)s)."),
            {"count": len(names), "names": "、".join(names)[:200]},
            link="/complaintfileview/list/?show=deleted",
        )
