"""The price list and what the warranty gives: data of the office (SO-6, CO-1)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import Boolean, CheckConstraint, Date, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Model, Money, Versioned, choice, ref, text, watch_version
from app.core.errors import N_
from app.core.i18n import say
from app.customers.rules import CATEGORIES, CATEGORY_LABELS
from app.fieldservice.models.service import FaultCode
from app.fieldservice.rules import ANY, PRICE_KIND_LABELS, PRICE_KINDS
from app.organisation.models import Branch
from app.organisation.rules import ZONES


class PriceItem(Versioned, Model):
    """One price (CNY, tax included) from a day on: of all branches or of one, for a zone, a category or a fault."""

    __tablename__ = "price_item"
    __table_args__ = (
        choice("kind", PRICE_KINDS),
        choice("zone", (ANY, *ZONES)),
        choice("category", (ANY, *CATEGORIES)),
        CheckConstraint("price >= 0", name="price_not_negative"),
        CheckConstraint("unit_minutes BETWEEN 1 AND 480", name="unit_minutes_range"),
        CheckConstraint("(kind = 'labour') = (unit_minutes IS NOT NULL)", name="labour_has_its_unit"),
        CheckConstraint("fault_code_id IS NULL OR kind = 'labour_flat'", name="fault_only_when_flat"),
        CheckConstraint("valid_until >= valid_from", name="ends_after_start"),
        Index("ix_price_item_kind_from", "kind", "valid_from"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), nullable=False)
    branch_id: Mapped[int | None] = ref("branch.id", nullable=True)
    zone: Mapped[str] = mapped_column(String(8), nullable=False, default=ANY)
    category: Mapped[str] = mapped_column(String(24), nullable=False, default=ANY)
    fault_code_id: Mapped[int | None] = ref("fault_code.id", nullable=True)
    unit_minutes: Mapped[int | None] = mapped_column(Integer)
    price: Mapped[Decimal] = mapped_column(Money(), nullable=False)
    valid_from: Mapped[date] = mapped_column(Date, nullable=False)
    valid_until: Mapped[date | None] = mapped_column(Date)
    note: Mapped[str] = text(200)
    branch: Mapped[Branch | None] = relationship()
    fault_code: Mapped[FaultCode | None] = relationship()

    def __str__(self) -> str:
        return f"{say(PRICE_KIND_LABELS[self.kind])} {self.price}"


class WarrantyCover(Versioned, Model):
    """What is free within warranty for a product category, in ordinary use and after misuse (SO-1, SO-6)."""

    __tablename__ = "warranty_cover"
    __table_args__ = (choice("category", (ANY, *CATEGORIES)), UniqueConstraint("category", "misuse"))

    id: Mapped[int] = mapped_column(primary_key=True)
    category: Mapped[str] = mapped_column(String(24), nullable=False)
    misuse: Mapped[bool] = mapped_column(Boolean, nullable=False, default=False)
    labour_free: Mapped[bool] = mapped_column(Boolean, nullable=False, default=True)
    callout_free: Mapped[bool] = mapped_column(Boolean, nullable=False, default=True)
    parts_free: Mapped[bool] = mapped_column(Boolean, nullable=False, default=True)

    def __str__(self) -> str:
        category = say(CATEGORY_LABELS.get(self.category, N_("Any")))
        return f"{category} · {say(N_('Damaged by misuse'))}" if self.misuse else category


for _model in (PriceItem, WarrantyCover):
    watch_version(_model)
