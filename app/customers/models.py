"""Customers, how to reach them, their products and the service voucher of each product (CU-1, SO-3)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import (
    Model,
    Stamped,
    UTCDateTime,
    Versioned,
    choice,
    ref,
    text,
    watch_version,
)
from app.customers.rules import CATEGORIES, CUSTOMER_KINDS, KEY_LENGTH, SERIAL_KINDS, TELEPHONE_KINDS
from app.organisation.models import Branch, District, Staff


class Customer(Versioned, Stamped, Model):
    """A person or organisation that owns products we service."""

    __tablename__ = "customer"
    __table_args__ = (
        choice("kind", CUSTOMER_KINDS),
        Index("ix_customer_branch_name", "branch_id", "name"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), nullable=False, index=True)
    kind: Mapped[str] = mapped_column(String(16), nullable=False, default="person")
    branch_id: Mapped[int] = ref("branch.id")
    email: Mapped[str] = text(128)
    note: Mapped[str] = text(1000)
    branch: Mapped[Branch] = relationship()
    telephones: Mapped[list[Telephone]] = relationship(
        back_populates="customer", cascade="all, delete-orphan", order_by="Telephone.id"
    )
    addresses: Mapped[list[Address]] = relationship(
        back_populates="customer", cascade="all, delete-orphan", order_by="Address.id"
    )
    contacts: Mapped[list[Contact]] = relationship(
        back_populates="customer", cascade="all, delete-orphan", order_by="Contact.id"
    )
    vouchers: Mapped[list[Voucher]] = relationship(back_populates="customer", order_by="Voucher.id")

    def __str__(self) -> str:
        return self.name


class Contact(Versioned, Model):
    """A person to speak to at the customer's."""

    __tablename__ = "contact"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = ref("customer.id")
    name: Mapped[str] = mapped_column(String(64), nullable=False)
    duty: Mapped[str] = text(64)
    phone: Mapped[str] = text(32)
    customer: Mapped[Customer] = relationship(back_populates="contacts")

    def __str__(self) -> str:
        return self.name


