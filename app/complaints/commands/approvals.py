"""Proposing a solution and deciding on it, by the authority matrix (CP-4, CP-9)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from app.complaints import queries, rules
from app.complaints.commands.handling import Upload, advance, fetch_for, with_file
from app.complaints.commands.telling import tell
from app.complaints.models import Approval, ApprovalDeputy, Complaint, RefusalReason
from app.core import clock
from app.core.actors import SYSTEM, Principal, acting_as
from app.core.db import db
from app.core.errors import N_, Refused
from app.core.fetch import fetch
from app.core.uow import command
from app.organisation.models import Staff


@command("complaint.propose")
@with_file
def propose(
    actor: Principal,
    complaint_id: int,
    *,
    solution: str,
    said: str,
    compensation: Decimal | None = None,
    remedy: str | None = None,
    at: datetime | None = None,
) -> Complaint:
    """Propose a solution; ``compensation`` is what it costs the company in CNY, ``remedy`` one of ``rules.REMEDIES``.

    It is put before whoever may decide it, by message and mail (CP-9). Raises ``Refused``.
    """
    amount = compensation or Decimal(0)
    kind = remedy if remedy not in (None, "none") else ("compensation" if amount > 0 else "none")
    assert kind is not None
    rules.check_remedy(kind, amount)
    complaint = advance(actor, complaint_id, "propose", said=said, at=at, solution=solution)
    complaint.solution, complaint.compensation, complaint.remedy = solution, amount, kind
    ask_for_approval(complaint, actor.staff_id, said)
    return complaint


def ask_for_approval(complaint: Complaint, proposed_by: int | None, reasons: str = "") -> Approval:
    """Put the proposal before the lowest level that may decide it and has nothing to do with it (CP-4, CP-9)."""
    today = clock.today()
    with acting_as(SYSTEM):
        db.session.flush()
        before = queries.pending_approval(complaint.id)
        if before is not None:
            rules.APPROVAL.apply(before, "withdraw", SYSTEM.roles)
            before.decided_at = clock.now()
            db.session.flush()
        limits = queries.limits_for(complaint.remedy)
        role = rules.level_needed(complaint.compensation, limits, queries.conflicted_roles(complaint))
        people = queries.people_asked(complaint, role, today, proposed_by)
        while not people and role != rules.LEVELS[-1]:  # nobody there, or only who proposed it: one level up
            role = rules.LEVELS[rules.LEVELS.index(role) + 1]
            people = queries.people_asked(complaint, role, today, proposed_by)
        row = Approval(
            kind=complaint.remedy,
            amount=complaint.compensation,
            solution=complaint.solution,
            reasons=reasons[:2000],
            role=role,
            requested_by_id=proposed_by,
        )
        complaint.approvals.append(row)
        db.session.flush()
        params = {"number": complaint.number, "amount": f"{complaint.compensation:,.2f}"}
        others = [person for person in people if person.id != proposed_by]
        message = N_("Complaint %(number)s: a solution for %(amount)s CNY waits for your decision.")
        tell(complaint, others, message, params, link=f"/approvalview/show/{row.id}", tone="warning")
    return row


def _check_decider(actor: Principal, complaint: Complaint, row: Approval) -> Staff | None:
    """Whether this person may decide it; gives for whom, when only as a deputy. Raises ``Refused`` (CP-4, CP-9)."""
    if actor.is_system:
        return None
    with acting_as(SYSTEM):
        return queries.check_decider(actor, complaint, row, clock.today())


def _pending(complaint: Complaint) -> Approval:
    with acting_as(SYSTEM):
        row = queries.pending_approval(complaint.id)
    # Proposed before there were approvals: asked for now, so that the decision has its line.
    return row or ask_for_approval(complaint, None)


def _decide(
    actor: Principal, complaint_id: int, verb: str, *, said: str, reason_id: int | None = None, at: datetime | None
) -> Complaint:
    complaint = fetch_for(actor, complaint_id)
    row = acted_for = None
    if complaint.status == "proposed":
        row = _pending(complaint)
        acted_for = _check_decider(actor, complaint, row)
    complaint = advance(
        actor, complaint_id, "approve" if verb == "approve" else "send_back", said=said, at=at, reason_id=reason_id
    )
    assert row is not None  # the lifecycle lets only a proposal through
    rules.APPROVAL.apply(row, verb, actor.roles, said=said, reason_id=reason_id)
    row.decided_by_id, row.decided_at, row.said = actor.staff_id, clock.now(), said
    row.for_id = acted_for.id if acted_for is not None else None
    row.refusal_reason_id = reason_id
    _tell_proposer(complaint, row)
    return complaint


def _tell_proposer(complaint: Complaint, row: Approval) -> None:
    person = row.requested_by or complaint.handler
    if person is None or not person.active or person.id == row.decided_by_id:
        return
    message = (
        N_("Complaint %(number)s: your solution is approved.")
        if row.status == "approved"
        else N_("Complaint %(number)s: your solution is refused.")
    )
    with acting_as(SYSTEM):
        tell(complaint, [person], message, {"number": complaint.number})


@command("complaint.approve")
@with_file
def approve(actor: Principal, complaint_id: int, *, said: str, at: datetime | None = None) -> Complaint:
    """Approve the solution, within the limit of one's role or of whom one stands in for (CP-9). Raises ``Refused``."""
    return _decide(actor, complaint_id, "approve", said=said, at=at)


