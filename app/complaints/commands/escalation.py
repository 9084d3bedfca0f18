"""Telling people before a complaint's deadline is missed, and when it is: once per level, never at night (CP-3, CP-16).

The same levels, in working time, as for repair calls (``app.fieldservice.rules.deadlines``).
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from sqlalchemy import select

from app.calendars.queries import calendar_for
from app.calendars.rules import is_open_at
from app.complaints import queries, rules
from app.complaints.commands.handling import note_lateness
from app.complaints.commands.telling import page_of
from app.complaints.models import Complaint, ComplaintEscalationLevel, ComplaintNotice
from app.complaints.queries import StageDeadline
from app.core import clock, inbox
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.errors import N_
from app.core.i18n import in_language, say
from app.core.uow import unit_of_work
from app.fieldservice.rules.deadlines import Level, reached, to_tell

SOON = N_("Complaint %(number)s: %(stage)s is due %(due)s, %(minutes)d working minutes left (%(who)s).")
MISSED = N_("Complaint %(number)s: %(stage)s was due %(due)s and is not done (%(who)s).")

Told = dict[int, set[tuple[int, datetime]]]


def escalate(now: datetime | None = None) -> int:
    """Tell everybody concerned of the deadlines that came to a level; gives the number of messages.

    May run twice, also at the same moment: a level is told once per complaint and deadline, the complaint is locked
    meanwhile. While a branch is closed nothing of it is told. What is missed is recorded at any hour (CP-16).
    """
    moment = now or clock.now()
    with acting_as(SYSTEM):
        levels = _levels()
        pending = queries.with_deadlines()
        told = _told([complaint.id for complaint in pending])
        wanted = [
            complaint.id
            for complaint in pending
            if _late(complaint, moment) or any(_new(complaint, levels, told, moment))
        ]
        db.session.rollback()  # looking took no lock; telling does
        return _tell(wanted, levels, moment) if wanted else 0


def _levels() -> list[Level]:
    rows = db.session.scalars(select(ComplaintEscalationLevel).where(ComplaintEscalationLevel.active.is_(True)))
    return [Level(row.id, row.stage, row.minutes, row.role) for row in rows]


def _told(ids: list[int]) -> Told:
    found: Told = defaultdict(set)
    statement = select(ComplaintNotice.complaint_id, ComplaintNotice.level_id, ComplaintNotice.due_at)
    for complaint_id, level_id, due_at in db.session.execute(statement.where(ComplaintNotice.complaint_id.in_(ids))):
        found[complaint_id].add((level_id, due_at))
    return found


def _late(complaint: Complaint, now: datetime) -> bool:
    known = {(row.stage, row.due_at) for row in complaint.lateness}
    return any(
        each.state in (rules.LATE, rules.OVERDUE) and each.due_at is not None and (each.stage, each.due_at) not in known
        for each in queries.all_standings(complaint, now)
    )


def _new(
    complaint: Complaint, levels: list[Level], told: Told, now: datetime
) -> list[tuple[StageDeadline, list[Level], list[Level]]]:
    """Per deadline of the complaint that came to a new level: how it stands, what to tell, what was overtaken."""
    if not is_open_at(calendar_for(complaint.branch_id), now):
        return []
    found = []
    for each in queries.deadlines(complaint, now):
        if each.due_at is None or each.state not in (rules.OPEN, rules.OVERDUE):
            continue
        mine = [level for level in levels if level.deadline == each.stage]
        come = reached(mine, missed=each.state == rules.OVERDUE, left=each.left, is_open=True)
        tell, overtaken = to_tell(come, {key for key, due in told[complaint.id] if due == each.due_at})
        if tell or overtaken:
            found.append((each, tell, overtaken))
    return found


def _tell(ids: list[int], levels: list[Level], now: datetime) -> int:
    posted: dict[int, list[inbox.InboxMessage]] = defaultdict(list)
    with unit_of_work(SYSTEM, "complaint.escalate"):
        statement = (
            select(Complaint)
            .where(Complaint.id.in_(ids))
            .order_by(Complaint.id)
            .with_for_update(of=Complaint)
            .execution_options(populate_existing=True)
        )
        complaints = db.session.scalars(statement).all()
        told = _told(ids)  # asked again: somebody else may have told them since
        for complaint in complaints:
            reached_by: set[tuple[int, str]] = set()
            for each, tell, overtaken in _new(complaint, levels, told, now):
                for level in overtaken:
                    _note(complaint, level, each, now, "")
                for level in tell:
                    people = queries.told_of(complaint, level.role)
                    _note(complaint, level, each, now, "、".join(person.name for person in people))
                    for person in people:
                        if (person.id, each.stage) in reached_by:
                            continue  # two levels that come together lead to the same person
                        reached_by.add((person.id, each.stage))
                        posted[person.id].append(_post(person.id, person.email or "", complaint, each))
            note_lateness(complaint, now)
        for messages in posted.values():
            inbox.mail_to(messages)
    return sum(len(messages) for messages in posted.values())


def _note(complaint: Complaint, level: Level, each: StageDeadline, now: datetime, told: str) -> None:
    row = ComplaintNotice(complaint_id=complaint.id, level_id=level.id, due_at=each.due_at, at=now, told=told[:300])
    db.session.add(row)
    db.session.flush()


def _post(staff_id: int, email: str, complaint: Complaint, each: StageDeadline) -> inbox.InboxMessage:
    assert each.due_at is not None  # stages without a deadline are left out above
    with in_language():
        stage = say(each.label)
    missed = each.state == rules.OVERDUE
    params = {
        "number": complaint.number,
        "stage": stage,
        "due": f"{clock.local(each.due_at):%m-%d %H:%M}",
        "minutes": max(each.left, 0),
        "who": each.answerable.name if each.answerable else "—",
    }
    return inbox.post(
        staff_id,
        MISSED if missed else SOON,
        params,
        link=page_of(complaint),
        tone="danger" if missed else "warning",
        email=email,
    )
