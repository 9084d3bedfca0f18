"""What the contracts area prints: the 保养到期通知书 (SO-16)."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.contracts import queries
from app.contracts.models import Contract, ContractItem, ContractNotice
from app.contracts.papers import ContractExpiryNotice, CoveredProduct
from app.core.db import db
from app.core.documents import Document, Params, register
from app.core.errors import N_
from app.customers.models import Address, Customer, Voucher
from app.organisation.queries import branches_of


def expiry_notices(params: Params) -> list[ContractExpiryNotice]:
    """The letter for one contract, or for every contract that ends within the notice time and is not renewed."""
    wanted = select(Contract).options(
        joinedload(Contract.branch),
        joinedload(Contract.customer).options(selectinload(Customer.contacts), selectinload(Customer.addresses)),
        selectinload(Contract.notices).joinedload(ContractNotice.visitor),
        selectinload(Contract.items)
        .joinedload(ContractItem.voucher)
        .options(joinedload(Voucher.product_model), joinedload(Voucher.address).joinedload(Address.district)),
    )
    if params.record_id is not None:
        wanted = wanted.where(Contract.id == params.record_id)
    else:
        branches = [branch.id for branch in branches_of(params.branch)]
        wanted = wanted.where(queries.ending(params.date), Contract.branch_id.in_(branches))
    contracts = db.session.scalars(wanted.order_by(Contract.ends_on, Contract.number)).all()
    return [_letter(contract, params.date) for contract in contracts]


def _letter(contract: Contract, day: dt.date) -> ContractExpiryNotice:
    customer, branch = contract.customer, contract.branch
    notice = next((notice for notice in contract.notices if notice.for_date == contract.ends_on), None)
    visitor = notice.visitor if notice else None
    contact = customer.contacts[0] if customer.contacts else None
    items = sorted(contract.items, key=lambda item: item.id)
    return ContractExpiryNotice(
        number=contract.number,
        on=day,
        branch_code=branch.code,
        branch_name=str(branch),
        customer=customer.name,
        attention=f"{contact.duty} {contact.name}".strip() if contact else "",
        address=str(customer.addresses[0]) if customer.addresses else "",
        contract_number=contract.number,
        starts_on=contract.starts_on,
        ends_on=contract.ends_on,
        days_left=(contract.ends_on - day).days,
        price=contract.price,
        visits_promised=contract.visits,
        visits_done=queries.visits_made(contract.id),
        products=tuple(_product(row, item.voucher) for row, item in enumerate(items, 1)),
        visitor=visitor.name if visitor else "",
        visitor_phone=visitor.phone if visitor else "",
        branch_phone=branch.phone,
        branch_address=branch.address,
    )


def _product(row: int, voucher: Voucher) -> CoveredProduct:
    model = voucher.product_model
    return CoveredProduct(
        row=row,
        product=model.name or model.code,
        model=model.code,
        serial_no=voucher.serial_no or "",
        place=str(voucher.address),
    )


register(
    Document(
        name="contract_expiry_notice",
        title=N_("Maintenance expiry notice"),
        area="contracts",
        template="contract_expiry_notice.html",
        query=expiry_notices,
        params=("date", "branch", "record_id"),
        copies=(N_("Customer copy"), N_("File copy")),
    )
)
