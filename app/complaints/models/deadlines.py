"""Who is told of a complaint's deadline and when, who was told, and what came too late (CP-3, CP-16)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.complaints.models.handling import Complaint
from app.complaints.rules import MANAGEMENT, MANAGEMENT_LABEL, STAGE_DUE, STATE_LABELS
from app.core import dates
from app.core.db import Model, Stamped, UTCDateTime, Versioned, choice, ref, text, watch_version
from app.core.i18n import say
from app.organisation.models import Staff

STAGES = (*STAGE_DUE, MANAGEMENT)
STAGE_LABELS = {**{stage: STATE_LABELS[stage] for stage in STAGE_DUE}, MANAGEMENT: MANAGEMENT_LABEL}
ESCALATION_ROLES = ("handler", "supervisor", "branch_manager", "service_department", "management")


class ComplaintEscalationLevel(Versioned, Model):
    """Whom to tell of a stage's deadline: ``minutes`` of working time before it, 0 when missed, negative after it."""

    __tablename__ = "complaint_escalation_level"
    __table_args__ = (
        choice("stage", STAGES),
        choice("role", ESCALATION_ROLES),
        CheckConstraint("minutes BETWEEN -10080 AND 10080", name="minutes_range"),
        UniqueConstraint("stage", "minutes", "role"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    stage: Mapped[str] = mapped_column(String(16), nullable=False)
    minutes: Mapped[int] = mapped_column(Integer, nullable=False)
    role: Mapped[str] = mapped_column(String(24), nullable=False)
    active: Mapped[bool] = mapped_column(Boolean, nullable=False, default=True)

    def __str__(self) -> str:
        return f"{say(STAGE_LABELS[self.stage])} {self.minutes}"


class ComplaintNotice(Model):
    """A level was reached for a deadline: once, until the deadline moves. ``told`` is empty when it was overtaken."""

    __tablename__ = "complaint_notice"
    __table_args__ = (UniqueConstraint("complaint_id", "level_id", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = ref("complaint.id", index=False)
    level_id: Mapped[int] = ref("complaint_escalation_level.id")
    due_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    told: Mapped[str] = text(300)
    complaint: Mapped[Complaint] = relationship()
    level: Mapped[ComplaintEscalationLevel] = relationship()

    def __str__(self) -> str:
        return dates.moment(self.due_at)


class ComplaintLateness(Stamped, Model):
    """A stage missed its deadline: recorded against whoever answered for it then (CP-16)."""

    __tablename__ = "complaint_lateness"
    __table_args__ = (
        choice("stage", STAGES),
        UniqueConstraint("complaint_id", "stage", "due_at"),
        Index("ix_complaint_lateness_handler", "staff_id", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = ref("complaint.id", index=False)
    stage: Mapped[str] = mapped_column(String(16), nullable=False)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    staff_id: Mapped[int | None] = ref("staff.id", nullable=True, index=False)
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    complaint: Mapped[Complaint] = relationship(back_populates="lateness")
    staff: Mapped[Staff | None] = relationship()

    def __str__(self) -> str:
        return f"{say(STAGE_LABELS[self.stage])} {dates.moment(self.due_at)}"


watch_version(ComplaintEscalationLevel)
