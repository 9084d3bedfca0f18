"""The money of a job on the spot: collected, permitted, waived, or entered by mistake (SO-6)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from app.billing import queries, rules
from app.billing.models import CollectionPermit, Invoice, Payment, Waiver
from app.core import clock, settings
from app.core.actors import SYSTEM, Principal, acting_as
from app.core.db import db
from app.core.errors import N_, Refused
from app.core.fetch import fetch
from app.core.money import to_fen
from app.core.numbering import next_number
from app.core.uow import command
from app.fieldservice.commands import steps
from app.fieldservice.models import WorkOrder
from app.organisation.models import Branch

_AT_HAND = ("arrived", "in_workshop", "finished", "closed")


def branch_code(branch_id: int) -> str:
    """Code of the branch for running numbers."""
    code: str = db.session.execute(select(Branch.code).where(Branch.id == branch_id)).scalar_one()
    return code


@command("payment.collect")
def collect(
    actor: Principal,
    order_id: int,
    *,
    amount: Decimal,
    method: str = "cash",
    reference: str = "",
    note: str = "",
    at: datetime | None = None,
) -> Payment:
    """Take money for a job; its number is that of the receipt. ``reference`` is the transaction of a payment without cash.

    Refused for charges the customer did not agree to, for more than is left, and for a technician whose sum is too
    large to be collected on the spot (SO-6). Once the job is invoiced the payment is one on the invoice, of any size on a
    later visit or as soon as the official invoice is made out. Besides who does
    the job, who brings its item back from the workshop takes the money there.
    """
    moment = at or clock.now()
    order = steps.locked_order(order_id, crew=queries.brings_back(order_id, actor.staff_id))
    check_method(method)
    if order.status not in _AT_HAND:
        raise Refused(N_("This is not possible now: the record has moved on."))
    invoice = lock_invoice(queries.live_invoice(order.id))
    if invoice is not None:
        if not rules.lifts_limit(invoice.fapiao_no, invoice.issued_on, clock.local(moment).date()):
            _check_spot(actor, order)
        return pay_invoice(actor, invoice, amount, method, reference, note, moment, order=order)
    if order.charges_agreed_at is None:
        raise Refused(N_("Charges must be told to the customer and agreed before work starts."), field="amount")
    _check_spot(actor, order)
    rules.check_amount(amount, queries.money_of(order).left)
    row = new_payment(
        actor, order.branch_id, order.repair_call.voucher.customer_id, amount, method, reference, note, moment
    )
    row.work_order_id = order.id
    db.session.add(row)
    db.session.flush()
    return row


def _check_spot(actor: Principal, order: WorkOrder) -> None:
    if actor.roles == {"technician"}:
        money, limit = queries.money_of(order)._replace(invoiced=False), settings.amount("collect_on_site_up_to")
        rules.check_on_the_spot(money, limit, permitted=queries.permitted(order.id) is not None)


def check_method(method: str) -> None:
    """Raises ``Refused`` for an unknown way of paying."""
    if method not in rules.METHODS:
        raise Refused(N_("This is required."), field="method")


def lock_invoice(invoice: Invoice | None) -> Invoice | None:
    """The invoice as it is now, kept from others until the transaction ends."""
    if invoice is None:
        return None
    with acting_as(SYSTEM):
        return steps.locked(Invoice, invoice.id)


def new_payment(
    actor: Principal,
    branch_id: int,
    customer_id: int,
    amount: Decimal,
    method: str,
    reference: str,
    note: str,
    moment: datetime,
    *,
    kind: str = "payment",
) -> Payment:
    """A payment not yet put down to anything. Cash in other hands than the accountant's has to be handed in (SO-6)."""
    in_hand = method == "cash" and kind == "payment" and not actor.has("accountant") and actor.staff_id is not None
    return Payment(
        number=next_number("SK", branch_code(branch_id), clock.local(moment).date()),
        branch_id=branch_id,
        customer_id=customer_id,
        kind=kind,
        method=method,
        amount=to_fen(amount),
        reference=(reference or "").strip()[:64],
        note=(note or "").strip()[:200],
        paid_at=moment,
        received_by_id=actor.staff_id,
        in_hand=in_hand,
    )


