"""A technician's van in the morning and in the evening: everything that goes in and out in one transaction (SO-22)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.core import clock
from app.core.actors import Principal
from app.core.db import db
from app.core.errors import N_, Refused, Way
from app.core.fetch import fetch
from app.core.numbering import next_number
from app.core.uow import command
from app.organisation.commands import LEAVING_GUARDS
from app.organisation.models import Branch, Staff
from app.parts import queries
from app.parts.commands.jobs import carry_along, hand_in_used, keep_again
from app.parts.commands.moves import lock, move
from app.parts.models import Part, StockMove, StockPlace, VanSlip, VanSlipLine
from app.parts.rules import Line, check_lines

PREFIX = "LL"
_TURN = {"return": 0, "issue": 1, "used": 2}


@command("van.exchange")
def exchange(
    actor: Principal,
    van_id: int,
    *,
    store_id: int | None = None,
    issues: Sequence[Line] = (),
    returns: Sequence[Line] = (),
    used: Sequence[Line] = (),
    at: datetime | None = None,
) -> VanSlip:
    """Issue parts to a van, take parts back, take in old parts: all of it or nothing (SO-22). Gives the slip 领退料单.

    What is reserved in the store for the technician's jobs goes along and stays reserved in the van. ``store_id``: which
    store room of the branch; the first one without. Raises ``Refused`` for the first line that is not possible.
    """
    check_lines(issues, returns, used)
    moment = at or clock.now()
    van = fetch(StockPlace, van_id)
    if van.kind != "van" or van.staff_id is None:
        raise Refused(N_("This is not a technician's van."), field="van_id")
    store = _store_for(van, store_id)
    code = fetch(Branch, van.branch_id).code
    number = next_number(PREFIX, code, clock.local(moment).date())
    slip = VanSlip(number=number, van=van, store=store, at=moment, by_id=actor.staff_id)
    db.session.add(slip)
    db.session.flush()
    every = [*(("issue", x) for x in issues), *(("return", x) for x in returns), *(("used", x) for x in used)]
    # By part, so that two slips at once wait for each other in the same order; what comes back may go out again.
    for kind, line in sorted(every, key=lambda each: (each[1].part_id, _TURN[each[0]])):
        made = _line(actor, kind, line, van, store, number, moment)
        db.session.add(VanSlipLine(slip=slip, stock_move=made))
    db.session.flush()
    return slip


def _store_for(van: StockPlace, store_id: int | None) -> StockPlace:
    if store_id is not None:
        store = fetch(StockPlace, store_id)
        if store.kind != "warehouse" or store.branch_id != van.branch_id:
            raise Refused(N_("This is not a store room of the van's branch."), field="store_id")
        return store
    stores = queries.stores_of(van.branch_id)
    if not stores:
        raise Refused(N_("This branch has no store room in the stock places."), field="store_id")
    return stores[0]


def _line(
    actor: Principal, kind: str, line: Line, van: StockPlace, store: StockPlace, number: str, at: datetime
) -> StockMove:
    part = fetch(Part, line.part_id)
    if kind == "used":
        return hand_in_used(actor, part, line.quantity, van.branch_id, reference=line.reference, at=at)
    if kind == "return":
        return move(actor, part, line.quantity, van, store, "return", reference=number, serials=line.serials, at=at)
    assert van.staff_id is not None  # nosec B101 - checked by the caller
    lock(part.id, [store.id, van.id])
    kept = carry_along(actor, part, store, van, van.staff_id, line.quantity)
    made = move(actor, part, line.quantity, store, van, "issue", reference=number, serials=line.serials, at=at)
    keep_again(actor, part, van, van.staff_id, kept)
    return made


def van_is_empty(person: Staff) -> None:
    """Who leaves has brought back what lay in the van (SO-22): nobody could any more. Raises ``Refused``."""
    van = queries.van_of(person.id)
    pieces = queries.pieces_in(van.id) if van is not None else 0
    if van is not None and pieces:
        raise Refused(
            N_("%(pieces)s parts lie in the van of %(name)s: they are brought back first."),
            field="active",
            pieces=pieces,
            name=person.name,
        ).leading(Way(N_("The van"), f"/parts/vans/{van.id}", "van.exchange"))


LEAVING_GUARDS.append(van_is_empty)
