"""Approvals, who stands in for whom, and why a solution is refused (CP-9)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Boolean, CheckConstraint, Date, Index, String, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.complaints.models.handling import Complaint
from app.complaints.rules import APPROVAL_STATES, LEVELS, REMEDIES
from app.core import settings
from app.core.db import Model, Money, Stamped, UTCDateTime, Versioned, choice, ref, text, watch_version
from app.core.errors import N_
from app.organisation.models import Staff

FOUR_EYES_ABOVE = "complaint_four_eyes_above"
IN_WRITING_FROM = "complaint_agreement_from"
settings.declare(
    FOUR_EYES_ABOVE, "200.00", N_("Above this amount nobody approves what they proposed themselves, CNY"), "CP-9"
)
settings.declare(
    IN_WRITING_FROM, "500.00", N_("Settled only with an agreement both sides signed, from this amount on, CNY"), "CP-10"
)


class RefusalReason(Versioned, Model):
    """Why a proposed solution is refused: data."""

    __tablename__ = "refusal_reason"
    __small__ = True
    __table_args__ = (UniqueConstraint("code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(24), nullable=False)
    name: Mapped[str] = mapped_column(String(100), nullable=False)
    name_en: Mapped[str] = text(100)
    active: Mapped[bool] = mapped_column(Boolean, nullable=False, default=True)

    def __str__(self) -> str:
        return self.name


class ApprovalDeputy(Versioned, Model):
    """Who decides for somebody who is away, from one day to another, both included (CP-9)."""

    __tablename__ = "approval_deputy"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint("staff_id <> deputy_id", name="another_person"),
        Index("ix_approval_deputy_days", "deputy_id", "starts_on", "ends_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = ref("staff.id")
    deputy_id: Mapped[int] = ref("staff.id", index=False)
    starts_on: Mapped[date] = mapped_column(Date, nullable=False)
    ends_on: Mapped[date] = mapped_column(Date, nullable=False)
    note: Mapped[str] = text(200)
    staff: Mapped[Staff] = relationship(foreign_keys=[staff_id])
    deputy: Mapped[Staff] = relationship(foreign_keys=[deputy_id])

    def __str__(self) -> str:
        return f"{self.staff} → {self.deputy}"


class Approval(Versioned, Stamped, Model):
    """One proposal put before whoever may decide it; ``role`` is the lowest that may. One is pending at a time."""

    __tablename__ = "approval"
    __table_args__ = (
        choice("status", APPROVAL_STATES),
        choice("kind", REMEDIES),
        choice("role", LEVELS),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
        CheckConstraint("status <> 'refused' OR refusal_reason_id IS NOT NULL", name="refused_with_reason"),
        Index(
            "uq_approval_pending",
            "complaint_id",
            unique=True,
            sqlite_where=sql("status = 'pending'"),
            postgresql_where=sql("status = 'pending'"),
        ),
        Index("ix_approval_status_role", "status", "role"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = ref("complaint.id")
    kind: Mapped[str] = mapped_column(String(16), nullable=False)
    amount: Mapped[Decimal] = mapped_column(Money(), nullable=False, default=Decimal(0))
    solution: Mapped[str] = text(2000)
    # Why it was proposed: what the approver has to weigh.
    reasons: Mapped[str] = text(2000, server_default="")
    role: Mapped[str] = mapped_column(String(24), nullable=False)
    status: Mapped[str] = mapped_column(String(16), nullable=False, default="pending")
    requested_by_id: Mapped[int | None] = ref("staff.id", nullable=True)
    decided_by_id: Mapped[int | None] = ref("staff.id", nullable=True)
    # For whom a deputy decided.
    for_id: Mapped[int | None] = ref("staff.id", nullable=True)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    refusal_reason_id: Mapped[int | None] = ref("refusal_reason.id", nullable=True)
    said: Mapped[str] = text(2000)
    complaint: Mapped[Complaint] = relationship(back_populates="approvals")
    requested_by: Mapped[Staff | None] = relationship(foreign_keys=[requested_by_id])
    decided_by: Mapped[Staff | None] = relationship(foreign_keys=[decided_by_id])
    acted_for: Mapped[Staff | None] = relationship(foreign_keys=[for_id])
    refusal_reason: Mapped[RefusalReason | None] = relationship()

    def __str__(self) -> str:
        return f"{self.complaint} · ¥{self.amount:,.2f}" if self.amount else str(self.complaint)


for _model in (RefusalReason, ApprovalDeputy, Approval):
    watch_version(_model)
