"""Messages about complaints: in the inbox at once, by mail while the office is open or when it cannot wait."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from app.calendars.queries import calendar_for
from app.calendars.rules import is_open_at
from app.complaints.models import Complaint
from app.core import clock, inbox
from app.organisation.models import Staff


def tell(
    complaint: Complaint,
    people: Iterable[Staff],
    message: str,
    params: dict[str, Any],
    *,
    link: str = "",
    tone: str = "info",
    by_mail: bool = True,
) -> list[inbox.InboxMessage]:
    """A message to each of these people; a mail is not sent at night, the message waits in the inbox."""
    awake = is_open_at(calendar_for(complaint.branch_id), clock.now())
    posted = []
    for person in people:
        row = inbox.post(
            person.id, message, params, link=link or page_of(complaint), tone=tone, email=person.email or ""
        )
        if by_mail and awake:
            inbox.mail_to([row])
        posted.append(row)
    return posted


def page_of(complaint: Complaint) -> str:
    """The address of the complaint's page."""
    return f"/complaintview/show/{complaint.id}"
