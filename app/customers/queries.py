"""Finding customers and products, and where a service voucher is (CU-1, SO-3). Row scope applies to everything."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.core.actors import current
from app.core.db import db
from app.core.scope import widest
from app.customers.models import Address, Contact, Customer, SearchKey, Telephone, Voucher, VoucherCustody
from app.customers.rules import SHORTEST_SEARCH, asked_words, search_range, telephone_digits

LIMIT = 20
CANDIDATES = 300


@dataclass(frozen=True)
class Found:
    """What a search found: customers by telephone or name, and vouchers by serial or voucher number or by customer."""

    customers: list[Customer]
    vouchers: list[Voucher]

    def __bool__(self) -> bool:
        return bool(self.customers or self.vouchers)


def find(text: str, limit: int = LIMIT) -> Found:
    """Customers and products for what a caller gives: telephone (any format, or its last 4 digits and more), any part
    of a name, serial number or voucher number; of several words all (CU-1, SO-4). At most ``limit`` of each, what ends
    with the text first; ``vouchers`` holds those of the customers found, too.
    """
    words = sorted(asked_words(text.replace("\x00", "")), key=len, reverse=True)
    if not words or (words[0].isdigit() and len(words[0]) < SHORTEST_SEARCH):
        return Found([], [])
    hits = _hits(words)
    customers = _customers(hits, limit)
    vouchers = _vouchers([voucher for _customer, voucher in hits if voucher], limit)
    seen = {voucher.id for voucher in vouchers}
    known = {customer.id for customer in customers}
    for voucher in vouchers:
        if voucher.customer_id not in known and len(customers) < limit:
            known.add(voucher.customer_id)
            customers.append(voucher.customer)
    if known and len(vouchers) < limit:
        more = (
            _voucher_rows().where(Voucher.customer_id.in_(known), Voucher.id.not_in(seen)).order_by(Voucher.id.desc())
        )
        vouchers += db.session.scalars(more.limit(limit - len(vouchers))).unique().all()
    return Found(customers, vouchers)


def _hits(words: list[str]) -> list[tuple[int, int]]:
    """``(customer, voucher or 0)`` of the keys that begin with the longest word and whose customer has the others too.

    Ids only, of whatever branch: the rows are then read through the row scope. The own branch is asked first, so that
    another branch's customers cannot crowd it out.
    """
    branch_id = current().branch_id
    found: dict[tuple[int, int], None] = {}
    if branch_id is not None and widest("customer", current()) != "all":
        found = dict.fromkeys(_keys_of(words[0], SearchKey.branch_id == branch_id))
    if len(found) < CANDIDATES:
        found |= dict.fromkeys(_keys_of(words[0]))
    for word in words[1:]:
        owners = {customer for customer, _voucher in _keys_of(word, SearchKey.customer_id.in_({c for c, _v in found}))}
        found = {hit: None for hit in found if hit[0] in owners}
    return list(found)


def _keys_of(word: str, *conditions: Any) -> list[tuple[int, int]]:
    begin, end = search_range(word)
    statement = (
        select(SearchKey.customer_id, SearchKey.voucher_id)
        .where(SearchKey.key >= begin, SearchKey.key < end, *conditions)
        .order_by(SearchKey.key)
        .limit(CANDIDATES)
    )
    return [(customer, voucher) for customer, voucher in db.session.execute(statement)]


def _customers(hits: list[tuple[int, int]], limit: int) -> list[Customer]:
    ids = list(dict.fromkeys(customer for customer, voucher in hits if not voucher))
    visible = _visible(Customer, ids, limit)
    if not visible:
        return []
    statement = (
        select(Customer)
        .where(Customer.id.in_(visible))
        .options(selectinload(Customer.telephones), selectinload(Customer.addresses).joinedload(Address.district))
    )
    return sorted(db.session.scalars(statement).unique(), key=lambda customer: ids.index(customer.id))


def _visible(model: type[Any], ids: list[int], limit: int) -> list[int]:
    """The first ``limit`` of these rows that the person sees."""
    if not ids:
        return []
    seen = set(db.session.scalars(select(model.id).where(model.id.in_(ids))))
    return [each for each in ids if each in seen][:limit]


def _voucher_rows() -> Any:
    return select(Voucher).options(
        joinedload(Voucher.customer).options(
            selectinload(Customer.telephones), selectinload(Customer.addresses).joinedload(Address.district)
        ),
        joinedload(Voucher.product_model),
        joinedload(Voucher.address).joinedload(Address.district),
        selectinload(Voucher.custodies).joinedload(VoucherCustody.staff),
    )


def _vouchers(ids: list[int], limit: int) -> list[Voucher]:
    visible = _visible(Voucher, ids, limit)
    if not visible:
        return []
    found = db.session.scalars(_voucher_rows().where(Voucher.id.in_(visible))).unique()
    return sorted(found, key=lambda voucher: ids.index(voucher.id))


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


def vouchers_of(customer_id: int, limit: int | None = None) -> list[Voucher]:
    """The customer's products, the newest first; ``limit`` of them."""
    statement = (
        select(Voucher)
        .where(Voucher.customer_id == customer_id)
        .options(
            joinedload(Voucher.product_model),
            joinedload(Voucher.address).joinedload(Address.district),
            selectinload(Voucher.custodies).joinedload(VoucherCustody.staff),
        )
        .order_by(Voucher.id.desc())
        .limit(limit)
    )
    return list(db.session.scalars(statement).unique())


def contacts_of(customer_id: int) -> list[Contact]:
    """Whom to speak to at the customer's."""
    return list(db.session.scalars(select(Contact).where(Contact.customer_id == customer_id).order_by(Contact.id)))
