"""Stock-taking (盘点): a place is counted, the differences explained, and booked together (SO-22)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from app.core import clock
from app.core.actors import Principal
from app.core.db import db
from app.core.errors import N_, Refused
from app.core.fetch import fetch
from app.core.numbering import next_number
from app.core.uow import command
from app.organisation.models import Branch
from app.parts import queries
from app.parts.commands.moves import lock, move
from app.parts.models import Part, StockCount, StockCountLine, StockPlace
from app.parts.rules import LIVE_COUNTS, STOCK_COUNT, check_explained, serials_of

PREFIX = "PD"


class Counted(NamedTuple):
    """What somebody found of a part: ``counted`` None leaves it open; ``serials`` for a part that has them."""

    part_id: int
    counted: int | None
    serials: str = ""
    reason: str = ""


@command("stock_count.start")
def start_count(actor: Principal, place_id: int, *, at: datetime | None = None) -> StockCount:
    """Open a count sheet for a place, with what the books say now. Raises ``Refused`` while another one is open."""
    moment = at or clock.now()
    place = fetch(StockPlace, place_id)
    # The place's row is the lock: the second of two people is told, and does not run into the unique key.
    db.session.execute(select(StockPlace.id).where(StockPlace.id == place.id).with_for_update())
    open_now = select(StockCount).where(StockCount.place_id == place.id, StockCount.status.in_(LIVE_COUNTS))
    other = db.session.scalars(open_now).first()
    if other is not None:
        raise Refused(N_("This place is being counted already: %(number)s."), number=other.number)
    number = next_number(PREFIX, fetch(Branch, place.branch_id).code, clock.local(moment).date())
    count = StockCount(number=number, place=place, started_at=moment, started_by_id=actor.staff_id)
    db.session.add(count)
    for balance in queries.stock_of(place.id):
        db.session.add(StockCountLine(count=count, part=balance.part, book=balance.quantity))
    db.session.flush()
    return count


def _locked(count_id: int) -> StockCount:
    fetch(StockCount, count_id)
    statement = select(StockCount).where(StockCount.id == count_id).with_for_update(of=StockCount)
    row: StockCount = db.session.execute(statement.execution_options(populate_existing=True)).scalar_one()
    return row


@command("stock_count.enter")
def enter(
    actor: Principal,
    count_id: int,
    *,
    lines: Sequence[Counted],
    counted_at: datetime | None = None,
    at: datetime | None = None,
) -> StockCount:
    """Enter what was counted, and reasons; a part that is not on the sheet is added to it.

    ``counted_at``: when it lay there, for a list counted on paper and typed in later; moves after that moment are no
    difference. A figure that stays the same keeps its time. Raises ``Refused``.
    """
    count = _locked(count_id)
    STOCK_COUNT.apply(count, "enter", actor.roles)
    moment = counted_at or at or clock.now()
    if moment > (at or clock.now()):
        raise Refused(N_("This time lies in the future."), field="counted_at")
    known = {line.part_id: line for line in count.lines}
    for given in lines:
        line = known.get(given.part_id)
        if line is None:
            line = StockCountLine(count=count, part=fetch(Part, given.part_id), book=0)
            db.session.add(line)
            known[given.part_id] = line
        _note(line, given, moment)
    db.session.flush()
    return count


def _note(line: StockCountLine, given: Counted, moment: datetime) -> None:
    counted = given.counted
    if line.part.serial_tracked and counted is not None:
        found = serials_of(given.serials)
        if len(set(found)) != len(found):
            raise Refused(N_("A serial number stands there twice."), field=f"serials-{line.part_id}")
        if counted != len(found):
            raise Refused(
                N_("%(part)s: %(count)s counted, but %(given)s serial numbers given."),
                field=f"serials-{line.part_id}",
                part=line.part.name,
                count=counted,
                given=len(found),
            )
        given = given._replace(serials="\n".join(found))
    if counted is not None and counted < 0:
        raise Refused(N_("There cannot be less than nothing."), field=f"counted-{line.part_id}")
    if counted != line.counted or given.serials.strip() != line.serials:
        line.counted, line.serials = counted, given.serials.strip()
        line.counted_at = moment if counted is not None else None
    line.reason = given.reason.strip()[:200]


@command("stock_count.explain")
def explain(actor: Principal, count_id: int, *, reasons: dict[int, str]) -> StockCount:
    """Give the reasons of differences, by id of the part; the figures stay as they were counted."""
    count = _locked(count_id)
    STOCK_COUNT.apply(count, "explain", actor.roles)
    for line in count.lines:
        if line.part_id in reasons:
            line.reason = reasons[line.part_id].strip()[:200]
    db.session.flush()
    return count


@command("stock_count.submit")
def submit(actor: Principal, count_id: int, *, at: datetime | None = None) -> StockCount:
    """Everything is counted: the supervisor looks at the differences. Raises ``Refused`` while a line is open."""
    count = _locked(count_id)
    STOCK_COUNT.find(count.status, "submit")
    check_explained((line.part.name, line.counted, 0, "") for line in count.lines)
    STOCK_COUNT.apply(count, "submit", actor.roles)
    count.submitted_at, count.submitted_by_id = at or clock.now(), actor.staff_id
    db.session.flush()
    return count


@command("stock_count.recount")
def recount(actor: Principal, count_id: int) -> StockCount:
    """The differences are not believed: figures may be entered again."""
    count = _locked(count_id)
    STOCK_COUNT.apply(count, "recount", actor.roles)
    count.submitted_at, count.submitted_by_id = None, None
    db.session.flush()
    return count


@command("stock_count.cancel")
def give_up(actor: Principal, count_id: int, *, reason: str) -> StockCount:
    """The count leads to nothing; the books stay as they are."""
    count = _locked(count_id)
    STOCK_COUNT.apply(count, "cancel", actor.roles, reason=reason)
    count.reason = reason.strip()[:200]
    db.session.flush()
    return count


@command("stock_count.book")
def book(actor: Principal, count_id: int, *, at: datetime | None = None) -> StockCount:
    """Book every difference as a move, all in one transaction (SO-22).

    What moved since a line was counted is not part of its difference. Raises ``Refused`` while a difference has no
    reason, or when pieces that are missing are kept for a job.
    """
    moment = at or clock.now()
    count = _locked(count_id)
    STOCK_COUNT.find(count.status, "book")
    lines = sorted(count.lines, key=lambda line: line.part_id)
    for line in lines:
        lock(line.part_id, [count.place_id])
    found = queries.findings(count)  # of a count not booked yet: a booked one repeats what was booked
    STOCK_COUNT.apply(count, "book", actor.roles)
    check_explained((x.line.part.name, x.line.counted, x.pieces, x.line.reason) for x in found)
    for each in found:
        each.line.difference = each.difference
        note = f"{count.number} {each.line.reason}".strip()
        part, place = each.line.part, count.place
        if each.missing:
            move(actor, part, each.missing, place, None, "correction", reference=note, serials=each.lost, at=moment)
        if each.surplus:
            move(actor, part, each.surplus, None, place, "correction", reference=note, serials=each.found, at=moment)
    count.booked_at, count.booked_by_id = moment, actor.staff_id
    db.session.flush()
    return count
