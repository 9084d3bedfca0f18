"""What more than one screen, command or document asks about complaints (CP). Row scope applies, except where it says not."""

from app.complaints.queries.deadlines import (
    StageDeadline,
    all_standings,
    deadlines,
    standings,
    with_deadlines,
)
from app.complaints.queries.lists import (
    due_before,
    due_on,
    earlier_number,
    of_handler,
    overdue,
    settled_since,
    still_open,
    subjects_of,
)
from app.complaints.queries.people import (
    answerable,
    approvers,
    conflicted_roles,
    deputies_of,
    limits_for,
    pending_approval,
    people_of,
    stands_in_for,
)

__all__ = [
    "StageDeadline",
    "all_standings",
    "answerable",
    "approvers",
    "conflicted_roles",
    "deadlines",
    "deputies_of",
    "due_before",
    "due_on",
    "earlier_number",
    "limits_for",
    "of_handler",
    "overdue",
    "pending_approval",
    "people_of",
    "settled_since",
    "standings",
    "stands_in_for",
    "still_open",
    "subjects_of",
    "with_deadlines",
]
