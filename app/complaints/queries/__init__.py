"""What more than one screen, command or document asks about complaints (CP). Row scope applies, except where it says not."""

from app.complaints.queries.deadlines import (
    StageDeadline,
    all_standings,
    deadlines,
    standings,
    with_deadlines,
)
from app.complaints.queries.evidence import (
    LATEST,
    Evidence,
    evidence_of,
    letters_of,
    newest_letter,
    readings_of,
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
    approvals_for,
    approvers,
    conflicted_roles,
    deputies_of,
    limits_for,
    pending_approval,
    people_of,
    stands_in_for,
)
from app.complaints.queries.public import (
    SHOWN,
    PublicStatus,
    digits,
    public_status,
)

__all__ = [
    "LATEST",
    "SHOWN",
    "Evidence",
    "PublicStatus",
    "StageDeadline",
    "all_standings",
    "answerable",
    "approvals_for",
    "approvers",
    "conflicted_roles",
    "deadlines",
    "deputies_of",
    "digits",
    "due_before",
    "due_on",
    "earlier_number",
    "evidence_of",
    "letters_of",
    "limits_for",
    "newest_letter",
    "of_handler",
    "overdue",
    "pending_approval",
    "people_of",
    "public_status",
    "readings_of",
    "settled_since",
    "standings",
    "stands_in_for",
    "still_open",
    "subjects_of",
    "with_deadlines",
]
