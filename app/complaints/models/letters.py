"""What both sides put their names under, and what was written to customer and consumer association (CP-6, CP-10, CP-12)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.complaints.models.handling import Complaint
from app.complaints.rules import SIGNERS
from app.core import dates
from app.core.db import Model, Stamped, UTCDateTime, Versioned, choice, ref, text, watch_version
from app.core.files import StoredFile
from app.organisation.models import Staff

LETTER_KINDS = ("answer", "association")
SIGNED_HOW = ("", "screen", "scanned")


class SettlementAgreement(Versioned, Stamped, Model):
    """The agreed solution in writing: the company's name under it first, then the customer's (CP-10)."""

    __tablename__ = "settlement_agreement"
    __table_args__ = (
        choice("signed_how", SIGNED_HOW),
        choice("signer_as", ("", *SIGNERS)),
        CheckConstraint("(signed_at IS NULL) = (stored_file_id IS NULL)", name="signed_with_picture"),
        CheckConstraint("signed_at IS NULL OR signer <> ''", name="signer_named"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = ref("complaint.id")
    terms: Mapped[str] = mapped_column(String(2000), nullable=False)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    made_by_id: Mapped[int | None] = ref("staff.id", nullable=True)
    signer: Mapped[str] = text(64)
    # As what: the complainant, or a representative and how they stand to the complainant.
    signer_as: Mapped[str] = text(16, server_default="")
    signed_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    signed_how: Mapped[str] = text(8)
    stored_file_id: Mapped[int | None] = ref("stored_file.id", nullable=True, unique=True)
    complaint: Mapped[Complaint] = relationship(back_populates="agreements")
    made_by: Mapped[Staff | None] = relationship()
    stored_file: Mapped[StoredFile | None] = relationship()

    def __str__(self) -> str:
        return f"{self.complaint} {dates.day(self.made_at)}"


class ComplaintLetter(Stamped, Model):
    """A letter that went out: the written answer to the customer, the report back to the consumer association."""

    __tablename__ = "complaint_letter"
    __table_args__ = (choice("kind", LETTER_KINDS), Index("ix_complaint_letter_complaint", "complaint_id", "kind"))

    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = ref("complaint.id", index=False)
    kind: Mapped[str] = mapped_column(String(16), nullable=False)
    words: Mapped[str] = mapped_column(String(2000), nullable=False)
    at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    written_by_id: Mapped[int | None] = ref("staff.id", nullable=True)
    complaint: Mapped[Complaint] = relationship()
    written_by: Mapped[Staff | None] = relationship()

    def __str__(self) -> str:
        return f"{self.complaint} {dates.day(self.at)}"


watch_version(SettlementAgreement)
