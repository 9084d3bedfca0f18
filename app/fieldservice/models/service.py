"""Repair calls, work orders and what was recorded on them (SO)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import Boolean, CheckConstraint, Date, Index, Integer, String, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, backref, mapped_column, relationship

from app.contracts.models import Contract, PlannedVisit
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
from app.core.errors import N_
from app.core.files import StoredFile
from app.core.i18n import in_words
from app.core.settings import declare
from app.customers.models import Address, Voucher
from app.customers.rules import CATEGORIES
from app.fieldservice.rules import (
    CALL_STATES,
    CHANNELS,
    CHARGE_KINDS,
    CONSENTS,
    EVENT_KINDS,
    ORDER_STATES,
    PRIORITIES,
    REPEAT_CAUSES,
    SERVICE_CLASSES,
    SIGNED_FOR,
)
from app.fieldservice.rules.deadlines import WAITING_FOR
from app.organisation.models import Branch, Staff
from app.parts.models import Part, StockMove

if TYPE_CHECKING:
    from app.fieldservice.models.deadlines import AppointmentChange, WaitingChange
    from app.fieldservice.models.planning import Contractor, ContractorRequest, CrewMember


class FaultCode(Versioned, Model):
    """A kind of fault, by product category (empty: any); the short list of symptoms and of findings.

    ``vague``: says nothing of what is wrong (其他): two calls with it are not yet the same fault (KP-2).
    """

    __tablename__ = "fault_code"
    __table_args__ = (
        choice("category", (*CATEGORIES, "any")),
        UniqueConstraint("code"),
        CheckConstraint("expected_minutes BETWEEN 1 AND 1440", name="expected_minutes_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(16), nullable=False)
    category: Mapped[str] = mapped_column(String(24), nullable=False, default="any")
    name: Mapped[str] = mapped_column(String(100), nullable=False)
    name_en: Mapped[str] = text(100)
    expected_minutes: Mapped[int | None] = mapped_column(Integer)
    vague: Mapped[bool] = mapped_column(Boolean, nullable=False, default=False)

    def __str__(self) -> str:
        return in_words(self.name, self.name_en)


class RepairCall(Versioned, Stamped, Model):
    """A line of 002 叫修登记本: what a customer called for, and until when we must be there (SO-4, SO-15)."""

    __tablename__ = "repair_call"
    __table_args__ = (
        choice("channel", CHANNELS),
        choice("priority", PRIORITIES),
        choice("status", CALL_STATES),
        choice("waiting_for", ("", *WAITING_FOR)),
        UniqueConstraint("number"),
        choice("repeat_cause", ("", *REPEAT_CAUSES)),
        CheckConstraint("carried_over >= 0", name="carried_over_not_negative"),
        CheckConstraint("repeat_of_id <> id", name="repeats_another"),
        CheckConstraint("repeat_cause = '' OR repeat_of_id IS NOT NULL", name="cause_of_a_repeat"),
        Index("ix_repair_call_branch_reported", "branch_id", "reported_at"),
        Index("ix_repair_call_branch_status", "branch_id", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(40), nullable=False)
    branch_id: Mapped[int] = ref("branch.id", index=False)
    voucher_id: Mapped[int] = ref("voucher.id")
    address_id: Mapped[int] = ref("address.id")
    caller_name: Mapped[str] = text(64)
    caller_phone: Mapped[str] = text(32)
    channel: Mapped[str] = mapped_column(String(16), nullable=False, default="telephone")
    reported_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, index=True)
    symptom_code_id: Mapped[int | None] = ref("fault_code.id", nullable=True)
    symptom: Mapped[str] = mapped_column(String(500), nullable=False)
    priority: Mapped[str] = mapped_column(String(16), nullable=False, default="normal")
    arrive_by: Mapped[datetime | None] = mapped_column(UTCDateTime(), index=True)
    status: Mapped[str] = mapped_column(String(16), nullable=False, default="open")
    carried_over: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    taken_by_id: Mapped[int | None] = ref("staff.id", nullable=True)
    late_reason: Mapped[str] = text(200)
    repeat_of_id: Mapped[int | None] = ref("repair_call.id", nullable=True)
    repeat_cause: Mapped[str] = text(16)
    repeat_note: Mapped[str] = text(200)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    cancel_reason: Mapped[str] = text(200)
    # The target that gave ``arrive_by``, so that an old deadline still explains itself after targets changed (CAL-5).
    arrive_minutes: Mapped[int | None] = mapped_column(Integer)
    waiting_for: Mapped[str] = text(16)
    promised_at: Mapped[datetime | None] = mapped_column(UTCDateTime(), index=True)
    planned_visit_id: Mapped[int | None] = ref("planned_visit.id", nullable=True, unique=True)
    branch: Mapped[Branch] = relationship()
    voucher: Mapped[Voucher] = relationship()
    address: Mapped[Address] = relationship()
    symptom_code: Mapped[FaultCode | None] = relationship()
    taken_by: Mapped[Staff | None] = relationship()
    repeat_of: Mapped[RepairCall | None] = relationship(remote_side="RepairCall.id")
    planned_visit: Mapped[PlannedVisit | None] = relationship(backref=backref("repair_call", uselist=False))
    work_orders: Mapped[list[WorkOrder]] = relationship(back_populates="repair_call", order_by="WorkOrder.id")
    waiting_changes: Mapped[list[WaitingChange]] = relationship(
        back_populates="repair_call", order_by="WaitingChange.at, WaitingChange.id"
    )
    contractor_requests: Mapped[list[ContractorRequest]] = relationship(
        back_populates="repair_call", order_by="ContractorRequest.id"
    )

    def __str__(self) -> str:
        return self.number


class WorkOrder(Versioned, Stamped, Model):
    """One technician's job for a call (派工). A declined order stays; the next one is a new row."""

    __tablename__ = "work_order"
    __table_args__ = (
        choice("status", ORDER_STATES),
        choice("service_class", SERVICE_CLASSES[:3]),
        UniqueConstraint("number"),
        Index(
            "uq_work_order_live",
            "repair_call_id",
            unique=True,
            sqlite_where=sql("status NOT IN ('declined', 'cancelled')"),
            postgresql_where=sql("status NOT IN ('declined', 'cancelled')"),
        ),
        CheckConstraint(
            "class_reason <> '' OR service_class = derived_class",
            name="override_has_reason",
        ),
        CheckConstraint("expected_minutes BETWEEN 1 AND 1440", name="expected_minutes_range"),
        CheckConstraint("quoted_minutes BETWEEN 0 AND 1440", name="quoted_minutes_range"),
        choice("consent_how", ("", *CONSENTS)),
        Index("ix_work_order_technician_status", "technician_id", "status"),
        Index("ix_work_order_branch_status", "branch_id", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(40), nullable=False)
    repair_call_id: Mapped[int] = ref("repair_call.id")
    branch_id: Mapped[int] = ref("branch.id", index=False)
    technician_id: Mapped[int] = ref("staff.id", index=False)
    contractor_id: Mapped[int | None] = ref("contractor.id", nullable=True)
    dispatched_by_id: Mapped[int | None] = ref("staff.id", nullable=True)
    derived_class: Mapped[str] = mapped_column(String(1), nullable=False)
    service_class: Mapped[str] = mapped_column(String(1), nullable=False)
    class_reason: Mapped[str] = text(200)
    contract_id: Mapped[int | None] = ref("contract.id", nullable=True)
    appointment_at: Mapped[datetime | None] = mapped_column(UTCDateTime(), index=True)
    expected_minutes: Mapped[int | None] = mapped_column(Integer)
    quoted_minutes: Mapped[int | None] = mapped_column(Integer)
    dispatched_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, index=True)
    status: Mapped[str] = mapped_column(String(16), nullable=False, default="dispatched")
    arrived_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    arrived_device_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    fault_code_id: Mapped[int | None] = ref("fault_code.id", nullable=True)
    result: Mapped[str] = text(1000)
    charges_agreed_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    charges_agreed_by: Mapped[str] = text(64)
    consent_how: Mapped[str] = text(16, server_default="")
    consent_file_id: Mapped[int | None] = ref("stored_file.id", nullable=True)
    misuse_reason: Mapped[str] = text(200, server_default="")
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime(), index=True)
    unsigned_reason: Mapped[str] = text(200)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    closed_by_id: Mapped[int | None] = ref("staff.id", nullable=True)
    repair_call: Mapped[RepairCall] = relationship(back_populates="work_orders")
    branch: Mapped[Branch] = relationship()
    technician: Mapped[Staff] = relationship(foreign_keys=[technician_id])
    dispatched_by: Mapped[Staff | None] = relationship(foreign_keys=[dispatched_by_id])
    closed_by: Mapped[Staff | None] = relationship(foreign_keys=[closed_by_id])
    fault_code: Mapped[FaultCode | None] = relationship()
    contract: Mapped[Contract | None] = relationship()
    contractor: Mapped[Contractor | None] = relationship()
    crew: Mapped[list[CrewMember]] = relationship(back_populates="work_order", order_by="CrewMember.id")
    events: Mapped[list[WorkOrderEvent]] = relationship(back_populates="work_order", order_by="WorkOrderEvent.id")
    time_entries: Mapped[list[TimeEntry]] = relationship(back_populates="work_order", order_by="TimeEntry.started_at")
    parts_fitted: Mapped[list[PartFitted]] = relationship(back_populates="work_order", order_by="PartFitted.id")
    charges: Mapped[list[Charge]] = relationship(back_populates="work_order", order_by="Charge.id")
    consent_file: Mapped[StoredFile | None] = relationship()
    signatures: Mapped[list[Signature]] = relationship(back_populates="work_order", order_by="Signature.id")
    appointment_changes: Mapped[list[AppointmentChange]] = relationship(
        back_populates="work_order", order_by="AppointmentChange.id"
    )

    def __str__(self) -> str:
        return self.number

    @property
    def settling_signature(self) -> Signature | None:
        """The newest signature for the work done or the item received back; taking it along settles nothing (SO-5)."""
        return next((each for each in reversed(self.signatures) if each.purpose != "take_back"), None)


