"""What the dispatch board plans with: absences, own areas, crews, outside contractors (SO-18, SO-19)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import dates
from app.core.db import Model, Stamped, UTCDateTime, Versioned, choice, ref, text, watch_version
from app.core.errors import N_
from app.core.settings import declare
from app.fieldservice.models.service import RepairCall, WorkOrder
from app.fieldservice.rules.dispatching import ABSENCE_KINDS, CONTRACTOR_REQUEST_STATES
from app.organisation.models import Branch, District, Staff


class Absence(Versioned, Stamped, Model):
    """Somebody is not there; nobody is dispatched who is absent (SO-19)."""

    __tablename__ = "absence"
    __table_args__ = (
        choice("kind", ABSENCE_KINDS),
        CheckConstraint("ends_at > starts_at", name="ends_after_it_starts"),
        Index("ix_absence_staff_ends", "staff_id", "ends_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = ref("staff.id", index=False)
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, index=True)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    kind: Mapped[str] = mapped_column(String(16), nullable=False, default="leave")
    reason: Mapped[str] = text(200)
    entered_by_id: Mapped[int | None] = ref("staff.id", nullable=True)
    staff: Mapped[Staff] = relationship(foreign_keys=[staff_id])
    entered_by: Mapped[Staff | None] = relationship(foreign_keys=[entered_by_id])

    def __str__(self) -> str:
        return f"{self.staff} {dates.day(self.starts_at)}"


class ServiceArea(Model):
    """A district that is a technician's own: he is suggested for it first (SO-19)."""

    __tablename__ = "service_area"
    __table_args__ = (UniqueConstraint("staff_id", "district_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = ref("staff.id", index=False)
    district_id: Mapped[int] = ref("district.id")
    staff: Mapped[Staff] = relationship()
    district: Mapped[District] = relationship()

    def __str__(self) -> str:
        return f"{self.staff} {self.district}"


class CrewMember(Stamped, Model):
    """One more technician on a job; the one of the work order is in charge."""

    __tablename__ = "crew_member"
    __table_args__ = (UniqueConstraint("work_order_id", "staff_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    work_order_id: Mapped[int] = ref("work_order.id", index=False)
    staff_id: Mapped[int] = ref("staff.id")
    work_order: Mapped[WorkOrder] = relationship(back_populates="crew")
    staff: Mapped[Staff] = relationship()

    def __str__(self) -> str:
        return str(self.staff)


class Contractor(Versioned, Model):
    """A firm outside the company, or another department, that may be sent when no one is free (SO-19)."""

    __tablename__ = "contractor"
    __search__ = ("name", "phone")
    __table_args__ = (UniqueConstraint("branch_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = ref("branch.id", index=False)
    name: Mapped[str] = mapped_column(String(64), nullable=False)
    contact: Mapped[str] = text(32)
    phone: Mapped[str] = text(32)
    trades: Mapped[str] = text(200)
    active: Mapped[bool] = mapped_column(Boolean, nullable=False, default=True)
    branch: Mapped[Branch] = relationship()

    def __str__(self) -> str:
        return self.name


class ContractorRequest(Versioned, Stamped, Model):
    """A supervisor asks to send a contractor to a call; the branch manager decides (SO-19)."""

    __tablename__ = "contractor_request"
    __table_args__ = (
        choice("status", CONTRACTOR_REQUEST_STATES),
        Index(
            "uq_contractor_request_live",
            "repair_call_id",
            unique=True,
            sqlite_where=sql("status IN ('requested', 'approved')"),
            postgresql_where=sql("status IN ('requested', 'approved')"),
        ),
        Index("ix_contractor_request_branch_status", "branch_id", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    repair_call_id: Mapped[int] = ref("repair_call.id")
    branch_id: Mapped[int] = ref("branch.id", index=False)
    contractor_id: Mapped[int] = ref("contractor.id")
    reason: Mapped[str] = mapped_column(String(200), nullable=False)
    status: Mapped[str] = mapped_column(String(16), nullable=False, default="requested")
    requested_by_id: Mapped[int | None] = ref("staff.id", nullable=True)
    decided_by_id: Mapped[int | None] = ref("staff.id", nullable=True)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    decision_note: Mapped[str] = text(200)
    repair_call: Mapped[RepairCall] = relationship(back_populates="contractor_requests")
    branch: Mapped[Branch] = relationship()
    contractor: Mapped[Contractor] = relationship()
    requested_by: Mapped[Staff | None] = relationship(foreign_keys=[requested_by_id])
    decided_by: Mapped[Staff | None] = relationship(foreign_keys=[decided_by_id])

    def __str__(self) -> str:
        return f"{self.repair_call} → {self.contractor}"


for _model in (Absence, Contractor, ContractorRequest):
    watch_version(_model)

declare("expected_minutes", 90, N_("Expected minutes of a job whose kind of fault says nothing else"), "SO-19")
declare("urge_pause_minutes", 30, N_("A technician is reminded of a job once in so many minutes"), "SO-19")
declare("rank_city_minutes", 30, N_("Suggestion: minutes added for a job elsewhere in the same city"), "SO-19")
declare("rank_elsewhere_minutes", 60, N_("Suggestion: minutes added for a job in another city"), "SO-19")
declare("rank_skill_minutes", 20, N_("Suggestion: minutes added for each level of skill below expert"), "SO-19")
declare("rank_part_minutes", 30, N_("Suggestion: minutes added when the probable part is not in the van"), "SO-19")
