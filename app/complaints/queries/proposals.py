"""A proposed solution as whoever decides on it must see it: what, why, what it costs, whose limit it is (CP-9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.complaints import rules
from app.complaints.models import Approval, Complaint
from app.complaints.queries.people import check_decider, limits_for, pending_approval, people_asked
from app.core import clock
from app.core.actors import SYSTEM, Principal, acting_as
from app.core.errors import Refused
from app.organisation.models import Staff


@dataclass(frozen=True)
class Proposal:
    """``limits`` are the authority limits of this kind in CNY, from the bottom up (None: without limit; absent: nothing).

    ``asked`` may decide it now, ``refusal`` says why the reader may not; both are empty when it is decided.
    """

    complaint: Complaint
    row: Approval
    reasons: str
    limits: Sequence[tuple[str, Decimal | None]]
    asked: Sequence[Staff]
    refusal: Refused | None

    @property
    def deciding(self) -> bool:
        """Whether the reader may decide it now."""
        return self.row.status == "pending" and self.refusal is None


def proposal_of(actor: Principal, row: Approval) -> Proposal:
    """The proposal with what an approver has to weigh, for this reader."""
    complaint, today = row.complaint, clock.today()
    refusal = None
    asked: Sequence[Staff] = ()
    with acting_as(SYSTEM):  # who may decide is no secret to whoever sees the proposal
        limits = limits_for(row.kind)
        if row.status == "pending":
            asked = people_asked(complaint, row.role, today, row.requested_by_id)
            try:
                check_decider(actor, complaint, row, today)
            except Refused as problem:
                refusal = problem
    listed = [(role, limits[role]) for role in rules.LEVELS if role in limits]
    return Proposal(complaint, row, row.reasons or _reasons(row), listed, asked, refusal)


def _reasons(row: Approval) -> str:
    """What was said when it was proposed, for proposals made before the line kept it."""
    before = [step for step in row.complaint.steps if step.verb == "propose" and step.at <= row.created_at]
    return before[-1].said if before else ""


def may_decide(actor: Principal, complaint: Complaint) -> bool:
    """Whether this person may decide on the complaint's proposal now (CP-4, CP-9)."""
    if complaint.status != "proposed":
        return False
    with acting_as(SYSTEM):
        row = pending_approval(complaint.id)
        if row is None:  # proposed before there were approvals: it is asked for with the decision
            return True
        try:
            check_decider(actor, complaint, row, clock.today())
        except Refused:
            return False
    return True
