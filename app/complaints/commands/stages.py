"""The road of a complaint (CP-8): every verb leaves a step – who, when, what was said, what was handed in."""

from __future__ import annotations

from datetime import datetime

from app.complaints import queries, rules
from app.complaints.commands.handling import (
    HANDLING_JOBS,
    Upload,
    advance,
    fetch_for,
    keep_file,
    need_words,
    record,
    set_deadlines,
    with_file,
)
from app.complaints.commands.letters import check_closing, check_settling
from app.complaints.commands.telling import tell
from app.complaints.models import Complaint
from app.core import clock
from app.core.actors import SYSTEM, Principal, acting_as
from app.core.errors import N_, Refused
from app.core.fetch import fetch
from app.core.outbox import want
from app.core.uow import command
from app.organisation.models import Staff

# What the feedback area is asked for when a complaint is settled (RV-1).
PLAN_RETURN_VISITS = "plan_return_visits"


@command("complaint.acknowledge")
@with_file
def acknowledge(actor: Principal, complaint_id: int, *, said: str, at: datetime | None = None) -> Complaint:
    """The customer was told that the complaint has arrived and who takes care of it (CP-3)."""
    return advance(actor, complaint_id, "acknowledge", said=said, at=at)


@command("complaint.verify")
@with_file
def verify(
    actor: Principal,
    complaint_id: int,
    *,
    finding: str,
    said: str,
    at: datetime | None = None,
) -> Complaint:
    """The facts are verified: justified or not. The solution is due from now on (CP-3)."""
    complaint = advance(actor, complaint_id, "verify", said=said, at=at, finding=finding)
    complaint.finding = finding
    set_deadlines(complaint)
    return complaint


@command("complaint.tell")
@with_file
def tell_customer(actor: Principal, complaint_id: int, *, said: str, at: datetime | None = None) -> Complaint:
    """The customer was told the approved solution (CP-8)."""
    return advance(actor, complaint_id, "tell", said=said, at=at)


@command("complaint.settle")
@with_file
def settle(actor: Principal, complaint_id: int, *, said: str, at: datetime | None = None) -> Complaint:
    """The customer agreed and the solution is carried out; a return visit is wanted in the same transaction (RV-1).

    Refused until somebody in charge spoke with the customer (CP-7) and, from an amount on, both sides signed (CP-10).
    """
    complaint = advance(actor, complaint_id, "settle", said=said, at=at)
    check_settling(complaint, actor, complaint.steps[-1].at)
    times = sum(step.verb == "settle" for step in complaint.steps)
    want(
        PLAN_RETURN_VISITS, {"complaint": complaint.id}, dedup=f"{PLAN_RETURN_VISITS}-complaint-{complaint.id}-{times}"
    )
    return complaint


@command("complaint.rate")
@with_file
def rate(actor: Principal, complaint_id: int, *, satisfaction: str, said: str, at: datetime | None = None) -> Complaint:
    """The customer was asked how satisfied they are with the handling (CP-8)."""
    complaint = advance(actor, complaint_id, "rate", said=said, at=at, satisfaction=satisfaction)
    complaint.satisfaction = satisfaction
    return complaint


@command("complaint.close")
@with_file
def close(actor: Principal, complaint_id: int, *, said: str, at: datetime | None = None) -> Complaint:
    """Put the complaint away; a major one only after the written answer (CP-6), one sent on only reported back (CP-12)."""
    complaint = fetch_for(actor, complaint_id)
    if complaint.status == "rated":
        check_closing(complaint)
    return advance(actor, complaint_id, "close", said=said, at=at)


def _off_the_table(complaint: Complaint) -> None:
    """A proposal still waiting for its decision is no longer needed."""
    with acting_as(SYSTEM):
        waiting = queries.pending_approval(complaint.id)
        if waiting is not None:
            rules.APPROVAL.apply(waiting, "withdraw", SYSTEM.roles)
            waiting.decided_at = clock.now()


@command("complaint.mediate")
@with_file
def mediate(actor: Principal, complaint_id: int, *, said: str, at: datetime | None = None) -> Complaint:
    """No agreement: the matter goes to mediation (CP-8)."""
    complaint = advance(actor, complaint_id, "mediate", said=said, at=at)
    _off_the_table(complaint)
    return complaint


@command("complaint.withdraw")
@with_file
def withdraw(actor: Principal, complaint_id: int, *, said: str, at: datetime | None = None) -> Complaint:
    """The customer takes the complaint back."""
    complaint = advance(actor, complaint_id, "withdraw", said=said, at=at)
    _off_the_table(complaint)
    return complaint


@command("complaint.reopen")
@with_file
def reopen(actor: Principal, complaint_id: int, *, said: str, at: datetime | None = None) -> Complaint:
    """Take it up again: verification and settlement are due anew, from now on (CP-3, CP-8)."""
    complaint = advance(actor, complaint_id, "reopen", said=said, at=at)
    complaint.satisfaction, complaint.promised_on = None, None
    set_deadlines(complaint)
    return complaint


@command("complaint.assign")
@with_file
def assign(actor: Principal, complaint_id: int, *, handler_id: int, said: str, at: datetime | None = None) -> Complaint:
    """Name who handles it; never a person complained about (CP-4). They are told. Raises ``Refused``."""
    complaint = fetch_for(actor, complaint_id)
    if not rules.is_open(complaint.status):
        raise Refused(N_("Only an open complaint has a handler to be named."))
    handler = fetch(Staff, handler_id)
    rules.check_not_subject(handler.id, complaint.subjects, "handler_id")
    if not handler.active:
        raise Refused(N_("This person no longer works here."), field="handler_id")
    if handler.job not in HANDLING_JOBS:
        raise Refused(N_("Complaints are handled in the office: choose somebody from there."), field="handler_id")
    need_words(said)
    complaint.handler_id = handler.id
    record(complaint, actor, "assign", f"{handler.name}: {said}", at or clock.now())
    if handler.id != actor.staff_id:
        message = N_("Complaint %(number)s is yours to handle.")
        with acting_as(SYSTEM):
            tell(complaint, [handler], message, {"number": complaint.number}, tone="warning")
    return complaint


@command("complaint.attach")
def attach(
    actor: Principal, complaint_id: int, *, attachment: Upload, kind: str | None = None, said: str = ""
) -> Complaint:
    """Put a photo, a recording or a signed paper beside the complaint (CP-8)."""
    complaint = fetch_for(actor, complaint_id)
    step = record(complaint, actor, "attach", said, clock.now())
    row = keep_file(complaint, actor, attachment, kind=kind, step=step)
    step.said = f"{row.filename} {said}".strip()[:2000]
    return complaint
