"""Return visits and their attempts (RV)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.complaints.models import Complaint
from app.contracts.models import Contract
from app.core import clock, settings
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
from app.core.errors import N_
from app.customers.models import Customer
from app.feedback import rules
from app.feedback.rules import CAUSES, MANNERS, SATISFACTIONS, STATES
from app.fieldservice.models import WorkOrder
from app.organisation.models import Branch, Staff

# After what, in calendar days (RV-1).
DAYS = {
    "complaint": "return_visit_days_complaint",
    "repair": "return_visit_days_repair",
    "other": "return_visit_days_other",
}
settings.declare(DAYS["complaint"], 3, N_("Return visit within days of a complaint's settlement"), "RV-1")
settings.declare(DAYS["repair"], 7, N_("Return visit within days of a repair"), "RV-1")
settings.declare(DAYS["other"], 7, N_("Return visit within days of another service"), "RV-1")
# Who visits, by job; after + who goes along (RV-2).
VISITORS = {
    "complaint_major": "return_visit_by_complaint_major",
    "complaint": "return_visit_by_complaint",
    "repair": "return_visit_by_repair",
    "contract": "return_visit_by_contract",
    "other": "return_visit_by_other",
}
for _cause, _by, _says in (
    ("complaint_major", "service+supervisor", N_("Who visits after a major complaint, by job; after + who goes along")),
    ("complaint", "supervisor+clerk", N_("Who visits after a complaint, by job; after + who goes along")),
    ("repair", "clerk", N_("Who visits after a repair, by job; after + who goes along")),
    ("contract", "clerk", N_("Who visits during a contract, by job; after + who goes along")),
    ("other", "clerk", N_("Who visits after another service, by job; after + who goes along")),
):
    settings.declare(VISITORS[_cause], _by, _says, "RV-2")
PLAN_DAYS, OVERDUE_DAYS, LOOK_BACK_DAYS = (
    "return_visit_plan_days",
    "return_visit_overdue_days",
    "return_visit_look_back_days",
)
settings.declare(PLAN_DAYS, 7, N_("Days the return-visit plan looks ahead"), "RV-3")
settings.declare(OVERDUE_DAYS, 3, N_("Days after which an overdue return visit goes to the supervisor"), "RV-3")
settings.declare(LOOK_BACK_DAYS, 30, N_("Days back for which return visits are still planned"), "RV-1")

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
        CheckConstraint(f"manner IS NULL OR manner IN ({_MANNERS})", name="manner_known"),
        CheckConstraint("status <> 'done' OR satisfaction IS NOT NULL", name="done_has_answer"),
        CheckConstraint(
            "customer_id IS NOT NULL OR complaint_id IS NOT NULL",
            name="somebody_to_visit",
        ),
        CheckConstraint("occasion > 0", name="occasion_positive"),
        UniqueConstraint("number"),
        # A complaint that was reopened and settled again is visited again (RV-1).
        UniqueConstraint("complaint_id", "occasion"),
        Index("ix_return_visit_branch_due", "branch_id", "status", "due_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(40), nullable=False)
    branch_id: Mapped[int] = ref("branch.id", index=False)
    customer_id: Mapped[int | None] = ref("customer.id", nullable=True)
    cause: Mapped[str] = mapped_column(String(16), nullable=False)
    complaint_id: Mapped[int | None] = ref("complaint.id", nullable=True, index=False)
    occasion: Mapped[int] = mapped_column(Integer, nullable=False, default=1)
    work_order_id: Mapped[int | None] = ref("work_order.id", nullable=True, unique=True)
    contract_id: Mapped[int | None] = ref("contract.id", nullable=True, unique=True)
    due_on: Mapped[date] = mapped_column(Date, nullable=False, index=True)
    visitor_id: Mapped[int | None] = ref("staff.id", nullable=True)
    companion_id: Mapped[int | None] = ref("staff.id", nullable=True)
    reason: Mapped[str] = text(200)
    status: Mapped[str] = mapped_column(String(16), nullable=False, default="planned")
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    manner: Mapped[str | None] = mapped_column(String(16))
    spoke_to: Mapped[str] = text(64)
    satisfaction: Mapped[str | None] = mapped_column(String(16))
    shortcomings: Mapped[str] = text(1000)
    suggestions: Mapped[str] = text(1000)
    cancel_reason: Mapped[str] = text(200)
    opened_complaint_id: Mapped[int | None] = ref("complaint.id", nullable=True, unique=True)
    branch: Mapped[Branch] = relationship()
    customer: Mapped[Customer | None] = relationship()
    complaint: Mapped[Complaint | None] = relationship(foreign_keys=[complaint_id])
    opened_complaint: Mapped[Complaint | None] = relationship(foreign_keys=[opened_complaint_id])
    work_order: Mapped[WorkOrder | None] = relationship()
    contract: Mapped[Contract | None] = relationship()
    visitor: Mapped[Staff | None] = relationship(foreign_keys=[visitor_id])
    companion: Mapped[Staff | None] = relationship(foreign_keys=[companion_id])
    attempts: Mapped[list[VisitAttempt]] = relationship(back_populates="return_visit", order_by="VisitAttempt.id")

    @property
    def who(self) -> str:
        """Whom to visit: the customer, else the complainant; empty when neither may be seen (CP-13)."""
        if self.customer is not None:
            return self.customer.name
        return self.complaint.complainant if self.complaint is not None else ""

    @property
    def phone(self) -> str:
        """The number to call: that of the call or complaint the visit is about, else the customer's first."""
        if self.complaint is not None:
            return self.complaint.phone
        if self.work_order is not None and self.work_order.repair_call is not None:
            given = self.work_order.repair_call.caller_phone
            if given:
                return given
        if self.customer is not None and self.customer.telephones:
            return self.customer.telephones[0].number
        return ""

    @property
    def about(self) -> str:
        """Number of what the visit is about, or the reason it was planned for."""
        record = self.complaint or self.work_order or self.contract
        return record.number if record is not None else self.reason

    @property
    def days_late(self) -> int:
        """Calendar days past its due day while it is still to be made, else 0 (RV-3)."""
        return max((clock.today() - self.due_on).days, 0) if self.status == "planned" else 0

    @property
    def unanswered(self) -> bool:
        """Unsatisfactory, and no complaint has been opened for it yet (RV-4)."""
        return rules.is_unsatisfactory(self.satisfaction) and self.opened_complaint_id is None

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
