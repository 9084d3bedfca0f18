"""The day closed at a branch: what was carried over, and what the vouchers said (SO-14)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import dates
from app.core.db import Model, UTCDateTime, choice, ref, text
from app.core.errors import N_
from app.core.settings import declare
from app.customers.models import Voucher
from app.fieldservice.models.service import RepairCall
from app.fieldservice.rules import CARRY_CAUSES, FINDINGS
from app.organisation.models import Branch, Staff


class DayClose(Model):
    """A branch closed its day: once, by a person or (without one) by itself at closing time."""

    __tablename__ = "day_close"
    __table_args__ = (UniqueConstraint("branch_id", "day"), Index("ix_day_close_day", "day"))

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = ref("branch.id", index=False)
    day: Mapped[date] = mapped_column(Date, nullable=False)
    closed_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    closed_by_id: Mapped[int | None] = ref("staff.id", nullable=True)
    branch: Mapped[Branch] = relationship()
    closed_by: Mapped[Staff | None] = relationship()
    carried: Mapped[list[CarryOver]] = relationship(back_populates="day_close", order_by="CarryOver.id")
    findings: Mapped[list[DayCloseFinding]] = relationship(back_populates="day_close", order_by="DayCloseFinding.id")

    def __str__(self) -> str:
        return f"{self.branch} {dates.day(self.day)}"


class CarryOver(Model):
    """A call that was not dispatched when the day was closed. ``times`` counts tonight in."""

    __tablename__ = "carry_over"
    __table_args__ = (
        choice("cause", CARRY_CAUSES),
        UniqueConstraint("day_close_id", "repair_call_id"),
        CheckConstraint("times >= 1", name="times_at_least_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    day_close_id: Mapped[int] = ref("day_close.id", index=False)
    repair_call_id: Mapped[int] = ref("repair_call.id")
    times: Mapped[int] = mapped_column(Integer, nullable=False)
    cause: Mapped[str] = mapped_column(String(24), nullable=False)
    reason: Mapped[str] = text(200)
    day_close: Mapped[DayClose] = relationship(back_populates="carried")
    repair_call: Mapped[RepairCall] = relationship()

    def __str__(self) -> str:
        return f"{self.repair_call} ×{self.times}"


class DayCloseFinding(Model):
    """A voucher that was not where the register says it should be."""

    __tablename__ = "day_close_finding"
    __table_args__ = (choice("kind", FINDINGS), UniqueConstraint("day_close_id", "voucher_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    day_close_id: Mapped[int] = ref("day_close.id", index=False)
    voucher_id: Mapped[int] = ref("voucher.id")
    kind: Mapped[str] = mapped_column(String(24), nullable=False)
    holder_id: Mapped[int | None] = ref("staff.id", nullable=True)
    repair_call_id: Mapped[int | None] = ref("repair_call.id", nullable=True)
    day_close: Mapped[DayClose] = relationship(back_populates="findings")
    voucher: Mapped[Voucher] = relationship()
    holder: Mapped[Staff | None] = relationship()
    repair_call: Mapped[RepairCall | None] = relationship()

    def __str__(self) -> str:
        return str(self.voucher)


declare(
    "carried_over_alert",
    2,
    N_("The supervisor is alerted when a call is carried over so many times (0: never)"),
    "SO-14",
)
declare(
    "carry_over_late_minutes", 60, N_("A call within so many minutes before closing time counts as a late one"), "SO-14"
)
declare(
    "planned_visit_lead_days", 7, N_("A planned maintenance visit becomes a repair call so many days before"), "SO-23"
)
declare("appointment_minutes", 60, N_("Length of an appointment in the technician's calendar, minutes"), "SO-18")
