"""Which contract covers a product, and which contracts end soon (SO-1, SO-16)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from app.contracts.models import Contract, ContractItem, ContractNotice, PlannedVisit
from app.core import settings
from app.core.db import db
from app.core.errors import N_
from app.customers.models import Voucher
from app.organisation.models import Staff

settings.declare(
    "contract_notice_days",
    30,
    N_("Maintenance contracts: expiry notice so many days before the end"),
    "SO-16",
)


# What the areas below know of a contract's visits: each gives how many of them were made (SO-23).
VISITS_MADE: list[Callable[[int], int]] = []


def visits_made(contract_id: int) -> int:
    """How many of the promised maintenance visits were made (SO-23)."""
    return sum(count(contract_id) for count in VISITS_MADE)


def covering_contract(voucher_id: int, on: date) -> Contract | None:
    """The contract in force that covers this product on this day; of several the one that ends last (SO-1).

    A contract of another branch covers the product just as well, so row scope does not apply.
    """
    statement = (
        select(Contract)
        .join(ContractItem)
        .where(
            ContractItem.voucher_id == voucher_id,
            Contract.status == "in_force",
            Contract.starts_on <= on,
            Contract.ends_on >= on,
        )
        .order_by(Contract.ends_on.desc(), Contract.id.desc())
        .limit(1)
        .execution_options(unscoped=True)
    )
    found: Contract | None = db.session.execute(statement).scalar_one_or_none()
    return found


def covering_contracts(voucher_ids: Iterable[int], on: date) -> dict[int, Contract]:
    """The same for many products at once, by voucher."""
    statement = (
        select(ContractItem.voucher_id, Contract)
        .join(ContractItem.contract)
        .where(ContractItem.voucher_id.in_(list(voucher_ids)), Contract.status == "in_force")
        .where(Contract.starts_on <= on, Contract.ends_on >= on)
        .order_by(Contract.ends_on, Contract.id)
        .execution_options(unscoped=True)
    )
    found: dict[int, Contract] = dict(db.session.execute(statement).all())
    return found


def ending(today: date) -> ColumnElement[bool]:
    """Condition: in force, ends within the notice period, and not renewed yet (SO-16)."""
    later: Any = aliased(Contract.__table__)
    renewed = exists(select(later.c.id).where(later.c.predecessor_id == Contract.id, later.c.status != "cancelled"))
    last = today + timedelta(days=settings.number("contract_notice_days"))
    return and_(Contract.status == "in_force", Contract.ends_on.between(today, last), ~renewed)


def notices_due(today: date, only: int | None = None) -> list[int]:
    """Ids of the contracts whose 保养到期通知书 is due and not given for this end (SO-16; CO-1: a changed date is due
    again); ``only`` asks about one contract.
    """
    given = exists(
        select(ContractNotice.id).where(
            ContractNotice.contract_id == Contract.id,
            ContractNotice.kind == "expiry",
            ContractNotice.for_date == Contract.ends_on,
        )
    )
    statement = select(Contract.id).where(ending(today), ~given).order_by(Contract.ends_on, Contract.id)
    if only is not None:
        statement = statement.where(Contract.id == only)
    return list(db.session.scalars(statement))


def past_their_end(today: date) -> list[int]:
    """Ids of the contracts still marked in force whose last day is over."""
    return list(db.session.scalars(select(Contract.id).where(Contract.status == "in_force", Contract.ends_on < today)))


def successor(contract_id: int) -> Contract | None:
    """The renewal of this contract, unless it was cancelled (CO-1)."""
    statement = select(Contract).where(Contract.predecessor_id == contract_id, Contract.status != "cancelled")
    found: Contract | None = db.session.execute(statement.execution_options(unscoped=True)).scalar_one_or_none()
    return found


def visits_due(until: date, today: date) -> list[int]:
    """Ids of the planned visits up to a day, of contracts in force and begun, that are no calls yet (SO-23)."""
    statement = (
        select(PlannedVisit.id)
        .join(PlannedVisit.contract)
        .where(PlannedVisit.called_at.is_(None), PlannedVisit.due_on <= until)
        .where(Contract.status == "in_force", Contract.starts_on <= today, Contract.ends_on >= today)
        .order_by(PlannedVisit.due_on, PlannedVisit.id)
        .limit(200)
    )
    return list(db.session.scalars(statement))


def renewal_visitor(branch_id: int) -> Staff | None:
    """Who is to visit for the renewal: the clerk of the branch, else its supervisor or manager, with the fewest
    contracts to visit; None in a branch without any (SO-16).
    """
    load = (
        select(func.count(ContractNotice.id))
        .join(Contract, Contract.id == ContractNotice.contract_id)
        .where(ContractNotice.visitor_id == Staff.id, Contract.status == "in_force")
        .correlate(Staff)
        .scalar_subquery()
    )
    for job in ("clerk", "supervisor", "branch_manager"):
        statement = select(Staff).where(Staff.branch_id == branch_id, Staff.job == job, Staff.active.is_(True))
        ordered = statement.order_by(load, Staff.id).limit(1)
        found: Staff | None = db.session.execute(ordered.execution_options(unscoped=True)).scalar_one_or_none()
        if found is not None:
            return found
    return None


def products_to_choose(customer_id: int) -> list[Voucher]:
    """The customer's products, which a contract may cover."""
    statement = (
        select(Voucher)
        .where(Voucher.customer_id == customer_id)
        .options(joinedload(Voucher.product_model), joinedload(Voucher.address))
        .order_by(Voucher.id)
    )
    return list(db.session.scalars(statement).unique())


def with_products(contract_id: int) -> Contract | None:
    """A contract with everything its papers name."""
    statement = (
        select(Contract)
        .where(Contract.id == contract_id)
        .options(
            joinedload(Contract.customer),
            joinedload(Contract.branch),
            selectinload(Contract.items).joinedload(ContractItem.voucher).joinedload(Voucher.product_model),
            selectinload(Contract.notices).joinedload(ContractNotice.visitor),
        )
    )
    found: Contract | None = db.session.execute(statement).unique().scalar_one_or_none()
    return found
