"""Return visits and their attempts (RV)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.complaints.models import Complaint
from app.contracts.models import Contract
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
from app.customers.models import Customer
from app.feedback.rules import CAUSES, MANNERS, SATISFACTIONS, STATES
from app.fieldservice.models import WorkOrder
from app.organisation.models import Branch, Staff

_SATISFACTIONS = ", ".join(f"'{value}'" for value in SATISFACTIONS)
_MANNERS = ", ".join(f"'{value}'" for value in MANNERS)


class ReturnVisit(Versioned, Stamped, Model):
    """A visit or call back to the customer; one for each cause, never two (RV-1)."""

    __tablename__ = "return_visit"
    __table_args__ = (
        choice("cause", CAUSES),
        choice("status", STATES),
        CheckConstraint(
            f"satisfaction IS NULL OR satisfaction IN ({_SATISFACTIONS})",
            name="satisfaction_known",
        ),
        CheckConstraint(
            f"manner IS NULL OR manner IN ({_MANNERS})", name="manner_known"
        ),
        CheckConstraint(
            "status <> 'done' OR satisfaction IS NOT NULL", name="done_has_answer"
        ),
        UniqueConstraint("number"),
        Index("ix_return_visit_branch_due", "branch_id", "status", "due_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(40), nullable=False)
    branch_id: Mapped[int] = ref("branch.id", index=False)
    customer_id: Mapped[int] = ref("customer.id")
    cause: Mapped[str] = mapped_column(String(16), nullable=False)
    complaint_id: Mapped[int | None] = ref("complaint.id", nullable=True, unique=True)
    work_order_id: Mapped[int | None] = ref("work_order.id", nullable=True, unique=True)
    contract_id: Mapped[int | None] = ref("contract.id", nullable=True, unique=True)
    due_on: Mapped[date] = mapped_column(Date, nullable=False, index=True)
    visitor_id: Mapped[int | None] = ref("staff.id", nullable=True)
    status: Mapped[str] = mapped_column(String(16), nullable=False, default="planned")
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    manner: Mapped[str | None] = mapped_column(String(16))
    spoke_to: Mapped[str] = text(64)
    satisfaction: Mapped[str | None] = mapped_column(String(16))
    shortcomings: Mapped[str] = text(1000)
    suggestions: Mapped[str] = text(1000)
    branch: Mapped[Branch] = relationship()
    customer: Mapped[Customer] = relationship()
    complaint: Mapped[Complaint | None] = relationship()
    work_order: Mapped[WorkOrder | None] = relationship()
    contract: Mapped[Contract | None] = relationship()
    visitor: Mapped[Staff | None] = relationship()
    attempts: Mapped[list[VisitAttempt]] = relationship(
        back_populates="return_visit", order_by="VisitAttempt.id"
    )

    def __str__(self) -> str:
        return self.number


class VisitAttempt(Model):
    """A try that did not reach the customer (RV-4)."""

    __tablename__ = "visit_attempt"

    id: Mapped[int] = mapped_column(primary_key=True)
    return_visit_id: Mapped[int] = ref("return_visit.id")
    at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    staff_id: Mapped[int | None] = ref("staff.id", nullable=True)
    note: Mapped[str] = text(200)
    return_visit: Mapped[ReturnVisit] = relationship(back_populates="attempts")
    staff: Mapped[Staff | None] = relationship()

    def __str__(self) -> str:
        return f"{self.return_visit_id} {self.at}"


watch_version(ReturnVisit)