def pay_invoice(
    actor: Principal,
    invoice: Invoice,
    amount: Decimal,
    method: str,
    reference: str,
    note: str,
    moment: datetime,
    *,
    order: WorkOrder | None = None,
) -> Payment:
    """A payment on an invoice that is locked already. Raises ``Refused`` for more than is outstanding."""
    check_method(method)
    rules.check_amount(amount, max(invoice.outstanding, Decimal(0)))
    row = new_payment(actor, invoice.branch_id, invoice.customer_id, amount, method, reference, note, moment)
    row.invoice_id, row.work_order_id = invoice.id, order.id if order is not None else None
    db.session.add(row)
    invoice.paid += row.amount
    refresh(invoice)
    db.session.flush()
    return row


def refresh(invoice: Invoice) -> None:
    """The state that follows from the amounts."""
    invoice.status = rules.state_of(invoice.total, invoice.paid, invoice.credited)


@command("payment.void")
def void_payment(actor: Principal, payment_id: int, *, reason: str, at: datetime | None = None) -> Payment:
    """A payment entered by mistake counts no more; receipt and number stay, with the reason.

    Refused once its cash was counted, or while it lies with the accountant.
    """
    known = fetch(Payment, payment_id)
    if known.work_order_id is not None:
        with acting_as(SYSTEM):
            steps.locked_order(known.work_order_id)
    invoice = lock_invoice(known.invoice)
    row = steps.locked(Payment, payment_id)
    if not reason.strip():
        raise Refused(N_("This is required."), field="reason")
    if row.voided_at is not None:
        raise Refused(N_("This is not possible now: the record has moved on."), field="reason")
    if row.handover is not None and row.handover.status != "withdrawn":
        raise Refused(N_("This cash is handed in with %(number)s."), field="reason", number=row.handover.number)
    if invoice is not None:
        if invoice.paid - row.signed < 0:
            raise Refused(N_("A refund was given on this payment."), field="reason")
        invoice.paid -= row.signed
    row.voided_at, row.void_reason, row.in_hand = at or clock.now(), reason.strip()[:200], False
    if invoice is not None:
        refresh(invoice)
    db.session.flush()
    return row


@command("collection_permit.permit")
def give_permit(actor: Principal, order_id: int, *, reason: str, at: datetime | None = None) -> CollectionPermit:
    """The supervisor lets the technician collect a larger sum of this job on the spot, with the reason (SO-6)."""
    order = steps.locked_order(order_id)
    if not reason.strip():
        raise Refused(N_("This is required."), field="reason")
    if queries.permitted(order.id) is not None:
        raise Refused(N_("This is permitted already."), field="reason")
    row = CollectionPermit(
        work_order_id=order.id, reason=reason.strip()[:200], at=at or clock.now(), given_by_id=actor.staff_id
    )
    db.session.add(row)
    db.session.flush()
    return row


@command("waiver.waive")
def waive(actor: Principal, order_id: int, *, amount: Decimal, reason: str, at: datetime | None = None) -> Waiver:
    """Do without a part of a job's charges, or all of them, within one's authority (kind ``waiver`` of the matrix).

    Refused once the job is invoiced: then a credit note says so.
    """
    order = steps.locked_order(order_id)
    if not reason.strip():
        raise Refused(N_("This is required."), field="reason")
    money = queries.money_of(order)
    if money.invoiced:
        raise Refused(N_("This job is invoiced: a credit note takes away what is not asked for."), field="amount")
    rules.check_amount(amount, money.left)
    given = sum((row.amount for row in _waivers(order.id)), Decimal(0))
    # What was waived before counts as well: ten small waivers are one large one.
    rules.check_limit(amount + given, queries.limits_of(actor.roles, "waiver"))
    row = Waiver(
        work_order_id=order.id,
        amount=to_fen(amount),
        reason=reason.strip()[:200],
        at=at or clock.now(),
        given_by_id=actor.staff_id,
    )
    db.session.add(row)
    db.session.flush()
    return row


def _waivers(order_id: int) -> list[Waiver]:
    with acting_as(SYSTEM):
        return list(db.session.scalars(select(Waiver).where(Waiver.work_order_id == order_id)))
