"""Products brought into the workshop on a Friday, for the tests of the workshop."""

from __future__ import annotations

from typing import Any

from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.fetch import fetch
from app.fieldservice import commands as field
from app.workshop import commands
from app.workshop.models import RepairCard
from tests.cast import Cast
from tests.commands.test_fieldservice import PNG, at, office_time, on_site

PROMISE = office_time(17, 0, day=25)
JPEG = b"\xff\xd8\xff\xe0" + b"0" * 20


def taken(office: Cast, product: str = "in_warranty", hour: int = 9, **more: Any) -> int:
    """A product taken back on Friday at ten (an hour after ``hour``); the id of its card."""
    with at(hour, 10):
        order_id = on_site(office, product)
    given = {
        "condition": "外观完好",
        "promised_at": PROMISE,
        "signer": "张伟",
        "drawing": PNG,
        "photos": [JPEG],
        **more,
    }
    with at(hour + 1):
        receipt = commands.take_back(office["technician"], order_id, **given)
    with acting_as(SYSTEM):
        return receipt.card.id


def card_of(card_id: int) -> RepairCard:
    db.session.expunge_all()
    with acting_as(SYSTEM):
        card = fetch(RepairCard, card_id)
        _ = card.goods_receipt.work_order.repair_call.voucher, card.goods_receipt.movements, card.waits, card.events
        _ = card.inspections, card.promise_changes, card.goods_receipt.loans, card.technician, card.fault_code
        _ = card.goods_receipt.work_order.time_entries, card.goods_receipt.work_order.signatures
        return card


def state(card_id: int) -> tuple[str, str, str]:
    """Of the card, the order and the call."""
    card = card_of(card_id)
    order = card.goods_receipt.work_order
    return card.status, order.status, order.repair_call.status


def order_of(card_id: int) -> int:
    return card_of(card_id).goods_receipt.work_order_id


def worked(office: Cast, card_id: int, hour: int, minutes: int = 40, day: int = 20, who: str = "technician2") -> None:
    with at(hour + 1, 30, day):
        field.record_time(office[who], order_of(card_id), started_at=office_time(hour, 0, day), minutes=minutes)


def repaired(office: Cast, product: str = "in_warranty") -> int:
    """A card whose repair passed inspection at four."""
    card_id = taken(office, product)
    with at(13, 40):
        commands.start(office["technician2"], card_id)
    worked(office, card_id, 14)
    with at(15, 30):
        commands.report_done(office["technician2"], card_id, fault_code_id=office.faults["F01"], result="更换温控器")
    with at(16):
        commands.pass_inspection(office["supervisor"], card_id)
    return card_id
