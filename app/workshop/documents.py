"""What the workshop prints: 003 客户商品领取收据 in three copies (SO-7, SO-20), 004 客户商品进出登记本, 005 修护卡 (SO-8), and the
whole way of one item. Every one of them is asked for by the receipt's id: one item, one number."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from PIL import Image, ImageOps
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.core import clock, files
from app.core.db import db
from app.core.documents import Document, Params, register
from app.core.errors import N_
from app.customers.models import Address, Customer, Voucher
from app.customers.rules import SERIAL_KIND_LABELS
from app.fieldservice.models import PartFitted, RepairCall, Signature, TimeEntry, WorkOrder
from app.organisation.models import Branch
from app.organisation.queries import branches_of
from app.workshop import rules
from app.workshop.models import (
    GoodsPhoto,
    GoodsReceipt,
    Inspection,
    ItemMovement,
    Loan,
    LoanUnit,
    PromiseChange,
    RepairCard,
    RepairCardEvent,
)
from app.workshop.papers import (
    GoodsLine,
    GoodsReceiptPaper,
    GoodsRegister,
    HolderLine,
    InspectionLine,
    Item,
    ItemTrail,
    MinutesLine,
    PartLine,
    PromiseLine,
    RepairCardPaper,
    SerialLine,
    StepLine,
)

_PRODUCT: Any = joinedload(GoodsReceipt.voucher).options(
    joinedload(Voucher.customer).selectinload(Customer.telephones), joinedload(Voucher.product_model)
)
_CALL: Any = joinedload(WorkOrder.repair_call).joinedload(RepairCall.address).joinedload(Address.district)
_LOANS: Any = selectinload(GoodsReceipt.loans).joinedload(Loan.loan_unit).joinedload(LoanUnit.product_model)
_HOLDERS: Any = selectinload(GoodsReceipt.movements).options(
    joinedload(ItemMovement.to_staff), joinedload(ItemMovement.by)
)


# -- what every sheet says of the item ----------------------------------------------------------------------------


def tag_url(card: RepairCard) -> str:
    """What the QR code on the item opens; only for who logs in."""
    return f"{current_app.config['PUBLIC_URL'].rstrip('/')}/workshop/tag/{card.tag}"


def status_url(card: RepairCard) -> str:
    """What the QR code on the customer's receipt opens: how the repair stands, without a login (SO-10)."""
    return f"{current_app.config['PUBLIC_URL'].rstrip('/')}/item/{card.tag}"


def _item(receipt: GoodsReceipt) -> Item:
    call, voucher = receipt.work_order.repair_call, receipt.voucher
    return Item(
        customer=voucher.customer.name,
        phone=call.caller_phone or next((each.number for each in voucher.customer.telephones), ""),
        address=str(call.address),
        product=voucher.product_model.name or voucher.product_model.code,
        model=voucher.product_model.code,
        serial_no=voucher.serial_no or "",
        voucher_number=voucher.number,
        order_number=receipt.work_order.number,
        service_class=receipt.work_order.service_class,
        symptom=call.symptom,
        condition=receipt.condition,
        accessories=receipt.accessories,
        tag_url=tag_url(receipt.card),
    )


def holder_name(movement: ItemMovement | None) -> str:
    """Who has the item after this movement: the person, the shelf with its place, or the customer."""
    if movement is None:
        return ""
    if movement.to_staff is not None:
        return movement.to_staff.name
    return " ".join(filter(None, (_(rules.HOLDER_LABELS[movement.to_kind]), movement.to_place)))


def void_text(receipt: GoodsReceipt) -> str:
    """What became of the customer's copy; empty while the customer has it."""
    if not receipt.void_kind:
        return ""
    return " ".join(filter(None, (_(rules.VOID_KIND_LABELS[receipt.void_kind]), receipt.void_note)))


def _loans(receipt: GoodsReceipt) -> str:
    return "; ".join(f"{loan.loan_unit}" for loan in receipt.loans)


def _agreed(order: WorkOrder) -> Decimal | None:
    if order.charges_agreed_at is None:
        return None
    return sum((charge.amount for charge in order.charges), Decimal("0.00"))


def _head(receipt: GoodsReceipt, on: dt.date) -> dict[str, Any]:
    return {
        "number": receipt.number,
        "on": on,
        "branch_code": receipt.branch.code,
        "branch_name": str(receipt.branch),
    }


