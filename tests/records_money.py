"""The money of the records: who sees which row of it, said by hand (design §4)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from app.billing.models import (
    CashHandover,
    CollectionPermit,
    CreditNote,
    Instalment,
    Invoice,
    InvoicedJob,
    InvoiceLine,
    Payment,
    Waiver,
)
from app.fieldservice.models import WorkOrder

if TYPE_CHECKING:
    from tests.records import Records

DAY = date(2026, 11, 20)


def build(records: Records, orders: dict[str, WorkOrder], nj: frozenset[str], sz: frozenset[str]) -> None:
    """Money of the technician's job, of the colleague's, and of Suzhou's."""
    for which, technician, office in (
        ("mine", "technician", nj),
        ("colleague", "technician2", nj),
        ("suzhou", "technician_sz", sz),
    ):
        _of_job(records, which, orders[which], records.cast.staff(technician), office | {technician})


def _of_job(records: Records, which: str, order: WorkOrder, staff_id: int, people: frozenset[str]) -> None:
    add, at, ten = records.add, order.dispatched_at, Decimal("10.00")
    customer_id = order.repair_call.voucher.customer_id
    handover = CashHandover(
        number=f"JK-{which}", branch_id=order.branch_id, staff_id=staff_id, handed_at=at, amount=ten, status="submitted"
    )
    add(f"cash_handover/{which}", handover, people)
    invoice = Invoice(
        number=f"FP-{which}", branch_id=order.branch_id, customer_id=customer_id, title="客户", tax_rate=Decimal(13),
        total=Decimal("30.00"), tax=Decimal("3.45"), credited=ten, issued_on=DAY, due_on=DAY, status="part_paid",
    )  # fmt: skip
    add(f"invoice/{which}", invoice, people)
    payment = Payment(
        number=f"SK-{which}", branch_id=order.branch_id, customer_id=customer_id, work_order=order, method="cash",
        amount=ten, paid_at=at, received_by_id=staff_id, in_hand=True, handover=handover,
    )  # fmt: skip
    add(f"payment/{which}", payment, people)
    line = InvoiceLine(
        invoice=invoice, position=1, work_order=order, kind="callout", description="上门费",
        unit_price=Decimal("30.00"), amount=Decimal("30.00"), tax=Decimal("3.45"),
    )  # fmt: skip
    add(f"invoice_line/{which}", line, people)
    add(f"invoiced_job/{which}", InvoicedJob(invoice=invoice, work_order=order), people)
    add(f"instalment/{which}", Instalment(invoice=invoice, due_on=DAY, amount=Decimal("30.00")), people)
    note = CreditNote(number=f"HZ-{which}", invoice=invoice, amount=ten, tax=Decimal("1.15"), reason="更正", at=at)
    add(f"credit_note/{which}", note, people)
    add(f"waiver/{which}", Waiver(work_order=order, amount=ten, reason="致歉", at=at), people)
    add(f"collection_permit/{which}", CollectionPermit(work_order=order, reason="急", at=at), people)
