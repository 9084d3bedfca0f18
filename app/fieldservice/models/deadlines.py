"""Targets, pauses, moved appointments, and who was told of a deadline (SO-10, SO-15, SO-18, CAL-6)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Boolean, CheckConstraint, Index, Integer, String, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.contracts.models import Contract
from app.core import dates
from app.core.db import Model, Stamped, UTCDateTime, Versioned, choice, ref, text, watch_version
from app.core.errors import N_
from app.core.i18n import say
from app.core.settings import declare
from app.fieldservice.rules import PRIORITIES
from app.fieldservice.rules.deadlines import DEADLINE_LABELS, DEADLINES, ESCALATION_ROLES, WAITING_FOR
from app.organisation.models import Staff
from app.organisation.rules import ZONES

if TYPE_CHECKING:
    from app.fieldservice.models.service import RepairCall, WorkOrder


class ArrivalTarget(Versioned, Model):
    """Working minutes from call to arrival by zone and priority, in general or for one contract (SO-15).

    Where no line fits, the settings ``arrival_minutes_urban`` and ``arrival_minutes_suburban`` hold.
    """

    __tablename__ = "arrival_target"
    __table_args__ = (
        choice("zone", ZONES),
        choice("priority", PRIORITIES),
        CheckConstraint("minutes > 0 AND minutes <= 10080", name="minutes_range"),
        UniqueConstraint("zone", "priority", "contract_id"),
        # NULLs are distinct in a unique constraint: the general line needs one of its own.
        Index(
            "uq_arrival_target_general",
            "zone",
            "priority",
            unique=True,
            sqlite_where=sql("contract_id IS NULL"),
            postgresql_where=sql("contract_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    zone: Mapped[str] = mapped_column(String(16), nullable=False)
    priority: Mapped[str] = mapped_column(String(16), nullable=False, default="normal")
    contract_id: Mapped[int | None] = ref("contract.id", nullable=True)
    minutes: Mapped[int] = mapped_column(Integer, nullable=False)
    contract: Mapped[Contract | None] = relationship()

    def __str__(self) -> str:
        return f"{self.zone} {self.priority} {self.minutes}"


class WaitingChange(Stamped, Model):
    """One line of a call's state history: from ``at`` on it waits for somebody, or (empty) no longer (CAL-6)."""

    __tablename__ = "waiting_change"
    __table_args__ = (
        choice("waiting_for", ("", *WAITING_FOR)),
        Index("ix_waiting_change_call", "repair_call_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    repair_call_id: Mapped[int] = ref("repair_call.id", index=False)
    at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    waiting_for: Mapped[str] = text(16)
    reason: Mapped[str] = text(200)
    staff_id: Mapped[int | None] = ref("staff.id", nullable=True)
    repair_call: Mapped[RepairCall] = relationship(back_populates="waiting_changes")
    staff: Mapped[Staff | None] = relationship()

    def __str__(self) -> str:
        return dates.moment(self.at)


class AppointmentChange(Model):
    """An appointment moved: from when to when, and which of the customer's people agreed (SO-18)."""

    __tablename__ = "appointment_change"
    __table_args__ = (CheckConstraint("agreed_by <> ''", name="somebody_agreed"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    work_order_id: Mapped[int] = ref("work_order.id")
    at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    old_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    new_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    agreed_by: Mapped[str] = mapped_column(String(64), nullable=False)
    reason: Mapped[str] = text(200)
    staff_id: Mapped[int | None] = ref("staff.id", nullable=True)
    work_order: Mapped[WorkOrder] = relationship(back_populates="appointment_changes")
    staff: Mapped[Staff | None] = relationship()

    def __str__(self) -> str:
        return f"{dates.moment(self.new_at)} {self.agreed_by}"


class EscalationLevel(Versioned, Model):
    """Whom to tell of a deadline and when: ``minutes`` of working time before it, 0 when missed, negative after it."""

    __tablename__ = "escalation_level"
    __table_args__ = (
        choice("deadline", DEADLINES),
        choice("role", ESCALATION_ROLES),
        CheckConstraint("minutes BETWEEN -10080 AND 10080", name="minutes_range"),
        UniqueConstraint("deadline", "minutes", "role"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    deadline: Mapped[str] = mapped_column(String(16), nullable=False, default="arrival")
    minutes: Mapped[int] = mapped_column(Integer, nullable=False)
    role: Mapped[str] = mapped_column(String(24), nullable=False)
    active: Mapped[bool] = mapped_column(Boolean, nullable=False, default=True)

    def __str__(self) -> str:
        return f"{say(DEADLINE_LABELS[self.deadline])} {self.minutes}"


class EscalationNotice(Model):
    """A level was reached for a deadline: once, until the deadline moves. ``told`` is empty when it was overtaken."""

    __tablename__ = "escalation_notice"
    __table_args__ = (UniqueConstraint("repair_call_id", "escalation_level_id", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    repair_call_id: Mapped[int] = ref("repair_call.id", index=False)
    escalation_level_id: Mapped[int] = ref("escalation_level.id")
    due_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    told: Mapped[str] = text(300)
    repair_call: Mapped[RepairCall] = relationship()
    level: Mapped[EscalationLevel] = relationship()

    def __str__(self) -> str:
        return dates.moment(self.due_at)


for _model in (ArrivalTarget, EscalationLevel):
    watch_version(_model)

declare("appointment_tolerance", 10, N_("Minutes within which an appointment is kept"), "SO-18")
declare(
    "clock_skew_minutes", 5, N_("Minutes by which a device's clock may differ from ours before it is flagged"), "SO-15"
)
declare(
    "deadline_soon_minutes", 120, N_("Working minutes before a deadline from which it is shown as pressing"), "SO-15"
)
