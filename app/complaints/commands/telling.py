"""Messages about complaints: in the inbox at once, by mail while the office is open, else when it opens."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from app.calendars.queries import calendar_for
from app.calendars.rules import is_open_at, next_opening
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
    """A message to each of these people; the mail of one posted at night goes out when the branch opens."""
    calendar, now = calendar_for(complaint.branch_id), clock.now()
    opens = None if is_open_at(calendar, now) else next_opening(calendar, now)
    posted = []
    for person in people:
        row = inbox.post(
            person.id, message, params, link=link or page_of(complaint), tone=tone, email=person.email or ""
        )
        if by_mail:
            inbox.mail_to([row], not_before=opens)
        posted.append(row)
    return posted


def page_of(complaint: Complaint) -> str:
    """The address of the complaint's page."""
    return f"/complaintview/show/{complaint.id}"
