"""What stands on the papers of this area (SO-3): plain data, no database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from app.core.documents import Paper
from app.customers.rules import in_warranty


@dataclass(frozen=True, kw_only=True)
class ServiceLine:
    """One service of the product. ``work_class`` is A, B, C or D; ``charge`` in CNY, None while not settled."""

    on: date
    call_number: str
    symptom: str
    work_class: str
    work_done: str
    parts: str
    charge: Decimal | None
    technician: str
    signature: bytes | None = None
    signed_by: str = ""
    unsigned_reason: str = ""


@dataclass(frozen=True, kw_only=True)
class CustodyLine:
    """The voucher out of the customer's file: to whom, for which job, and when it came back."""

    out_at: datetime
    holder: str
    purpose: str
    back_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class SwapLine:
    """A number swapped in a repair (SO-17)."""

    at: datetime
    kind: str
    old_no: str
    new_no: str
    reference: str


@dataclass(frozen=True, kw_only=True)
class ServiceVoucher(Paper):
    """Form 001: the product's service history and the technician's credential.

    The visits are the maintenance visits of the contract in force for this product (SO-23).
    """

    customer: str
    phone: str
    address: str
    zone: str
    product: str
    model: str
    serial_no: str
    sold_on: date | None
    warranty_until: date | None
    contract: str
    contract_until: date | None
    in_file: bool
    holder: str
    lines: tuple[ServiceLine, ...]
    charged: Decimal
    custody: tuple[CustodyLine, ...]
    swaps: tuple[SwapLine, ...] = ()
    # Where the code on the voucher leads: the complaint form that knows the product (CP-1).
    complain_url: str = ""
    visits_promised: int = 0
    visits_done: int = 0
    next_visit: date | None = None

    @property
    def expired(self) -> bool:
        """Whether the warranty had ended on the day of printing; the last day counts."""
        return self.warranty_until is not None and not in_warranty(self.warranty_until, self.on)
