"""Corrective and preventive actions: owner, due date, check of the effect, and what brings them back (CP-11)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.complaints.models.handling import Complaint
from app.complaints.rules import ACTION_KINDS, ACTION_STATES
from app.core import settings
from app.core.db import Model, Stamped, UTCDateTime, Versioned, choice, ref, text, watch_version
from app.core.errors import N_
from app.customers.models import ProductModel
from app.fieldservice.models import FaultCode
from app.organisation.models import Staff

RECUR_DAYS = "complaint_action_recur_days"
settings.declare(
    RECUR_DAYS, 90, N_("Days within which the same fault on the same model reopens a corrective action"), "CP-11"
)


class CorrectiveAction(Versioned, Stamped, Model):
    """What is changed so that the cause of a complaint does not come back, and whether it helped."""

    __tablename__ = "corrective_action"
    __table_args__ = (
        choice("kind", ACTION_KINDS),
        choice("status", ACTION_STATES),
        CheckConstraint("status = 'open' OR status = 'cancelled' OR done_at IS NOT NULL", name="done_when_done"),
        CheckConstraint("reopened >= 0", name="reopened_not_negative"),
        Index("ix_corrective_action_status_due", "status", "due_on"),
        Index("ix_corrective_action_fault", "product_model_id", "fault_code_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = ref("complaint.id")
    kind: Mapped[str] = mapped_column(String(16), nullable=False, default="corrective")
    cause: Mapped[str] = mapped_column(String(500), nullable=False)
    action: Mapped[str] = mapped_column(String(1000), nullable=False)
    # Whose fault it was, where it was somebody's.
    responsible_id: Mapped[int | None] = ref("staff.id", nullable=True)
    owner_id: Mapped[int] = ref("staff.id")
    due_on: Mapped[date] = mapped_column(Date, nullable=False)
    status: Mapped[str] = mapped_column(String(16), nullable=False, default="open")
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    result: Mapped[str] = text(1000)
    checked_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    checked_by_id: Mapped[int | None] = ref("staff.id", nullable=True)
    effect: Mapped[str] = text(1000)
    product_model_id: Mapped[int | None] = ref("product_model.id", nullable=True, index=False)
    fault_code_id: Mapped[int | None] = ref("fault_code.id", nullable=True)
    reopened: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    reopened_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    reopened_for: Mapped[str] = text(200)
    # The day due for which its owner and those above were told that it has passed; another day is told anew.
    reminded_on: Mapped[date | None] = mapped_column(Date)
    complaint: Mapped[Complaint] = relationship(back_populates="actions", foreign_keys=[complaint_id])
    responsible: Mapped[Staff | None] = relationship(foreign_keys=[responsible_id])
    owner: Mapped[Staff] = relationship(foreign_keys=[owner_id])
    checked_by: Mapped[Staff | None] = relationship(foreign_keys=[checked_by_id])
    product_model: Mapped[ProductModel | None] = relationship()
    fault_code: Mapped[FaultCode | None] = relationship()

    def __str__(self) -> str:
        return self.action[:40]


watch_version(CorrectiveAction)
