"""What stands on the letters and forms of a complaint (CP-3, CP-6, CP-9, CP-10, CP-12): plain data, no database.

Labels are English message ids. What stays in the house shows the telephone number masked (CP-13).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from app.core.documents import Paper


@dataclass(frozen=True, kw_only=True)
class Due:
    """One deadline as it is told or stood; ``internal``: of no business of the customer's."""

    label: str
    due_at: datetime | None
    done_at: datetime | None
    state: str
    internal: bool = False


@dataclass(frozen=True, kw_only=True)
class Decision:
    """A line of the approval: who decided what, and why; pending without ``decided_at``."""

    role: str
    name: str
    acted_for: str
    amount: Decimal
    status: str
    reason: str
    said: str
    decided_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class StepLine:
    """One step of the handling."""

    at: datetime
    label: str
    who: str
    said: str


@dataclass(frozen=True, kw_only=True)
class GroupLine:
    """Minutes of the crisis group, or a decision: who sees to it until when, and what was done (CP-6)."""

    at: datetime
    decision: bool
    words: str
    owner: str
    due_on: date | None
    done_at: datetime | None
    result: str


@dataclass(frozen=True, kw_only=True)
class ComplaintPaper(Paper):
    """A complaint as its letters and forms need it; ``signature`` is the picture of the customer's name,
    ``signer_as`` how a representative stands to the complainant (empty: the complainant signed), ``capitals`` the amount
    in words. A letter printed again later keeps the day it was written (``on``)."""

    complaint_number: str
    received_at: datetime
    complainant: str
    phone: str
    channel: str
    category: str
    content: str
    demand: str
    severity: str
    ground: str
    product: str
    model: str
    serial_no: str
    sold_on: date | None
    warranty_until: date | None
    voucher_number: str
    finding: str
    verified: str
    solution: str
    remedy: str
    amount: Decimal
    handler: str
    promised_on: date | None
    promised_words: str
    words: str
    association: str
    association_ref: str
    branch_phone: str
    branch_address: str
    deadlines: tuple[Due, ...]
    decisions: tuple[Decision, ...]
    steps: tuple[StepLine, ...]
    members: tuple[str, ...]
    history: tuple[str, ...]
    reasons: str
    requested_by: str
    requested_at: datetime | None
    terms: str
    made_by: str
    made_at: datetime | None
    signer: str
    signer_as: str
    signed_at: datetime | None
    signature: bytes | None
    scanned: bool
    group: tuple[GroupLine, ...] = ()
    capitals: str = ""
