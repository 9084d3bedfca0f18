"""What somebody was to see to passes to somebody else: their complaint turned out to be about themselves (CP-4)."""

from __future__ import annotations

from app.complaints import queries
from app.complaints.commands.telling import tell
from app.complaints.models import Complaint, CorrectiveAction, CrisisEntry
from app.core.errors import N_
from app.organisation.models import Staff

GIVEN = N_("Complaint %(number)s: what was left to %(name)s is yours now, due %(due)s.")


def hand_over(complaint: Complaint) -> int:
    """Give the open decisions and actions of those complained about to the handler, else to somebody of the crisis group,
    else to whoever answers for the complaint, and tell them; gives how many. Seen with the system's eyes."""
    decisions: list[CrisisEntry | CorrectiveAction] = [row for row in complaint.crisis_entries if row.to_do]
    actions = [row for row in complaint.actions if row.status == "open"]
    waiting = [row for row in (*decisions, *actions) if row.owner_id in complaint.subjects]
    taker = _taker(complaint) if waiting else None
    if taker is None:
        return 0
    for row in waiting:
        before = row.owner.name if row.owner is not None else ""
        row.owner = taker
        # Due before it was theirs: they are told now, the others were told then.
        params = {
            "number": complaint.number,
            "name": before,
            "due": row.due_on.isoformat() if row.due_on is not None else "—",
        }
        tell(complaint, [taker], GIVEN, params, link=page_of_promise(row), tone="warning")
    return len(waiting)


def _taker(complaint: Complaint) -> Staff | None:
    handler = complaint.handler
    people = [] if handler is None else [handler]
    people += [row.staff for row in complaint.crisis_members]
    fit = (person for person in people if person.active and person.id not in complaint.subjects)
    return next(fit, None) or queries.answerable(complaint)


def page_of_promise(row: CrisisEntry | CorrectiveAction) -> str:
    """The address of the decision's or action's page."""
    return f"/{'correctiveaction' if isinstance(row, CorrectiveAction) else 'crisisentry'}view/show/{row.id}"
