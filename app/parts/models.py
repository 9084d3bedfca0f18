"""Parts, the places they lie in, and every move between them (SO-22)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Connection,
    Date,
    Index,
    Integer,
    String,
    UniqueConstraint,
    false,
)
from sqlalchemy import text as sql
from sqlalchemy.event import listens_for
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

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
from app.parts.rules import (
    COUNT_STATES,
    LONGEST_MNEMONIC,
    LONGEST_SERIAL,
    MOVE_KINDS,
    PLACE_KINDS,
    RELEASES,
    REQUEST_STATES,
    UNIT_STATES,
    initials,
)


class Part(Versioned, Model):
    """A spare part and its list price (CNY a unit).

    ``mnemonic``: what to type to find it (助记码), the initials of its name unless another is given. ``reorder_point``
    holds for branches without a level of their own. ``serial_tracked``: every piece has a serial number that is known
    (SO-17). ``return_used``: the old one is handed in when a new one was fitted (旧件).
    """

    __tablename__ = "part"
    __table_args__ = (
        UniqueConstraint("code"),
        CheckConstraint("price >= 0", name="price_not_negative"),
        CheckConstraint("reorder_point >= 0", name="reorder_point_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(32), nullable=False)
    name: Mapped[str] = mapped_column(String(100), nullable=False, index=True)
    mnemonic: Mapped[str] = text(LONGEST_MNEMONIC, server_default="")
    unit: Mapped[str] = text(16, default="件")
    price: Mapped[Decimal] = mapped_column(Money(), nullable=False, default=Decimal(0))
    reorder_point: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    active: Mapped[bool] = mapped_column(Boolean, nullable=False, default=True)
    serial_tracked: Mapped[bool] = mapped_column(Boolean, nullable=False, default=False, server_default=false())
    return_used: Mapped[bool] = mapped_column(Boolean, nullable=False, default=False, server_default=false())

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
    """How many of a part lie in a place; kept in the same transaction as the moves, never below zero.

    ``reserved`` of them are kept for jobs and not given to others.
    """

    __tablename__ = "stock_balance"
    __table_args__ = (
        UniqueConstraint("place_id", "part_id"),
        CheckConstraint("quantity >= 0", name="never_below_zero"),
        CheckConstraint("reserved >= 0 AND reserved <= quantity", name="reserved_is_there"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = ref("stock_place.id", index=False)
    part_id: Mapped[int] = ref("part.id")
    quantity: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    reserved: Mapped[int] = mapped_column(Integer, nullable=False, default=0, server_default="0")
    place: Mapped[StockPlace] = relationship()
    part: Mapped[Part] = relationship()

    @property
    def available(self) -> int:
        """Pieces that are not kept for a job."""
        return self.quantity - self.reserved

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
        # The end outside our stock is what the kind of move says (rules.OUTSIDE): both ends are always known.
        CheckConstraint(
            "(kind IN ('issue', 'return') AND from_place_id IS NOT NULL AND to_place_id IS NOT NULL)"
            " OR (kind IN ('receipt', 'unfitted', 'used') AND from_place_id IS NULL AND to_place_id IS NOT NULL)"
            " OR (kind IN ('fitted', 'scrap', 'sent_back') AND from_place_id IS NOT NULL AND to_place_id IS NULL)"
            " OR (kind = 'correction' AND (from_place_id IS NULL) <> (to_place_id IS NULL))",
            name="both_ends_known",
        ),
        Index("ix_stock_move_reference", "reference"),
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
    units: Mapped[list[PartUnit]] = relationship(
        secondary="part_unit_move", order_by="PartUnit.serial_no", viewonly=True
    )

    @property
    def serials(self) -> str:
        """The serial numbers that moved; empty for a part that has none."""
        return ", ".join(unit.serial_no for unit in self.units)

    def __str__(self) -> str:
        return f"{self.part} × {self.quantity}"


class PartUnit(Stamped, Model):
    """One piece of a part with a serial number of its own: it is in one place, or has left us (SO-17).

    ``branch_id``: whose stock it is or was last; ``reference``: the job it was fitted on.
    """

    __tablename__ = "part_unit"
    __table_args__ = (
        choice("state", UNIT_STATES),
        UniqueConstraint("part_id", "serial_no"),
        CheckConstraint("(state = 'in_stock') = (place_id IS NOT NULL)", name="in_stock_is_in_a_place"),
        Index("ix_part_unit_serial_no", "serial_no"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    part_id: Mapped[int] = ref("part.id", index=False)
    serial_no: Mapped[str] = mapped_column(String(LONGEST_SERIAL), nullable=False)
    branch_id: Mapped[int] = ref("branch.id")
    place_id: Mapped[int | None] = ref("stock_place.id", nullable=True)
    state: Mapped[str] = mapped_column(String(16), nullable=False, default="in_stock")
    reference: Mapped[str] = text(64)
    part: Mapped[Part] = relationship()
    branch: Mapped[Branch] = relationship()
    place: Mapped[StockPlace | None] = relationship()
    moves: Mapped[list[StockMove]] = relationship(
        secondary="part_unit_move", order_by="StockMove.id.desc()", viewonly=True
    )

    def __str__(self) -> str:
        return f"{self.part} {self.serial_no}"


class PartUnitMove(Model):
    """Which units a move took along."""

    __tablename__ = "part_unit_move"
    __table_args__ = (UniqueConstraint("stock_move_id", "part_unit_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    stock_move_id: Mapped[int] = ref("stock_move.id", index=False)
    part_unit_id: Mapped[int] = ref("part_unit.id")


class PartReservation(Stamped, Model):
    """So many of a part in a place are kept for a planned job (``reference`` is its number) and a technician.

    ``release`` is ``kept`` while it holds; ``quantity`` is what is still kept, in the end what was kept last.
    """

    __tablename__ = "part_reservation"
    __table_args__ = (
        choice("release", RELEASES),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("(release = 'kept') = (released_at IS NULL)", name="released_with_reason"),
        Index("ix_part_reservation_reference", "reference"),
        Index("ix_part_reservation_place_part", "place_id", "part_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = ref("stock_place.id", index=False)
    part_id: Mapped[int] = ref("part.id")
    quantity: Mapped[int] = mapped_column(Integer, nullable=False)
    reference: Mapped[str] = mapped_column(String(64), nullable=False)
    staff_id: Mapped[int | None] = ref("staff.id", nullable=True)
    made_by_id: Mapped[int | None] = ref("staff.id", nullable=True)
    released_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    release: Mapped[str] = mapped_column(String(16), nullable=False, default="kept")
    place: Mapped[StockPlace] = relationship()
    part: Mapped[Part] = relationship()
    staff: Mapped[Staff | None] = relationship(foreign_keys=[staff_id])
    made_by: Mapped[Staff | None] = relationship(foreign_keys=[made_by_id])

    def __str__(self) -> str:
        return f"{self.part} × {self.quantity} {self.reference}"


class PartLevel(Versioned, Model):
    """When a branch asks for more of a part, and up to how many; how many pieces a van should carry (SO-22)."""

    __tablename__ = "part_level"
    __table_args__ = (
        UniqueConstraint("branch_id", "part_id"),
        CheckConstraint("reorder_point >= 0 AND order_up_to >= reorder_point", name="up_to_at_least_point"),
        CheckConstraint("van_minimum >= 0", name="van_minimum_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = ref("branch.id", index=False)
    part_id: Mapped[int] = ref("part.id")
    reorder_point: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    order_up_to: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    van_minimum: Mapped[int] = mapped_column(Integer, nullable=False, default=0, server_default="0")
    branch: Mapped[Branch] = relationship()
    part: Mapped[Part] = relationship()

    def __str__(self) -> str:
        return f"{self.part} {self.reorder_point}–{self.order_up_to}"


class PurchaseRequest(Versioned, Stamped, Model):
    """A 请购单: what a branch's store asks for (SO-22). A branch has one draft at a time."""

    __tablename__ = "purchase_request"
    __table_args__ = (
        choice("status", REQUEST_STATES),
        UniqueConstraint("number"),
        Index(
            "uq_purchase_request_draft",
            "branch_id",
            unique=True,
            sqlite_where=sql("status = 'draft'"),
            postgresql_where=sql("status = 'draft'"),
        ),
        CheckConstraint("(sent_at IS NULL) OR status <> 'draft'", name="sent_is_no_draft"),
        Index("ix_purchase_request_branch_status", "branch_id", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(40), nullable=False)
    branch_id: Mapped[int] = ref("branch.id", index=False)
    status: Mapped[str] = mapped_column(String(16), nullable=False, default="draft")
    drafted_by_id: Mapped[int | None] = ref("staff.id", nullable=True)
    supplier: Mapped[str] = text(100)
    needed_by: Mapped[date | None] = mapped_column(Date)
    note: Mapped[str] = text(500)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime(), index=True)
    sent_by_id: Mapped[int | None] = ref("staff.id", nullable=True)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    reason: Mapped[str] = text(200)
    branch: Mapped[Branch] = relationship()
    drafted_by: Mapped[Staff | None] = relationship(foreign_keys=[drafted_by_id])
    sent_by: Mapped[Staff | None] = relationship(foreign_keys=[sent_by_id])
    lines: Mapped[list[PurchaseLine]] = relationship(
        back_populates="request", order_by="PurchaseLine.id", cascade="all, delete-orphan"
    )

    @property
    def amount(self) -> Decimal:
        """CNY, at the list prices of when the lines were made."""
        return sum((line.unit_price * line.quantity for line in self.lines), Decimal("0.00"))

    def __str__(self) -> str:
        return self.number