def _found(params: Params, *options: Any) -> Sequence[GoodsReceipt]:
    """The receipt asked for, or those of the day and branch."""
    wanted = select(GoodsReceipt).options(
        _PRODUCT,
        joinedload(GoodsReceipt.branch),
        joinedload(GoodsReceipt.card),
        joinedload(GoodsReceipt.work_order).options(_CALL, selectinload(WorkOrder.charges)),
        _LOANS,
        *options,
    )
    if params.record_id is not None:
        wanted = wanted.where(GoodsReceipt.id == params.record_id)
    else:
        begin, end = clock.day_bounds(params.date)
        branches = [branch.id for branch in branches_of(params.branch)]
        wanted = wanted.where(
            GoodsReceipt.in_at >= begin, GoodsReceipt.in_at < end, GoodsReceipt.branch_id.in_(branches)
        )
    return db.session.scalars(wanted.order_by(GoodsReceipt.number)).unique().all()


# -- 003 客户商品领取收据 -------------------------------------------------------------------------------------------


def goods_receipts(params: Params) -> list[GoodsReceiptPaper]:
    """One receipt, or those given out on a day."""
    found = _found(
        params,
        selectinload(GoodsReceipt.photos),
        joinedload(GoodsReceipt.work_order).selectinload(WorkOrder.signatures).joinedload(Signature.stored_file),
    )
    return [_receipt(receipt) for receipt in found]


def _receipt(receipt: GoodsReceipt) -> GoodsReceiptPaper:
    drawn = {each.purpose: each for each in receipt.work_order.signatures}
    signed, returned = drawn.get("take_back"), drawn.get("return")
    return GoodsReceiptPaper(
        **_head(receipt, clock.local(receipt.in_at).date()),
        item=_item(receipt),
        status_url=status_url(receipt.card),
        taken_at=receipt.in_at,
        taken_by=receipt.received_by.name if receipt.received_by else "",
        promised_at=receipt.promised_at,
        charge=_agreed(receipt.work_order),
        loan=_loans(receipt),
        photos=sum(photo.kind == "in" for photo in receipt.photos),
        no_photo_reason=receipt.no_photo_reason,
        signer=signed.signer if signed else "",
        signature=files.read(signed.stored_file) if signed else None,
        unsigned_reason=receipt.unsigned_reason,
        returned_at=receipt.out_at,
        returned_to=receipt.returned_to,
        returned_by=receipt.returned_by.name if receipt.returned_by else "",
        voided_by=receipt.voided_by.name if receipt.voided_by else "",
        void_note=void_text(receipt),
        returned_signature=files.read(returned.stored_file) if returned else None,
    )


# -- 004 客户商品进出登记本 -----------------------------------------------------------------------------------------


def goods_registers(params: Params) -> list[GoodsRegister]:
    """The day's book of one branch, or of every branch that has something in it."""
    papers = [_register(branch, params.date) for branch in branches_of(params.branch)]
    return papers if params.branch else [paper for paper in papers if paper.all_lines]


def _register(branch: Branch, day: dt.date) -> GoodsRegister:
    begin, end = clock.day_bounds(day)
    found = (
        db.session.scalars(
            select(GoodsReceipt)
            .where(
                GoodsReceipt.branch_id == branch.id,
                GoodsReceipt.in_at < end,
                or_(GoodsReceipt.out_at.is_(None), GoodsReceipt.out_at >= begin),
            )
            .options(_PRODUCT, _HOLDERS, joinedload(GoodsReceipt.card).selectinload(RepairCard.promise_changes))
            .options(joinedload(GoodsReceipt.received_by), joinedload(GoodsReceipt.returned_by))
            .options(joinedload(GoodsReceipt.work_order).joinedload(WorkOrder.repair_call))
            .order_by(GoodsReceipt.in_at, GoodsReceipt.id)
        )
        .unique()
        .all()
    )
    now = min(clock.now(), end)
    carried = [receipt for receipt in found if receipt.in_at < begin]
    today = [receipt for receipt in found if receipt.in_at >= begin]
    left = [receipt for receipt in found if _out_by(receipt, end) is not None]
    return GoodsRegister(
        number=f"JC-{branch.code}-{day:%Y%m%d}",
        on=day,
        branch_code=branch.code,
        branch_name=str(branch),
        carried=tuple(_line(row, receipt, now, end) for row, receipt in enumerate(carried, 1)),
        lines=tuple(_line(row, receipt, now, end) for row, receipt in enumerate(today, 1)),
        came_in=len(today),
        went_out=len(left),
        in_house=len(found) - len(left),
        late=sum(_late(receipt, now, end) for receipt in found),
    )


