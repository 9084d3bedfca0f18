"""Payments, cash handed in, invoices and what became of them (SO-6, SO-9)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Boolean, CheckConstraint, Date, Index, Integer, String, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.billing.rules import (
    FAPIAO_KINDS,
    HANDOVER_STATE_LABELS,
    INVOICE_STATES,
    METHODS,
    PAYMENT_KINDS,
    Part,
    age_limits,
    part_state,
    still_open,
)
from app.contracts.models import Contract
from app.core import clock, dates
from app.core.db import Model, Money, Stamped, UTCDateTime, Versioned, choice, ref, text, watch_version
from app.core.errors import N_
from app.core.money import total
from app.core.settings import declare
from app.customers.models import Customer
from app.fieldservice.models import WorkOrder
from app.organisation.models import Branch, Staff


class CashHandover(Versioned, Stamped, Model):
    """Cash handed in to the accountant; both confirm, the one by handing in, the other by counting (SO-6).

    ``settled``: the supervisor accounts for it in the place of somebody who left, with the reason.
    """

    __tablename__ = "cash_handover"
    __table_args__ = (
        choice("status", tuple(HANDOVER_STATE_LABELS)),
        UniqueConstraint("number"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("counted >= 0", name="counted_not_negative"),
        CheckConstraint("status NOT IN ('received', 'differs') OR counted IS NOT NULL", name="received_is_counted"),
        CheckConstraint("counted IS NULL OR counted = amount OR reason <> ''", name="difference_has_reason"),
        CheckConstraint("status <> 'settled' OR reason <> ''", name="settled_has_reason"),
        Index("ix_cash_handover_branch_status", "branch_id", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(40), nullable=False)
    branch_id: Mapped[int] = ref("branch.id", index=False)
    staff_id: Mapped[int] = ref("staff.id")
    status: Mapped[str] = mapped_column(String(16), nullable=False, default="submitted")
    handed_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, index=True)
    amount: Mapped[Decimal] = mapped_column(Money(), nullable=False)
    counted: Mapped[Decimal | None] = mapped_column(Money())
    reason: Mapped[str] = text(200)
    received_by_id: Mapped[int | None] = ref("staff.id", nullable=True)
    received_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    agreed_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    branch: Mapped[Branch] = relationship()
    staff: Mapped[Staff] = relationship(foreign_keys=[staff_id])
    received_by: Mapped[Staff | None] = relationship(foreign_keys=[received_by_id])
    payments: Mapped[list[Payment]] = relationship(back_populates="handover", order_by="Payment.id")

    @property
    def difference(self) -> Decimal | None:
        """Counted less handed in, CNY."""
        return None if self.counted is None else self.counted - self.amount

    def __str__(self) -> str:
        return self.number


class Invoice(Versioned, Stamped, Model):
    """What a customer is asked to pay, for jobs or for a contract. Tax is contained in the total (CNY).

    ``paid`` and ``credited`` are kept in the transaction that changes them: outstanding = total - credited - paid.
    """

    __tablename__ = "invoice"
    __table_args__ = (
        choice("status", INVOICE_STATES),
        choice("fapiao_kind", FAPIAO_KINDS),
        UniqueConstraint("number"),
        UniqueConstraint("fapiao_no"),
        CheckConstraint("total > 0", name="total_positive"),
        CheckConstraint("tax >= 0 AND tax <= total", name="tax_within_total"),
        CheckConstraint("credited >= 0 AND credited <= total", name="credited_within_total"),
        CheckConstraint("paid >= 0", name="paid_not_negative"),
        Index("ix_invoice_branch_status", "branch_id", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(40), nullable=False)
    branch_id: Mapped[int] = ref("branch.id", index=False)
    customer_id: Mapped[int] = ref("customer.id")
    contract_id: Mapped[int | None] = ref("contract.id", nullable=True)
    status: Mapped[str] = mapped_column(String(16), nullable=False, default="issued")
    fapiao_kind: Mapped[str] = mapped_column(String(16), nullable=False, default="electronic")
    fapiao_no: Mapped[str | None] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(100), nullable=False)
    tax_no: Mapped[str] = text(20)
    title_details: Mapped[str] = text(200)
    tax_rate: Mapped[Decimal] = mapped_column(Money(), nullable=False)
    total: Mapped[Decimal] = mapped_column(Money(), nullable=False)
    tax: Mapped[Decimal] = mapped_column(Money(), nullable=False)
    paid: Mapped[Decimal] = mapped_column(Money(), nullable=False, default=Decimal(0))
    credited: Mapped[Decimal] = mapped_column(Money(), nullable=False, default=Decimal(0))
    issued_on: Mapped[date] = mapped_column(Date, nullable=False, index=True)
    due_on: Mapped[date] = mapped_column(Date, nullable=False, index=True)
    posted_on: Mapped[date | None] = mapped_column(Date)
    posted_note: Mapped[str] = text(100)
    note: Mapped[str] = text(200)
    issued_by_id: Mapped[int | None] = ref("staff.id", nullable=True)
    branch: Mapped[Branch] = relationship()
    customer: Mapped[Customer] = relationship()
    contract: Mapped[Contract | None] = relationship()
    issued_by: Mapped[Staff | None] = relationship()
    lines: Mapped[list[InvoiceLine]] = relationship(back_populates="invoice", order_by="InvoiceLine.position")
    jobs: Mapped[list[InvoicedJob]] = relationship(back_populates="invoice", order_by="InvoicedJob.id")
    instalments: Mapped[list[Instalment]] = relationship(back_populates="invoice", order_by="Instalment.due_on")
    payments: Mapped[list[Payment]] = relationship(back_populates="invoice", order_by="Payment.id")
    credit_notes: Mapped[list[CreditNote]] = relationship(back_populates="invoice", order_by="CreditNote.id")

    @property
    def outstanding(self) -> Decimal:
        """What is left to pay, CNY; less than nothing when more was paid than is owed after a credit note."""
        return self.total - self.credited - self.paid

    @property
    def net(self) -> Decimal:
        """The total without the tax, CNY."""
        return self.total - self.tax

    def __str__(self) -> str:
        return self.number


class InvoiceLine(Model):
    """A line of an invoice: the charge of a job, or a contract's price. ``amount`` is what is asked after a waiver."""

    __tablename__ = "invoice_line"
    __table_args__ = (
        UniqueConstraint("invoice_id", "position"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("amount >= 0 AND tax >= 0 AND tax <= amount", name="tax_within_amount"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    invoice_id: Mapped[int] = ref("invoice.id", index=False)
    position: Mapped[int] = mapped_column(Integer, nullable=False)
    work_order_id: Mapped[int | None] = ref("work_order.id", nullable=True)
    kind: Mapped[str] = mapped_column(String(16), nullable=False)
    description: Mapped[str] = text(100)
    quantity: Mapped[int] = mapped_column(Integer, nullable=False, default=1)
    unit_price: Mapped[Decimal] = mapped_column(Money(), nullable=False)
    amount: Mapped[Decimal] = mapped_column(Money(), nullable=False)
    tax: Mapped[Decimal] = mapped_column(Money(), nullable=False)
    invoice: Mapped[Invoice] = relationship(back_populates="lines")
    work_order: Mapped[WorkOrder | None] = relationship()

    def __str__(self) -> str:
        return f"{self.description} {self.amount}"


class InvoicedJob(Model):
    """A job on an invoice; ``live`` until the invoice is credited in full: then it may be invoiced anew."""

    __tablename__ = "invoiced_job"
    __table_args__ = (
        UniqueConstraint("invoice_id", "work_order_id"),
        Index(
            "uq_invoiced_job_live",
            "work_order_id",
            unique=True,
            sqlite_where=sql("live"),
            postgresql_where=sql("live"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    invoice_id: Mapped[int] = ref("invoice.id", index=False)
    work_order_id: Mapped[int] = ref("work_order.id")
    live: Mapped[bool] = mapped_column(Boolean, nullable=False, default=True)
    invoice: Mapped[Invoice] = relationship(back_populates="jobs")
    work_order: Mapped[WorkOrder] = relationship()

    def __str__(self) -> str:
        return f"{self.invoice_id} {self.work_order_id}"


class Instalment(Model):
    """A part of an invoice and the day it is due (CNY); their sum is the invoice."""

    __tablename__ = "instalment"
    __table_args__ = (
        UniqueConstraint("invoice_id", "due_on"),
        CheckConstraint("amount > 0", name="amount_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    invoice_id: Mapped[int] = ref("invoice.id", index=False)
    due_on: Mapped[date] = mapped_column(Date, nullable=False)
    amount: Mapped[Decimal] = mapped_column(Money(), nullable=False)
    invoice: Mapped[Invoice] = relationship(back_populates="instalments")

    @property
    def left(self) -> Decimal:
        """What is left of it, CNY: what was paid or credited settles the oldest first."""
        parts = [Part(each.due_on, each.amount) for each in self.invoice.instalments]
        left = still_open(parts, self.invoice.paid + self.invoice.credited)
        return next((part.amount for part in left if part.due_on == self.due_on), Decimal("0.00"))

    @property
    def settled(self) -> Decimal:
        """What of it was paid or credited, CNY."""
        return self.amount - self.left

    @property
    def state(self) -> str:
        """A key of ``PART_STATE_LABELS``."""
        return part_state(self.amount, self.left, self.due_on, clock.today())

    def __str__(self) -> str:
        return f"{dates.day(self.due_on)} {self.amount}"


class Payment(Stamped, Model):
    """Money received from a customer, or given back; its number is that of the receipt (CNY).

    ``in_hand``: cash somebody collected and has not handed in. A payment entered by mistake is voided, never deleted.
    """

    __tablename__ = "payment"
    __table_args__ = (
        choice("kind", PAYMENT_KINDS),
        choice("method", METHODS),
        UniqueConstraint("number"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("work_order_id IS NOT NULL OR invoice_id IS NOT NULL", name="is_for_something"),
        CheckConstraint("NOT in_hand OR (method = 'cash' AND voided_at IS NULL)", name="only_cash_in_hand"),
        CheckConstraint("(voided_at IS NULL) = (void_reason = '')", name="void_has_reason"),
        Index("ix_payment_branch_paid", "branch_id", "paid_at"),
        Index(
            "ix_payment_in_hand",
            "received_by_id",
            sqlite_where=sql("in_hand"),
            postgresql_where=sql("in_hand"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(40), nullable=False)
    branch_id: Mapped[int] = ref("branch.id", index=False)
    customer_id: Mapped[int] = ref("customer.id")
    kind: Mapped[str] = mapped_column(String(16), nullable=False, default="payment")
    work_order_id: Mapped[int | None] = ref("work_order.id", nullable=True)
    invoice_id: Mapped[int | None] = ref("invoice.id", nullable=True)
    method: Mapped[str] = mapped_column(String(16), nullable=False)
    amount: Mapped[Decimal] = mapped_column(Money(), nullable=False)
    reference: Mapped[str] = text(64)
    paid_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    received_by_id: Mapped[int | None] = ref("staff.id", nullable=True)
    in_hand: Mapped[bool] = mapped_column(Boolean, nullable=False, default=False)
    handover_id: Mapped[int | None] = ref("cash_handover.id", nullable=True)
    told_late_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    voided_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    void_reason: Mapped[str] = text(200)
    note: Mapped[str] = text(200)
    branch: Mapped[Branch] = relationship()
    customer: Mapped[Customer] = relationship()
    work_order: Mapped[WorkOrder | None] = relationship()
    invoice: Mapped[Invoice | None] = relationship(back_populates="payments")
    received_by: Mapped[Staff | None] = relationship()
    handover: Mapped[CashHandover | None] = relationship(back_populates="payments")

    @property
    def signed(self) -> Decimal:
        """What it adds to what was paid: a refund takes away, a voided one nothing (CNY)."""
        if self.voided_at is not None:
            return Decimal("0.00")
        return self.amount if self.kind == "payment" else -self.amount

    def __str__(self) -> str:
        return self.number


class CreditNote(Stamped, Model):
    """A part of an invoice, or all of it, is not asked for after all (红字发票), CNY."""

    __tablename__ = "credit_note"
    __table_args__ = (
        UniqueConstraint("number"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("tax >= 0 AND tax <= amount", name="tax_within_amount"),
        CheckConstraint("reason <> ''", name="has_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(40), nullable=False)
    invoice_id: Mapped[int] = ref("invoice.id")
    amount: Mapped[Decimal] = mapped_column(Money(), nullable=False)
    tax: Mapped[Decimal] = mapped_column(Money(), nullable=False)
    reason: Mapped[str] = mapped_column(String(200), nullable=False)
    fapiao_no: Mapped[str] = text(20)
    at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    by_id: Mapped[int | None] = ref("staff.id", nullable=True)
    invoice: Mapped[Invoice] = relationship(back_populates="credit_notes")
    by: Mapped[Staff | None] = relationship()

    def __str__(self) -> str:
        return self.number


class Waiver(Stamped, Model):
    """The company does without a part of a job's charges, or all of them (CNY), within somebody's authority."""

    __tablename__ = "waiver"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("reason <> ''", name="has_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    work_order_id: Mapped[int] = ref("work_order.id")
    amount: Mapped[Decimal] = mapped_column(Money(), nullable=False)
    reason: Mapped[str] = mapped_column(String(200), nullable=False)
    at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    given_by_id: Mapped[int | None] = ref("staff.id", nullable=True)
    work_order: Mapped[WorkOrder] = relationship()
    given_by: Mapped[Staff | None] = relationship()

    @property
    def customer(self) -> Customer:
        """Whose job it is."""
        return self.work_order.repair_call.voucher.customer

    @property
    def branch(self) -> Branch:
        """The branch that does the job."""
        return self.work_order.branch

    @property
    def charged(self) -> Decimal:
        """What the job's charges come to, CNY."""
        return total([each.unit_price * each.quantity for each in self.work_order.charges])

    def __str__(self) -> str:
        return f"{self.amount} {self.reason}"


class CollectionPermit(Stamped, Model):
    """A supervisor lets the technician collect a larger sum of this job on the spot (SO-6)."""

    __tablename__ = "collection_permit"
    __table_args__ = (UniqueConstraint("work_order_id"), CheckConstraint("reason <> ''", name="has_reason"))

    id: Mapped[int] = mapped_column(primary_key=True)
    work_order_id: Mapped[int] = ref("work_order.id", index=False)
    reason: Mapped[str] = mapped_column(String(200), nullable=False)
    at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    given_by_id: Mapped[int | None] = ref("staff.id", nullable=True)
    work_order: Mapped[WorkOrder] = relationship()
    given_by: Mapped[Staff | None] = relationship()
    payments: Mapped[list[Payment]] = relationship(
        primaryjoin="foreign(Payment.work_order_id) == CollectionPermit.work_order_id", viewonly=True
    )

    @property
    def customer(self) -> Customer:
        """Whose job it is."""
        return self.work_order.repair_call.voucher.customer

    @property
    def branch(self) -> Branch:
        """The branch that does the job."""
        return self.work_order.branch

    @property
    def charged(self) -> Decimal:
        """What the job's charges come to, CNY."""
        return total([each.unit_price * each.quantity for each in self.work_order.charges])

    @property
    def collected(self) -> Decimal:
        """What was taken for the job, CNY."""
        return total([payment.signed for payment in self.payments])

    def __str__(self) -> str:
        return self.reason


for _model in (CashHandover, Invoice):
    watch_version(_model)

declare("tax_rate", "13.00", N_("Tax contained in prices, per cent"), "SO-6")
declare("invoice_due_days", 30, N_("Days after which an invoice is due"), "SO-6")
declare("instalment_days", 30, N_("Days between two instalments"), "SO-6")
declare("seller_tax_no", "", N_("Tax number of the company, as it stands on invoice slips"), "SO-6")
declare("seller_details", "", N_("Address and telephone of the company, as they stand on invoice slips"), "SO-6")
declare("seller_account", "", N_("Bank and account that customers pay to"), "SO-6")
declare("ageing_days", "30,60,90", N_("Columns of the list of outstanding money: days overdue"), "SO-6", age_limits)
