"""Daily reports, documents made, to whom they went, and the schedule (SO-11 … SO-13, CP-14, RV-3)."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Date,
    Index,
    Integer,
    String,
    Time,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import dates, documents, i18n
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
from app.core.files import StoredFile
from app.organisation.models import Branch, Staff
from app.reporting.rules import (
    DELIVERY_STATES,
    SCHEDULE_DAYS,
    SUPERVISOR_REPORT_STATES,
    TECHNICIAN_REPORT_STATES,
)


class TechnicianReport(Versioned, Stamped, Model):
    """006 技术人员日报表: a technician's confirmation of the day's time entries (SO-11)."""

    __tablename__ = "technician_report"
    __table_args__ = (
        choice("status", TECHNICIAN_REPORT_STATES),
        UniqueConstraint("staff_id", "day"),
        Index("ix_technician_report_branch_day", "branch_id", "day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = ref("staff.id", index=False)
    branch_id: Mapped[int] = ref("branch.id", index=False)
    day: Mapped[date] = mapped_column(Date, nullable=False, index=True)
    status: Mapped[str] = mapped_column(String(16), nullable=False, default="draft")
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    note: Mapped[str] = text(500)
    staff: Mapped[Staff] = relationship()
    branch: Mapped[Branch] = relationship()

    def __str__(self) -> str:
        return f"{self.staff} {dates.day(self.day)}"


class SupervisorReport(Versioned, Stamped, Model):
    """007 服务主任日报表 of a branch and day; its figures are those of its 006 sheets (SO-12, SO-13)."""

    __tablename__ = "supervisor_report"
    __table_args__ = (
        choice("status", SUPERVISOR_REPORT_STATES),
        UniqueConstraint("branch_id", "day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = ref("branch.id", index=False)
    day: Mapped[date] = mapped_column(Date, nullable=False, index=True)
    status: Mapped[str] = mapped_column(String(16), nullable=False, default="draft")
    submitted_by_id: Mapped[int | None] = ref("staff.id", nullable=True)
    submitted_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    signed_by_id: Mapped[int | None] = ref("staff.id", nullable=True)
    signed_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    note: Mapped[str] = text(500)
    branch: Mapped[Branch] = relationship()
    submitted_by: Mapped[Staff | None] = relationship(foreign_keys=[submitted_by_id])
    signed_by: Mapped[Staff | None] = relationship(foreign_keys=[signed_by_id])

    def __str__(self) -> str:
        return f"{self.branch} {dates.day(self.day)}"


class MadeDocument(Stamped, Model):
    """A PDF made from the registry; ``key`` makes the same request the same document, however often it runs."""

    __tablename__ = "document"
    __table_args__ = (
        UniqueConstraint("key"),
        Index("ix_document_branch_created", "branch_id", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(160), nullable=False)
    name: Mapped[str] = mapped_column(String(48), nullable=False, index=True)
    title: Mapped[str] = text(200)
    params: Mapped[dict[str, Any]] = mapped_column(JSON, nullable=False, default=dict)
    branch_id: Mapped[int | None] = ref("branch.id", nullable=True, index=False)
    stored_file_id: Mapped[int] = ref("stored_file.id", unique=True)
    # The same as a spreadsheet, where the document has one.
    sheet_file_id: Mapped[int | None] = ref("stored_file.id", nullable=True, unique=True)
    pages: Mapped[int] = mapped_column(Integer, nullable=False, default=1)
    made_by: Mapped[str] = text(64)
    for_staff_id: Mapped[int | None] = ref("staff.id", nullable=True)
    # Made by the system under the rule that it says nothing of complaints (CP-13). What was made before that rule, False,
    # is read only by those who see every complaint.
    discreet: Mapped[bool] = mapped_column(Boolean, nullable=False, default=False, server_default=false())
    branch: Mapped[Branch | None] = relationship()
    for_staff: Mapped[Staff | None] = relationship()
    stored_file: Mapped[StoredFile] = relationship(foreign_keys=[stored_file_id])
    sheet_file: Mapped[StoredFile | None] = relationship(foreign_keys=[sheet_file_id])
    deliveries: Mapped[list[Delivery]] = relationship(back_populates="document", order_by="Delivery.id")

    def __str__(self) -> str:
        return dates.within(self.title)


class DistributionList(Versioned, Model):
    """Who receives a document by mail."""

    __tablename__ = "distribution_list"
    __table_args__ = (UniqueConstraint("code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(32), nullable=False)
    name: Mapped[str] = mapped_column(String(64), nullable=False)
    members: Mapped[list[DistributionMember]] = relationship(
        back_populates="distribution_list",
        cascade="all, delete-orphan",
        order_by="DistributionMember.id",
    )

    def __str__(self) -> str:
        return self.name


class DistributionMember(Model):
    """One address on a list; with a branch it receives only that branch's documents."""

    __tablename__ = "distribution_member"
    __table_args__ = (UniqueConstraint("distribution_list_id", "email", "branch_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    distribution_list_id: Mapped[int] = ref("distribution_list.id", index=False)
    name: Mapped[str] = text(64)
    email: Mapped[str] = mapped_column(String(128), nullable=False)
    branch_id: Mapped[int | None] = ref("branch.id", nullable=True)
    distribution_list: Mapped[DistributionList] = relationship(back_populates="members")
    branch: Mapped[Branch | None] = relationship()

    def __str__(self) -> str:
        return self.email


class ScheduleEntry(Versioned, Model):
    """When a document is made by itself and to which list it goes; ``last_day`` is the last office day done."""

    __tablename__ = "schedule_entry"
    __table_args__ = (choice("days", SCHEDULE_DAYS), UniqueConstraint("code"))

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(48), nullable=False)
    document_name: Mapped[str] = mapped_column(String(48), nullable=False)
    at: Mapped[time] = mapped_column(Time, nullable=False)
    days: Mapped[str] = mapped_column(String(16), nullable=False, default="working_days")
    per_branch: Mapped[bool] = mapped_column(Boolean, nullable=False, default=False)
    catch_up: Mapped[bool] = mapped_column(Boolean, nullable=False, default=True)
    distribution_list_id: Mapped[int] = ref("distribution_list.id")
    active: Mapped[bool] = mapped_column(Boolean, nullable=False, default=True)
    last_day: Mapped[date | None] = mapped_column(Date)
    distribution_list: Mapped[DistributionList] = relationship()

    def __str__(self) -> str:
        title = documents.title_in(documents.get(self.document_name), i18n.language())
        return f"{title} {self.at:%H:%M}"


class Delivery(Stamped, Model):
    """One document to one address. ``sending`` is set before the mail server is asked, ``sent`` after."""

    __tablename__ = "delivery"
    __table_args__ = (
        choice("status", DELIVERY_STATES),
        UniqueConstraint("document_id", "email", "round"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = ref("document.id", index=False)
    email: Mapped[str] = mapped_column(String(128), nullable=False)
    round: Mapped[int] = mapped_column(Integer, nullable=False, default=1)
    status: Mapped[str] = mapped_column(String(16), nullable=False, default="waiting", index=True)
    message_id: Mapped[str] = text(128)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    error: Mapped[str] = text(500)
    document: Mapped[MadeDocument] = relationship(back_populates="deliveries")

    def __str__(self) -> str:
        return f"{self.document} → {self.email}"


for _model in (TechnicianReport, SupervisorReport, DistributionList, ScheduleEntry):
    watch_version(_model)
