"""The verbs of complaint handling (CP). Every one leaves a step: who, when, what was said (CP-8)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from app.calendars.queries import calendar_for
from app.calendars.rules import deadline
from app.complaints import queries, rules
from app.complaints.models import (
    ACKNOWLEDGE_HOURS,
    PROPOSE_DAYS,
    SETTLE_DAYS,
    VERIFY_DAYS,
    Complaint,
    ComplaintStep,
)
from app.core import audit, clock, settings
from app.core.actors import Principal
from app.core.db import db
from app.core.errors import N_, Refused
from app.core.fetch import fetch
from app.core.numbering import next_number
from app.core.outbox import want
from app.core.uow import command
from app.customers.models import Customer, Voucher
from app.fieldservice.models import WorkOrder
from app.organisation.models import Branch, Staff

# What the feedback area is asked for when a complaint is settled (RV-1).
PLAN_RETURN_VISITS = "plan_return_visits"
_ANY_BRANCH = ("service_department", "management", "system")


@command("complaint.enter")
def enter(
    actor: Principal,
    *,
    complainant: str,
    phone: str,
    content: str,
    channel: str = "telephone",
    category: str = "other",
    demand: str = "",
    customer_id: int | None = None,
    voucher_id: int | None = None,
    work_order_id: int | None = None,
    subject_id: int | None = None,
    severity_ground: str | None = None,
    branch_id: int | None = None,
    received_at: datetime | None = None,
    at: datetime | None = None,
) -> Complaint:
    """Enter a complaint: number without gaps (CP-1), deadlines (CP-3), severity (CP-5).

    ``received_at`` is when the customer complained, ``at`` when it is entered (default both: now). The customer and
    branch follow from the voucher where they are not given. Raises ``Refused``.
    """
    now = at or clock.now()
    received = received_at or now
    if received > now:
        raise Refused(N_("This lies in the future."), field="received_at")
    if subject_id is not None and subject_id == actor.staff_id:
        raise Refused(
            N_("This complaint is about yourself: have a colleague or the service department enter it."),
            field="subject_id",
        )
    voucher = fetch(Voucher, voucher_id) if voucher_id is not None else None
    customer_id = _customer_of(voucher, customer_id)
    branch = fetch(Branch, _branch_id(actor, branch_id, voucher))
    earlier = queries.earlier_number(customer_id, voucher_id)
    severity, ground = rules.severity_at_entry(earlier, severity_ground)
    if work_order_id is not None:
        fetch(WorkOrder, work_order_id)
    complaint = Complaint(
        number=next_number("TS", branch.code, clock.local(now).date()),
        branch_id=branch.id,
        customer_id=customer_id,
        complainant=complainant,
        phone=phone,
        voucher_id=voucher_id,
        work_order_id=work_order_id,
        channel=channel,
        category=category,
        severity=severity,
        severity_ground=ground,
        severity_reason=earlier or "",
        received_at=received,
        content=content,
        demand=demand,
        status=rules.LIFECYCLE.initial,
        entered_by_id=actor.staff_id,
        subject_id=subject_id,
    )
    _set_deadlines(complaint)
    db.session.add(complaint)
    _record(complaint, actor, "enter", "", now)
    db.session.flush()
    return complaint


def _customer_of(voucher: Voucher | None, customer_id: int | None) -> int | None:
    if voucher is None:
        return fetch(Customer, customer_id).id if customer_id is not None else None
    if customer_id is not None and customer_id != voucher.customer_id:
        raise Refused(N_("This service voucher belongs to another customer."), field="voucher_id")
    return voucher.customer_id


def _branch_id(actor: Principal, branch_id: int | None, voucher: Voucher | None) -> int | None:
    if not actor.has(*_ANY_BRANCH):
        if branch_id not in (None, actor.branch_id):
            raise Refused(N_("You may not put a record where you cannot see it yourself."), field="branch_id")
        return actor.branch_id
    return branch_id or (voucher.branch_id if voucher is not None else actor.branch_id)


def _set_deadlines(complaint: Complaint) -> None:
    """The deadlines of CP-3, from the receipt (CAL-4) or, after a reopening, from then on."""
    steps = complaint.taken
    start = rules.clock_start(complaint.received_at, steps)
    verified = rules.reached("verified", rules.this_round(steps))
    complaint.acknowledge_by = rules.acknowledge_by(complaint.received_at, settings.number(ACKNOWLEDGE_HOURS))
    complaint.verify_by = _working_days(complaint, start, VERIFY_DAYS)
    complaint.propose_by = _working_days(complaint, verified, PROPOSE_DAYS) if verified else None
    complaint.settle_by = _working_days(complaint, start, SETTLE_DAYS)


def _working_days(complaint: Complaint, start: datetime, setting: str) -> datetime:
    due = deadline(calendar_for(complaint.branch_id), start, working_days=settings.number(setting)).due
    assert due is not None  # without pauses a deadline is always due
    return due


def _record(complaint: Complaint, actor: Principal, verb: str, said: str, at: datetime) -> None:
    complaint.steps.append(ComplaintStep(stage=complaint.status, verb=verb, at=at, staff_id=actor.staff_id, said=said))


@command("complaint.correct")
def correct(
    actor: Principal,
    complaint_id: int,
    *,
    version: int | None = None,
    complainant: str,
    phone: str,
    channel: str,
    category: str,
    received_at: datetime,
    content: str,
    demand: str = "",
    customer_id: int | None = None,
    voucher_id: int | None = None,
    subject_id: int | None = None,
) -> Complaint:
    """Correct what was taken down. Another time of receipt moves the deadlines with it and is audited (CAL-4)."""
    complaint = _fetch(actor, complaint_id, version)
    if not rules.is_open(complaint.status):
        raise Refused(N_("Only an open complaint can be corrected; reopen it first."))
    if received_at != complaint.received_at:
        _check_receipt(complaint, received_at)
    rules.check_not_subject(complaint.handler_id, subject_id, "subject_id")
    if subject_id is not None and subject_id == actor.staff_id:
        raise Refused(N_("The person complained about takes no part in handling the complaint."), field="subject_id")
    voucher = fetch(Voucher, voucher_id) if voucher_id is not None else None
    complaint.customer_id = _customer_of(voucher, customer_id)
    complaint.voucher_id, complaint.subject_id = voucher_id, subject_id
    complaint.complainant, complaint.phone, complaint.channel = complainant, phone, channel
    complaint.category, complaint.content, complaint.demand = category, content, demand
    if received_at != complaint.received_at:
        complaint.received_at = received_at
        _set_deadlines(complaint)
    return complaint


def _check_receipt(complaint: Complaint, received_at: datetime) -> None:
    if received_at > clock.now():
        raise Refused(N_("This lies in the future."), field="received_at")
    acted = [step.at for step in complaint.steps if step.verb != "enter"]
    if acted and received_at > min(acted):
        raise Refused(N_("The complaint was already being handled at that time."), field="received_at")


def _fetch(actor: Principal, complaint_id: int, version: int | None = None) -> Complaint:
    complaint = fetch(Complaint, complaint_id, version=version)
    # The row scope hides it from them already; someone who sees all rows by another role is stopped here (CP-4).
    rules.check_not_subject(actor.staff_id, complaint.subject_id)
    return complaint


def _advance(
    actor: Principal, complaint_id: int, verb: str, *, said: str, at: datetime | None, **given: Any
) -> Complaint:
    """Move the complaint along its lifecycle and write the step down."""
    complaint = _fetch(actor, complaint_id)
    now = clock.now()
    moment = at or now
    moved = [step.at for step in complaint.steps if step.verb not in ("enter", "assign", "judge")]
    rules.check_step_time(moment, now, complaint.received_at, moved[-1] if moved else None)
    rules.LIFECYCLE.apply(complaint, verb, actor.roles, said=said, **given)
    _record(complaint, actor, verb, said, moment)
    return complaint


@command("complaint.acknowledge")
def acknowledge(actor: Principal, complaint_id: int, *, said: str, at: datetime | None = None) -> Complaint:
    """The customer was told that the complaint has arrived and who takes care of it (CP-3)."""
    return _advance(actor, complaint_id, "acknowledge", said=said, at=at)


@command("complaint.verify")
def verify(actor: Principal, complaint_id: int, *, finding: str, said: str, at: datetime | None = None) -> Complaint:
    """The facts are verified: justified or not. The solution is due from now on (CP-3)."""
    complaint = _advance(actor, complaint_id, "verify", said=said, at=at, finding=finding)
    complaint.finding = finding
    _set_deadlines(complaint)
    return complaint


@command("complaint.propose")
def propose(
    actor: Principal,
    complaint_id: int,
    *,
    solution: str,
    said: str,
    compensation: Decimal | None = None,
    at: datetime | None = None,
) -> Complaint:
    """Propose a solution; ``compensation`` in CNY, if any."""
    complaint = _advance(actor, complaint_id, "propose", said=said, at=at, solution=solution)
    complaint.solution, complaint.compensation = solution, compensation or Decimal(0)
    return complaint


@command("complaint.approve")
def approve(actor: Principal, complaint_id: int, *, said: str, at: datetime | None = None) -> Complaint:
    """Approve the solution, within the limit of one's role (CP-9)."""
    if not actor.is_system:
        rules.check_authority(_fetch(actor, complaint_id).compensation, queries.limits_of(actor.roles))
    return _advance(actor, complaint_id, "approve", said=said, at=at)


