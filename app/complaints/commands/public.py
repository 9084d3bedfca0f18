"""The public door: a customer complains without a login (CP-1). The system acts; nothing but the form is known."""

from __future__ import annotations

from collections.abc import Sequence

from app.complaints.commands.entry import enter
from app.complaints.commands.handling import Upload, keep_file
from app.complaints.models import Complaint
from app.core.actors import SYSTEM
from app.core.uow import unit_of_work


def complain(
    *,
    complainant: str,
    phone: str,
    content: str,
    category: str,
    branch_id: int | None,
    voucher_id: int | None = None,
    demand: str = "",
    wants: str | None = None,
    email: str = "",
    photos: Sequence[Upload] = (),
) -> Complaint:
    """Enter what a customer wrote in the public form; the voucher, if any, comes from its own token (CP-1)."""
    with unit_of_work(SYSTEM, "complaint.complain"):  # nobody is logged in whom a role could allow it
        complaint = enter(
            SYSTEM,
            complainant=complainant,
            phone=phone,
            content=content,
            channel="online",
            source="public",
            category=category,
            demand=demand,
            wants=wants,
            email=email,
            voucher_id=voucher_id,
            branch_id=branch_id,
        )
        for photo in photos:
            keep_file(complaint, SYSTEM, photo, kind="photo", step=complaint.steps[0])
    return complaint
