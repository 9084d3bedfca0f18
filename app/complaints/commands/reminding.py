"""What was promised for a day and is not done when it has passed: actions (CP-11) and decisions of the group (CP-6)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, or_, select

from app.calendars.queries import calendar_for
from app.calendars.rules import is_open_at
from app.complaints import queries
from app.complaints.commands.crisis import page_of_entry
from app.complaints.commands.telling import tell
from app.complaints.models import CorrectiveAction, CrisisEntry
from app.core import clock
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.errors import N_
from app.core.uow import unit_of_work

Promise = CorrectiveAction | CrisisEntry

ACTION_LATE = N_("Complaint %(number)s: an action of %(name)s was due %(due)s and is not done.")
DECISION_LATE = N_(
    "Complaint %(number)s: a decision of the crisis group left to %(name)s was due %(due)s and is not done."
)


def remind_overdue(now: datetime | None = None) -> int:
    """Tell owners, and those above them, of actions and decisions past their day; gives how many are told.

    Each is told once for each day it was due; one that gets another day is told anew. While the branch is closed nothing
    of it is told. May run twice, also at the same moment: the row is locked meanwhile.
    """
    moment = now or clock.now()
    with acting_as(SYSTEM):
        today = clock.local(moment).date()
        found = [(kind, key) for kind in (CorrectiveAction, CrisisEntry) for key in _late(kind, today)]
        db.session.rollback()  # looking took no lock; telling does
        return sum(_tell_of(kind, key, moment) for kind, key in found)


def _is_late(kind: type[Promise], today: date) -> ColumnElement[bool]:
    waits = CorrectiveAction.status == "open"
    if kind is CrisisEntry:
        waits = queries.decisions_to_do() & CrisisEntry.owner_id.is_not(None)
    return and_(waits, kind.due_on < today, or_(kind.reminded_on.is_(None), kind.reminded_on != kind.due_on))


def _late(kind: type[Promise], today: date) -> list[int]:
    return list(db.session.scalars(select(kind.id).where(_is_late(kind, today)).order_by(kind.id)))


def _tell_of(kind: type[Promise], key: int, now: datetime) -> bool:
    with unit_of_work(SYSTEM, "complaint.remind"):
        late = select(kind).where(kind.id == key, _is_late(kind, clock.local(now).date()))
        row = db.session.scalars(late.with_for_update(of=kind).execution_options(populate_existing=True)).one_or_none()
        # Somebody else may have told it, or done it, since.
        if row is None or not is_open_at(calendar_for(row.complaint.branch_id), now):
            return False
        row.reminded_on = row.due_on
        owner, complaint = row.owner, row.complaint
        assert owner is not None  # asked for above
        assert row.due_on is not None
        people = {person.id: person for person in queries.told_of(complaint, "supervisor")}
        if owner.active and owner.id not in complaint.subjects:
            people[owner.id] = owner
        action = isinstance(row, CorrectiveAction)
        tell(
            complaint,
            people.values(),
            ACTION_LATE if action else DECISION_LATE,
            {"number": complaint.number, "name": owner.name, "due": row.due_on.isoformat()},
            link=f"/correctiveactionview/show/{row.id}" if isinstance(row, CorrectiveAction) else page_of_entry(row),
            tone="warning",
        )
    return True
