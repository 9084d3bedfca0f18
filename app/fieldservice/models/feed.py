"""The private address under which a technician's calendar program asks for the appointments."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import dates
from app.core.db import Model, UTCDateTime, ref
from app.organisation.models import Staff


class CalendarFeed(Model):
    """One address; only the hash of its secret is kept, so that nobody reads it here. One at a time is good."""

    __tablename__ = "calendar_feed"
    __table_args__ = (
        Index(
            "uq_calendar_feed_staff",
            "staff_id",
            unique=True,
            sqlite_where=sql("revoked_at IS NULL"),
            postgresql_where=sql("revoked_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = ref("staff.id")
    token_hash: Mapped[str] = mapped_column(String(64), nullable=False, unique=True)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    staff: Mapped[Staff] = relationship()

    def __str__(self) -> str:
        return f"{self.staff} {dates.day(self.made_at)}"
