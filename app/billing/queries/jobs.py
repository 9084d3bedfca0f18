"""What a job costs, what was waived and paid for it, and whether it is invoiced (SO-6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, select

from app.billing.models import CollectionPermit, Invoice, InvoicedJob, Payment, Waiver
from app.billing.rules import JobMoney
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.money import ZERO
from app.fieldservice.models import Charge, WorkOrder
from app.organisation.models import AuthorityLimit
from app.workshop.models import GoodsReceipt
from app.workshop.rules import ON_RETURN


def counts_for_job() -> ColumnElement[bool]:
    """Criterion: the payment or refund counts for its job.

    Not when it is voided, and not while it stands on an invoice of several jobs that was credited in full: what is
    left there belongs to all of them, and follows to the next invoice of all of them or is given back.
    """
    several = exists(
        select(InvoicedJob.id)
        .join(Invoice, Invoice.id == InvoicedJob.invoice_id)
        .where(
            InvoicedJob.invoice_id == Payment.invoice_id,
            InvoicedJob.work_order_id != Payment.work_order_id,
            Invoice.status == "credited",
        )
    )
    return and_(Payment.voided_at.is_(None), ~several)


def money_left(order_id: Any) -> ColumnElement[Decimal]:
    """What the job in this column costs, less what was waived and paid for it (CNY): ``money_of_jobs`` for a criterion."""

    def of(amount: Any, *criteria: Any) -> Any:
        return select(func.coalesce(func.sum(amount), 0)).where(*criteria).scalar_subquery()

    signed = case((Payment.kind == "payment", Payment.amount), else_=-Payment.amount)
    due = of(Charge.unit_price * Charge.quantity, Charge.work_order_id == order_id)
    waived = of(Waiver.amount, Waiver.work_order_id == order_id)
    paid = of(signed, Payment.work_order_id == order_id, counts_for_job())
    left: ColumnElement[Decimal] = due - waived - paid
    return left


def money_of_jobs(order_ids: Iterable[int]) -> dict[int, JobMoney]:
    """The money of these jobs. Not narrowed by row scope: it is asked for jobs the person was given already."""
    ids = list(order_ids)
    due: dict[int, Decimal] = defaultdict(lambda: ZERO)
    waived: dict[int, Decimal] = defaultdict(lambda: ZERO)
    paid: dict[int, Decimal] = defaultdict(lambda: ZERO)
    with acting_as(SYSTEM):
        charges = select(Charge.work_order_id, Charge.unit_price, Charge.quantity)
        for order_id, price, quantity in db.session.execute(charges.where(Charge.work_order_id.in_(ids))):
            due[order_id] += price * quantity
        waivers = select(Waiver.work_order_id, Waiver.amount).where(Waiver.work_order_id.in_(ids))
        for order_id, amount in db.session.execute(waivers):
            waived[order_id] += amount
        payments = select(Payment.work_order_id, Payment.kind, Payment.amount).where(
            Payment.work_order_id.in_(ids), counts_for_job()
        )
        for order_id, kind, amount in db.session.execute(payments):
            paid[order_id or 0] += amount if kind == "payment" else -amount
        live = select(InvoicedJob.work_order_id).where(InvoicedJob.work_order_id.in_(ids), InvoicedJob.live.is_(True))
        invoiced = set(db.session.scalars(live))
    return {each: JobMoney(due[each], waived[each], paid[each], each in invoiced) for each in ids}


def money_of(order: WorkOrder) -> JobMoney:
    """The money of one job."""
    return money_of_jobs([order.id])[order.id]


def is_invoiced(order_id: Any) -> ColumnElement[bool]:
    """Criterion: the job in this column stands on an invoice."""
    return exists(select(InvoicedJob.id).where(InvoicedJob.work_order_id == order_id, InvoicedJob.live.is_(True)))


def is_collected(order_id: Any) -> ColumnElement[bool]:
    """Criterion: money came in for the job in this column."""
    return exists(select(Payment.id).where(Payment.work_order_id == order_id, Payment.voided_at.is_(None)))


def permitted(order_id: int) -> CollectionPermit | None:
    """The supervisor's permit to collect a larger sum of this job on the spot."""
    with acting_as(SYSTEM):
        found: CollectionPermit | None = db.session.scalars(
            select(CollectionPermit).where(CollectionPermit.work_order_id == order_id)
        ).one_or_none()
        return found


def brings_back(order_id: int, staff_id: int | None) -> bool:
    """Whether this person is on the way with the item of the job, or has brought it back to the customer (SO-8, SO-9).

    Not narrowed by row scope: it decides what the person may do with the job.
    """
    wanted = select(GoodsReceipt).where(GoodsReceipt.work_order_id == order_id)
    with acting_as(SYSTEM):
        receipt: GoodsReceipt | None = db.session.scalars(wanted).one_or_none()
        if staff_id is None or receipt is None:
            return False
        last = receipt.holder
        on_the_way = receipt.card.status == ON_RETURN and last is not None and last.to_staff_id == staff_id
        return on_the_way or receipt.returned_by_id == staff_id


def limits_of(roles: Iterable[str], kind: str) -> Sequence[Decimal | None]:
    """The limits (CNY) of these roles in the authority matrix; None is without limit."""
    wanted = select(AuthorityLimit.up_to).where(AuthorityLimit.kind == kind, AuthorityLimit.role.in_(sorted(roles)))
    return list(db.session.scalars(wanted))
