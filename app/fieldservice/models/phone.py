"""What a technician entered on the telephone without a network and the portal could not take any more."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Model, Stamped, UTCDateTime, Versioned, choice, ref, text, watch_version
from app.fieldservice.models.service import WorkOrder
from app.fieldservice.rules.phone import PHONE_ENTRY_STATES
from app.organisation.models import Branch, Staff


class PhoneEntry(Versioned, Stamped, Model):
    """One entry handed to the supervisor: ``lines`` are what was typed, as (field, text); ``told`` is why it was refused."""

    __tablename__ = "phone_entry"
    __table_args__ = (choice("status", PHONE_ENTRY_STATES),)

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = ref("branch.id")
    staff_id: Mapped[int] = ref("staff.id")
    work_order_id: Mapped[int | None] = ref("work_order.id", nullable=True)
    what: Mapped[str] = text(100)
    title: Mapped[str] = text(100)
    entered_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    lines: Mapped[list[list[str]]] = mapped_column(JSON, nullable=False, default=list)
    told: Mapped[str] = text(500)
    status: Mapped[str] = mapped_column(String(10), nullable=False, default="open")
    settled_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    settled_by_id: Mapped[int | None] = ref("staff.id", nullable=True)
    note: Mapped[str] = text(300)
    branch: Mapped[Branch] = relationship()
    staff: Mapped[Staff] = relationship(foreign_keys="PhoneEntry.staff_id")
    settled_by: Mapped[Staff | None] = relationship(foreign_keys="PhoneEntry.settled_by_id")
    work_order: Mapped[WorkOrder | None] = relationship()

    def __str__(self) -> str:
        return f"{self.what} {self.title}".strip()

    @property
    def words(self) -> str:
        """What was typed, a line each."""
        return "\n".join(f"{name}: {value}" if name else value for name, value in self.lines)


watch_version(PhoneEntry)
