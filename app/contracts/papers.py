"""What stands on the papers of this area (SO-16): plain data, no database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.core.documents import Paper


@dataclass(frozen=True, kw_only=True)
class CoveredProduct:
    """A product under the contract."""

    row: int
    product: str
    model: str
    serial_no: str
    place: str


@dataclass(frozen=True, kw_only=True)
class ContractExpiryNotice(Paper):
    """保养到期通知书: the letter to the customer one month before the contract ends. ``price`` in CNY a term."""

    customer: str
    attention: str
    address: str
    contract_number: str
    starts_on: date
    ends_on: date
    days_left: int
    price: Decimal
    visits_promised: int
    visits_done: int | None
    products: tuple[CoveredProduct, ...]
    visitor: str
    visitor_phone: str
    branch_phone: str
    branch_address: str
