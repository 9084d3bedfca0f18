"""Return visits overdue for too long go to the supervisor (RV-3): once for each visit, never at night."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.calendars.queries import calendar_for
from app.calendars.rules import is_open_at
from app.complaints import queries as complaint_queries
from app.complaints.models import Complaint
from app.core import clock, inbox, settings
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.errors import N_
from app.core.fetch import fetch
from app.core.uow import unit_of_work
from app.feedback import queries
from app.feedback.models import OVERDUE_DAYS, ReturnVisit
from app.fieldservice.commands.deadlines import people_of
from app.organisation.models import Branch, Staff

LIST = "/returnvisitview/list/?show=supervisor"


def escalate_overdue(now: datetime | None = None) -> int:
    """Tell the supervisors of visits overdue by more than the days of the settings; gives the number of visits.

    May run twice, also at the same moment: a visit is told once, its row is locked meanwhile; a visit that moves is
    told anew when it is overdue again. While a branch is closed nothing of it is told. One message a round and person,
    however many visits it speaks of.
    """
    moment = now or clock.now()
    with acting_as(SYSTEM):
        today = clock.local(moment).date()
        late = select(ReturnVisit.branch_id).where(queries.escalated(today), ReturnVisit.escalated_at.is_(None))
        branches = sorted(set(db.session.scalars(late)))
        db.session.rollback()  # looking took no lock; telling does
        return sum(_tell_branch(branch_id, moment) for branch_id in branches)


def _tell_branch(branch_id: int, now: datetime) -> int:
    if not is_open_at(calendar_for(branch_id), now):
        return 0
    today = clock.local(now).date()
    with unit_of_work(SYSTEM, "return_visit.escalate") as session:
        # Whoever comes second waits here and finds nothing left.
        session.execute(select(Branch.id).where(Branch.id == branch_id).with_for_update())
        late = (
            select(ReturnVisit)
            .where(queries.escalated(today), ReturnVisit.escalated_at.is_(None), ReturnVisit.branch_id == branch_id)
            .order_by(ReturnVisit.due_on, ReturnVisit.id)
            .execution_options(populate_existing=True)
        )
        visits = list(session.scalars(late))
        for visit in visits:
            visit.escalated_at = now
        _tell(visits)
    return len(visits)


def _tell(visits: list[ReturnVisit]) -> None:
    told: dict[int, tuple[Staff, list[ReturnVisit]]] = {}
    for visit in visits:
        for person in supervisors_of(visit):
            told.setdefault(person.id, (person, []))[1].append(visit)
    for person, theirs in told.values():
        _post(person, theirs)


def _post(person: Staff, visits: list[ReturnVisit]) -> None:
    oldest = visits[0]
    values = {
        "number": oldest.number,
        "due": oldest.due_on.isoformat(),
        "days": settings.number(OVERDUE_DAYS),
        "count": len(visits),
    }
    words = (
        N_("Return visit %(number)s was due %(due)s: more than %(days)d days overdue.")
        if len(visits) == 1
        else N_("%(count)d return visits are more than %(days)d days overdue, the oldest is %(number)s (%(due)s).")
    )
    link = f"/returnvisitview/show/{oldest.id}" if len(visits) == 1 else LIST
    message = inbox.post(person.id, words, values, link=link, tone="warning", email=person.email)
    inbox.mail_to([message])


def supervisors_of(visit: ReturnVisit) -> list[Staff]:
    """Who sees to a visit in the branch: never somebody its complaint is about (CP-4)."""
    if visit.complaint_id is None:
        return people_of(visit.branch_id, "supervisor")
    with acting_as(SYSTEM):  # who makes the visit may not see the complaint
        complaint = fetch(Complaint, visit.complaint_id)
        return complaint_queries.people_of(complaint, "supervisor")
