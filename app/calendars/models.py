"""Opening hours of the branches, and what the office decided for single dates (CAL-1, CAL-2).

A branch without opening hours keeps the company's, which are settings. Times of day are text ``HH:MM`` of the office's
zone: it compares like the times it means, and ``24:00`` can be said.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
)
from sqlalchemy import (
    text as sql,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.calendars.rules import WEEKDAYS, clock_minute, format_windows
from app.core import dates, settings
from app.core.db import Model, Stamped, Versioned, ref, text, watch_version
from app.core.errors import N_
from app.core.i18n import say
from app.organisation.models import Branch

DEFAULT_HOURS, DEFAULT_WEEKDAYS, YEARS_ENTERED = "opening_hours", "opening_weekdays", "calendar_years_entered"

settings.declare(
    DEFAULT_HOURS, "08:30-12:00, 13:30-17:30", N_("Opening hours of a branch that has none of its own"), "CAL-1"
)
settings.declare(
    DEFAULT_WEEKDAYS, "1-5", N_("Weekdays on which such a branch opens (1 = Monday), such as 1-5 or 1,3,5"), "CAL-1"
)
settings.declare(
    YEARS_ENTERED,
    "",
    N_("Years whose make-up working days were entered by hand as calendar exceptions, such as 2027, 2028"),
    "CAL-2",
)


def _window_checks() -> tuple[CheckConstraint, ...]:
    return (
        CheckConstraint("opens < closes", name="opens_before_closes"),
        CheckConstraint("opens LIKE '__:__' AND opens >= '00:00' AND opens < '24:00'", name="opens_time"),
        CheckConstraint("closes LIKE '__:__' AND closes > '00:00' AND closes <= '24:00'", name="closes_time"),
    )


class OpeningHours(Versioned, Model):
    """One opening window of a branch on one weekday (ISO: 1 = Monday)."""

    __tablename__ = "opening_hours"
    __table_args__ = (
        UniqueConstraint("branch_id", "weekday", "opens"),
        CheckConstraint("weekday BETWEEN 1 AND 7", name="weekday_range"),
        *_window_checks(),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # The unique constraint's index begins with the branch.
    branch_id: Mapped[int] = ref("branch.id", index=False)
    weekday: Mapped[int] = mapped_column(Integer, nullable=False)
    opens: Mapped[str] = mapped_column(String(5), nullable=False)
    closes: Mapped[str] = mapped_column(String(5), nullable=False)
    branch: Mapped[Branch] = relationship()

    def __str__(self) -> str:
        return f"{say(WEEKDAYS[self.weekday - 1])} {self.opens}–{self.closes}"


class CalendarException(Versioned, Stamped, Model):
    """A date that is open or closed against the calendar, for one branch or (without branch) for all."""

    __tablename__ = "calendar_exception"
    __table_args__ = (
        Index(
            "uq_calendar_exception_all_branches",
            "on_date",
            unique=True,
            sqlite_where=sql("branch_id IS NULL"),
            postgresql_where=sql("branch_id IS NULL"),
        ),
        # NULLs are distinct here: it binds the branches' own exceptions only.
        UniqueConstraint("on_date", "branch_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    on_date: Mapped[date] = mapped_column(Date, nullable=False)
    branch_id: Mapped[int | None] = ref("branch.id", nullable=True)
    is_open: Mapped[bool] = mapped_column(Boolean, nullable=False, default=False)
    note: Mapped[str] = text(200)
    branch: Mapped[Branch | None] = relationship()
    windows: Mapped[list[CalendarExceptionWindow]] = relationship(
        back_populates="exception", cascade="all, delete-orphan", order_by="CalendarExceptionWindow.opens"
    )

    @property
    def hours(self) -> str:
        """Its own opening hours; empty: those of a full normal day."""
        return format_windows((clock_minute(window.opens), clock_minute(window.closes)) for window in self.windows)

    def __str__(self) -> str:
        return f"{dates.day(self.on_date)} {say(N_('open that day') if self.is_open else N_('closed that day'))}"


class CalendarExceptionWindow(Model):
    """One opening window of an exception that does not keep the normal hours."""

    __tablename__ = "calendar_exception_window"
    __table_args__ = (UniqueConstraint("exception_id", "opens"), *_window_checks())

    id: Mapped[int] = mapped_column(primary_key=True)
    exception_id: Mapped[int] = mapped_column(ForeignKey("calendar_exception.id", ondelete="CASCADE"), nullable=False)
    opens: Mapped[str] = mapped_column(String(5), nullable=False)
    closes: Mapped[str] = mapped_column(String(5), nullable=False)
    exception: Mapped[CalendarException] = relationship(back_populates="windows")

    def __str__(self) -> str:
        return f"{self.opens}–{self.closes}"


for _model in (OpeningHours, CalendarException):
    watch_version(_model)
