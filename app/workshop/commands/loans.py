"""Loan units: given while the own product is here, and back when it goes home."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from app.core import clock
from app.core.actors import SYSTEM, Principal, acting_as
from app.core.db import db
from app.core.errors import N_, Refused
from app.core.fetch import fetch
from app.core.uow import command
from app.fieldservice.commands.steps import locked
from app.workshop.commands import steps
from app.workshop.models import GoodsReceipt, Loan, LoanUnit


@command("loan.lend")
def lend(
    actor: Principal,
    receipt_id: int,
    *,
    loan_unit_id: int,
    due_on: date | None = None,
    condition: str = "",
    at: datetime | None = None,
) -> Loan:
    """Lend a unit of the branch to the customer of this receipt, until ``due_on`` (None: the day of the promise).

    Raises ``Refused`` for a unit that is out, not in use any more or another branch's, and for an item returned.
    """
    moment = at or clock.now()
    card = steps.locked_card(fetch(GoodsReceipt, receipt_id).card.id)
    receipt = card.goods_receipt
    if receipt.out_at is not None:
        raise Refused(N_("The item has gone back to the customer already."))
    unit = locked(LoanUnit, loan_unit_id)
    if not unit.active or unit.branch_id != receipt.branch_id:
        raise Refused(N_("This unit is not for lending in this branch."), field="loan_unit_id")
    with acting_as(SYSTEM):
        out = db.session.execute(
            select(Loan).where(Loan.loan_unit_id == unit.id, Loan.back_at.is_(None))
        ).scalar_one_or_none()
        number = out.goods_receipt.number if out is not None else ""
    if out is not None:
        raise Refused(N_("This unit is out, for %(number)s."), field="loan_unit_id", number=number)
    due = due_on or clock.local(card.promised_at).date()
    if due < clock.local(moment).date():
        raise Refused(N_("The day lies in the past."), field="due_on")
    loan = Loan(
        loan_unit=unit,
        goods_receipt=receipt,
        customer_id=receipt.work_order.repair_call.voucher.customer_id,
        out_at=moment,
        out_by_id=actor.staff_id,
        due_on=due,
        condition=(condition or "").strip()[:300],
    )
    db.session.add(loan)
    steps.event(card, "lent", actor, moment, str(unit))
    db.session.flush()
    return loan


@command("loan.take_back")
def take_loan_back(actor: Principal, loan_id: int, *, condition: str = "", at: datetime | None = None) -> Loan:
    """The unit is in the house again; ``condition``: how it came back."""
    moment = at or clock.now()
    loan = locked(Loan, loan_id)
    if loan.back_at is not None:
        raise Refused(N_("This unit is back already."))
    if moment < loan.out_at:
        raise Refused(N_("This is earlier than the day it was lent."), field="at")
    loan.back_at, loan.back_by_id, loan.back_condition = moment, actor.staff_id, (condition or "").strip()[:300]
    steps.event(loan.goods_receipt.card, "loan_back", actor, moment, str(loan.loan_unit))
    db.session.flush()
    return loan


@command("loan.extend")
def extend_loan(actor: Principal, loan_id: int, *, due_on: date, reason: str) -> Loan:
    """The customer keeps it longer, with the reason."""
    loan = locked(Loan, loan_id)
    if loan.back_at is not None:
        raise Refused(N_("This unit is back already."))
    if due_on <= loan.due_on:
        raise Refused(N_("A later day than before."), field="due_on")
    if not (reason or "").strip():
        raise Refused(N_("This is required."), field="reason")
    loan.due_on, loan.kept_reason = due_on, reason.strip()[:200]
    db.session.flush()
    return loan
