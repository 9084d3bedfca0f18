"""Cash goes from whoever collected it to the accountant, and both confirm (SO-6)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from app.billing import queries, rules
from app.billing.commands.collecting import branch_code
from app.billing.models import CashHandover, Payment
from app.core import clock
from app.core.actors import Principal
from app.core.db import db
from app.core.errors import N_, NotPermitted, Refused
from app.core.fetch import fetch
from app.core.money import total
from app.core.numbering import next_number
from app.core.uow import command
from app.fieldservice.commands import steps
from app.organisation.models import Staff

HAND_IN = "cash_handover.hand_in"


def _new(person: Staff, payments: list[Payment], status: str, moment: datetime, **more: object) -> CashHandover:
    if not payments:
        raise Refused(N_("There is no cash to hand in."))
    row = CashHandover(
        number=next_number("JK", branch_code(person.branch_id), clock.local(moment).date()),
        branch_id=person.branch_id,
        staff_id=person.id,
        status=status,
        handed_at=moment,
        amount=total([payment.amount for payment in payments]),
        **more,
    )
    db.session.add(row)
    db.session.flush()
    for payment in payments:
        payment.handover_id = row.id
    return row


@command(HAND_IN)
def hand_in(actor: Principal, *, at: datetime | None = None) -> CashHandover:
    """Hand in all the cash one has collected; the accountant counts it. Raises ``Refused`` when there is none."""
    if actor.staff_id is None:
        raise NotPermitted(HAND_IN)
    # One person hands in once at a time, so that two taps cannot both find the same money.
    person = steps.locked(Staff, actor.staff_id)
    row = _new(person, queries.in_hand_of(person.id, lock=True), "submitted", at or clock.now())
    db.session.flush()
    return row


def _settled(row: CashHandover) -> None:
    for payment in row.payments:
        payment.in_hand = False


@command("cash_handover.receive")
def receive_cash(actor: Principal, handover_id: int, *, counted: Decimal, at: datetime | None = None) -> CashHandover:
    """The accountant has counted what was handed in, and it agrees."""
    row = steps.locked(CashHandover, handover_id)
    rules.CASH_HANDOVER.find(row.status, "receive")
    if counted != row.amount:
        raise Refused(
            N_("%(amount)s CNY were handed in. When the count differs, say so with the reason."),
            field="counted",
            amount=f"{row.amount:,.2f}",
        )
    rules.CASH_HANDOVER.apply(row, "receive", actor.roles, me=actor.staff_id)
    row.counted, row.received_by_id, row.received_at = counted, actor.staff_id, at or clock.now()
    _settled(row)
    db.session.flush()
    return row


@command("cash_handover.dispute")
def dispute(
    actor: Principal, handover_id: int, *, counted: Decimal, reason: str, at: datetime | None = None
) -> CashHandover:
    """The count differs from what was handed in: with the reason, for the other one to agree."""
    row = steps.locked(CashHandover, handover_id)
    rules.CASH_HANDOVER.find(row.status, "dispute")
    if rules.check_count(row.amount, counted, reason):
        raise Refused(N_("The count agrees with what was handed in."), field="counted")
    rules.CASH_HANDOVER.apply(row, "dispute", actor.roles, reason=reason.strip(), me=actor.staff_id)
    row.counted, row.reason = counted, reason.strip()[:200]
    row.received_by_id, row.received_at = actor.staff_id, at or clock.now()
    db.session.flush()
    return row


@command("cash_handover.recount")
def recount(actor: Principal, handover_id: int) -> CashHandover:
    """The accountant counts again: what was counted before does not hold."""
    row = steps.locked(CashHandover, handover_id)
    rules.CASH_HANDOVER.apply(row, "recount", actor.roles, me=actor.staff_id)
    row.counted, row.reason, row.received_by_id, row.received_at = None, "", None, None
    db.session.flush()
    return row


@command("cash_handover.agree")
def agree(actor: Principal, handover_id: int, *, at: datetime | None = None) -> CashHandover:
    """Who handed the cash in agrees to the accountant's count: both have confirmed."""
    row = steps.locked(CashHandover, handover_id)
    rules.CASH_HANDOVER.apply(row, "agree", actor.roles, me=actor.staff_id)
    row.agreed_at = at or clock.now()
    _settled(row)
    db.session.flush()
    return row


@command("cash_handover.withdraw")
def withdraw(actor: Principal, handover_id: int) -> CashHandover:
    """It was not handed in after all, and is still to be."""
    row = steps.locked(CashHandover, handover_id)
    rules.CASH_HANDOVER.apply(row, "withdraw", actor.roles, me=actor.staff_id)
    for payment in list(row.payments):
        payment.handover_id = None
    db.session.flush()
    return row


def _withdraw_disputed(person: Staff) -> None:
    disputed = select(CashHandover.id).where(CashHandover.staff_id == person.id, CashHandover.status == "differs")
    for key in db.session.scalars(disputed.order_by(CashHandover.id)).all():
        handover = steps.locked(CashHandover, key)
        if handover.status == "differs":  # agreed to or counted again meanwhile it stays as it is
            handover.status = "withdrawn"
    db.session.flush()


@command("cash_handover.settle")
def settle(actor: Principal, staff_id: int, *, reason: str, at: datetime | None = None) -> CashHandover:
    """The supervisor accounts for the cash of somebody of the branch who cannot hand it in any more, with the reason.

    Nobody settles the own cash. What lies with the accountant already is counted there; where the count differs and
    the person is not there to agree to it, that handing-in is withdrawn and its cash accounted for here.
    """
    person = steps.locked(Staff, fetch(Staff, staff_id).id)
    if not actor.is_system and person.branch_id != actor.branch_id:
        raise Refused(N_("This person works at another branch."))
    if person.id == actor.staff_id:
        raise Refused(N_("Nobody settles his own cash."))
    if not reason.strip():
        raise Refused(N_("This is required."), field="reason")
    _withdraw_disputed(person)
    row = _new(
        person,
        queries.in_hand_of(person.id, lock=True),
        "settled",
        at or clock.now(),
        reason=reason.strip()[:200],
        received_by_id=actor.staff_id,
        received_at=at or clock.now(),
    )
    db.session.refresh(row)
    _settled(row)
    db.session.flush()
    return row