def _out_by(receipt: GoodsReceipt, end: datetime) -> datetime | None:
    """When it left, if it had left by then: a book printed again says what it said on its day."""
    return receipt.out_at if receipt.out_at is not None and receipt.out_at < end else None


def _late(receipt: GoodsReceipt, now: datetime, end: datetime) -> bool:
    return (_out_by(receipt, end) or now) > promised_by(receipt, end)


def promised_by(receipt: GoodsReceipt, end: datetime) -> datetime:
    """The promise as it stood before that moment, from its history: later changes are another day's (SO-10)."""
    changes = [change.new_at for change in receipt.card.promise_changes if change.at < end]
    return changes[-1] if changes else receipt.promised_at


def _line(row: int, receipt: GoodsReceipt, now: datetime, end: datetime) -> GoodsLine:
    out_at = _out_by(receipt, end)
    moves = [movement for movement in receipt.movements if movement.at < end]
    voucher, call = receipt.voucher, receipt.work_order.repair_call
    return GoodsLine(
        row=row,
        receipt_number=receipt.number,
        in_at=receipt.in_at,
        received_by=receipt.received_by.name if receipt.received_by else "",
        customer=voucher.customer.name,
        phone=call.caller_phone or next((each.number for each in voucher.customer.telephones), ""),
        model=voucher.product_model.code,
        serial_no=voucher.serial_no or "",
        condition=receipt.condition,
        accessories=receipt.accessories,
        promised_at=promised_by(receipt, end),
        late=_late(receipt, now, end),
        where=holder_name(moves[-1] if moves else None),
        out_at=out_at,
        returned_by=receipt.returned_by.name if out_at is not None and receipt.returned_by else "",
        returned_to=receipt.returned_to if out_at is not None else "",
        void_note=_void_mark(receipt) if out_at is not None else "",
    )


def _void_mark(receipt: GoodsReceipt) -> str:
    return _("lost, statement") if receipt.void_kind == "lost" else ""


# -- 005 修护卡, and the whole way of an item ---------------------------------------------------------------------------

_WORK: Any = (
    joinedload(GoodsReceipt.work_order).options(
        selectinload(WorkOrder.time_entries).joinedload(TimeEntry.staff),
        selectinload(WorkOrder.parts_fitted).joinedload(PartFitted.part),
    ),
    joinedload(GoodsReceipt.card).options(
        joinedload(RepairCard.technician),
        joinedload(RepairCard.fault_code),
        selectinload(RepairCard.inspections).joinedload(Inspection.by),
    ),
    joinedload(GoodsReceipt.voucher).selectinload(Voucher.serial_changes),
)


def repair_cards(params: Params) -> list[RepairCardPaper]:
    """One card, or those of the items taken in on a day."""
    return [RepairCardPaper(**_card(receipt, params.date)) for receipt in _found(params, *_WORK)]


def _card(receipt: GoodsReceipt, on: dt.date) -> dict[str, Any]:
    card, order = receipt.card, receipt.work_order
    return {
        **_head(receipt, on),
        "item": _item(receipt),
        "state": _(rules.CARD_STATE_LABELS[card.status]),
        "technician": card.technician.name if card.technician else "",
        "taken_at": receipt.in_at,
        "promised_at": card.promised_at,
        "fault": str(card.fault_code or ""),
        "result": card.result or card.outcome_reason,
        # What was worked on site before it was taken back stands on the voucher, not on the card.
        "minutes": tuple(
            MinutesLine(
                on=entry.day,
                technician=entry.staff.name,
                started_at=entry.started_at,
                minutes=entry.minutes,
                work=entry.note,
            )
            for entry in order.time_entries
            if entry.started_at >= receipt.in_at.replace(second=0, microsecond=0)
        ),
        "parts": tuple(
            PartLine(
                part=row.part.name, code=row.part.code, quantity=row.quantity, amount=row.unit_price * row.quantity
            )
            for row in order.parts_fitted
        ),
        "inspections": tuple(
            InspectionLine(
                at=each.at,
                by=each.by.name if each.by else "",
                passed=each.passed,
                reason=each.reason,
                checklist=each.checklist,
            )
            for each in card.inspections
        ),
        "serials": tuple(
            SerialLine(at=each.at, kind=_(SERIAL_KIND_LABELS[each.kind]), old=each.old_no or "—", new=each.new_no)
            for each in receipt.voucher.serial_changes
            if each.reference == order.number
        ),
    }


