"""Invoices: which are to be made, which are open, and how old (SO-6, SO-9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.billing.models import CreditNote, Instalment, Invoice, InvoicedJob, InvoiceLine, Payment
from app.billing.queries.jobs import counts_for_job, money_left, money_of_jobs
from app.billing.rules import JobMoney, Part, age_limits, aged, still_open
from app.core import clock, settings
from app.core.db import db
from app.core.money import ZERO, total
from app.customers.models import Customer, Voucher
from app.fieldservice.models import Charge, RepairCall, WorkOrder, WorkOrderEvent


@dataclass
class ToInvoice:
    """A job whose invoice is to be made; ``due_on`` is the day it has to be: that of the finish or of the return."""

    order: WorkOrder
    money: JobMoney
    due_on: date
    workshop: bool
    why_not: str = ""
    """What kept its invoice from being drafted when the item went back, in the reader's language."""

    def late(self, today: date) -> bool:
        """Whether the day has passed (SO-6, SO-9)."""
        return self.due_on < today


def _invoiced() -> ColumnElement[bool]:
    return exists(select(InvoicedJob.id).where(InvoicedJob.work_order_id == WorkOrder.id, InvoicedJob.live.is_(True)))


_DONE = ("finished", "closed")
_LOADS = (
    joinedload(WorkOrder.repair_call)
    .joinedload(RepairCall.voucher)
    .options(joinedload(Voucher.customer), joinedload(Voucher.product_model)),
    joinedload(WorkOrder.technician),
    joinedload(WorkOrder.branch),
)


def to_invoice(branch_id: int | None = None) -> list[ToInvoice]:
    """Finished jobs with money left to collect and no invoice, the oldest first (SO-6, SO-9).

    Closed ones too, when their invoice was credited in full or their payment voided: nothing else would remember them.
    """
    return _jobs(select(WorkOrder).where(*_to_invoice()), branch_id)


def to_invoice_count() -> int:
    """How many ``to_invoice`` has: counted by the database, for the start page."""
    return db.session.scalar(select(func.count()).select_from(WorkOrder).where(*_to_invoice())) or 0


def _to_invoice() -> tuple[ColumnElement[bool], ...]:
    costs = exists(select(Charge.id).where(Charge.work_order_id == WorkOrder.id, Charge.unit_price > 0))
    return WorkOrder.status.in_(_DONE), costs, ~_invoiced(), money_left(WorkOrder.id) > 0


def to_follow(branch_id: int | None = None) -> list[ToInvoice]:
    """Jobs collected on the spot whose invoice follows (SO-6): paid, and no invoice made, or the one made taken back."""
    paid = exists(select(Payment.id).where(Payment.work_order_id == WorkOrder.id, counts_for_job()))
    wanted = select(WorkOrder).where(WorkOrder.status.in_(_DONE), paid, ~_invoiced(), money_left(WorkOrder.id) <= 0)
    return [each for each in _jobs(wanted, branch_id) if each.money.paid > 0]


def _jobs(wanted: Select[tuple[WorkOrder]], branch_id: int | None) -> list[ToInvoice]:
    statement = wanted if branch_id is None else wanted.where(WorkOrder.branch_id == branch_id)
    ordered = statement.order_by(WorkOrder.finished_at, WorkOrder.id)
    orders = list(db.session.scalars(ordered))
    money = money_of_jobs(order.id for order in orders)
    taken_back = set(
        db.session.scalars(
            select(WorkOrderEvent.work_order_id).where(
                WorkOrderEvent.work_order_id.in_([order.id for order in orders]), WorkOrderEvent.kind == "taken_back"
            )
        )
    )
    return [
        ToInvoice(
            order, money[order.id], clock.local(order.finished_at or order.dispatched_at).date(), order.id in taken_back
        )
        for order in orders
    ]


OPEN = ("issued", "part_paid")