class WorkOrderEvent(Model):
    """What happened on a job, by the server's clock and by the device's (SO-15)."""

    __tablename__ = "work_order_event"
    __table_args__ = (choice("kind", EVENT_KINDS),)

    id: Mapped[int] = mapped_column(primary_key=True)
    work_order_id: Mapped[int] = ref("work_order.id")
    kind: Mapped[str] = mapped_column(String(16), nullable=False)
    at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    device_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    staff_id: Mapped[int | None] = ref("staff.id", nullable=True)
    note: Mapped[str] = text(300)
    work_order: Mapped[WorkOrder] = relationship(back_populates="events")
    staff: Mapped[Staff | None] = relationship()

    def __str__(self) -> str:
        return str(self.work_order)


class TimeEntry(Versioned, Model):
    """Minutes of one person on one day; without a work order it is internal work, class D (SO-1, SO-11)."""

    __tablename__ = "time_entry"
    __table_args__ = (
        choice("service_class", SERVICE_CLASSES),
        CheckConstraint("minutes > 0 AND minutes <= 1440", name="minutes_range"),
        CheckConstraint(
            "(service_class = 'D') = (work_order_id IS NULL)",
            name="class_d_is_internal",
        ),
        Index("ix_time_entry_staff_day", "staff_id", "day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = ref("staff.id", index=False)
    day: Mapped[date] = mapped_column(Date, nullable=False, index=True)
    started_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    minutes: Mapped[int] = mapped_column(Integer, nullable=False)
    service_class: Mapped[str] = mapped_column(String(1), nullable=False)
    work_order_id: Mapped[int | None] = ref("work_order.id", nullable=True)
    note: Mapped[str] = text(200)
    staff: Mapped[Staff] = relationship()
    work_order: Mapped[WorkOrder | None] = relationship(back_populates="time_entries")

    def __str__(self) -> str:
        return f"{self.staff} {dates.day(self.day)} {self.minutes}"


class PartFitted(Model):
    """A part fitted on a job: quantity and the price (CNY a unit) at that moment; its stock move (SO-22).

    ``old_serials``: the serial numbers of what was taken out; the new ones stand with the move (SO-17).
    """

    __tablename__ = "part_fitted"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    work_order_id: Mapped[int] = ref("work_order.id")
    part_id: Mapped[int] = ref("part.id")
    quantity: Mapped[int] = mapped_column(Integer, nullable=False, default=1)
    unit_price: Mapped[Decimal] = mapped_column(Money(), nullable=False)
    stock_move_id: Mapped[int | None] = ref("stock_move.id", nullable=True, unique=True)
    old_serials: Mapped[str] = text(200)
    work_order: Mapped[WorkOrder] = relationship(back_populates="parts_fitted")
    part: Mapped[Part] = relationship()
    stock_move: Mapped[StockMove | None] = relationship()

    @property
    def serials(self) -> str:
        """The serial numbers of the pieces fitted; empty for a part that has none."""
        return self.stock_move.serials if self.stock_move is not None else ""

    def __str__(self) -> str:
        return f"{self.part} × {self.quantity}"


class Charge(Model):
    """What the customer pays for a job; told and agreed before work starts (SO-6).

    A free line costs nothing: ``list_price`` is what it would cost, ``free_reason`` why it does not.
    """

    __tablename__ = "charge"
    __table_args__ = (
        choice("kind", CHARGE_KINDS),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("unit_price >= 0", name="price_not_negative"),
        CheckConstraint("part_id IS NULL OR kind = 'part'", name="part_is_a_part"),
        CheckConstraint("free_reason = '' OR unit_price = 0", name="free_costs_nothing"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    work_order_id: Mapped[int] = ref("work_order.id")
    kind: Mapped[str] = mapped_column(String(16), nullable=False)
    description: Mapped[str] = text(100)
    quantity: Mapped[int] = mapped_column(Integer, nullable=False, default=1)
    unit_price: Mapped[Decimal] = mapped_column(Money(), nullable=False)
    list_price: Mapped[Decimal | None] = mapped_column(Money())
    free_reason: Mapped[str] = text(100, server_default="")
    part_id: Mapped[int | None] = ref("part.id", nullable=True)
    work_order: Mapped[WorkOrder] = relationship(back_populates="charges")
    part: Mapped[Part | None] = relationship()

    @property
    def amount(self) -> Decimal:
        """CNY."""
        return self.unit_price * self.quantity

    def __str__(self) -> str:
        return f"{self.description} {self.amount}"


class Signature(Stamped, Model):
    """A signature drawn on screen, as a picture in the file store, and what it is for (SO-5, SO-7, SO-8)."""

    __tablename__ = "signature"
    __table_args__ = (choice("purpose", SIGNED_FOR),)

    id: Mapped[int] = mapped_column(primary_key=True)
    work_order_id: Mapped[int] = ref("work_order.id")
    signer: Mapped[str] = mapped_column(String(64), nullable=False)
    signed_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    purpose: Mapped[str] = mapped_column(String(16), nullable=False, default="work", server_default=sql("'work'"))
    stored_file_id: Mapped[int] = ref("stored_file.id", unique=True)
    work_order: Mapped[WorkOrder] = relationship(back_populates="signatures")
    stored_file: Mapped[StoredFile] = relationship()

    def __str__(self) -> str:
        return self.signer


for _model in (FaultCode, RepairCall, WorkOrder, TimeEntry):
    watch_version(_model)

declare("repeat_days", 30, N_("Days within which the same fault of the same product is a repeat repair"), "KP-2")
declare("repeat_likeness", 70, N_("Likeness in per cent from which two faults described in words are the same"), "KP-2")
declare("late_entry_hours", 24, N_("Hours after which a call entered later needs the reason"), "CAL-4")
declare("arrival_minutes_urban", 360, N_("Working minutes from call to arrival, urban zone"), "SO-15")
declare("arrival_minutes_suburban", 420, N_("Working minutes from call to arrival, suburban zone"), "SO-15")
declare("collect_on_site_up_to", "500.00", N_("Up to this amount the technician collects on the spot, CNY"), "SO-6")
