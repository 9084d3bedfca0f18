"""What the workshop's verbs have in common: locks in one order, the trail of an item, what is written on its card."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm.attributes import set_committed_value

from app.core.actors import SYSTEM, Principal, acting_as
from app.core.db import db
from app.core.errors import N_, NotFound, Refused
from app.fieldservice.commands import steps
from app.fieldservice.commands.deadlines import tell
from app.fieldservice.models import WorkOrder
from app.organisation.models import Staff
from app.workshop import rules
from app.workshop.models import GoodsReceipt, ItemMovement, RepairCard, RepairCardEvent
from app.workshop.rules import Holder


def bench(order: WorkOrder) -> Staff | None:
    """Who repairs the item of this job; None while nobody does. Answers ``fieldservice.steps.BENCH``."""
    statement = (
        select(Staff)
        .join(RepairCard, RepairCard.technician_id == Staff.id)
        .join(GoodsReceipt, GoodsReceipt.id == RepairCard.goods_receipt_id)
        .where(GoodsReceipt.work_order_id == order.id)
    )
    found: Staff | None = db.session.execute(statement.execution_options(unscoped=True)).scalar_one_or_none()
    return found


steps.BENCH.append(bench)


def locked_card(card_id: int) -> RepairCard:
    """The card with its call, order and receipt, locked in this order by everybody. Raises ``NotFound``."""
    keys = (
        select(GoodsReceipt.id, GoodsReceipt.work_order_id)
        .join(RepairCard, RepairCard.goods_receipt_id == GoodsReceipt.id)
        .where(RepairCard.id == card_id)
    )
    found = db.session.execute(keys).first()
    if found is None:
        raise NotFound(RepairCard.__name__)
    receipt_id, order_id = found
    order = steps.locked_order(order_id, crew=True)
    receipt = steps.locked(GoodsReceipt, receipt_id)
    card = steps.locked(RepairCard, card_id)
    # Loaded here: whoever gives an item away may no longer see it, and still writes down that it went.
    set_committed_value(receipt, "work_order", order)
    set_committed_value(receipt, "card", card)
    set_committed_value(card, "goods_receipt", receipt)
    with acting_as(SYSTEM):
        db.session.expire(receipt, ["movements"])
        assert receipt.movements  # nosec B101 - an item is taken back with its first movement
    return card


def check_bench(actor: Principal, card: RepairCard) -> None:
    """A technician works on the own items only. Raises ``Refused``, naming who has it."""
    if actor.roles != {"technician"} or card.technician_id == actor.staff_id:
        return
    if card.technician_id is None:
        raise Refused(N_("Nobody has begun this repair yet."))
    with acting_as(SYSTEM):
        name = str(card.technician)
    raise Refused(N_("%(name)s repairs this item."), name=name)


def technician_for(card: RepairCard, staff_id: int, *, field: str = "technician_id") -> Staff:
    """An active technician of the branch that has the item. Raises ``Refused``."""
    return steps.technician_for(card.goods_receipt.work_order.repair_call, staff_id, field=field)


def event(card: RepairCard, kind: str, actor: Principal, at: datetime, note: str = "") -> RepairCardEvent:
    """Write down what happened."""
    row = RepairCardEvent(card=card, kind=kind, at=at, staff_id=actor.staff_id, note=note.strip()[:300])
    db.session.add(row)
    return row


def holder_of(receipt: GoodsReceipt) -> Holder:
    """Who has the item now."""
    with acting_as(SYSTEM):
        return receipt.movements[-1].target if receipt.movements else rules.AT_CUSTOMER


def move_item(
    receipt: GoodsReceipt, target: Holder, actor: Principal, at: datetime, *, note: str = "", field: str = "to"
) -> ItemMovement | None:
    """The item goes from whoever has it to ``target``; None when it is there already (SO-8).

    The receipt is locked by the caller, so that two people cannot both have had it from the same hand. Raises
    ``Refused`` for a moment before the last movement.
    """
    rules.check_holder(target, field=field)
    source = holder_of(receipt)
    if source == target:
        return None
    if receipt.movements and at < receipt.movements[-1].at:
        raise Refused(N_("This is earlier than the last movement of the item."), field="at")
    row = ItemMovement(
        goods_receipt=receipt,
        at=at,
        from_kind=source.kind,
        from_staff_id=source.staff_id,
        from_place=source.place,
        to_kind=target.kind,
        to_staff_id=target.staff_id,
        to_place=target.place,
        by_id=actor.staff_id,
        note=note.strip()[:200],
    )
    db.session.add(row)
    db.session.flush()
    return row


def link_to(card: RepairCard) -> str:
    """Where a message about the item leads: what its tag leads to."""
    return f"/workshop/tag/{card.tag}"


def tell_branch(card: RepairCard, role: str, message: str, values: dict[str, Any], *, tone: str = "info") -> None:
    """A message to everybody of that role at the branch."""
    receipt = card.goods_receipt
    tell(receipt.branch_id, role, message, {"number": receipt.number, **values}, link=link_to(card), tone=tone)