def is_overdue(today: date) -> ColumnElement[bool]:
    """Criterion: an instalment's day has passed and it is not settled, also where others are not due yet."""
    due = (
        select(func.coalesce(func.sum(Instalment.amount), 0))
        .where(Instalment.invoice_id == Invoice.id, Instalment.due_on < today)
        .correlate(Invoice)
        .scalar_subquery()
    )
    return and_(Invoice.status.in_(OPEN), due > Invoice.paid + Invoice.credited)


def is_without_number() -> ColumnElement[bool]:
    """Criterion: the official invoice (发票) is still to be made out."""
    return and_(Invoice.fapiao_no.is_(None), Invoice.status != "credited")


def is_late_draft(today: date) -> ColumnElement[bool]:
    """Criterion: drafted as an item went back on an earlier day, and nobody has made out the official invoice (SO-9)."""
    return and_(is_without_number(), Invoice.issued_by_id.is_(None), Invoice.issued_on < today)


def is_to_be_sent() -> ColumnElement[bool]:
    """Criterion: the official invoice is made out and not sent (SO-6)."""
    return and_(Invoice.posted_on.is_(None), Invoice.fapiao_no.is_not(None), Invoice.status != "credited")


def is_to_be_given_back() -> ColumnElement[bool]:
    """Criterion: more was paid than is owed after a credit note."""
    return Invoice.paid + Invoice.credited > Invoice.total


def live_invoice(order_id: int) -> Invoice | None:
    """The invoice that stands for a job; not narrowed by row scope, for rules."""
    wanted = (
        select(Invoice)
        .join(InvoicedJob, InvoicedJob.invoice_id == Invoice.id)
        .where(InvoicedJob.work_order_id == order_id, InvoicedJob.live.is_(True))
    )
    found: Invoice | None = db.session.scalars(wanted.execution_options(unscoped=True)).one_or_none()
    return found


def last_title(customer_id: int) -> Invoice | None:
    """The customer's latest invoice that stands: title and tax number need not be asked again.

    One credited in full is left out: a wrong title is a common reason for it.
    """
    mine = select(Invoice).where(Invoice.customer_id == customer_id, Invoice.status != "credited")
    wanted = mine.order_by(Invoice.id.desc()).limit(1)
    found: Invoice | None = db.session.scalars(wanted).one_or_none()
    return found


def with_everything(invoice_id: int) -> Invoice | None:
    """An invoice with all its papers name."""
    wanted = (
        select(Invoice)
        .where(Invoice.id == invoice_id)
        .options(
            joinedload(Invoice.customer),
            joinedload(Invoice.branch),
            joinedload(Invoice.contract),
            joinedload(Invoice.issued_by),
            selectinload(Invoice.lines)
            .joinedload(InvoiceLine.work_order)
            .joinedload(WorkOrder.repair_call)
            .joinedload(RepairCall.voucher)
            .joinedload(Voucher.product_model),
            selectinload(Invoice.instalments),
            selectinload(Invoice.payments).joinedload(Payment.received_by),
            selectinload(Invoice.credit_notes),
        )
    )
    found: Invoice | None = db.session.scalars(wanted).unique().one_or_none()
    return found


@dataclass
class Aged:
    """What a customer owes, by age: the first column is not due yet, then up to each limit, the last beyond (CNY)."""

    customer: Customer
    columns: list[Decimal]
    invoices: int
    oldest_due: date

    @property
    def total(self) -> Decimal:
        """CNY."""
        return total(self.columns)

    @property
    def overdue(self) -> Decimal:
        """CNY."""
        return total(self.columns[1:])


def outstanding_of(customer_id: int, today: date) -> Aged | None:
    """What one customer owes; None for nothing."""
    return next(iter(outstanding_by_customer(today, customer_id=customer_id)[1]), None)