@command("complaint.send_back")
def send_back(actor: Principal, complaint_id: int, *, said: str, at: datetime | None = None) -> Complaint:
    """Do not approve: another solution is to be proposed."""
    return _advance(actor, complaint_id, "send_back", said=said, at=at)


@command("complaint.tell")
def tell(actor: Principal, complaint_id: int, *, said: str, at: datetime | None = None) -> Complaint:
    """The customer was told the approved solution (CP-8)."""
    return _advance(actor, complaint_id, "tell", said=said, at=at)


@command("complaint.settle")
def settle(actor: Principal, complaint_id: int, *, said: str, at: datetime | None = None) -> Complaint:
    """The customer agreed and the solution is carried out; a return visit is wanted in the same transaction (RV-1)."""
    complaint = _advance(actor, complaint_id, "settle", said=said, at=at)
    times = sum(step.verb == "settle" for step in complaint.steps)
    want(
        PLAN_RETURN_VISITS, {"complaint": complaint.id}, dedup=f"{PLAN_RETURN_VISITS}-complaint-{complaint.id}-{times}"
    )
    return complaint


@command("complaint.rate")
def rate(actor: Principal, complaint_id: int, *, satisfaction: str, said: str, at: datetime | None = None) -> Complaint:
    """The customer was asked how satisfied they are with the handling (CP-8)."""
    complaint = _advance(actor, complaint_id, "rate", said=said, at=at, satisfaction=satisfaction)
    complaint.satisfaction = satisfaction
    return complaint


