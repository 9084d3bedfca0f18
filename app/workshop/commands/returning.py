"""The way back to the customer: out with a technician or over the counter, signed for, 003 voided (SO-8)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select

from app.core import clock, i18n
from app.core.actors import SYSTEM, Principal, acting_as
from app.core.db import db
from app.core.errors import N_, NotFound, Refused
from app.core.uow import command
from app.fieldservice import rules as field_rules
from app.fieldservice.commands import deadlines, orders, telling
from app.fieldservice.commands import steps as field_steps
from app.fieldservice.commands.charges import check_parts, check_settled, drop_charges
from app.fieldservice.models import WorkOrder
from app.workshop import rules
from app.workshop.commands import steps
from app.workshop.models import GoodsReceipt, Loan, RepairCard
from app.workshop.rules import REPAIR_CARD, Holder

RETURNED: list[Callable[[Principal, GoodsReceipt, datetime], None]] = []
"""Told once the item is with the customer, in the same transaction (a paid repair is invoiced that day, SO-9)."""


@command("repair_card.send_out")
def send_out(
    actor: Principal, card_id: int, *, technician_id: int | None = None, at: datetime | None = None
) -> RepairCard:
    """A technician takes the item, and the voucher, out to the customer (SO-8). Gone until handed back or brought back.

    A technician may only take it out in person. Nothing leaves before its charges are settled with the customer.
    """
    moment = at or clock.now()
    card = steps.locked_card(card_id)
    receipt = card.goods_receipt
    person_id = actor.staff_id if actor.roles == {"technician"} else technician_id
    REPAIR_CARD.find(card.status, "send_out")
    _check_money(card)
    REPAIR_CARD.apply(card, "send_out", actor.roles, technician_id=person_id)
    assert person_id is not None  # nosec B101 - required by the transition
    person = steps.technician_for(card, person_id)
    steps.move_item(receipt, Holder(rules.TECHNICIAN, person.id), actor, moment)
    steps.event(card, "sent_out", actor, moment, person.name)
    field_steps.voucher_to(receipt.work_order.repair_call, person, moment)
    db.session.flush()
    telling.of_order(person, receipt.work_order, N_("Take this product back to the customer: %(number)s."))
    return card


@command("repair_card.not_delivered")
def not_delivered(
    actor: Principal, card_id: int, *, reason: str, place: str = "", at: datetime | None = None
) -> RepairCard:
    """Nobody was there, or the customer did not take it: the item is in the house again, ready (SO-8)."""
    moment = at or clock.now()
    card = steps.locked_card(card_id)
    _check_carrier(actor, card)
    REPAIR_CARD.apply(card, "not_delivered", actor.roles, reason=(reason or "").strip())
    target = Holder(rules.SHELF, None, (place or "").strip()[:40])
    steps.move_item(card.goods_receipt, target, actor, moment, note=reason)
    steps.event(card, "not_delivered", actor, moment, reason)
    db.session.flush()
    return card


def _check_carrier(actor: Principal, card: RepairCard) -> None:
    if actor.roles != {"technician"}:
        return
    holder = steps.holder_of(card.goods_receipt)
    if holder.staff_id != actor.staff_id:
        raise Refused(N_("Somebody else has this item out."))


def _check_money(card: RepairCard) -> None:
    """Paid work is agreed and its parts are the parts fitted (SO-6).

    What goes back unrepaired costs what was agreed; parts agreed to and never fitted are taken off first.
    """
    order = card.goods_receipt.work_order
    if card.outcome in rules.UNREPAIRED:
        if order.parts_fitted:
            raise Refused(N_("Parts are fitted: take them out again first."))
        if order.charges_agreed_at is not None:
            check_parts(order)
        return
    check_settled(order)


@command("work_order.hand_back")
def hand_back(
    actor: Principal,
    order_id: int,
    *,
    signer: str = "",
    drawing: bytes = b"",
    unsigned_reason: str = "",
    returned_to: str = "",
    receipt: str = "taken_back",
    statement: str = "",
    kept_loan_reason: str = "",
    at: datetime | None = None,
) -> WorkOrder:
    """The customer has the product again and signs for it; the 003 is taken back and voided (SO-8).

    Without a signature ``unsigned_reason`` says why, and ``returned_to`` who took it. ``receipt``: ``taken_back`` or
    ``lost`` with the customer's ``statement``. A loan unit comes back now, or ``kept_loan_reason`` says why not. The
    order is finished with the card's finding and the call with it; the clerk closes it and files the voucher.
    """
    statement_of = select(RepairCard.id).join(GoodsReceipt).where(GoodsReceipt.work_order_id == order_id)
    card_id = db.session.execute(statement_of).scalar_one_or_none()
    if card_id is None:
        raise NotFound(RepairCard.__name__)
    card = steps.locked_card(card_id)
    order = card.goods_receipt.work_order
    moment = at or clock.now()
    _check_carrier(actor, card)
    REPAIR_CARD.find(card.status, "hand_back")
    rules.check_void(receipt, statement or "")
    _check_money(card)
    _keep_loans(card.goods_receipt, kept_loan_reason)
    taker = _signed(order, signer, drawing, unsigned_reason, returned_to, actor, moment)
    REPAIR_CARD.apply(card, "hand_back", actor.roles)
    _out(card, taker, receipt, statement, actor, moment)
    _finish(card, order, actor, moment)
    for follow in RETURNED:
        follow(actor, card.goods_receipt, moment)
    db.session.flush()
    return order


@command("repair_card.hand_back")
def hand_back_item(
    actor: Principal,
    card_id: int,
    *,
    signer: str = "",
    drawing: bytes = b"",
    unsigned_reason: str = "",
    returned_to: str = "",
    receipt: str = "taken_back",
    statement: str = "",
    kept_loan_reason: str = "",
    at: datetime | None = None,
) -> RepairCard:
    """The same, from the item's page or its tag."""
    card = steps.locked_card(card_id)
    hand_back(
        actor,
        card.goods_receipt.work_order_id,
        signer=signer,
        drawing=drawing,
        unsigned_reason=unsigned_reason,
        returned_to=returned_to,
        receipt=receipt,
        statement=statement,
        kept_loan_reason=kept_loan_reason,
        at=at,
    )
    return card


