"""A filled paper of money of every kind: the office on Friday 20 November 2026."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from app.billing.papers import (
    CashLine,
    CashNotHandedIn,
    CashPerson,
    CreditNotePaper,
    HandoverSlip,
    InvoiceSlip,
    Outstanding,
    OwedLine,
    PaidServiceLine,
    PaidServices,
    PaymentReceipt,
    SlipLine,
    SlipPart,
    SlipPayment,
)
from app.fieldservice.papers_quote import Quotation, QuotedLine
from tests.documents.samples import BRANCH, DAY, DOT, at


def D(text: str) -> Decimal:
    return Decimal(text)


def quotation() -> Quotation:
    """A contract job whose parts are to be paid, signed on screen."""
    return Quotation(
        number="BJ-PG-HQ-20261120-0007", on=DAY, **BRANCH, order_number="PG-HQ-20261120-0007", customer="钟山宾馆",
        phone="025-84000003", address="南京市玄武区中山路3号", product="滚筒洗衣机 XQG-80", serial_no="SN-CON-1",
        symptom="不排水", work_class="B contract", technician="李建国",
        lines=(
            QuotedLine(
                what="Call-out", description="玄武区", quantity=1, unit_price=D("30.00"), amount=D("0.00"),
                free_reason="协议在期",
            ),
            QuotedLine(
                what="Labour", description="每30分钟（不足按一次计）", quantity=2, unit_price=D("50.00"), amount=D("0.00"),
                free_reason="协议在期",
            ),
            QuotedLine(what="Part", description="排水泵", quantity=1, unit_price=D("85.00"), amount=D("85.00")),
        ),
        agreed_by="王经理", agreed_at=at(9, 40), how="Signed on screen", signature=DOT,
    )  # fmt: skip


def receipt(voided: str = "") -> PaymentReceipt:
    """Cash collected on the spot."""
    return PaymentReceipt(
        number="SK-HQ-20261120-0003", on=DAY, **BRANCH, title_word="Payment", customer="刘芳",
        reference="PG-HQ-20261120-0002", what_for="更换温控器，试机正常", product="双门冰箱 BCD-215", method="Cash",
        transaction="", amount=D("1195.50"), paid_at=at(10, 5), received_by="李建国", left=D("0.00"), voided=voided,
        note="",
    )  # fmt: skip


def slip() -> InvoiceSlip:
    """An invoice in two instalments, the first paid, a part credited."""
    return InvoiceSlip(
        number="FP-HQ-20261120-0001", on=DAY, **BRANCH, customer="江宁养老院", title_line="南京市江宁养老院有限公司",
        tax_no="91320100MA1MXXXX0K", title_details="江宁区湖滨路5号 025-52000000 工商银行江宁支行 4301000000000000",
        fapiao_kind="Special VAT invoice", fapiao_no="24262000000012345678", tax_rate=D("13.00"), due_on=date(2027, 1, 19),
        lines=(
            SlipLine(
                description="换压缩机", order_number="PG-HQ-20261120-0002", quantity=20, unit_price=D("50.00"),
                amount=D("1000.00"), tax=D("115.04"), product="双门冰箱 BCD-215", finished_on=DAY,
            ),
            SlipLine(
                description="到户一次", order_number="PG-HQ-20261120-0002", quantity=1, unit_price=D("30.00"),
                amount=D("30.00"), tax=D("3.45"), product="双门冰箱 BCD-215", finished_on=DAY,
            ),
        ),
        parts=(
            SlipPart(due_on=date(2026, 12, 20), amount=D("515.00"), left=D("0.00")),
            SlipPart(due_on=date(2027, 1, 19), amount=D("515.00"), left=D("415.00")),
        ),
        payments=(
            SlipPayment(on=DAY, number="SK-HQ-20261120-0009", what="Bank transfer", amount=D("515.00")),
            SlipPayment(on=DAY, number="HZ-HQ-20261120-0001", what="Credit note", amount=D("100.00")),
        ),
        paid=D("515.00"), credited=D("100.00"), issued_by="孙丽萍", note="",
        seller_tax_no="91320100MA1ANXIN88", seller_details="南京市玄武区中山路321号 025-84000000",
        seller_account="工商银行南京玄武支行 4301012209100012345",
    )  # fmt: skip


def credit_note() -> CreditNotePaper:
    """A part of an invoice taken back."""
    return CreditNotePaper(
        number="HZ-HQ-20261120-0001", on=DAY, **BRANCH, invoice_number="FP-HQ-20261120-0001",
        invoice_fapiao="24262000000012345678", customer="江宁养老院", title_line="南京市江宁养老院有限公司",
        tax_no="91320100MA1MXXXX0K", amount=D("100.00"), tax=D("11.50"), reason="零件价格有误，按价目表更正",
        fapiao_no="24262000000012345679", total=D("1030.00"), credited=D("100.00"), by="孙丽萍",
    )  # fmt: skip


def _cash(row: int, amount: str, *, late: bool = False, handover: str = "") -> CashLine:
    return CashLine(
        row=row, number=f"SK-HQ-20261120-{row:04}", order_number=f"PG-HQ-20261120-{row:04}", customer="王秀英",
        paid_at=at(10, row), amount=D(amount), late=late, handover=handover,
    )  # fmt: skip


def handover() -> HandoverSlip:
    """The count differed, both agreed."""
    return HandoverSlip(
        number="JK-HQ-20261120-0001", on=DAY, **BRANCH, who="李建国", handed_at=at(17, 35), state="Counted and received",
        lines=(_cash(1, "130.00"), _cash(2, "180.00")), counted=D("300.00"), reason="少一张拾元，次日补交",
        received_by="孙丽萍", received_at=at(17, 45),
    )  # fmt: skip


def cash() -> CashNotHandedIn:
    """Two technicians, one of them late."""
    return CashNotHandedIn(
        number="WJ-HQ-20261120", on=DAY, **BRANCH,
        people=(
            CashPerson(name="李建国", staff_no="A003", lines=(_cash(1, "130.00", late=True), _cash(2, "65.50"))),
            CashPerson(name="王志强", staff_no="A004", lines=(_cash(3, "180.00", handover="JK-HQ-20261120-0002"),)),
        ),
    )  # fmt: skip


def outstanding(rows: int = 3) -> Outstanding:
    """Customers by age."""
    return Outstanding(
        number="QK-HQ-20261120", on=DAY, **BRANCH, limits=(30, 60, 90),
        lines=tuple(
            OwedLine(
                row=row, customer=f"客户{row}", phone="13800000001", invoices=2, oldest_due=date(2026, 9, 1),
                columns=(D("100.00"), D("0.00"), D("650.00"), D("0.00"), D("988.88")),
            )
            for row in range(1, rows + 1)
        ),
    )  # fmt: skip


def paid_services(rows: int = 4) -> PaidServices:
    """The month's paid jobs."""
    return PaidServices(
        number="SF-HQ-2026-11", on=DAY, **BRANCH, first=date(2026, 11, 1), last=date(2026, 11, 30),
        lines=tuple(
            PaidServiceLine(
                row=row, finished_on=DAY, order_number=f"PG-HQ-20261120-{row:04}", customer="王秀英", product="BCD-215",
                technician="李建国", work_class="A", charged=D("195.50"), waived=D("15.50") if row == 2 else D("0.00"),
                paid=D("180.00"), invoice="FP-HQ-20261120-0001" if row % 2 else "", state="Paid in full",
            )
            for row in range(1, rows + 1)
        ),
    )  # fmt: skip


SAMPLES = {
    "quotation": quotation,
    "payment_receipt": receipt,
    "invoice_slip": slip,
    "credit_note": credit_note,
    "cash_handover": handover,
    "cash_not_handed_in": cash,
    "outstanding": outstanding,
    "paid_services": paid_services,
}
TITLES = {
    "quotation": "报价单",
    "payment_receipt": "收款收据",
    "invoice_slip": "开票收费单",
    "credit_note": "红字冲销单",
    "cash_handover": "现金交款单",
    "cash_not_handed_in": "未交现金",
    "outstanding": "应收账款账龄表",
    "paid_services": "收费服务登记表",
}