class PurchaseLine(Model):
    """So many of a part asked for, and how many came. ``unit_price``: list price (CNY) when the line was made."""

    __tablename__ = "purchase_line"
    __table_args__ = (
        UniqueConstraint("request_id", "part_id"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("received >= 0 AND received <= quantity", name="received_of_what_was_asked"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = ref("purchase_request.id", index=False)
    part_id: Mapped[int] = ref("part.id")
    quantity: Mapped[int] = mapped_column(Integer, nullable=False)
    received: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    unit_price: Mapped[Decimal] = mapped_column(Money(), nullable=False, default=Decimal(0))
    note: Mapped[str] = text(200)
    request: Mapped[PurchaseRequest] = relationship(back_populates="lines")
    part: Mapped[Part] = relationship()

    @property
    def open(self) -> int:
        """Pieces still to come."""
        return self.quantity - self.received

    def __str__(self) -> str:
        return f"{self.part} × {self.quantity}"


class StockCount(Versioned, Stamped, Model):
    """A 盘点: one place counted once, and its differences booked together (SO-22)."""

    __tablename__ = "stock_count"
    __table_args__ = (
        choice("status", COUNT_STATES),
        UniqueConstraint("number"),
        # A place is not counted by two people at once: neither would know what the other corrected.
        Index(
            "uq_stock_count_live",
            "place_id",
            unique=True,
            sqlite_where=sql("status IN ('counting', 'submitted')"),
            postgresql_where=sql("status IN ('counting', 'submitted')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(40), nullable=False)
    place_id: Mapped[int] = ref("stock_place.id")
    status: Mapped[str] = mapped_column(String(16), nullable=False, default="counting")
    started_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, index=True)
    started_by_id: Mapped[int | None] = ref("staff.id", nullable=True)
    submitted_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    submitted_by_id: Mapped[int | None] = ref("staff.id", nullable=True)
    booked_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    booked_by_id: Mapped[int | None] = ref("staff.id", nullable=True)
    reason: Mapped[str] = text(200)
    place: Mapped[StockPlace] = relationship()
    started_by: Mapped[Staff | None] = relationship(foreign_keys=[started_by_id])
    submitted_by: Mapped[Staff | None] = relationship(foreign_keys=[submitted_by_id])
    booked_by: Mapped[Staff | None] = relationship(foreign_keys=[booked_by_id])
    lines: Mapped[list[StockCountLine]] = relationship(back_populates="count", order_by="StockCountLine.id")

    def __str__(self) -> str:
        return self.number


class StockCountLine(Model):
    """One part of a count. ``book``: the books when the count began; ``counted`` and ``counted_at``: what lay there
    when; ``difference`` is worked out from the books of that moment and written down when the count is booked."""

    __tablename__ = "stock_count_line"
    __table_args__ = (
        UniqueConstraint("count_id", "part_id"),
        CheckConstraint("counted >= 0", name="counted_not_negative"),
        CheckConstraint("(counted IS NULL) = (counted_at IS NULL)", name="counted_at_some_time"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    count_id: Mapped[int] = ref("stock_count.id", index=False)
    part_id: Mapped[int] = ref("part.id")
    book: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    counted: Mapped[int | None] = mapped_column(Integer)
    counted_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    serials: Mapped[str] = text(4000)
    reason: Mapped[str] = text(200)
    difference: Mapped[int | None] = mapped_column(Integer)
    count: Mapped[StockCount] = relationship(back_populates="lines")
    part: Mapped[Part] = relationship()

    def __str__(self) -> str:
        return str(self.part)


class VanSlip(Stamped, Model):
    """A 领退料单: what a technician took from the store and brought back at one time, and the old parts handed in.

    Its moves carry its number as their reference; an old part's move carries the job it comes from.
    """

    __tablename__ = "van_slip"
    __table_args__ = (UniqueConstraint("number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(40), nullable=False)
    van_id: Mapped[int] = ref("stock_place.id")
    store_id: Mapped[int] = ref("stock_place.id")
    at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, index=True)
    by_id: Mapped[int | None] = ref("staff.id", nullable=True)
    van: Mapped[StockPlace] = relationship(foreign_keys=[van_id])
    store: Mapped[StockPlace] = relationship(foreign_keys=[store_id])
    by: Mapped[Staff | None] = relationship()
    lines: Mapped[list[VanSlipLine]] = relationship(back_populates="slip", order_by="VanSlipLine.id")

    def __str__(self) -> str:
        return self.number


class VanSlipLine(Model):
    """One line of a slip: its move."""

    __tablename__ = "van_slip_line"

    id: Mapped[int] = mapped_column(primary_key=True)
    slip_id: Mapped[int] = ref("van_slip.id")
    stock_move_id: Mapped[int] = ref("stock_move.id", unique=True)
    slip: Mapped[VanSlip] = relationship(back_populates="lines")
    stock_move: Mapped[StockMove] = relationship()


for _model in (Part, StockPlace, PartLevel, PurchaseRequest, StockCount):
    watch_version(_model)


@listens_for(Part, "before_insert")
@listens_for(Part, "before_update")
def _mnemonic(mapper: Mapper[Part], connection: Connection, part: Part) -> None:
    """A part without a 助记码 gets that of its name: every part can be found by its initials."""
    part.mnemonic = ((part.mnemonic or "").strip().upper() or initials(part.name))[:LONGEST_MNEMONIC]