class Telephone(Versioned, Model):
    """A customer's telephone number: digits only, so that it can be found however it was dialled (CU-1)."""

    __tablename__ = "telephone"
    __table_args__ = (
        choice("kind", TELEPHONE_KINDS),
        UniqueConstraint("customer_id", "number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = ref("customer.id", index=False)
    number: Mapped[str] = mapped_column(String(24), nullable=False, index=True)
    kind: Mapped[str] = mapped_column(String(16), nullable=False, default="mobile")
    customer: Mapped[Customer] = relationship(back_populates="telephones")

    def __str__(self) -> str:
        return self.number


class Address(Versioned, Model):
    """Where a product stands; the district decides zone and branch (SO-15)."""

    __tablename__ = "address"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = ref("customer.id")
    district_id: Mapped[int] = ref("district.id")
    line: Mapped[str] = mapped_column(String(200), nullable=False)
    customer: Mapped[Customer] = relationship(back_populates="addresses")
    district: Mapped[District] = relationship()

    def __str__(self) -> str:
        return f"{self.district}{self.line}" if self.district else self.line

    @property
    def zone(self) -> str:
        """``urban`` or ``suburban``, from the district (SO-15)."""
        return self.district.zone


class ProductModel(Versioned, Model):
    """A model of product the company sells; its warranty in months."""

    __tablename__ = "product_model"
    __table_args__ = (
        choice("category", CATEGORIES),
        UniqueConstraint("code"),
        CheckConstraint("warranty_months >= 0", name="warranty_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(48), nullable=False)
    name: Mapped[str] = text(100)
    category: Mapped[str] = mapped_column(String(24), nullable=False, default="other")
    warranty_months: Mapped[int] = mapped_column(Integer, nullable=False, default=12)

    def __str__(self) -> str:
        return f"{self.name} {self.code}".strip()


class Voucher(Versioned, Stamped, Model):
    """001 服务凭证: one per product sold, its service history and the technician's credential (SO-3)."""

    __tablename__ = "voucher"
    __table_args__ = (
        UniqueConstraint("number"),
        UniqueConstraint("product_model_id", "serial_no"),
        Index("ix_voucher_branch_number", "branch_id", "number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(40), nullable=False)
    branch_id: Mapped[int] = ref("branch.id")
    customer_id: Mapped[int] = ref("customer.id")
    address_id: Mapped[int] = ref("address.id")
    product_model_id: Mapped[int] = ref("product_model.id", index=False)
    serial_no: Mapped[str | None] = mapped_column(String(64), index=True)
    sold_on: Mapped[date | None] = mapped_column(Date)
    warranty_until: Mapped[date | None] = mapped_column(Date)
    note: Mapped[str] = text(500)
    branch: Mapped[Branch] = relationship()
    customer: Mapped[Customer] = relationship(back_populates="vouchers")
    address: Mapped[Address] = relationship()
    product_model: Mapped[ProductModel] = relationship()
    custodies: Mapped[list[VoucherCustody]] = relationship(
        back_populates="voucher", order_by="VoucherCustody.out_at.desc()"
    )
    serial_changes: Mapped[list[SerialChange]] = relationship(back_populates="voucher", order_by="SerialChange.id")

    def __str__(self) -> str:
        return self.number

    @property
    def whereabouts(self) -> tuple[Staff, datetime] | None:
        """With whom it is out and since when; None while it is in the customer's file (SO-3)."""
        return next(((out.staff, out.out_at) for out in self.custodies if out.back_at is None), None)


class VoucherCustody(Model):
    """The voucher out with somebody; while ``back_at`` is empty it is not in the customer's file (SO-3)."""

    __tablename__ = "voucher_custody"
    __table_args__ = (
        Index(
            "uq_voucher_custody_open",
            "voucher_id",
            unique=True,
            sqlite_where=sql("back_at IS NULL"),
            postgresql_where=sql("back_at IS NULL"),
        ),
        CheckConstraint("back_at IS NULL OR back_at >= out_at", name="back_after_out"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    voucher_id: Mapped[int] = ref("voucher.id")
    staff_id: Mapped[int] = ref("staff.id")
    out_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    back_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    reason: Mapped[str] = text(100)
    voucher: Mapped[Voucher] = relationship(back_populates="custodies")
    staff: Mapped[Staff] = relationship()

    def __str__(self) -> str:
        return f"{self.voucher} → {self.staff}"


class SerialChange(Stamped, Model):
    """A number swapped in a repair: the old one and the new one (SO-17). The voucher follows its serial number.

    ``reference``: the number of the job. Both numbers stay searchable.
    """

    __tablename__ = "serial_change"
    __table_args__ = (
        choice("kind", SERIAL_KINDS),
        CheckConstraint("new_no <> '' AND new_no <> old_no", name="another_number"),
        Index("ix_serial_change_old_no", "old_no"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    voucher_id: Mapped[int] = ref("voucher.id")
    kind: Mapped[str] = mapped_column(String(16), nullable=False, default="serial")
    old_no: Mapped[str] = text(64)
    new_no: Mapped[str] = mapped_column(String(64), nullable=False, index=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    by_id: Mapped[int | None] = ref("staff.id", nullable=True)
    reference: Mapped[str] = text(40)
    voucher: Mapped[Voucher] = relationship(back_populates="serial_changes")
    by: Mapped[Staff | None] = relationship()

    def __str__(self) -> str:
        return f"{self.old_no or '—'} → {self.new_no}"


class SearchKey(Model):
    """Where a search begins: every tail of what a customer is found by (name, telephone, serial, voucher number).

    To look for a text anywhere in a number or name is then to look for keys that *begin* with it: a range of the
    primary key. Written by ``app.customers.search_index`` with the rows it repeats. ``voucher_id`` 0: the customer's own.
    """

    __tablename__ = "search_key"
    __table_args__ = (
        Index("ix_search_key_customer_voucher", "customer_id", "voucher_id"),
        {"sqlite_with_rowid": False},
    )

    # "C": compared byte by byte, as SQLite does, so that a range of keys is a range of the index.
    key: Mapped[str] = mapped_column(
        String(KEY_LENGTH).with_variant(String(KEY_LENGTH, collation="C"), "postgresql"), primary_key=True
    )
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"), primary_key=True)
    voucher_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False, default=0)
    branch_id: Mapped[int] = mapped_column(Integer, nullable=False)


for _model in (Customer, Contact, Telephone, Address, ProductModel, Voucher):
    watch_version(_model)
