"""Taking a product back: 003 for the customer, a line of 004, a 005 on the product, all at once (SO-7)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from app.core import clock, settings
from app.core.actors import SYSTEM, Principal, acting_as
from app.core.db import db
from app.core.errors import N_, Refused
from app.core.fetch import fetch
from app.core.files import store
from app.core.numbering import next_number
from app.core.uow import command
from app.customers.models import Voucher
from app.fieldservice import rules as field_rules
from app.fieldservice.commands import deadlines, orders, work
from app.fieldservice.commands import steps as field_steps
from app.fieldservice.models import WorkOrder
from app.workshop import rules
from app.workshop.commands import steps
from app.workshop.models import GoodsPhoto, GoodsReceipt, RepairCard
from app.workshop.rules import Holder

PICTURES = {b"\x89PNG\r\n\x1a\n": ("image/png", "png"), b"\xff\xd8\xff": ("image/jpeg", "jpg")}


@command("work_order.take_back")
def take_back(
    actor: Principal,
    order_id: int,
    *,
    condition: str,
    promised_at: datetime,
    accessories: str = "",
    signer: str = "",
    drawing: bytes = b"",
    unsigned_reason: str = "",
    expected_minutes: int | None = None,
    photos: Sequence[bytes] = (),
    no_photo_reason: str = "",
    at: datetime | None = None,
) -> GoodsReceipt:
    """Not fixable on site: the technician takes the product along; gives the numbered 003 with its card (SO-7).

    The customer signs the voucher (``signer``, ``drawing``), or ``unsigned_reason`` says why not. Of ``photos`` there
    are as many as the setting ``take_back_photos`` wants, or ``no_photo_reason`` says why not. The minutes on site are
    drafted. Raises ``Refused`` when the product is in the house already or the promise lies in the past.
    """
    moment = at or clock.now()
    order = field_steps.locked_order(order_id)
    call = order.repair_call
    if promised_at is not None and promised_at <= moment:
        raise Refused(N_("The promised time lies in the past."), field="promised_at")
    why_none = (no_photo_reason or "").strip()
    least = settings.number("take_back_photos")
    rules.check_photos(len(photos), least, why_none)
    _check_free(call.voucher_id)
    field_rules.WORK_ORDER.find(order.status, "take_back")
    if not order.time_entries:
        work.draft_time(order, moment)
    field_rules.WORK_ORDER.apply(order, "take_back", actor.roles, condition=condition.strip(), promised_at=promised_at)
    receipt = GoodsReceipt(
        number=next_number("SJ", field_steps.branch_code(order.branch_id), clock.local(moment).date()),
        work_order=order,
        voucher_id=call.voucher_id,
        branch_id=order.branch_id,
        in_at=moment,
        received_by_id=order.technician_id,
        condition=condition.strip()[:500],
        accessories=(accessories or "").strip()[:300],
        promised_at=promised_at,
        # With photographs enough there is nothing to explain.
        no_photo_reason="" if len(photos) >= least else why_none[:200],
    )
    receipt.card = RepairCard(
        status=rules.WAITING, tag=secrets.token_urlsafe(16), promised_at=promised_at, expected_minutes=expected_minutes
    )
    db.session.add(receipt)
    db.session.flush()
    _signed(receipt, order, signer, drawing, unsigned_reason, actor, moment)
    steps.move_item(receipt, Holder(rules.TECHNICIAN, order.technician_id), actor, moment)
    for picture in photos:
        _keep_photo(receipt, picture, "in", actor, moment)
    # The promise is the card's from now on: kept twice, the two would part.
    call.promised_at = None
    deadlines.end_pause(order, actor, moment)
    steps.event(receipt.card, "opened", actor, moment, condition)
    field_steps.event(order, "taken_back", actor, moment, note=receipt.number)
    steps.tell_branch(
        receipt.card,
        "supervisor",
        N_("%(number)s: %(who)s takes a product back, promised for %(due)s."),
        {"who": order.technician.name, "due": f"{clock.local(promised_at):%m-%d %H:%M}"},
    )
    db.session.flush()
    return receipt


def _check_free(voucher_id: int) -> None:
    # Two jobs for one product: the second waits here and then finds the receipt.
    field_steps.locked(Voucher, voucher_id)
    with acting_as(SYSTEM):
        number = db.session.execute(
            select(GoodsReceipt.number).where(GoodsReceipt.voucher_id == voucher_id, GoodsReceipt.out_at.is_(None))
        ).scalar_one_or_none()
    if number is not None:
        raise Refused(N_("This product is in the house already, on the receipt %(number)s."), number=number)


def _signed(
    receipt: GoodsReceipt,
    order: WorkOrder,
    signer: str,
    drawing: bytes,
    unsigned_reason: str,
    actor: Principal,
    moment: datetime,
) -> None:
    reason = (unsigned_reason or "").strip()
    if drawing:
        if not (signer or "").strip():
            raise Refused(N_("This is required."), field="signer")
        orders.keep_signature(order, signer, drawing, actor, moment, purpose="take_back")
    elif reason:
        receipt.unsigned_reason = reason[:200]
    else:
        raise Refused(N_("The customer signs the voucher, or say why not."), field="drawing")


@command("goods_receipt.add_photo")
def add_photo(
    actor: Principal,
    receipt_id: int,
    *,
    picture: bytes,
    kind: str = "repair",
    note: str = "",
    at: datetime | None = None,
) -> GoodsPhoto:
    """Keep one more photograph of the item, PNG or JPEG (SO-7)."""
    receipt = fetch(GoodsReceipt, receipt_id)
    if kind not in rules.PHOTO_KINDS:
        raise Refused(N_("This is required."), field="kind")
    return _keep_photo(receipt, picture, kind, actor, at or clock.now(), note=note)


def _keep_photo(
    receipt: GoodsReceipt, picture: bytes, kind: str, actor: Principal, moment: datetime, *, note: str = ""
) -> GoodsPhoto:
    found = next((what for magic, what in PICTURES.items() if picture.startswith(magic)), None)
    if found is None:
        raise Refused(N_("Only photographs: PNG or JPEG."), field="photos")
    content_type, ending = found
    count = len(receipt.photos) + 1
    file = store(
        picture, f"{receipt.number}-{count}.{ending}", content_type, record="goods_receipt", record_id=receipt.id
    )
    photo = GoodsPhoto(
        goods_receipt=receipt,
        stored_file=file,
        kind=kind,
        at=moment,
        by_id=actor.staff_id,
        note=(note or "").strip()[:200],
    )
    db.session.add(photo)
    db.session.flush()
    return photo