@command("complaint.send_back")
@with_file
def send_back(
    actor: Principal, complaint_id: int, *, said: str, reason_id: int | None = None, at: datetime | None = None
) -> Complaint:
    """Refuse the solution with a reason from the list: another one is to be proposed. Raises ``Refused``."""
    if reason_id is not None and not fetch(RefusalReason, reason_id).active:
        raise Refused(N_("This reason is no longer in use."), field="reason_id")
    return _decide(actor, complaint_id, "refuse", said=said, reason_id=reason_id, at=at)


@command("approval.approve")
def approve_row(actor: Principal, approval_id: int, *, said: str, attachment: Upload | None = None) -> Approval:
    """The same from the list of what waits for a decision; what was decided meanwhile is refused."""
    row = _row(approval_id)
    approve(actor, row.complaint_id, said=said, attachment=attachment)
    return row


@command("approval.refuse")
def refuse_row(
    actor: Principal,
    approval_id: int,
    *,
    said: str,
    reason_id: int | None = None,
    attachment: Upload | None = None,
) -> Approval:
    """The same from the list of what waits for a decision."""
    row = _row(approval_id)
    send_back(actor, row.complaint_id, said=said, reason_id=reason_id, attachment=attachment)
    return row


def _row(approval_id: int) -> Approval:
    row = fetch(Approval, approval_id)
    if row.status != "pending":
        raise Refused(N_("This is not possible now: the record has moved on."))
    return row


def check_deputy(actor: Principal, row: ApprovalDeputy) -> None:
    """Who may name whom: for oneself or for somebody below, never oneself for another (CP-9). Raises ``Refused``.

    An administrator enters what was decided elsewhere. A deputy is somebody who may open complaints at all.
    """
    own = row.staff.id == actor.staff_id
    above = max((rules.RANK.get(role, -1) for role in actor.roles), default=-1)
    below = rules.RANK.get(rules.ROLE_OF_JOB.get(row.staff.job, ""), -1) < above
    if not (own or below or actor.has("administrator", "system")):
        raise Refused(N_("Only the person, or somebody above, names who stands in."), field="staff")
    if row.deputy.id == actor.staff_id and not own:
        raise Refused(N_("Nobody names themselves as another's deputy."), field="deputy")
    if row.ends_on < row.starts_on:
        raise Refused(N_("The last day lies before the first."), field="ends_on")
    if row.staff.id == row.deputy.id:
        raise Refused(N_("Nobody stands in for themselves."), field="deputy")
    if row.deputy.job not in rules.ROLE_OF_JOB:
        raise Refused(N_("Only a supervisor, a manager or the service department can decide."), field="deputy")