def item_trails(params: Params) -> list[ItemTrail]:
    """One item's whole way, or those of the items taken in on a day."""
    found = _found(
        params,
        *_WORK,
        _HOLDERS,
        selectinload(GoodsReceipt.photos).joinedload(GoodsPhoto.stored_file),
        joinedload(GoodsReceipt.card).options(
            selectinload(RepairCard.events).joinedload(RepairCardEvent.staff),
            selectinload(RepairCard.promise_changes).joinedload(PromiseChange.staff),
        ),
    )
    return [_trail(receipt, params.date) for receipt in found]


def _trail(receipt: GoodsReceipt, on: dt.date) -> ItemTrail:
    photos = [_print_size(files.read(photo.stored_file)) for photo in receipt.photos]
    return ItemTrail(
        **_card(receipt, on),
        returned_at=receipt.out_at,
        returned_to=receipt.returned_to,
        void_note=void_text(receipt),
        holders=tuple(holders(receipt)),
        steps=tuple(
            StepLine(
                at=event.at,
                what=_(rules.CARD_EVENT_LABELS[event.kind]),
                by=event.staff.name if event.staff else "",
                note=event.note,
            )
            for event in receipt.card.events
        ),
        promises=tuple(promises(receipt)),
        photos=tuple(photo for photo in photos if photo is not None),
        unreadable=photos.count(None),
        loan=_loans(receipt),
        charge=_agreed(receipt.work_order),
    )


def _print_size(photo: bytes) -> bytes | None:
    """A telephone's photograph as large as it is printed, the right way up: six of them would make a PDF of 30 MB.

    None for one that cannot be read; the paper says how many.
    """
    made = io.BytesIO()
    try:
        with Image.open(io.BytesIO(photo)) as picture:
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (OSError, Image.DecompressionBombError):
        return None
    upright.thumbnail((900, 900))
    upright.save(made, "JPEG", quality=80)
    return made.getvalue()


def holders(receipt: GoodsReceipt) -> list[HolderLine]:
    """Who had the item from when until when; the last line's ``until`` is None while it has not moved on."""
    ends = [movement.at for movement in receipt.movements[1:]]
    return [
        HolderLine(
            since=movement.at,
            until=until,
            holder=holder_name(movement),
            by=movement.by.name if movement.by else "",
            note=movement.note,
        )
        for movement, until in zip(receipt.movements, [*ends, None], strict=True)
    ]


def promises(receipt: GoodsReceipt) -> list[PromiseLine]:
    """What was promised when it was taken back, and every change of it (SO-10)."""
    taken_by = receipt.received_by.name if receipt.received_by else ""
    first = PromiseLine(at=receipt.in_at, promised_at=receipt.promised_at, told="", by=taken_by, reason="")
    return [
        first,
        *(
            PromiseLine(
                at=change.at,
                promised_at=change.new_at,
                told=f"{change.told_to} {clock.local(change.told_at):%m-%d %H:%M}",
                by=change.staff.name if change.staff else "",
                reason=change.reason,
            )
            for change in receipt.card.promise_changes
        ),
    ]


register(
    Document(
        name="goods_receipt",
        title=N_("Goods receipt"),
        area="workshop",
        template="goods_receipt.html",
        query=goods_receipts,
        form_number="003",
        params=("date", "branch", "record_id"),
        paper="A5 landscape",
        copies=(N_("Customer copy"), N_("File copy"), N_("Accounts copy")),
    )
)
register(
    Document(
        name="goods_register",
        title=N_("Goods in/out register"),
        area="workshop",
        template="goods_register.html",
        query=goods_registers,
        form_number="004",
        paper="A4 landscape",
        scheduled_at=dt.time(18, 0),
    )
)
register(
    Document(
        name="repair_card",
        title=N_("Repair card"),
        area="workshop",
        template="repair_card.html",
        query=repair_cards,
        form_number="005",
        params=("date", "branch", "record_id"),
        paper="A5",
    )
)
register(
    Document(
        name="item_trail",
        title=N_("Trail of an item"),
        area="workshop",
        template="item_trail.html",
        query=item_trails,
        params=("date", "branch", "record_id"),
    )
)
