"""Money."""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_, select

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
from app.core.actors import Principal
from app.core.scope import scoped
from app.rows.selects import here, me, my_orders, of_branch, orders

_invoice: Any = Invoice.__table__.alias("scope_invoice")
_job: Any = InvoicedJob.__table__.alias("scope_invoiced_job")


def _my_invoices(p: Principal) -> Any:
    return select(_job.c.invoice_id).where(_job.c.work_order_id.in_(my_orders(p)))


scoped(
    Payment,
    branch=lambda p: Payment.branch_id == here(p),
    own=lambda p: or_(Payment.received_by_id == me(p), Payment.work_order_id.in_(my_orders(p))),
)
scoped(
    CashHandover,
    branch=lambda p: CashHandover.branch_id == here(p),
    own=lambda p: CashHandover.staff_id == me(p),
)
scoped(
    Invoice,
    branch=lambda p: Invoice.branch_id == here(p),
    own=lambda p: Invoice.id.in_(_my_invoices(p)),
)
_under_invoice: tuple[Any, ...] = (InvoiceLine, InvoicedJob, Instalment, CreditNote)
for _of_invoice in _under_invoice:
    scoped(
        _of_invoice,
        branch=lambda p, m=_of_invoice: of_branch(_invoice, m.invoice_id, p),  # type: ignore[misc]  # likewise
        own=lambda p, m=_of_invoice: m.invoice_id.in_(_my_invoices(p)),  # type: ignore[misc]  # likewise
    )
_under_job: tuple[Any, ...] = (Waiver, CollectionPermit)
for _of_job in _under_job:
    scoped(
        _of_job,
        branch=lambda p, m=_of_job: of_branch(orders, m.work_order_id, p),  # type: ignore[misc]  # likewise
        own=lambda p, m=_of_job: m.work_order_id.in_(my_orders(p)),  # type: ignore[misc]  # likewise
    )
