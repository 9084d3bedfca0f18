"""The papers about money (SO-6, SO-9, SO-20, SO-21). Amounts are CNY; ``what``, ``method`` … are English message ids."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from app.core.documents import Paper
from app.core.money import in_capitals, total


@dataclass(frozen=True, kw_only=True)
class PaymentReceipt(Paper):
    """A receipt; ``left`` is what is still to be paid after it."""

    title_word: str
    customer: str
    reference: str
    what_for: str
    product: str
    method: str
    transaction: str
    amount: Decimal
    paid_at: datetime
    received_by: str
    left: Decimal
    voided: str
    note: str

    @property
    def capitals(self) -> str:
        """The amount as papers of value write it (大写金额)."""
        return in_capitals(self.amount)


@dataclass(frozen=True, kw_only=True)
class SlipLine:
    """A line of an invoice, the tax in the amount; ``product`` is what the job was done on."""

    description: str
    order_number: str
    product: str = ""
    finished_on: dt.date | None = None
    quantity: int
    unit_price: Decimal
    amount: Decimal
    tax: Decimal


@dataclass(frozen=True, kw_only=True)
class SlipPart:
    """An instalment and what is left of it."""

    due_on: dt.date
    amount: Decimal
    left: Decimal

    @property
    def settled(self) -> Decimal:
        """What was paid or credited of it, CNY."""
        return self.amount - self.left


@dataclass(frozen=True, kw_only=True)
class SlipPayment:
    """Money that came in or went back (negative), or a credit note."""

    on: dt.date
    number: str
    what: str
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class InvoiceSlip(Paper):
    """An invoice with its instalments and what was paid."""

    customer: str
    title_line: str
    tax_no: str
    title_details: str
    fapiao_kind: str
    fapiao_no: str
    tax_rate: Decimal
    due_on: dt.date
    lines: tuple[SlipLine, ...]
    parts: tuple[SlipPart, ...]
    payments: tuple[SlipPayment, ...]
    paid: Decimal
    credited: Decimal
    issued_by: str
    note: str
    seller_tax_no: str = ""
    seller_details: str = ""
    seller_account: str = ""

    @property
    def capitals(self) -> str:
        """The total as papers of value write it (大写金额)."""
        return in_capitals(self.total)

    @property
    def total(self) -> Decimal:
        """CNY, tax included."""
        return total([line.amount for line in self.lines])

    @property
    def tax(self) -> Decimal:
        """CNY."""
        return total([line.tax for line in self.lines])

    @property
    def outstanding(self) -> Decimal:
        """CNY."""
        return self.total - self.credited - self.paid


@dataclass(frozen=True, kw_only=True)
class CreditNotePaper(Paper):
    """A part of an invoice that is not asked for after all, or all of it (CNY); ``credited`` with those before it."""

    invoice_number: str
    invoice_fapiao: str
    customer: str
    title_line: str
    tax_no: str
    amount: Decimal
    tax: Decimal
    reason: str
    fapiao_no: str
    total: Decimal
    credited: Decimal
    by: str

    @property
    def capitals(self) -> str:
        """As papers of value write it (大写金额)."""
        return in_capitals(self.amount)

    @property
    def net(self) -> Decimal:
        """Without the tax, CNY."""
        return self.amount - self.tax


@dataclass(frozen=True, kw_only=True)
class CashLine:
    """A payment in cash."""

    row: int
    number: str
    order_number: str
    customer: str
    paid_at: datetime
    amount: Decimal
    late: bool
    handover: str = ""


@dataclass(frozen=True, kw_only=True)
class HandoverSlip(Paper):
    """Cash handed in, payment by payment."""

    who: str
    handed_at: datetime
    state: str
    lines: tuple[CashLine, ...]
    counted: Decimal | None
    reason: str
    received_by: str
    received_at: datetime | None

    @property
    def total(self) -> Decimal:
        """CNY."""
        return total([line.amount for line in self.lines])


@dataclass(frozen=True, kw_only=True)
class CashPerson:
    """What one person has not handed in."""

    name: str
    staff_no: str
    lines: tuple[CashLine, ...]

    @property
    def total(self) -> Decimal:
        """CNY."""
        return total([line.amount for line in self.lines])

    @property
    def late(self) -> Decimal:
        """CNY collected before today."""
        return total([line.amount for line in self.lines if line.late])


@dataclass(frozen=True, kw_only=True)
class CashNotHandedIn(Paper):
    """Cash in the hands of a branch's people at the end of the day."""

    people: tuple[CashPerson, ...]

    @property
    def total(self) -> Decimal:
        """CNY."""
        return total([person.total for person in self.people])

    @property
    def late(self) -> Decimal:
        """CNY."""
        return total([person.late for person in self.people])


@dataclass(frozen=True, kw_only=True)
class OwedLine:
    """What a customer owes, by age."""

    row: int
    customer: str
    phone: str
    invoices: int
    oldest_due: dt.date
    columns: tuple[Decimal, ...]

    @property
    def total(self) -> Decimal:
        """CNY."""
        return total(self.columns)


@dataclass(frozen=True, kw_only=True)
class Outstanding(Paper):
    """Outstanding money by customer and age; ``limits`` are days overdue."""

    limits: tuple[int, ...]
    lines: tuple[OwedLine, ...]

    @property
    def sums(self) -> tuple[Decimal, ...]:
        """CNY by column."""
        width = len(self.limits) + 2
        return tuple(total([line.columns[place] for line in self.lines]) for place in range(width))

    @property
    def total(self) -> Decimal:
        """CNY."""
        return total(self.sums)


@dataclass(frozen=True, kw_only=True)
class PaidServiceLine:
    """A paid job of the month."""

    row: int
    finished_on: dt.date
    order_number: str
    customer: str
    product: str
    technician: str
    work_class: str
    charged: Decimal
    waived: Decimal
    paid: Decimal
    invoice: str
    state: str


@dataclass(frozen=True, kw_only=True)
class PaidServices(Paper):
    """收费服务登记: the paid jobs of a period (SO-21)."""

    first: dt.date
    last: dt.date
    lines: tuple[PaidServiceLine, ...]

    @property
    def charged(self) -> Decimal:
        """CNY."""
        return total([line.charged for line in self.lines])

    @property
    def waived(self) -> Decimal:
        """CNY."""
        return total([line.waived for line in self.lines])

    @property
    def paid(self) -> Decimal:
        """CNY."""
        return total([line.paid for line in self.lines])