def _keep_loans(receipt: GoodsReceipt, reason: str) -> None:
    with acting_as(SYSTEM):
        out = db.session.scalars(select(Loan).where(Loan.goods_receipt_id == receipt.id, Loan.back_at.is_(None))).all()
    if not out:
        return
    if not (reason or "").strip():
        raise Refused(
            N_("The loan unit %(unit)s is still with the customer: take it back, or say why not."),
            field="kept_loan_reason",
            unit=str(out[0].loan_unit),
        )
    for loan in out:
        loan.kept_reason = reason.strip()[:200]


def _signed(
    order: WorkOrder,
    signer: str,
    drawing: bytes,
    unsigned_reason: str,
    returned_to: str,
    actor: Principal,
    moment: datetime,
) -> str:
    """Who took it, with a signature or the reason why there is none (SO-5)."""
    taker, reason = (returned_to or "").strip() or (signer or "").strip(), (unsigned_reason or "").strip()
    if drawing:
        if not (signer or "").strip():
            raise Refused(N_("This is required."), field="signer")
        orders.keep_signature(order, signer, drawing, actor, moment, purpose="return")
        return taker
    if not reason:
        raise Refused(N_("The customer signs that it was received back, or say why not."), field="drawing")
    if not taker:
        raise Refused(N_("Who took it?"), field="returned_to")
    order.unsigned_reason = reason[:200]
    return taker


def _out(card: RepairCard, taker: str, void_kind: str, statement: str, actor: Principal, moment: datetime) -> None:
    receipt = card.goods_receipt
    if moment < receipt.in_at:
        raise Refused(N_("This is earlier than the last movement of the item."), field="at")
    steps.move_item(receipt, rules.AT_CUSTOMER, actor, moment, note=taker)
    receipt.out_at, receipt.returned_by_id, receipt.returned_to = moment, actor.staff_id, taker[:64]
    receipt.voided_at, receipt.voided_by_id = moment, actor.staff_id
    receipt.void_kind, receipt.void_note = void_kind, (statement or "").strip()[:300]
    steps.event(card, "returned", actor, moment, taker)


def _finish(card: RepairCard, order: WorkOrder, actor: Principal, moment: datetime) -> None:
    if card.outcome in rules.UNREPAIRED and order.charges_agreed_at is None:
        drop_charges(order)  # told, never agreed, and nothing was done for it
    with i18n.in_language():  # it goes on paper
        reason = f"{i18n.say(rules.OUTCOME_LABELS[card.outcome])}: {card.outcome_reason}"
    order.fault_code_id = card.fault_code_id or order.fault_code_id
    order.result = card.result if card.outcome == rules.REPAIRED else reason
    order.finished_at = moment
    deadlines.end_pause(order, actor, moment)
    field_rules.WORK_ORDER.apply(order, "hand_back", actor.roles)
    field_rules.REPAIR_CALL.apply(order.repair_call, "finish", actor.roles)
    field_steps.event(order, "handed_back", actor, moment, note=card.goods_receipt.number)
    db.session.flush()
