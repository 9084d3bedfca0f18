"""Complaints and every step of their handling (CP)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, Date, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.complaints import rules
from app.complaints.rules import (
    CATEGORIES,
    CHANNELS,
    FILE_KINDS,
    GROUNDS,
    READINGS,
    REMEDIES,
    SATISFACTIONS,
    SEVERITIES,
    SOURCES,
    STATES,
    VERBS,
    WANTS,
)
from app.core import clock, dates, settings
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
from app.customers.models import Customer, Voucher
from app.fieldservice.models import WorkOrder
from app.organisation.models import Branch, Staff

if TYPE_CHECKING:
    from app.complaints.models.actions import CorrectiveAction
    from app.complaints.models.approval import Approval
    from app.complaints.models.crisis import CrisisEntry, CrisisMember, ManagementAlert, PastMajor
    from app.complaints.models.deadlines import ComplaintLateness
    from app.complaints.models.letters import SettlementAgreement

LONGEST_REF = 40
ACKNOWLEDGE_HOURS = "complaint_acknowledge_hours"
VERIFY_DAYS = "complaint_verify_working_days"
PROPOSE_DAYS = "complaint_propose_working_days"
SETTLE_DAYS = "complaint_settle_working_days"
MANAGEMENT_HOURS = "complaint_management_hours"
REPEAT_DAYS = "complaint_repeat_days"
RECORDING_DAYS = "complaint_recording_days"
settings.declare(ACKNOWLEDGE_HOURS, 24, N_("Complaint acknowledged to the customer within, in clock hours"), "CP-3")
settings.declare(VERIFY_DAYS, 3, N_("Facts of a complaint verified within, in working days"), "CP-3")
settings.declare(PROPOSE_DAYS, 1, N_("Solution proposed after the verification within, in working days"), "CP-3")
settings.declare(SETTLE_DAYS, 5, N_("Complaint settled after receipt within, in working days"), "CP-3")
settings.declare(MANAGEMENT_HOURS, 24, N_("Major complaint put before the management within, in clock hours"), "CP-6")
settings.declare(
    REPEAT_DAYS, 180, N_("Days within which a customer's complaint of the same kind is the same matter again"), "CP-5"
)
settings.declare(RECORDING_DAYS, 30, N_("Days for which telephone recordings are kept, at least"), "CP-15")


def _one_of(column: str, values: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{value}'" for value in values)
    return f"{column} IS NULL OR {column} IN ({listed})"


class Complaint(Versioned, Stamped, Model):
    """A line of the 投诉登记簿. ``*_by`` are the deadlines of CP-3; when a stage was reached is in its steps."""

    __tablename__ = "complaint"
    __table_args__ = (
        choice("channel", CHANNELS),
        choice("category", CATEGORIES),
        choice("severity", SEVERITIES),
        choice("status", STATES),
        choice("wants", WANTS),
        choice("source", SOURCES),
        choice("remedy", REMEDIES),
        CheckConstraint(
            "finding IS NULL OR finding IN ('justified', 'not_justified')",
            name="finding_known",
        ),
        CheckConstraint(_one_of("severity_ground", GROUNDS), name="severity_ground_known"),
        CheckConstraint(_one_of("satisfaction", SATISFACTIONS), name="satisfaction_known"),
        CheckConstraint("compensation >= 0", name="compensation_not_negative"),
        UniqueConstraint("number"),
        Index("ix_complaint_branch_received", "branch_id", "received_at"),
        Index("ix_complaint_branch_status", "branch_id", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(40), nullable=False)
    branch_id: Mapped[int] = ref("branch.id", index=False)
    customer_id: Mapped[int | None] = ref("customer.id", nullable=True)
    complainant: Mapped[str] = mapped_column(String(64), nullable=False)
    phone: Mapped[str] = mapped_column(String(32), nullable=False)
    voucher_id: Mapped[int | None] = ref("voucher.id", nullable=True)
    work_order_id: Mapped[int | None] = ref("work_order.id", nullable=True)
    channel: Mapped[str] = mapped_column(String(16), nullable=False, default="telephone")
    # From what it was entered, and that record's number; a survey card's area lies above this one.
    source: Mapped[str] = text(16, server_default="")
    source_ref: Mapped[str] = text(LONGEST_REF, server_default="")
    category: Mapped[str] = mapped_column(String(24), nullable=False, default="other")
    severity: Mapped[str] = mapped_column(String(16), nullable=False, default="ordinary")
    severity_ground: Mapped[str | None] = mapped_column(String(16))
    severity_reason: Mapped[str] = text(200)
    received_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, index=True)
    content: Mapped[str] = mapped_column(String(2000), nullable=False)
    demand: Mapped[str] = text(500)
    wants: Mapped[str] = text(16, server_default="")
    email: Mapped[str] = text(128, server_default="")
    # Where a consumer association sent it, and under which number (CP-12).
    association: Mapped[str] = text(100, server_default="")
    association_ref: Mapped[str] = text(64, server_default="")
    police_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    status: Mapped[str] = mapped_column(String(16), nullable=False, default="received")
    entered_by_id: Mapped[int | None] = ref("staff.id", nullable=True)
    handler_id: Mapped[int | None] = ref("staff.id", nullable=True)
    subject_id: Mapped[int | None] = ref("staff.id", nullable=True)
    finding: Mapped[str | None] = mapped_column(String(16))
    solution: Mapped[str] = text(2000)
    remedy: Mapped[str] = mapped_column(String(16), nullable=False, default="none", server_default="none")
    compensation: Mapped[Decimal] = mapped_column(Money(), nullable=False, default=Decimal(0))
    satisfaction: Mapped[str | None] = mapped_column(String(16))
    acknowledge_by: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, index=True)
    verify_by: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    propose_by: Mapped[datetime | None] = mapped_column(UTCDateTime())
    settle_by: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, index=True)
    # A major complaint is put before the management within a day, and a crisis group is called together (CP-6).
    management_by: Mapped[datetime | None] = mapped_column(UTCDateTime())
    management_told_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    crisis_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    # What the customer was told when the deadline cannot be kept (CP-3).
    promised_on: Mapped[date | None] = mapped_column(Date)
    branch: Mapped[Branch] = relationship()
    customer: Mapped[Customer | None] = relationship()
    voucher: Mapped[Voucher | None] = relationship()
    work_order: Mapped[WorkOrder | None] = relationship()
    entered_by: Mapped[Staff | None] = relationship(foreign_keys=[entered_by_id])
    handler: Mapped[Staff | None] = relationship(foreign_keys=[handler_id])
    subject: Mapped[Staff | None] = relationship(foreign_keys=[subject_id])
    steps: Mapped[list[ComplaintStep]] = relationship(back_populates="complaint", order_by="ComplaintStep.id")
    further_subjects: Mapped[list[ComplaintSubject]] = relationship(
        back_populates="complaint", order_by="ComplaintSubject.id"
    )
    files: Mapped[list[ComplaintFile]] = relationship(back_populates="complaint", order_by="ComplaintFile.id")
    approvals: Mapped[list[Approval]] = relationship(back_populates="complaint", order_by="Approval.id")
    crisis_members: Mapped[list[CrisisMember]] = relationship(back_populates="complaint", order_by="CrisisMember.id")
    crisis_entries: Mapped[list[CrisisEntry]] = relationship(back_populates="complaint", order_by="CrisisEntry.id")
    alerts: Mapped[list[ManagementAlert]] = relationship(back_populates="complaint", order_by="ManagementAlert.id")
    past_majors: Mapped[list[PastMajor]] = relationship(back_populates="complaint", order_by="PastMajor.id")
    lateness: Mapped[list[ComplaintLateness]] = relationship(
        back_populates="complaint", order_by="ComplaintLateness.id"
    )
    agreements: Mapped[list[SettlementAgreement]] = relationship(
        back_populates="complaint", order_by="SettlementAgreement.id"
    )
    actions: Mapped[list[CorrectiveAction]] = relationship(
        back_populates="complaint", order_by="CorrectiveAction.id", foreign_keys="CorrectiveAction.complaint_id"
    )

    @property
    def subjects(self) -> set[int]:
        """Everybody complained about, by staff id (CP-4)."""
        found = {row.staff_id for row in self.further_subjects}
        return found | {self.subject_id} if self.subject_id is not None else found

    @property
    def due(self) -> dict[str, datetime | None]:
        """The deadlines of CP-3 by column."""
        return {column: getattr(self, column) for column in rules.STAGE_DUE.values()}

    @property
    def taken(self) -> list[rules.StepTaken]:
        """The steps as the rules read them, in order; what was only written down beside the road is left out."""
        return [rules.StepTaken(step.stage, step.at) for step in self.steps if rules.moves(step.verb)]

    @property
    def next_due(self) -> datetime | None:
        """The nearest deadline still to be kept (CP-3, CP-6)."""
        nearest = self._next
        return nearest.due_at if nearest is not None else None

    @property
    def overdue(self) -> bool:
        """Whether a deadline still to be kept has passed."""
        nearest = self._next
        return nearest is not None and nearest.state == rules.OVERDUE

    @property
    def _next(self) -> rules.StageStanding | None:
        now = clock.now()
        found = rules.standings(self.due, self.taken, self.status, now)
        found.append(rules.management_standing(self.management_by, self.management_told_at, self.status, now))
        return rules.next_standing(found)

    @property
    def masked_phone(self) -> str:
        """The telephone number as it may stand in a list (CP-13)."""
        return rules.mask_phone(self.phone)

    def __str__(self) -> str:
        return self.number


class ComplaintStep(Stamped, Model):
    """Who did what (``verb``), when, and what was said (CP-8); ``stage`` is the state it led to or stayed in."""

    __tablename__ = "complaint_step"
    __table_args__ = (
        choice("stage", STATES),
        choice("verb", ("", *VERBS)),
        Index("ix_complaint_step_stage", "complaint_id", "stage"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = ref("complaint.id", index=False)
    stage: Mapped[str] = mapped_column(String(16), nullable=False)
    verb: Mapped[str] = text(16)
    at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    staff_id: Mapped[int | None] = ref("staff.id", nullable=True)
    said: Mapped[str] = text(2000)
    complaint: Mapped[Complaint] = relationship(back_populates="steps")
    staff: Mapped[Staff | None] = relationship()
    files: Mapped[list[ComplaintFile]] = relationship(back_populates="step", order_by="ComplaintFile.id")

    def __str__(self) -> str:
        return str(self.complaint)


class ComplaintSubject(Stamped, Model):
    """Another person complained about, beside ``complaint.subject_id`` (CP-4)."""

    __tablename__ = "complaint_subject"
    __table_args__ = (UniqueConstraint("complaint_id", "staff_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = ref("complaint.id", index=False)
    staff_id: Mapped[int] = ref("staff.id")
    complaint: Mapped[Complaint] = relationship(back_populates="further_subjects")
    staff: Mapped[Staff] = relationship()

    def __str__(self) -> str:
        return str(self.staff)


class ComplaintFile(Stamped, Model):
    """A photo, recording or paper of a complaint; a recording deleted keeps its line, without the file (CP-15)."""

    __tablename__ = "complaint_file"
    __table_args__ = (
        choice("kind", FILE_KINDS),
        CheckConstraint("(stored_file_id IS NULL) = (deleted_at IS NOT NULL)", name="file_or_deleted"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = ref("complaint.id")
    complaint_step_id: Mapped[int | None] = ref("complaint_step.id", nullable=True)
    kind: Mapped[str] = mapped_column(String(16), nullable=False, default="other")
    filename: Mapped[str] = mapped_column(String(200), nullable=False)
    stored_file_id: Mapped[int | None] = ref("stored_file.id", nullable=True, unique=True)
    added_by_id: Mapped[int | None] = ref("staff.id", nullable=True)
    deleted_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    complaint: Mapped[Complaint] = relationship(back_populates="files")
    step: Mapped[ComplaintStep | None] = relationship(back_populates="files")
    stored_file: Mapped[StoredFile | None] = relationship()
    added_by: Mapped[Staff | None] = relationship()

    def __str__(self) -> str:
        return self.filename


class ComplaintReading(Model):
    """Somebody opened a complaint, its telephone number or one of its files (CP-13)."""

    __tablename__ = "complaint_reading"
    __table_args__ = (
        choice("what", READINGS),
        Index("ix_complaint_reading_complaint", "complaint_id", "at"),
        Index("ix_complaint_reading_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = ref("complaint.id", index=False)
    staff_id: Mapped[int | None] = ref("staff.id", nullable=True)
    reader: Mapped[str] = text(64)
    what: Mapped[str] = mapped_column(String(16), nullable=False)
    detail: Mapped[str] = text(200)
    at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    complaint: Mapped[Complaint] = relationship()
    staff: Mapped[Staff | None] = relationship()

    def __str__(self) -> str:
        return f"{self.reader} {dates.moment(self.at)}"


watch_version(Complaint)
