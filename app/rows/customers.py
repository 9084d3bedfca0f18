"""Customers, their products and contracts."""

from __future__ import annotations

from sqlalchemy import or_, select

from app.contracts.models import Contract, ContractItem, ContractNotice, PlannedVisit
from app.core.scope import scoped
from app.customers.models import Address, Contact, Customer, Telephone, Voucher, VoucherCustody
from app.rows.selects import (
    contracts,
    here,
    my_customers,
    my_vouchers,
    of_branch,
    of_branch_customer,
    of_branch_product,
    served,
)

# -- customers ---------------------------------------------------------------------------------------------

scoped(
    Customer,
    branch=lambda p: or_(Customer.branch_id == here(p), served(Customer.id, p)),
    own=lambda p: Customer.id.in_(my_customers(p)),
)
for _model in (Contact, Telephone, Address):
    scoped(
        _model,
        branch=lambda p, m=_model: of_branch_customer(m.customer_id, p),  # type: ignore[misc]  # loop variable bound
        own=lambda p, m=_model: m.customer_id.in_(my_customers(p)),  # type: ignore[misc]  # likewise
    )
scoped(
    Voucher,
    branch=lambda p: or_(Voucher.branch_id == here(p), of_branch_customer(Voucher.customer_id, p)),
    own=lambda p: Voucher.id.in_(my_vouchers(p)),
)
scoped(
    VoucherCustody,
    branch=lambda p: of_branch_product(VoucherCustody.voucher_id, p),
    own=lambda p: VoucherCustody.voucher_id.in_(my_vouchers(p)),
)

# -- contracts ---------------------------------------------------------------------------------------------

scoped(
    Contract,
    branch=lambda p: Contract.branch_id == here(p),
    own=lambda p: Contract.customer_id.in_(my_customers(p)),
)
for _part in (ContractItem, ContractNotice, PlannedVisit):
    scoped(
        _part,
        branch=lambda p, m=_part: of_branch(contracts, m.contract_id, p),  # type: ignore[misc]  # likewise
        own=lambda p, m=_part: m.contract_id.in_(  # type: ignore[misc]  # likewise
            select(contracts.c.id).where(contracts.c.customer_id.in_(my_customers(p)))
        ),
    )
