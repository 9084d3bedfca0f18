"""What a customer may see of their own complaint with its number and telephone number: stages and days, no names."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.complaints import rules
from app.complaints.models import Complaint
from app.core import clock
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.customers.rules import telephone_digits

# What goes on inside the house is not the customer's to follow: a proposal may still be refused.
SHOWN = ("received", "acknowledged", "verified", "told", "settled", "closed", "withdrawn", "mediation")


@dataclass(frozen=True)
class PublicStatus:
    """``stages`` are labels (message ids) with the moment they were reached; ``settle_on`` is what was promised.

    ``late``: that day has passed and the complaint is not settled.
    """

    number: str
    received_at: datetime
    stages: tuple[tuple[str, datetime], ...]
    settle_on: date | None

    @property
    def late(self) -> bool:
        """Whether what was promised was not kept."""
        return self.settle_on is not None and self.settle_on < clock.today()


def digits(number: str) -> str:
    """A telephone number as it is compared: digits only, without the country code (CU-1)."""
    return telephone_digits(number)


def public_status(number: str, phone: str) -> PublicStatus | None:
    """The complaint of that number, if the telephone number is the one it was entered with; None otherwise.

    Which of the two was wrong is not said.
    """
    with acting_as(SYSTEM):  # nobody is logged in: number and telephone together say which, and only that one
        statement = select(Complaint).where(Complaint.number == number.strip().upper())
        complaint = db.session.scalars(statement.options(selectinload(Complaint.steps))).one_or_none()
        known = digits(complaint.phone) if complaint is not None else ""
        if complaint is None or not known or not hmac.compare_digest(known.encode(), digits(phone).encode()):
            return None
        reached: dict[str, datetime] = {"received": complaint.received_at}
        for step in rules.this_round(complaint.taken):
            if step.stage in SHOWN:
                reached[step.stage] = step.at
        still = rules.is_open(complaint.status)
        return PublicStatus(
            number=complaint.number,
            received_at=complaint.received_at,
            stages=tuple((rules.STATE_LABELS[stage], reached[stage]) for stage in SHOWN if stage in reached),
            settle_on=(complaint.promised_on or clock.local(complaint.settle_by).date()) if still else None,
        )