@command("complaint.close")
def close(actor: Principal, complaint_id: int, *, said: str, at: datetime | None = None) -> Complaint:
    """Put the complaint away."""
    return _advance(actor, complaint_id, "close", said=said, at=at)


@command("complaint.mediate")
def mediate(actor: Principal, complaint_id: int, *, said: str, at: datetime | None = None) -> Complaint:
    """No agreement: the matter goes to mediation (CP-8)."""
    return _advance(actor, complaint_id, "mediate", said=said, at=at)


@command("complaint.withdraw")
def withdraw(actor: Principal, complaint_id: int, *, said: str, at: datetime | None = None) -> Complaint:
    """The customer takes the complaint back."""
    return _advance(actor, complaint_id, "withdraw", said=said, at=at)


@command("complaint.reopen")
def reopen(actor: Principal, complaint_id: int, *, said: str, at: datetime | None = None) -> Complaint:
    """Take it up again: verification and settlement are due anew, from now on (CP-3, CP-8)."""
    complaint = _advance(actor, complaint_id, "reopen", said=said, at=at)
    complaint.satisfaction = None
    _set_deadlines(complaint)
    return complaint


@command("complaint.assign")
def assign(actor: Principal, complaint_id: int, *, handler_id: int, said: str, at: datetime | None = None) -> Complaint:
    """Name who handles it; never the person complained about (CP-4). Raises ``Refused``."""
    complaint = _fetch(actor, complaint_id)
    if not rules.is_open(complaint.status):
        raise Refused(N_("Only an open complaint has a handler to be named."))
    handler = fetch(Staff, handler_id)
    rules.check_not_subject(handler.id, complaint.subject_id, "handler_id")
    if not handler.active:
        raise Refused(N_("This person no longer works here."), field="handler_id")
    _need_words(said)
    complaint.handler_id = handler.id
    _record(complaint, actor, "assign", f"{handler.name}: {said}", at or clock.now())
    return complaint


@command("complaint.judge")
def judge(
    actor: Principal,
    complaint_id: int,
    *,
    severity: str,
    said: str,
    ground: str | None = None,
    at: datetime | None = None,
) -> Complaint:
    """Judge how severe it is, with a reason (CP-5)."""
    complaint = _fetch(actor, complaint_id)
    if not rules.is_open(complaint.status):
        raise Refused(N_("Only an open complaint is judged."))
    _need_words(said)
    complaint.severity = severity
    complaint.severity_ground = (ground or "judged") if severity == "major" else None
    complaint.severity_reason = said[:200]
    _record(complaint, actor, "judge", said, at or clock.now())
    return complaint


def _need_words(said: str) -> None:
    if not said:
        raise Refused(N_("This is required."), field="said")


@command("complaint.read")
def read(actor: Principal, complaint_id: int) -> Complaint:
    """Note in the audit trail that this person opened the complaint with the customer's details (CP-13)."""
    complaint = fetch(Complaint, complaint_id)
    audit.note("complaint", complaint.id, {"read": complaint.number}, complaint.branch_id)
    return complaint
