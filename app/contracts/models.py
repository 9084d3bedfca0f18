"""Maintenance contracts, the products they cover and the notices they gave rise to (CO-1, SO-16)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    Index,
    Integer,
    String,
    UniqueConstraint,
)
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.contracts.rules import CONTRACT_STATES, NOTICE_KINDS
from app.core import dates
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
from app.customers.models import Customer, Voucher
from app.organisation.models import Branch, Staff


class Contract(Versioned, Stamped, Model):
    """A maintenance contract for named products over a term."""

    __tablename__ = "contract"
    __table_args__ = (
        choice("status", CONTRACT_STATES),
        UniqueConstraint("number"),
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint("price >= 0", name="price_not_negative"),
        CheckConstraint("visits >= 0", name="visits_not_negative"),
        Index("ix_contract_status_ends_on", "status", "ends_on"),
        # One successor; a cancelled renewal does not stand in the way of another.
        Index(
            "uq_contract_successor",
            "predecessor_id",
            unique=True,
            sqlite_where=sql("status <> 'cancelled'"),
            postgresql_where=sql("status <> 'cancelled'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(40), nullable=False)
    branch_id: Mapped[int] = ref("branch.id")
    customer_id: Mapped[int] = ref("customer.id")
    status: Mapped[str] = mapped_column(String(16), nullable=False, default="draft")
    starts_on: Mapped[date] = mapped_column(Date, nullable=False)
    ends_on: Mapped[date] = mapped_column(Date, nullable=False, index=True)
    price: Mapped[Decimal] = mapped_column(Money(), nullable=False, default=Decimal(0))
    visits: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    labour_free: Mapped[bool] = mapped_column(Boolean, nullable=False, default=True)
    parts_free: Mapped[bool] = mapped_column(Boolean, nullable=False, default=False)
    callout_free: Mapped[bool] = mapped_column(Boolean, nullable=False, default=True)
    predecessor_id: Mapped[int | None] = ref("contract.id", nullable=True)
    reason: Mapped[str] = text(200)
    note: Mapped[str] = text(1000)
    branch: Mapped[Branch] = relationship()
    customer: Mapped[Customer] = relationship()
    predecessor: Mapped[Contract | None] = relationship(remote_side="Contract.id", back_populates="successors")
    successors: Mapped[list[Contract]] = relationship(back_populates="predecessor", order_by="Contract.id")
    items: Mapped[list[ContractItem]] = relationship(back_populates="contract", cascade="all, delete-orphan")
    notices: Mapped[list[ContractNotice]] = relationship(back_populates="contract")
    planned_visits: Mapped[list[PlannedVisit]] = relationship(
        back_populates="contract", cascade="all, delete-orphan", order_by="PlannedVisit.due_on, PlannedVisit.id"
    )

    def __str__(self) -> str:
        return self.number

    @property
    def renewal(self) -> Contract | None:
        """The contract that follows this one, unless it was cancelled (CO-1)."""
        return next((following for following in self.successors if following.status != "cancelled"), None)

    @property
    def notice(self) -> ContractNotice | None:
        """The expiry notice given for the end as it stands now (SO-16)."""
        return next((given for given in self.notices if given.for_date == self.ends_on), None)

    @property
    def visitor(self) -> Staff | None:
        """Who visits the customer for the renewal (SO-16)."""
        return self.notice.visitor if self.notice is not None else None


class ContractItem(Model):
    """A product (its voucher) that the contract covers."""

    __tablename__ = "contract_item"
    __table_args__ = (UniqueConstraint("contract_id", "voucher_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = ref("contract.id", index=False)
    voucher_id: Mapped[int] = ref("voucher.id")
    contract: Mapped[Contract] = relationship(back_populates="items")
    voucher: Mapped[Voucher] = relationship()

    def __str__(self) -> str:
        return str(self.voucher)


class ContractNotice(Model):
    """A notice given; ``for_date`` is the end it was given for, so that a changed date re-arms it (CO-1)."""

    __tablename__ = "contract_notice"
    __table_args__ = (
        choice("kind", NOTICE_KINDS),
        UniqueConstraint("contract_id", "kind", "for_date"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = ref("contract.id", index=False)
    kind: Mapped[str] = mapped_column(String(16), nullable=False, default="expiry")
    for_date: Mapped[date] = mapped_column(Date, nullable=False)
    given_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    visitor_id: Mapped[int | None] = ref("staff.id", nullable=True)
    contract: Mapped[Contract] = relationship(back_populates="notices")
    visitor: Mapped[Staff | None] = relationship()

    def __str__(self) -> str:
        return f"{self.contract} {dates.day(self.for_date)}"


class PlannedVisit(Model):
    """A maintenance visit that the contract promises for one product; field service makes it a call in time (SO-23)."""

    __tablename__ = "planned_visit"
    __table_args__ = (
        UniqueConstraint("contract_id", "voucher_id", "due_on"),
        Index("ix_planned_visit_called_due", "called_at", "due_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = ref("contract.id", index=False)
    voucher_id: Mapped[int] = ref("voucher.id")
    due_on: Mapped[date] = mapped_column(Date, nullable=False)
    called_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    contract: Mapped[Contract] = relationship(back_populates="planned_visits")
    voucher: Mapped[Voucher] = relationship()

    def __str__(self) -> str:
        return f"{self.contract} {dates.day(self.due_on)}"


watch_version(Contract)
