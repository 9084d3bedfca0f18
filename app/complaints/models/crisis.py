"""A major complaint: the crisis group, its minutes and decisions, and who of the management was told (CP-6)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.complaints.models.handling import Complaint
from app.core import clock, dates, settings
from app.core.db import Model, Stamped, UTCDateTime, choice, ref, text
from app.core.errors import N_
from app.core.inbox import MAIL_STATES
from app.organisation.models import Staff

CRISIS_JOBS = "complaint_crisis_group"
ALERT_ALSO = "complaint_major_also_mail"
settings.declare(
    CRISIS_JOBS,
    "supervisor+branch_manager+service+management",
    N_("Who sits in the crisis group of a major complaint, by job, joined by +"),
    "CP-6",
)
settings.declare(
    ALERT_ALSO, "", N_("Further addresses a major complaint is mailed to (legal department), by comma"), "CP-6"
)
ENTRY_KINDS = ("meeting", "decision")


class CrisisMember(Stamped, Model):
    """Somebody in the crisis group; never one complained about (CP-4)."""

    __tablename__ = "crisis_member"
    __table_args__ = (UniqueConstraint("complaint_id", "staff_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = ref("complaint.id", index=False)
    staff_id: Mapped[int] = ref("staff.id")
    duty: Mapped[str] = text(64)
    complaint: Mapped[Complaint] = relationship(back_populates="crisis_members")
    staff: Mapped[Staff] = relationship()

    def __str__(self) -> str:
        return f"{self.staff} {self.duty}".strip()


class CrisisEntry(Stamped, Model):
    """The minutes of a meeting, or a decision with who sees to it and until when."""

    __tablename__ = "crisis_entry"
    __table_args__ = (
        choice("kind", ENTRY_KINDS),
        CheckConstraint("done_at IS NULL OR kind = 'decision'", name="done_decision"),
        Index("ix_crisis_entry_complaint_at", "complaint_id", "at"),
        Index("ix_crisis_entry_due", "kind", "due_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = ref("complaint.id", index=False)
    kind: Mapped[str] = mapped_column(String(16), nullable=False, default="meeting")
    at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    present: Mapped[str] = text(300)
    words: Mapped[str] = mapped_column(String(2000), nullable=False)
    owner_id: Mapped[int | None] = ref("staff.id", nullable=True)
    due_on: Mapped[date | None] = mapped_column(Date)
    written_by_id: Mapped[int | None] = ref("staff.id", nullable=True)
    # A decision carried out: when, who said so, what was done.
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    done_by_id: Mapped[int | None] = ref("staff.id", nullable=True)
    result: Mapped[str] = text(1000, server_default="")
    # The day due for which its owner was told that it has passed.
    reminded_on: Mapped[date | None] = mapped_column(Date)
    complaint: Mapped[Complaint] = relationship(back_populates="crisis_entries")
    owner: Mapped[Staff | None] = relationship(foreign_keys=[owner_id])
    written_by: Mapped[Staff | None] = relationship(foreign_keys=[written_by_id])
    done_by: Mapped[Staff | None] = relationship(foreign_keys=[done_by_id])

    @property
    def to_do(self) -> bool:
        """A decision still to be carried out."""
        return self.kind == "decision" and self.done_at is None

    @property
    def overdue(self) -> bool:
        """A decision whose day has passed without its being done."""
        return self.to_do and self.due_on is not None and self.due_on < clock.today()

    def __str__(self) -> str:
        return self.words[:40]


class ManagementAlert(Stamped, Model):
    """A major complaint mailed to one address, with its report; ``occasion`` grows when it is put before them again."""

    __tablename__ = "management_alert"
    __table_args__ = (choice("mail_status", MAIL_STATES), UniqueConstraint("complaint_id", "email", "occasion"))

    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = ref("complaint.id", index=False)
    staff_id: Mapped[int | None] = ref("staff.id", nullable=True)
    email: Mapped[str] = mapped_column(String(128), nullable=False)
    occasion: Mapped[int] = mapped_column(Integer, nullable=False, default=1)
    mail_status: Mapped[str] = mapped_column(String(10), nullable=False, default="waiting")
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    error: Mapped[str] = text(300)
    complaint: Mapped[Complaint] = relationship(back_populates="alerts")
    staff: Mapped[Staff | None] = relationship()

    def __str__(self) -> str:
        return self.email


class PastMajor(Stamped, Model):
    """A complaint was major from ``since`` to ``until``, then judged ordinary: what was counted meanwhile stays (CP-6)."""

    __tablename__ = "past_major"
    __table_args__ = (CheckConstraint("until >= since", name="until_after_since"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = ref("complaint.id")
    since: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    until: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    # Until when it was to be put before the management, and when that was.
    due_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    told_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    complaint: Mapped[Complaint] = relationship(back_populates="past_majors")

    def __str__(self) -> str:
        return dates.moment(self.since)
