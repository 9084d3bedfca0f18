"""Watching the promise: who is told before a repair is late, and that a part it waits for has come (SO-10)."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.event import listens_for
from sqlalchemy.orm import Session

from app.calendars.queries import calendar_for
from app.calendars.rules import is_open_at
from app.core import clock, inbox, settings
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.errors import N_
from app.core.uow import before_commit, unit_of_work
from app.fieldservice.commands.deadlines import people_of
from app.fieldservice.models import EscalationLevel
from app.fieldservice.rules.deadlines import WORKSHOP, Level, reached, to_tell
from app.organisation.models import Branch, Staff
from app.parts.models import StockMove, StockPlace
from app.workshop import queries, rules
from app.workshop.commands import steps
from app.workshop.models import GoodsReceipt, PartsWait, PromiseNotice, RepairCard
from app.workshop.queries import Promise

AHEAD = N_("%(number)s %(customer)s: promised for %(due)s, %(minutes)d working minutes to spare (%(state)s, %(who)s).")
WILL_BE_LATE = N_("%(number)s %(customer)s: will miss %(due)s by %(minutes)d working minutes (%(state)s, %(who)s).")
LATE = N_("%(number)s %(customer)s: not returned, promised for %(due)s (%(state)s, %(who)s).")


def watch(now: datetime | None = None) -> int:
    """Tell people of repairs whose promise comes near, or can no longer be kept; gives the number of messages.

    A level's minutes are those to spare beyond the work still needed, so that it is heard of before it is late. May run
    twice: a level is told once per card and promised time; never while the branch is closed.
    """
    moment = now or clock.now()
    with acting_as(SYSTEM):
        statement = select(EscalationLevel).where(
            EscalationLevel.deadline == WORKSHOP, EscalationLevel.active.is_(True)
        )
        levels = [Level(row.id, row.deadline, row.minutes, row.role) for row in db.session.scalars(statement)]
        branches = list(db.session.scalars(select(Branch.id).where(Branch.active.is_(True)).order_by(Branch.id)))
        wanted: list[list[int]] = []
        for branch_id in branches if levels else []:
            if not is_open_at(calendar_for(branch_id), moment):
                continue
            cards = [item.card for item in queries.in_house(branch_id)]
            told = _told([card.id for card in cards])
            given = settings.values()
            found = [card.id for card in cards if _new(card, levels, told, moment, given)]
            if found:
                wanted.append(found)
        db.session.rollback()  # looking took no lock; telling does
        return sum(_tell(ids, levels, moment) for ids in wanted)


def _told(card_ids: list[int]) -> dict[int, set[tuple[int, datetime]]]:
    found: dict[int, set[tuple[int, datetime]]] = defaultdict(set)
    statement = select(PromiseNotice.repair_card_id, PromiseNotice.escalation_level_id, PromiseNotice.promised_at)
    for card_id, level_id, due in db.session.execute(statement.where(PromiseNotice.repair_card_id.in_(card_ids))):
        found[card_id].add((level_id, due))
    return found


def _new(
    card: RepairCard,
    levels: list[Level],
    told: dict[int, set[tuple[int, datetime]]],
    now: datetime,
    given: dict[str, str],
) -> tuple[Promise, list[Level], list[Level]] | None:
    """How it stands, what to tell, what was overtaken; None when there is nothing new."""
    if card.status == rules.RETURNED:
        return None
    promise = queries.promise_of(card, now, given)
    is_open = is_open_at(calendar_for(card.goods_receipt.branch_id), now)
    late = promise.state == rules.LATE
    # Levels before the promise count what is to spare; those at and after it what is left of the time itself.
    ahead = [level for level in levels if level.minutes > 0]
    after = [level for level in levels if level.minutes <= 0]
    come = reached(ahead, missed=late, left=promise.slack, is_open=is_open)
    come += reached(after, missed=late, left=promise.left, is_open=is_open)
    known = {level_id for level_id, due in told[card.id] if due == promise.due}
    tell, overtaken = to_tell(come, known)
    return (promise, tell, overtaken) if tell or overtaken else None


def _tell(card_ids: list[int], levels: list[Level], now: datetime) -> int:
    posted: dict[int, list[inbox.InboxMessage]] = defaultdict(list)
    with unit_of_work(SYSTEM, "repair_card.watch"):
        statement = (
            select(RepairCard)
            .where(RepairCard.id.in_(card_ids))
            .order_by(RepairCard.id)
            .with_for_update(of=RepairCard)
            .execution_options(populate_existing=True)
        )
        cards = db.session.scalars(statement).all()
        told, given = _told(card_ids), settings.values()  # asked again: somebody else may have told them since
        for card in cards:
            found = _new(card, levels, told, now, given)
            if found is None:
                continue
            promise, tell, overtaken = found
            for level in overtaken:
                _note(card, level, now, "")
            for level in tell:
                people = _people(card, level)
                _note(card, level, now, "、".join(person.name for person in people))
                for person in people:
                    posted[person.id].append(_post(person, card, promise))
        for messages in posted.values():
            inbox.mail_to(messages)
    return sum(len(messages) for messages in posted.values())


def _people(card: RepairCard, level: Level) -> list[Staff]:
    if level.role == "technician" and card.technician is not None and card.technician.active:
        return [card.technician]
    # Nobody has begun it: the supervisor answers for it.
    role = "supervisor" if level.role == "technician" else level.role
    return people_of(card.goods_receipt.branch_id, role)


def _note(card: RepairCard, level: Level, now: datetime, told: str) -> None:
    row = PromiseNotice(
        repair_card_id=card.id, escalation_level_id=level.id, promised_at=card.promised_at, at=now, told=told[:300]
    )
    db.session.add(row)
    db.session.flush()


def _post(person: Staff, card: RepairCard, promise: Promise) -> inbox.InboxMessage:
    words = LATE if promise.state == rules.LATE else WILL_BE_LATE if promise.slack < 0 else AHEAD
    values: dict[str, Any] = {
        "number": card.goods_receipt.number,
        "customer": card.goods_receipt.voucher.customer.name,
        "due": f"{clock.local(promise.due):%m-%d %H:%M}",
        "minutes": abs(promise.slack),
        "state": _state(card),
        "who": card.technician.name if card.technician is not None else "—",
    }
    tone = "danger" if promise.state == rules.LATE else "warning"
    return inbox.post(person.id, words, values, link=steps.link_to(card), tone=tone, email=person.email or "")


def _state(card: RepairCard) -> str:
    from app.core.i18n import say

    return say(rules.CARD_STATE_LABELS[card.status])


# -- the part has come --------------------------------------------------------------------------------------------

_ARRIVED = "workshop.arrived"


@listens_for(Session, "after_flush")
def _arrivals(session: Session, _context: Any) -> None:
    came = {
        (move.part_id if move.part_id is not None else move.part.id, move.to_place_id)
        for move in session.new
        if isinstance(move, StockMove) and move.kind in ("receipt", "issue") and move.to_place_id is not None
    }
    if came:
        session.info.setdefault(_ARRIVED, set()).update(came)
        before_commit(_ARRIVED, _tell_of_parts)


def _tell_of_parts() -> None:
    """Tell whoever repairs an item that the part it waits for lies in the branch's store (SO-10)."""
    came: set[tuple[int, int]] = db.session.info.pop(_ARRIVED, set())
    with acting_as(SYSTEM):
        for part_id, place_id in sorted(came):
            place = db.session.get(StockPlace, place_id)
            if place is None or place.kind != "warehouse":
                continue
            waits = db.session.scalars(
                select(PartsWait)
                .join(RepairCard, RepairCard.id == PartsWait.repair_card_id)
                .join(GoodsReceipt, GoodsReceipt.id == RepairCard.goods_receipt_id)
                .where(PartsWait.part_id == part_id, PartsWait.until_at.is_(None))
                .where(GoodsReceipt.branch_id == place.branch_id)
            )
            for wait in waits:
                _came(wait, place)


def _came(wait: PartsWait, place: StockPlace) -> None:
    card = wait.card
    people = [card.technician] if card.technician is not None else people_of(place.branch_id, "supervisor")
    for person in people:
        inbox.post(
            person.id,
            N_("%(number)s: the part it waits for has come (%(what)s)."),
            {"number": card.goods_receipt.number, "what": wait.what},
            link=steps.link_to(card),
            email=person.email or "",
        )
