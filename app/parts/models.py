"""Parts, the places they lie in, and every move between them (SO-22)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Index,
    Integer,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import (
    Model,
    Money,
    Stamped,
    UTCDateTime,
    Versioned,
    choice,
    ref,
    text,
    watch_version,
)
from app.organisation.models import Branch, Staff
from app.parts.rules import MOVE_KINDS, PLACE_KINDS


class Part(Versioned, Model):
    """A spare part and its list price (CNY a unit)."""

    __tablename__ = "part"
    __table_args__ = (
        UniqueConstraint("code"),
        CheckConstraint("price >= 0", name="price_not_negative"),
        CheckConstraint("reorder_point >= 0", name="reorder_point_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(32), nullable=False)
    name: Mapped[str] = mapped_column(String(100), nullable=False, index=True)
    unit: Mapped[str] = text(16, default="件")
    price: Mapped[Decimal] = mapped_column(Money(), nullable=False, default=Decimal(0))
    reorder_point: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    active: Mapped[bool] = mapped_column(Boolean, nullable=False, default=True)

    def __str__(self) -> str:
        return f"{self.name} {self.code}"


class StockPlace(Versioned, Model):
    """A branch's store room or a technician's van."""

    __tablename__ = "stock_place"
    __table_args__ = (
        choice("kind", PLACE_KINDS),
        UniqueConstraint("branch_id", "name"),
        CheckConstraint("(kind = 'van') = (staff_id IS NOT NULL)", name="van_has_technician"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = ref("branch.id", index=False)
    kind: Mapped[str] = mapped_column(String(16), nullable=False)
    name: Mapped[str] = mapped_column(String(64), nullable=False)
    staff_id: Mapped[int | None] = ref("staff.id", nullable=True, unique=True)
    branch: Mapped[Branch] = relationship()
    staff: Mapped[Staff | None] = relationship()

    def __str__(self) -> str:
        return self.name


class StockBalance(Model):
    """How many of a part lie in a place; kept in the same transaction as the moves, never below zero."""

    __tablename__ = "stock_balance"
    __table_args__ = (
        UniqueConstraint("place_id", "part_id"),
        CheckConstraint("quantity >= 0", name="never_below_zero"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = ref("stock_place.id", index=False)
    part_id: Mapped[int] = ref("part.id")
    quantity: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    place: Mapped[StockPlace] = relationship()
    part: Mapped[Part] = relationship()

    def __str__(self) -> str:
        return f"{self.part} × {self.quantity}"


class StockMove(Stamped, Model):
    """So many of a part moved from one place to another; an empty side is outside the company's stock."""

    __tablename__ = "stock_move"
    __table_args__ = (
        choice("kind", MOVE_KINDS),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint(
            "from_place_id IS NOT NULL OR to_place_id IS NOT NULL",
            name="touches_a_place",
        ),
        Index("ix_stock_move_part_at", "part_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, index=True)
    kind: Mapped[str] = mapped_column(String(16), nullable=False)
    part_id: Mapped[int] = ref("part.id", index=False)
    quantity: Mapped[int] = mapped_column(Integer, nullable=False)
    from_place_id: Mapped[int | None] = ref("stock_place.id", nullable=True)
    to_place_id: Mapped[int | None] = ref("stock_place.id", nullable=True)
    by_id: Mapped[int | None] = ref("staff.id", nullable=True)
    reference: Mapped[str] = text(64)
    part: Mapped[Part] = relationship()
    from_place: Mapped[StockPlace | None] = relationship(foreign_keys=[from_place_id])
    to_place: Mapped[StockPlace | None] = relationship(foreign_keys=[to_place_id])
    by: Mapped[Staff | None] = relationship()

    def __str__(self) -> str:
        return f"{self.part} × {self.quantity}"


for _model in (Part, StockPlace):
    watch_version(_model)
