"""Tables of the workshop: items in custody with their 003, the repair card 005, who had it when, loan units (SO-7 … SO-10)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Boolean, CheckConstraint, Date, Index, Integer, String, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import dates
from app.core.db import Model, Stamped, UTCDateTime, Versioned, choice, ref, text, watch_version
from app.core.errors import N_
from app.core.files import StoredFile
from app.core.settings import declare
from app.customers.models import Customer, ProductModel, Voucher
from app.fieldservice.models import EscalationLevel, FaultCode, WorkOrder
from app.organisation.models import Branch, Staff
from app.parts.models import Part
from app.workshop.rules import CARD_EVENTS, CARD_STATES, HOLDERS, OUTCOMES, PHOTO_KINDS, VOID_KINDS, Holder


class GoodsReceipt(Versioned, Stamped, Model):
    """003 客户商品领取收据, and with it one item in custody: a line of 004 (SO-7, SO-8).

    One row says both that the customer holds a receipt and that we hold the item, so that neither can be without the
    other. ``promised_at`` is what stands on the paper; what was promised since is on the card.
    """

    __tablename__ = "goods_receipt"
    __table_args__ = (
        choice("void_kind", VOID_KINDS),
        UniqueConstraint("number"),
        UniqueConstraint("work_order_id"),
        CheckConstraint("(out_at IS NULL) = (voided_at IS NULL)", name="out_with_receipt_voided"),
        CheckConstraint("(voided_at IS NULL) = (void_kind = '')", name="voided_somehow"),
        CheckConstraint("void_kind <> 'lost' OR void_note <> ''", name="lost_with_statement"),
        CheckConstraint("out_at IS NULL OR out_at >= in_at", name="out_after_in"),
        CheckConstraint("out_at IS NULL OR returned_to <> ''", name="returned_to_somebody"),
        Index(
            "uq_goods_receipt_open",
            "voucher_id",
            unique=True,
            sqlite_where=sql("out_at IS NULL"),
            postgresql_where=sql("out_at IS NULL"),
        ),
        Index("ix_goods_receipt_branch_in", "branch_id", "in_at"),
        Index("ix_goods_receipt_branch_out", "branch_id", "out_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(40), nullable=False)
    work_order_id: Mapped[int] = ref("work_order.id", index=False)
    voucher_id: Mapped[int] = ref("voucher.id")
    branch_id: Mapped[int] = ref("branch.id", index=False)
    in_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    received_by_id: Mapped[int | None] = ref("staff.id", nullable=True)
    condition: Mapped[str] = mapped_column(String(500), nullable=False)
    accessories: Mapped[str] = text(300)
    promised_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    unsigned_reason: Mapped[str] = text(200)
    no_photo_reason: Mapped[str] = text(200)
    out_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    returned_by_id: Mapped[int | None] = ref("staff.id", nullable=True)
    returned_to: Mapped[str] = text(64)
    voided_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    voided_by_id: Mapped[int | None] = ref("staff.id", nullable=True)
    void_kind: Mapped[str] = text(16)
    void_note: Mapped[str] = text(300)
    work_order: Mapped[WorkOrder] = relationship()
    voucher: Mapped[Voucher] = relationship()
    branch: Mapped[Branch] = relationship()
    received_by: Mapped[Staff | None] = relationship(foreign_keys=[received_by_id])
    returned_by: Mapped[Staff | None] = relationship(foreign_keys=[returned_by_id])
    voided_by: Mapped[Staff | None] = relationship(foreign_keys=[voided_by_id])
    card: Mapped[RepairCard] = relationship(back_populates="goods_receipt", uselist=False)
    movements: Mapped[list[ItemMovement]] = relationship(back_populates="goods_receipt", order_by="ItemMovement.id")
    photos: Mapped[list[GoodsPhoto]] = relationship(back_populates="goods_receipt", order_by="GoodsPhoto.id")
    loans: Mapped[list[Loan]] = relationship(back_populates="goods_receipt", order_by="Loan.id")

    def __str__(self) -> str:
        return self.number

    @property
    def holder(self) -> ItemMovement | None:
        """The last movement: where it went, to whom and since when."""
        return self.movements[-1] if self.movements else None


class RepairCard(Versioned, Model):
    """005 修护卡: hangs on the item from the moment it is taken back; its number is the receipt's (SO-8)."""

    __tablename__ = "repair_card"
    __table_args__ = (
        choice("status", CARD_STATES),
        choice("outcome", OUTCOMES),
        UniqueConstraint("goods_receipt_id"),
        UniqueConstraint("tag"),
        CheckConstraint("expected_minutes BETWEEN 1 AND 14400", name="expected_minutes_range"),
        CheckConstraint("outcome IN ('', 'repaired') OR outcome_reason <> ''", name="unrepaired_with_reason"),
        CheckConstraint("status NOT IN ('ready', 'on_return', 'returned') OR outcome <> ''", name="ready_is_decided"),
        Index("ix_repair_card_status_promised", "status", "promised_at"),
        Index("ix_repair_card_technician_status", "technician_id", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    goods_receipt_id: Mapped[int] = ref("goods_receipt.id", index=False)
    status: Mapped[str] = mapped_column(String(16), nullable=False, default="waiting")
    tag: Mapped[str] = mapped_column(String(32), nullable=False)
    technician_id: Mapped[int | None] = ref("staff.id", nullable=True, index=False)
    promised_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    expected_minutes: Mapped[int | None] = mapped_column(Integer)
    fault_code_id: Mapped[int | None] = ref("fault_code.id", nullable=True)
    result: Mapped[str] = text(1000)
    outcome: Mapped[str] = text(16)
    outcome_reason: Mapped[str] = text(300)
    goods_receipt: Mapped[GoodsReceipt] = relationship(back_populates="card")
    technician: Mapped[Staff | None] = relationship()
    fault_code: Mapped[FaultCode | None] = relationship()
    events: Mapped[list[RepairCardEvent]] = relationship(back_populates="card", order_by="RepairCardEvent.id")
    inspections: Mapped[list[Inspection]] = relationship(back_populates="card", order_by="Inspection.id")
    waits: Mapped[list[PartsWait]] = relationship(back_populates="card", order_by="PartsWait.id")
    promise_changes: Mapped[list[PromiseChange]] = relationship(back_populates="card", order_by="PromiseChange.id")

    def __str__(self) -> str:
        return str(self.goods_receipt) if self.goods_receipt is not None else f"#{self.id}"

    @property
    def number(self) -> str:
        """The receipt's number: one item, one number."""
        return self.goods_receipt.number

    @property
    def inspection(self) -> Inspection | None:
        """The newest inspection: who let it pass, or did not, and when."""
        return self.inspections[-1] if self.inspections else None

    @property
    def waits_for(self) -> PartsWait | None:
        """What it waits for now."""
        return next((wait for wait in self.waits if wait.until_at is None), None)


class RepairCardEvent(Model):
    """What happened to the card, line by line."""

    __tablename__ = "repair_card_event"
    __table_args__ = (choice("kind", CARD_EVENTS),)

    id: Mapped[int] = mapped_column(primary_key=True)
    repair_card_id: Mapped[int] = ref("repair_card.id")
    kind: Mapped[str] = mapped_column(String(16), nullable=False)
    at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    staff_id: Mapped[int | None] = ref("staff.id", nullable=True)
    note: Mapped[str] = text(300)
    card: Mapped[RepairCard] = relationship(back_populates="events")
    staff: Mapped[Staff | None] = relationship()

    def __str__(self) -> str:
        return str(self.card)


class ItemMovement(Model):
    """The item went from one holder to another: who had it when is this list, without gaps (SO-8)."""

    __tablename__ = "item_movement"
    __table_args__ = (
        choice("from_kind", HOLDERS),
        choice("to_kind", HOLDERS),
        CheckConstraint(
            "(from_kind IN ('technician', 'supervisor')) = (from_staff_id IS NOT NULL)", name="from_somebody"
        ),
        CheckConstraint("(to_kind IN ('technician', 'supervisor')) = (to_staff_id IS NOT NULL)", name="to_somebody"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    goods_receipt_id: Mapped[int] = ref("goods_receipt.id")
    at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    from_kind: Mapped[str] = mapped_column(String(16), nullable=False)
    from_staff_id: Mapped[int | None] = ref("staff.id", nullable=True)
    from_place: Mapped[str] = text(40)
    to_kind: Mapped[str] = mapped_column(String(16), nullable=False)
    to_staff_id: Mapped[int | None] = ref("staff.id", nullable=True)
    to_place: Mapped[str] = text(40)
    by_id: Mapped[int | None] = ref("staff.id", nullable=True)
    note: Mapped[str] = text(200)
    goods_receipt: Mapped[GoodsReceipt] = relationship(back_populates="movements")
    from_staff: Mapped[Staff | None] = relationship(foreign_keys=[from_staff_id])
    to_staff: Mapped[Staff | None] = relationship(foreign_keys=[to_staff_id])
    by: Mapped[Staff | None] = relationship(foreign_keys=[by_id])

    def __str__(self) -> str:
        return dates.moment(self.at)

    @property
    def source(self) -> Holder:
        """Where it came from."""
        return Holder(self.from_kind, self.from_staff_id, self.from_place or "")

    @property
    def target(self) -> Holder:
        """Where it went."""
        return Holder(self.to_kind, self.to_staff_id, self.to_place or "")


class Inspection(Model):
    """The supervisor looked at the finished repair before it leaves (SO-8)."""

    __tablename__ = "inspection"
    __table_args__ = (CheckConstraint("passed OR reason <> ''", name="failed_with_reason"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    repair_card_id: Mapped[int] = ref("repair_card.id")
    at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    by_id: Mapped[int | None] = ref("staff.id", nullable=True)
    passed: Mapped[bool] = mapped_column(Boolean, nullable=False)
    reason: Mapped[str] = text(300)
    checklist: Mapped[str] = text(500)
    card: Mapped[RepairCard] = relationship(back_populates="inspections")
    by: Mapped[Staff | None] = relationship()

    def __str__(self) -> str:
        return dates.moment(self.at)


class PartsWait(Model):
    """The repair waits for a part: which, from when to when (SO-10). One at a time."""

    __tablename__ = "parts_wait"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("until_at IS NULL OR until_at >= from_at", name="until_after_from"),
        Index(
            "uq_parts_wait_open",
            "repair_card_id",
            unique=True,
            sqlite_where=sql("until_at IS NULL"),
            postgresql_where=sql("until_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    repair_card_id: Mapped[int] = ref("repair_card.id")
    part_id: Mapped[int | None] = ref("part.id", nullable=True)
    quantity: Mapped[int] = mapped_column(Integer, nullable=False, default=1)
    what: Mapped[str] = mapped_column(String(200), nullable=False)
    from_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    expected_on: Mapped[date | None] = mapped_column(Date)
    until_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    by_id: Mapped[int | None] = ref("staff.id", nullable=True)
    card: Mapped[RepairCard] = relationship(back_populates="waits")
    part: Mapped[Part | None] = relationship()
    by: Mapped[Staff | None] = relationship()

    def __str__(self) -> str:
        return self.what


class PromiseChange(Model):
    """Another time was promised, and which of the customer's people was told when (SO-10)."""

    __tablename__ = "promise_change"
    __table_args__ = (CheckConstraint("told_to <> ''", name="somebody_was_told"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    repair_card_id: Mapped[int] = ref("repair_card.id")
    at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    old_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    new_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    told_to: Mapped[str] = mapped_column(String(64), nullable=False)
    told_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    reason: Mapped[str] = text(200)
    staff_id: Mapped[int | None] = ref("staff.id", nullable=True)
    card: Mapped[RepairCard] = relationship(back_populates="promise_changes")
    staff: Mapped[Staff | None] = relationship()

    def __str__(self) -> str:
        return f"{dates.moment(self.new_at)} {self.told_to}"


class PromiseNotice(Model):
    """A level was reached for a card's promise: once, until the promise moves. Empty ``told``: it was overtaken."""

    __tablename__ = "promise_notice"
    __table_args__ = (UniqueConstraint("repair_card_id", "escalation_level_id", "promised_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    repair_card_id: Mapped[int] = ref("repair_card.id", index=False)
    escalation_level_id: Mapped[int] = ref("escalation_level.id")
    promised_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    told: Mapped[str] = text(300)
    card: Mapped[RepairCard] = relationship()
    level: Mapped[EscalationLevel] = relationship()

    def __str__(self) -> str:
        return dates.moment(self.promised_at)


class GoodsPhoto(Model):
    """A photograph of the item: how it came, how it was repaired, how it left (SO-7)."""

    __tablename__ = "goods_photo"
    __table_args__ = (choice("kind", PHOTO_KINDS),)

    id: Mapped[int] = mapped_column(primary_key=True)
    goods_receipt_id: Mapped[int] = ref("goods_receipt.id")
    stored_file_id: Mapped[int] = ref("stored_file.id", unique=True)
    kind: Mapped[str] = mapped_column(String(8), nullable=False, default="in")
    at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    by_id: Mapped[int | None] = ref("staff.id", nullable=True)
    note: Mapped[str] = text(200)
    goods_receipt: Mapped[GoodsReceipt] = relationship(back_populates="photos")
    stored_file: Mapped[StoredFile] = relationship()
    by: Mapped[Staff | None] = relationship()

    def __str__(self) -> str:
        return str(self.stored_file)


class LoanUnit(Versioned, Model):
    """A product of ours that is lent to a customer while the own one is here."""

    __tablename__ = "loan_unit"
    __table_args__ = (
        UniqueConstraint("product_model_id", "serial_no"),
        CheckConstraint("serial_no <> ''", name="has_serial"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = ref("branch.id")
    product_model_id: Mapped[int] = ref("product_model.id", index=False)
    serial_no: Mapped[str] = mapped_column(String(64), nullable=False)
    active: Mapped[bool] = mapped_column(Boolean, nullable=False, default=True)
    note: Mapped[str] = text(200)
    branch: Mapped[Branch] = relationship()
    product_model: Mapped[ProductModel] = relationship()
    loans: Mapped[list[Loan]] = relationship(back_populates="loan_unit", order_by="Loan.id")

    def __str__(self) -> str:
        return f"{self.product_model} {self.serial_no}"

    @property
    def out(self) -> Loan | None:
        """The loan it is out for; None while it is in the house."""
        return next((loan for loan in self.loans if loan.back_at is None), None)


class Loan(Versioned, Model):
    """A loan unit with a customer for as long as the item of this receipt is here; one open loan a unit.

    ``kept_reason``: the item went back while the unit did not, and why.
    """

    __tablename__ = "loan"
    __table_args__ = (
        CheckConstraint("back_at IS NULL OR back_at >= out_at", name="back_after_out"),
        Index(
            "uq_loan_open",
            "loan_unit_id",
            unique=True,
            sqlite_where=sql("back_at IS NULL"),
            postgresql_where=sql("back_at IS NULL"),
        ),
        Index("ix_loan_back_due", "back_at", "due_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    loan_unit_id: Mapped[int] = ref("loan_unit.id")
    goods_receipt_id: Mapped[int] = ref("goods_receipt.id")
    customer_id: Mapped[int] = ref("customer.id")
    out_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    out_by_id: Mapped[int | None] = ref("staff.id", nullable=True)
    due_on: Mapped[date] = mapped_column(Date, nullable=False)
    condition: Mapped[str] = text(300)
    back_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    back_by_id: Mapped[int | None] = ref("staff.id", nullable=True)
    back_condition: Mapped[str] = text(300)
    kept_reason: Mapped[str] = text(200)
    loan_unit: Mapped[LoanUnit] = relationship(back_populates="loans")
    goods_receipt: Mapped[GoodsReceipt] = relationship(back_populates="loans")
    customer: Mapped[Customer] = relationship()
    out_by: Mapped[Staff | None] = relationship(foreign_keys=[out_by_id])
    back_by: Mapped[Staff | None] = relationship(foreign_keys=[back_by_id])

    def __str__(self) -> str:
        return str(self.loan_unit)


for _model in (GoodsReceipt, RepairCard, LoanUnit, Loan):
    watch_version(_model)

declare("workshop_days", 5, N_("Working days until a product taken back is promised, as the form proposes"), "SO-7")
declare("take_back_photos", 1, N_("Photographs of a product taken back at least, else the reason why not"), "SO-7")
declare(
    "workshop_expected_minutes", 120, N_("Working minutes a repair in the workshop takes where no code says"), "SO-10"
)
declare("workshop_inspection_minutes", 30, N_("Working minutes for the inspection of a repair"), "SO-10")
declare("workshop_return_minutes", 120, N_("Working minutes to take a repaired product back to the customer"), "SO-10")
declare(
    "workshop_warning_minutes",
    240,
    N_("A repair with no more than so many working minutes to spare is shown as pressing"),
    "SO-10",
)
declare(
    "inspection_checklist",
    "外观清洁、绝缘接地、功能性能、运转声音、附件齐全",
    N_("What the supervisor looks at before a repair leaves the house, as the form proposes"),
    "SO-8",
)
