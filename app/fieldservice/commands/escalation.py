"""Telling people before a deadline is missed, and when it is (SO-10, SO-15): once per level and deadline, never at night."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.calendars.queries import calendar_for
from app.calendars.rules import MISSED, RUNNING, is_open_at
from app.core import clock, inbox
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.errors import N_
from app.core.uow import unit_of_work
from app.fieldservice import queries
from app.fieldservice.commands.deadlines import people_of
from app.fieldservice.models import EscalationLevel, EscalationNotice, RepairCall
from app.fieldservice.queries import Standing
from app.fieldservice.rules.deadlines import ARRIVAL, FINISH, Level, reached, to_tell
from app.organisation.models import Branch, Staff

WORDS = {
    (ARRIVAL, RUNNING): N_(
        "%(number)s %(customer)s: to arrive by %(due)s, %(minutes)d working minutes left (%(who)s)."
    ),
    (ARRIVAL, MISSED): N_(
        "%(number)s %(customer)s: nobody has arrived, it was due %(due)s, %(minutes)d working minutes ago (%(who)s)."
    ),
    (FINISH, RUNNING): N_(
        "%(number)s %(customer)s: finish promised for %(due)s, %(minutes)d working minutes left (%(who)s)."
    ),
    (FINISH, MISSED): N_(
        "%(number)s %(customer)s: not finished, promised for %(due)s, %(minutes)d working minutes ago (%(who)s)."
    ),
}


def escalate(now: datetime | None = None) -> int:
    """Tell everybody concerned of the deadlines that came to a level; gives the number of messages.

    May run twice, also at the same moment: a level is told once per call and deadline, the call is locked meanwhile.
    A deadline that moves is another deadline. While a branch is closed nothing of it is told; the first round after it
    opens does. Each person gets one mail a round, however many calls it speaks of.
    """
    moment = now or clock.now()
    with acting_as(SYSTEM):
        levels = _levels()
        branches = list(db.session.scalars(select(Branch.id).where(Branch.active.is_(True)).order_by(Branch.id)))
        wanted: dict[int, list[int]] = {}
        for branch_id in branches if levels else []:
            if not is_open_at(calendar_for(branch_id), moment):
                continue
            calls = queries.pending_calls(branch_id)
            told = _told([call.id for call in calls])
            found = [call.id for call in calls if any(_new(call, levels, told, moment))]
            if found:
                wanted[branch_id] = found
        db.session.rollback()  # looking took no lock; telling does
        return sum(_tell_branch(ids, levels, moment) for ids in wanted.values())


def _levels() -> list[Level]:
    rows = db.session.scalars(select(EscalationLevel).where(EscalationLevel.active.is_(True)))
    return [Level(row.id, row.deadline, row.minutes, row.role) for row in rows]


def _told(call_ids: list[int]) -> dict[int, set[tuple[int, datetime]]]:
    found: dict[int, set[tuple[int, datetime]]] = defaultdict(set)
    statement = select(
        EscalationNotice.repair_call_id, EscalationNotice.escalation_level_id, EscalationNotice.due_at
    ).where(EscalationNotice.repair_call_id.in_(call_ids))
    for call_id, level_id, due_at in db.session.execute(statement):
        found[call_id].add((level_id, due_at))
    return found


def _new(
    call: RepairCall, levels: list[Level], told: dict[int, set[tuple[int, datetime]]], now: datetime
) -> list[tuple[Standing, list[Level], list[Level]]]:
    """Per deadline of the call that came to a new level: how it stands, what to tell, what was overtaken."""
    is_open = is_open_at(calendar_for(call.branch_id), now)
    found = []
    for standing in (queries.arrival_of(call, now), queries.finish_of(call, now)):
        if standing is None or standing.settled or standing.due is None or standing.state not in (RUNNING, MISSED):
            continue
        mine = [level for level in levels if level.deadline == standing.kind]
        come = reached(mine, missed=standing.state == MISSED, left=standing.left, is_open=is_open)
        known = {level_id for level_id, due in told[call.id] if due == standing.due}
        tell, overtaken = to_tell(come, known)
        if tell or overtaken:
            found.append((standing, tell, overtaken))
    return found


def _tell_branch(call_ids: list[int], levels: list[Level], now: datetime) -> int:
    posted: dict[int, list[inbox.InboxMessage]] = defaultdict(list)
    with unit_of_work(SYSTEM, "deadline.escalate"):
        statement = (
            select(RepairCall)
            .where(RepairCall.id.in_(call_ids))
            .order_by(RepairCall.id)
            .with_for_update(of=RepairCall)
            .execution_options(populate_existing=True)
        )
        calls = db.session.scalars(statement).all()
        told = _told(call_ids)  # asked again: somebody else may have told them since
        for call in calls:
            for standing, tell, overtaken in _new(call, levels, told, now):
                for level in overtaken:
                    _note(call, level, standing, now, "")
                for level in tell:
                    people = _people(call, standing, level)
                    _note(call, level, standing, now, "、".join(person.name for person in people))
                    for person in people:
                        posted[person.id].append(_post(person, call, standing))
        for messages in posted.values():
            inbox.mail_to(messages)
    return sum(len(messages) for messages in posted.values())


def _people(call: RepairCall, standing: Standing, level: Level) -> list[Staff]:
    if level.role == "technician" and standing.technician is not None and standing.technician.active:
        return [standing.technician]
    # Nobody is dispatched yet: the supervisor answers for the call.
    return people_of(call.branch_id, "supervisor" if level.role == "technician" else level.role)


def _note(call: RepairCall, level: Level, standing: Standing, now: datetime, told: str) -> None:
    row = EscalationNotice(
        repair_call_id=call.id, escalation_level_id=level.id, due_at=standing.due, at=now, told=told[:300]
    )
    db.session.add(row)
    db.session.flush()


def _post(person: Staff, call: RepairCall, standing: Standing) -> inbox.InboxMessage:
    assert standing.due is not None  # nosec B101 - deadlines without a moment are left out above
    job = queries.live_of(call)
    own = job is not None and job.technician_id == person.id
    params: dict[str, Any] = {
        "number": call.number,
        "customer": call.voucher.customer.name,
        "due": f"{clock.local(standing.due):%m-%d %H:%M}",
        "minutes": abs(standing.left),
        "who": standing.technician.name if standing.technician else "—",
    }
    return inbox.post(
        person.id,
        WORDS[standing.kind, standing.state],
        params,
        link=f"/my/job/{job.id}" if own and job is not None else f"/repaircallview/show/{call.id}",
        tone="danger" if standing.state == MISSED else "warning",
        email=person.email or "",
    )