def _owed_on(day: date) -> ColumnElement[bool]:
    """Criterion: issued by then, and open still or changed since."""
    after = clock.day_bounds(day)[1]
    changed = or_(
        exists(
            select(Payment.id).where(
                Payment.invoice_id == Invoice.id, or_(Payment.paid_at >= after, Payment.voided_at >= after)
            )
        ),
        exists(select(CreditNote.id).where(CreditNote.invoice_id == Invoice.id, CreditNote.at >= after)),
    )
    return and_(Invoice.issued_on <= day, or_(Invoice.status.in_(OPEN), changed))


def _settled_on(day: date, invoices: Sequence[Invoice]) -> dict[int, Decimal]:
    """What was paid and credited of each of them by the end of the day (CNY)."""
    after, ids = clock.day_bounds(day)[1], [each.id for each in invoices]
    settled: dict[int, Decimal] = dict.fromkeys(ids, ZERO)
    notes = select(CreditNote.invoice_id, CreditNote.amount).where(
        CreditNote.invoice_id.in_(ids), CreditNote.at < after
    )
    for invoice_id, amount in db.session.execute(notes):
        settled[invoice_id] += amount
    now_of = select(Invoice.issued_on).where(Invoice.id == Payment.invoice_id).correlate(Payment).scalar_subquery()
    counts = and_(Payment.paid_at < after, or_(Payment.voided_at.is_(None), Payment.voided_at >= after))
    direct = select(Payment.invoice_id, Payment.kind, Payment.amount).where(Payment.invoice_id.in_(ids), counts)
    # A payment goes along when its job is invoiced anew; until that day it stood on the invoice that was credited.
    moved = (
        select(InvoicedJob.invoice_id, Payment.kind, Payment.amount)
        .join(Payment, Payment.work_order_id == InvoicedJob.work_order_id)
        .where(InvoicedJob.invoice_id.in_(ids), InvoicedJob.live.is_(False), counts)
        .where(Payment.invoice_id != InvoicedJob.invoice_id, now_of > day)
    )
    for statement in (direct, moved):
        for invoice_id, kind, amount in db.session.execute(statement.execution_options(unscoped=True)):
            settled[invoice_id] += amount if kind == "payment" else -amount
    return settled


def outstanding_by_customer(
    today: date, branch_id: int | None = None, *, customer_id: int | None = None
) -> tuple[tuple[int, ...], list[Aged]]:
    """The limits of the columns (days), and what every customer owes; who owes most that is overdue first.

    Of a past day what was owed at its end: without what was issued, paid or credited later, with what was voided later.
    The instalments are those agreed now: what they were before they were agreed anew is not kept.
    """
    limits = age_limits(settings.value("ageing_days"))
    past = today < clock.today()
    wanted = (
        select(Invoice)
        .where(_owed_on(today) if past else Invoice.status.in_(OPEN))
        .options(joinedload(Invoice.customer), selectinload(Invoice.instalments))
        .order_by(Invoice.due_on, Invoice.id)
    )
    if branch_id is not None:
        wanted = wanted.where(Invoice.branch_id == branch_id)
    if customer_id is not None:
        wanted = wanted.where(Invoice.customer_id == customer_id)
    found: dict[int, Aged] = {}
    invoices = list(db.session.scalars(wanted))
    settled = _settled_on(today, invoices) if past else {each.id: each.paid + each.credited for each in invoices}
    for invoice in invoices:
        parts = [Part(each.due_on, each.amount) for each in invoice.instalments]
        left = still_open(parts, settled[invoice.id])
        if not left:
            continue
        row = found.setdefault(
            invoice.customer_id, Aged(invoice.customer, [ZERO] * (len(limits) + 2), 0, left[0].due_on)
        )
        row.columns = [have + more for have, more in zip(row.columns, aged(left, today, limits), strict=True)]
        row.invoices += 1
        row.oldest_due = min(row.oldest_due, left[0].due_on)
    return limits, sorted(found.values(), key=lambda each: (-each.overdue, -each.total, each.customer.id))
