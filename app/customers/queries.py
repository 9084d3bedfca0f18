"""Finding customers and products, and where a service voucher is (CU-1, SO-3). Row scope applies to everything."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.core.db import db
from app.customers.models import Address, Customer, Telephone, Voucher, VoucherCustody
from app.customers.rules import asks_for_telephone, normal_serial, telephone_digits

LIMIT = 20


@dataclass(frozen=True)
class Found:
    """What a search found: customers by telephone or name, and vouchers by serial or voucher number or by customer."""

    customers: list[Customer]
    vouchers: list[Voucher]

    def __bool__(self) -> bool:
        return bool(self.customers or self.vouchers)


def _like(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def find(text: str, limit: int = LIMIT) -> Found:
    """Customers and products for what a caller gives: telephone (any format, or its last 4 digits and more), name,
    serial number or voucher number (CU-1, SO-4). At most ``limit`` of each; ``vouchers`` holds those of the customers
    found, too.
    """
    text = text.replace("\x00", "").strip()
    if not text:
        return Found([], [])
    customers = _customers(text, limit)
    vouchers = _vouchers(text, limit)
    seen = {voucher.id for voucher in vouchers}
    known = {customer.id for customer in customers}
    for voucher in vouchers:
        if voucher.customer_id not in known and len(customers) < limit:
            known.add(voucher.customer_id)
            customers.append(voucher.customer)
    if known and len(vouchers) < limit:
        more = _voucher_rows().where(Voucher.customer_id.in_(known), Voucher.id.not_in(seen)).order_by(Voucher.id.desc())
        vouchers += db.session.scalars(more.limit(limit - len(vouchers))).unique().all()
    return Found(customers, vouchers)


def _customers(text: str, limit: int) -> list[Customer]:
    digits = asks_for_telephone(text)
    if digits is not None:
        matches = or_(Telephone.number == digits, Telephone.number.like(f"%{digits}"))
        condition: Any = Customer.telephones.any(matches)
    else:
        condition = Customer.name.ilike(f"%{_like(text)}%", escape="\\")
    statement = (
        select(Customer)
        .where(condition)
        .options(selectinload(Customer.telephones), selectinload(Customer.addresses).joinedload(Address.district))
    )
    return list(db.session.scalars(statement.order_by(Customer.id.desc()).limit(limit)).unique())


def _voucher_rows() -> Any:
    return select(Voucher).options(
        joinedload(Voucher.customer).options(
            selectinload(Customer.telephones), selectinload(Customer.addresses).joinedload(Address.district)
        ),
        joinedload(Voucher.product_model),
        joinedload(Voucher.address).joinedload(Address.district),
        selectinload(Voucher.custodies).joinedload(VoucherCustody.staff),
    )


def _vouchers(text: str, limit: int) -> list[Voucher]:
    serial = normal_serial(text)
    if serial is None or len(serial) < 4:
        return []
    condition = or_(
        Voucher.serial_no == serial,
        Voucher.serial_no.like(f"%{_like(serial)}", escape="\\"),
        Voucher.number.like(f"%{_like(serial)}", escape="\\"),
    )
    statement = _voucher_rows().where(condition).order_by(Voucher.id.desc()).limit(limit)
    return list(db.session.scalars(statement).unique())


def same_telephone(numbers: Iterable[str], except_customer_id: int | None = None) -> list[Customer]:
    """Customers who already have one of these numbers, however written: pointed out at entry, not refused (CU-1)."""
    digits = {telephone_digits(number) for number in numbers} - {""}
    if not digits:
        return []
    statement = select(Customer).where(Customer.telephones.any(Telephone.number.in_(digits)))
    if except_customer_id is not None:
        statement = statement.where(Customer.id != except_customer_id)
    statement = statement.options(selectinload(Customer.telephones)).order_by(Customer.id).limit(LIMIT)
    return list(db.session.scalars(statement).unique())


def voucher_with_serial(product_model_id: int, serial_no: str | None, except_id: int | None = None) -> str | None:
    """The number of the voucher that this product already has, whatever branch it belongs to (SO-3: one each)."""
    if serial_no is None:
        return None
    statement = select(Voucher.number).where(
        Voucher.product_model_id == product_model_id, Voucher.serial_no == serial_no, Voucher.id != (except_id or 0)
    )
    found: str | None = db.session.execute(statement.execution_options(unscoped=True)).scalar()
    return found


def custody_now(voucher_id: int) -> VoucherCustody | None:
    """With whom the voucher is out; None when it is in the customer's file (SO-3)."""
    statement = (
        select(VoucherCustody)
        .where(VoucherCustody.voucher_id == voucher_id, VoucherCustody.back_at.is_(None))
        .options(joinedload(VoucherCustody.staff))
        .execution_options(unscoped=True)
    )
    found: VoucherCustody | None = db.session.execute(statement).scalar_one_or_none()
    return found


def vouchers_of(customer_id: int) -> list[Voucher]:
    """The customer's products, the newest first."""
    statement = _voucher_rows().where(Voucher.customer_id == customer_id).order_by(Voucher.id.desc())
    return list(db.session.scalars(statement).unique())
