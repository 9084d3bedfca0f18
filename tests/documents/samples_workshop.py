"""The workshop's papers, filled: a fridge compressor that failed its first inspection."""

from __future__ import annotations

import dataclasses
import io
from datetime import date
from decimal import Decimal

from PIL import Image

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
from tests.documents.samples import BRANCH, DAY, DOT, at

IN_DAY = date(2026, 11, 12)


def item() -> Item:
    """A compressor with a long address."""
    return Item(
        customer="王秀英", phone="13812345678", address="上海市浦东新区世纪大道1501号嘉里商务公寓3号楼2单元1702室",
        product="对开门冰箱压缩机", model="BCD-452W", serial_no="SN20250115A0032", voucher_number="FW-HQ-20250115-0032",
        order_number="PG-HQ-20261112-0004", service_class="A", symptom="不制冷，压缩机有异响，机身发热",
        condition="右侧板有划痕一处，约3厘米；其余完好", accessories="电源线、说明书、抽屉两只",
        tag_url="http://127.0.0.1:8000/workshop/tag/3fJ9x2bQ7wLzV1kT0mYc5A",
    )  # fmt: skip


def receipt() -> GoodsReceiptPaper:
    """Signed, with a lent product, not yet given back."""
    return GoodsReceiptPaper(
        number="SJ-HQ-20261112-0001", on=IN_DAY, **BRANCH, item=item(), taken_at=at(10, 40, IN_DAY), taken_by="李建国",
        promised_at=at(17, 0, date(2026, 11, 19)), charge=Decimal("680.00"), loan="冷藏箱 BC-46 (JY-0003)", photos=3,
        status_url="http://127.0.0.1:8000/item/3fJ9x2bQ7wLzV1kT0mYc5A",
        signer="王秀英", signature=DOT, unsigned_reason="", returned_at=None, returned_to="", returned_by="", voided_by="", void_note="",
    )  # fmt: skip


def receipt_void() -> GoodsReceiptPaper:
    """The same after the product was given back."""
    return dataclasses.replace(
        receipt(),
        returned_at=at(16, 5),
        returned_to="王秀英",
        returned_by="李建国",
        returned_signature=DOT,
        voided_by="周晓芸",
        void_note="客户联已收回",
    )


def goods_line(row: int, **changes: object) -> GoodsLine:
    """An item still in the house unless told otherwise."""
    given: dict[str, object] = {
        "row": row, "receipt_number": f"SJ-HQ-20261120-{row:04d}", "in_at": at(9, row % 60), "received_by": "李建国",
        "customer": "王秀英", "phone": "13812345678", "model": "BCD-452W", "serial_no": "SN20250115A0032",
        "condition": "右侧板有划痕一处，约3厘米", "accessories": "电源线、抽屉两只", "promised_at": at(17, 0, date(2026, 11, 27)),
        "late": False, "where": "A-2架位", "out_at": None, "returned_by": "", "returned_to": "", "void_note": "",
    }  # fmt: skip
    return GoodsLine(**{**given, **changes})  # type: ignore[arg-type]  # a dictionary of mixed values


def register(lines: int = 3) -> GoodsRegister:
    """One from before that left late today, the rest came in today."""
    old = goods_line(
        1, receipt_number="SJ-HQ-20261112-0001", in_at=at(10, 40, IN_DAY), promised_at=at(17, 0, date(2026, 11, 19)), late=True,
        where="王秀英", out_at=at(16, 5), returned_by="李建国", returned_to="王秀英", void_note="客户联收回",
    )  # fmt: skip
    today = tuple(goods_line(row) for row in range(1, lines + 1))
    return GoodsRegister(
        number="JC-HQ-20261120", on=DAY, **BRANCH, carried=(old,), lines=today, came_in=lines, went_out=1, in_house=lines, late=1
    )  # fmt: skip


MINUTES = (
    MinutesLine(on=date(2026, 11, 13), technician="赵敏", started_at=at(9, 0, date(2026, 11, 13)), minutes=95, work="拆机检测，压缩机线圈短路"),
    MinutesLine(on=date(2026, 11, 18), technician="赵敏", started_at=at(13, 30, date(2026, 11, 18)), minutes=120, work="更换压缩机，抽真空，充制冷剂"),
    MinutesLine(on=DAY, technician="赵敏", started_at=at(9, 10), minutes=40, work="焊点重焊，复测"),
)  # fmt: skip
PARTS = (
    PartLine(part="压缩机 QD-128", code="P-COMP", quantity=1, amount=Decimal("520.00")),
    PartLine(part="干燥过滤器", code="P-DRY", quantity=1, amount=Decimal("35.00")),
)
INSPECTIONS = (
    InspectionLine(at=at(17, 0, date(2026, 11, 19)), by="陈志强", passed=False, reason="高压侧焊点微漏", checklist="外观、绝缘、制冷、异响"),
    InspectionLine(at=at(11, 30), by="陈志强", passed=True, reason="", checklist="外观、绝缘、制冷、异响"),
)  # fmt: skip
SERIALS = (SerialLine(at=at(14, 0, date(2026, 11, 18)), kind="压缩机编号", old="C-88123", new="C-90455"),)


def card() -> RepairCardPaper:
    """Repaired, failed once, passed."""
    return RepairCardPaper(
        number="SJ-HQ-20261112-0001", on=DAY, **BRANCH, item=item(), state="修妥", technician="赵敏", taken_at=at(10, 40, IN_DAY),
        promised_at=at(17, 0, date(2026, 11, 19)), fault="压缩机故障", result="更换压缩机及干燥过滤器，试机六小时正常。", minutes=MINUTES,
        parts=PARTS, inspections=INSPECTIONS, serials=SERIALS,
    )  # fmt: skip


def photo() -> bytes:
    """A picture in grey."""
    drawn = io.BytesIO()
    Image.new("L", (120, 90), 160).save(drawn, "JPEG")
    return drawn.getvalue()


def trail() -> ItemTrail:
    """The whole way of the compressor, given back late."""
    given = {field.name: getattr(card(), field.name) for field in dataclasses.fields(card())}
    return ItemTrail(
        **given, returned_at=at(16, 5), returned_to="王秀英", void_note="客户联已收回",
        holders=(
            HolderLine(since=at(10, 40, IN_DAY), until=at(15, 0, IN_DAY), holder="李建国", by="李建国", note=""),
            HolderLine(since=at(15, 0, IN_DAY), until=at(9, 0, date(2026, 11, 13)), holder="A-2架位", by="周晓芸", note="登录进出登记本"),
            HolderLine(since=at(9, 0, date(2026, 11, 13)), until=None, holder="赵敏", by="赵敏", note=""),
        ),
        steps=(
            StepLine(at=at(10, 40, IN_DAY), what="携回商品", by="李建国", note="客户签认"),
            StepLine(at=at(9, 40, date(2026, 11, 13)), what="等待零件到货", by="赵敏", note="压缩机 QD-128"),
        ),
        promises=(
            PromiseLine(at=at(10, 40, IN_DAY), promised_at=at(17, 0, date(2026, 11, 19)), told="", by="李建国", reason=""),
            PromiseLine(at=at(14, 0, date(2026, 11, 18)), promised_at=at(17, 0), told="王秀英（电话）", by="赵敏", reason="零件迟到"),
        ),
        photos=(photo(), photo()), loan="冷藏箱 BC-46 (JY-0003)", charge=Decimal("680.00"),
    )  # fmt: skip


SAMPLES = {"goods_receipt": receipt, "goods_register": register, "repair_card": card, "item_trail": trail}
