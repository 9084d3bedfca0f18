"""Who may approve what (CP-9): the authority matrix, conflicts of interest, deputies."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal

from app.core.errors import N_, Refused
from app.core.lifecycle import Lifecycle, Transition, roles

# What is approved; "none" is a solution that costs nothing.
REMEDIES = ("none", "exchange", "refund", "compensation")
REMEDY_LABELS = {
    "none": N_("Nothing to pay"),
    "exchange": N_("Exchange"),
    "refund": N_("Refund"),
    "compensation": N_("Compensation"),
}
# From the bottom up. The service department approves what costs nothing.
LEVELS = ("supervisor", "branch_manager", "management")
RANK = {"supervisor": 0, "branch_manager": 1, "service_department": 1, "management": 2}
ROLE_OF_JOB = {
    "supervisor": "supervisor",
    "branch_manager": "branch_manager",
    "service": "service_department",
    "management": "management",
}
APPROVAL_STATES = ("pending", "approved", "refused", "withdrawn")
APPROVAL_STATE_LABELS = {
    "pending": N_("To be decided"),
    "approved": N_("Approved"),
    "refused": N_("Refused"),
    "withdrawn": N_("No longer needed"),
}
_APPROVERS = roles("supervisor", "branch_manager", "service_department", "management")

APPROVAL = Lifecycle(
    name="approval",
    initial="pending",
    state_labels=APPROVAL_STATE_LABELS,
    transitions=(
        Transition("pending", "approve", "approved", _APPROVERS, required=("said",)),
        Transition("pending", "refuse", "refused", _APPROVERS, required=("reason_id", "said")),
        # The complaint went another way meanwhile: mediation, withdrawal, a new proposal.
        Transition("pending", "withdraw", "withdrawn", roles()),
    ),
    verb_labels={"approve": N_("Approve"), "refuse": N_("Refuse"), "withdraw": N_("No longer needed")},
)

Limits = Mapping[str, Decimal | None]


def covers(limits: Limits, role: str, amount: Decimal) -> bool:
    """Whether this role's limit (CNY; None: without limit) reaches ``amount``; nothing to pay needs no limit."""
    if amount == 0:
        return role in RANK
    if role not in limits:
        return role == LEVELS[-1]  # where the matrix says nothing the management decides
    limit = limits[role]
    return limit is None or limit >= amount


def level_needed(amount: Decimal, limits: Limits, conflicted: Collection[str]) -> str:
    """The lowest role that may approve ``amount`` (CNY), above everybody in a conflict of interest (CP-4, CP-9).

    ``conflicted`` are the roles of those the complaint is about or who proposed it themselves: it goes one level up.
    Where the matrix names nobody it is the management.
    """
    above = max((RANK[role] for role in conflicted if role in RANK), default=-1)
    for level in LEVELS:
        if RANK[level] > above and covers(limits, level, amount):
            return level
    return LEVELS[-1]


def check_authority(amount: Decimal, held: Iterable[str], needed: str, limits: Limits) -> None:
    """Whether somebody with the roles ``held`` may approve ``amount`` (CNY) where ``needed`` is the level (CP-9).

    Raises ``Refused``.
    """
    ranked = [role for role in held if role in RANK]
    if any(covers(limits, role, amount) and RANK[role] >= RANK[needed] for role in ranked):
        return
    if any(covers(limits, role, amount) for role in ranked):
        raise Refused(N_("A conflict of interest: this goes one level up."))
    highest = max((limits.get(role) or Decimal(0) for role in ranked), default=Decimal(0))
    raise Refused(
        N_("%(amount)s CNY is more than you may approve (%(limit)s CNY)."),
        amount=f"{amount:,.2f}",
        limit=f"{highest:,.2f}",
    )


def check_four_eyes(amount: Decimal, decided_by: int | None, proposed_by: int | None, above: Decimal) -> None:
    """Above this amount (CNY) nobody approves what they proposed themselves (CP-9). Raises ``Refused``."""
    if amount > above and decided_by is not None and decided_by == proposed_by:
        raise Refused(
            N_("You proposed this yourself: above %(amount)s CNY somebody else decides."), amount=f"{above:,.2f}"
        )


def check_remedy(remedy: str, amount: Decimal) -> None:
    """What is exchanged, refunded or compensated has a price, and a price has a reason (CP-9). Raises ``Refused``."""
    if remedy != "none" and amount <= 0:
        raise Refused(N_("Give the amount: what it costs the company."), field="compensation")
