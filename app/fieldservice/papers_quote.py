"""The quote on paper (SO-6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from app.core.documents import Paper


@dataclass(frozen=True, kw_only=True)
class QuotedLine:
    """One line, CNY; ``what`` is an English message id. A free line says why and what it would cost."""

    what: str
    description: str
    quantity: int
    unit_price: Decimal
    amount: Decimal
    free_reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Quotation(Paper):
    """What the customer was told before the work; ``how`` and ``work_class`` are English message ids."""

    order_number: str
    customer: str
    phone: str
    address: str
    product: str
    serial_no: str
    symptom: str
    work_class: str
    technician: str
    lines: tuple[QuotedLine, ...]
    agreed_by: str
    agreed_at: datetime | None
    how: str
    signature: bytes | None

    @property
    def total(self) -> Decimal:
        """CNY."""
        return sum((line.amount for line in self.lines), Decimal("0.00"))
