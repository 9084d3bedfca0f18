"""Cash that was collected and is not handed in (SO-6)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from app.billing.models import CashHandover, Payment
from app.billing.rules import is_overdue
from app.core import clock
from app.core.db import db
from app.core.money import total
from app.organisation.models import Staff


@dataclass
class CashInHand:
    """What one person has collected and not handed in; ``waiting`` of it lies with the accountant, not counted yet."""

    staff: Staff
    payments: list[Payment] = field(default_factory=list)

    @property
    def amount(self) -> Decimal:
        """CNY."""
        return total([payment.amount for payment in self.payments])

    @property
    def waiting(self) -> Decimal:
        """CNY handed in and not counted yet."""
        # Not where the count differs: that waits for the person.
        lying = [each for each in self.payments if each.handover is not None and each.handover.status == "submitted"]
        return total([each.amount for each in lying])

    @property
    def since(self) -> datetime:
        """When the oldest of it was collected."""
        return min(payment.paid_at for payment in self.payments)

    def late(self, today: date) -> Decimal:
        """CNY collected before ``today``."""
        old = [each.amount for each in self.payments if is_overdue(clock.local(each.paid_at).date(), today)]
        return total(old)


def cash_in_hand(branch_id: int | None = None, *, before: datetime | None = None) -> list[CashInHand]:
    """Everybody with cash in hand, who has it longest first; ``before``: only what was collected before then."""
    wanted = (
        select(Payment)
        .where(Payment.in_hand.is_(True))
        .options(
            joinedload(Payment.received_by).joinedload(Staff.branch),
            joinedload(Payment.customer),
            joinedload(Payment.work_order),
            joinedload(Payment.handover),
        )
        .order_by(Payment.paid_at, Payment.id)
    )
    if branch_id is not None:
        wanted = wanted.where(Payment.branch_id == branch_id)
    if before is not None:
        wanted = wanted.where(Payment.paid_at < before)
    found: dict[int, CashInHand] = {}
    for payment in db.session.scalars(wanted):
        if payment.received_by is not None:
            found.setdefault(payment.received_by.id, CashInHand(payment.received_by)).payments.append(payment)
    return list(found.values())


def in_hand_of(staff_id: int, *, handed_in_too: bool = False, lock: bool = False) -> list[Payment]:
    """What this person still has to hand in, oldest first; not narrowed by row scope, for rules.

    ``lock``: as it is now, kept from others until the transaction ends; what is voided meanwhile is not among it.
    """
    wanted = select(Payment).where(Payment.in_hand.is_(True), Payment.received_by_id == staff_id)
    if not handed_in_too:
        wanted = wanted.outerjoin(CashHandover, CashHandover.id == Payment.handover_id).where(
            or_(Payment.handover_id.is_(None), CashHandover.status == "withdrawn")
        )
    ordered = wanted.order_by(Payment.paid_at, Payment.id).options(joinedload(Payment.customer))
    if lock:
        ordered = ordered.with_for_update(of=Payment).execution_options(populate_existing=True)
    return list(db.session.scalars(ordered.execution_options(unscoped=True)))


def late_cash(today: date) -> list[Payment]:
    """Cash collected before ``today`` and still in somebody's hands, of which nobody was told yet."""
    first = clock.day_bounds(today)[0]
    wanted = select(Payment).where(
        Payment.in_hand.is_(True),
        Payment.paid_at < first,
        Payment.told_late_at.is_(None),
        Payment.received_by_id.is_not(None),
    )
    return list(db.session.scalars(wanted.order_by(Payment.paid_at)))
