"""Complaints of the records: who sees which of them, said by hand (CP-4, CP-13)."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from app.complaints.models import (
    Approval,
    Complaint,
    ComplaintEscalationLevel,
    ComplaintFile,
    ComplaintLateness,
    ComplaintLetter,
    ComplaintNotice,
    ComplaintReading,
    ComplaintStep,
    ComplaintSubject,
    CorrectiveAction,
    CrisisEntry,
    CrisisMember,
    ManagementAlert,
    PastMajor,
    SettlementAgreement,
)
from app.core import clock, files
from app.core.db import db

if TYPE_CHECKING:
    from tests.records import Records

DAY = date(2026, 11, 20)
MOMENT = clock.at_local(DAY, time(9))


def build(records: Records, hq: frozenset[str], leaders: frozenset[str]) -> None:
    """Complaints of every kind of involvement, and what belongs to each (CP-4, CP-13)."""
    cast = records.cast
    # which: (branch, entered by, handler, subject, seen by)
    chosen: dict[str, tuple[str, str, str | None, str | None, frozenset[str]]] = {
        "plain": ("NJ", "service", None, None, leaders),
        "entered by the clerk": ("NJ", "clerk", "manager", None, (leaders - {"supervisor"}) | {"clerk"}),
        "handled by the clerk": ("NJ", "service", "clerk", None, leaders | {"clerk"}),
        # The person complained about sees nothing of it, whatever else they see (CP-4).
        "against the supervisor": ("NJ", "clerk", "manager", "supervisor", (leaders - {"supervisor"}) | {"clerk"}),
        "against the clerk": ("NJ", "service", "manager", "clerk", leaders - {"supervisor"}),
        "against the service department": ("NJ", "manager", "manager", "service", frozenset({"manager", "director"})),
        "against the director": ("NJ", "manager", "manager", "director", frozenset({"manager", "service"})),
        "against the technician": ("NJ", "service", "clerk", "technician", leaders | {"clerk"}),
        # Who stands below a person complained about, or below whoever handles it, has no part in it (CP-13).
        "against the manager": ("NJ", "service", None, "manager", hq),
        "handled by the service department": ("NJ", "service", "service", None, hq),
        "suzhou": ("SZ", "clerk_sz", None, None, hq | {"clerk_sz", "supervisor_sz"}),
    }
    for number, (which, (branch, entered, handler, subject, people)) in enumerate(chosen.items(), start=1):
        complaint = Complaint(
            number=f"TS-{branch}-20261120-{number:04}",
            branch_id=cast.branches[branch],
            customer_id=cast.customers["suzhou" if branch == "SZ" else "in_warranty"],
            complainant=f"投诉人{number}",
            phone="13700000001",
            received_at=MOMENT,
            content=f"三天没有人来：{which}",
            entered_by_id=cast.staff(entered),
            handler_id=cast.staff(handler) if handler else None,
            subject_id=cast.staff(subject) if subject else None,
            acknowledge_by=MOMENT + timedelta(days=1),
            verify_by=MOMENT + timedelta(days=3),
            settle_by=MOMENT + timedelta(days=7),
        )
        records.add(f"complaint/{which}", complaint, people)
        step = ComplaintStep(complaint=complaint, stage="received", verb="enter", at=MOMENT, said=f"来电说：{which}")
        records.add(f"complaint_step/{which}", step, people)
        _details(records, which, complaint, people, people & hq)


def _details(
    records: Records, which: str, complaint: Complaint, people: frozenset[str], readers: frozenset[str]
) -> None:
    """What belongs to a complaint is seen by who sees it; who read it, by the service department and the management."""
    add, key, staff = records.add, complaint.id, records.cast.staff
    level = db.session.scalars(select(ComplaintEscalationLevel)).first() or ComplaintEscalationLevel(
        stage="settled", minutes=0, role="branch_manager"
    )
    db.session.add(level)
    db.session.flush()
    stored = files.store(b"\x89PNG", f"{which}.png", "image/png", record="complaint", record_id=key)
    records.files[f"complaint/{which}"] = stored.id
    rows: dict[str, Any] = {
        # A technician without a screen for complaints: being named changes nobody's rows.
        "complaint_subject": ComplaintSubject(complaint_id=key, staff_id=staff("technician2")),
        "complaint_file": ComplaintFile(complaint_id=key, kind="photo", filename=which, stored_file_id=stored.id),
        "approval": Approval(complaint_id=key, kind="refund", amount=Decimal(50), role="management"),
        "crisis_member": CrisisMember(complaint_id=key, staff_id=staff("technician_sz")),
        "crisis_entry": CrisisEntry(complaint_id=key, at=MOMENT, words=which),
        "management_alert": ManagementAlert(complaint_id=key, email="a@example.com"),
        "past_major": PastMajor(complaint_id=key, since=MOMENT, until=MOMENT, due_at=MOMENT),
        "complaint_lateness": ComplaintLateness(complaint_id=key, stage="settled", due_at=MOMENT),
        "complaint_notice": ComplaintNotice(complaint_id=key, level_id=level.id, due_at=MOMENT, at=MOMENT),
        "settlement_agreement": SettlementAgreement(complaint_id=key, terms=which, made_at=MOMENT),
        "complaint_letter": ComplaintLetter(complaint_id=key, kind="answer", words=which, at=MOMENT),
        "corrective_action": CorrectiveAction(
            complaint_id=key, cause=which, action=which, owner_id=staff("technician"), due_on=DAY
        ),
    }
    for name, row in rows.items():
        add(f"{name}/{which}", row, people)
    reading = ComplaintReading(complaint_id=key, reader="某人", what="page", at=MOMENT)
    add(f"complaint_reading/{which}", reading, readers)
