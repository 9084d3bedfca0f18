"""Moving parts. Every move and the balances it changes are one transaction, and no balance falls below zero (SO-22)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.core import clock
from app.core.actors import Principal
from app.core.db import db
from app.core.errors import N_, Refused
from app.core.fetch import fetch
from app.core.uow import command, in_unit_of_work
from app.parts import queries
from app.parts.models import Part, StockBalance, StockMove, StockPlace
from app.parts.rules import check_move

_balance: Any = StockBalance.__table__


@command("stock.receive")
def receive(
    actor: Principal, place_id: int, *, part_id: int, quantity: int, reference: str = "", at: datetime | None = None
) -> StockMove:
    """Parts from the supplier into a store room; ``reference`` is the delivery note (SO-22)."""
    place, part = fetch(StockPlace, place_id), fetch(Part, part_id)
    return move(actor, part, quantity, None, place, "receipt", reference=reference, at=at)


@command("stock.issue")
def issue(
    actor: Principal,
    place_id: int,
    *,
    part_id: int,
    quantity: int,
    to_place_id: int,
    reference: str = "",
    at: datetime | None = None,
) -> StockMove:
    """Parts from a store room to a technician's van, or to another store room (SO-22)."""
    place, target = fetch(StockPlace, place_id), fetch(StockPlace, to_place_id)
    return move(actor, fetch(Part, part_id), quantity, place, target, "issue", reference=reference, at=at)


@command("stock.return")
def give_back(
    actor: Principal,
    place_id: int,
    *,
    part_id: int,
    quantity: int,
    to_place_id: int,
    reference: str = "",
    at: datetime | None = None,
) -> StockMove:
    """Parts from a technician's van back to a store room (SO-22)."""
    place, target = fetch(StockPlace, place_id), fetch(StockPlace, to_place_id)
    return move(actor, fetch(Part, part_id), quantity, place, target, "return", reference=reference, at=at)


@command("stock.scrap")
def scrap(actor: Principal, balance_id: int, *, quantity: int, reason: str, at: datetime | None = None) -> StockMove:
    """Parts that are broken or lost leave the stock, with the reason (SO-22)."""
    balance = fetch(StockBalance, balance_id)
    return move(actor, balance.part, quantity, balance.place, None, "scrap", reference=reason, at=at)


@command("stock.correct")
def correct(actor: Principal, balance_id: int, *, counted: int, reason: str, at: datetime | None = None) -> StockMove:
    """Stock-taking: the place holds ``counted`` pieces; the difference becomes a move with the reason (SO-22).

    Raises ``Refused`` when there is no difference.
    """
    balance = fetch(StockBalance, balance_id)
    if counted < 0:
        raise Refused(N_("There cannot be less than nothing."), field="counted")
    _lock(balance.part_id, [balance.place_id])
    difference = counted - queries.quantity_in(balance.part_id, balance.place_id)
    if difference == 0:
        raise Refused(N_("The count agrees with the books: nothing to correct."), field="counted")
    source, target = (None, balance.place) if difference > 0 else (balance.place, None)
    return move(actor, balance.part, abs(difference), source, target, "correction", reference=reason, at=at)


# -- parts of a job (called by field service inside its own unit of work) ---------------------------------------------


def take_for_job(
    actor: Principal,
    part: Part,
    quantity: int,
    staff_id: int,
    *,
    reference: str,
    from_store: int | None = None,
    serials: Sequence[str] = (),
    at: datetime | None = None,
) -> StockMove:
    """Parts fitted on a job leave the technician's van; ``reference`` is the job's number (SO-22).

    ``from_store``: a branch id; the part is taken from that branch's store room instead, as the workshop does.
    ``serials``: the serial numbers of parts that have one (SO-17). Raises ``Refused`` when there is no such place or
    not so many in it.
    """
    place = _van(staff_id) if from_store is None else _store(from_store, part, quantity)
    return move(actor, part, quantity, place, None, "fitted", reference=reference, at=at)


def give_back_from_job(
    actor: Principal,
    part: Part,
    quantity: int,
    staff_id: int,
    *,
    reference: str,
    from_store: int | None = None,
    serials: Sequence[str] = (),
    at: datetime | None = None,
) -> StockMove:
    """Parts entered as fitted by mistake, or taken out again, are where they were taken from again (SO-22).

    ``from_store``: the branch whose store room they came from; None: the technician's van.
    """
    place = _van(staff_id) if from_store is None else _store(from_store, part, 0)
    return move(actor, part, quantity, None, place, "unfitted", reference=reference, at=at)


def _van(staff_id: int) -> StockPlace:
    van = queries.van_of(staff_id)
    if van is None:
        raise Refused(N_("This technician has no van in the stock places."), field="part_id")
    return van


def _store(branch_id: int, part: Part, quantity: int) -> StockPlace:
    stores = queries.stores_of(branch_id)
    if not stores:
        raise Refused(N_("This branch has no store room in the stock places."), field="part_id")
    for store in stores:
        if queries.quantity_in(part.id, store.id) >= quantity:
            return store
    return stores[0]


# -- the one way a balance changes ------------------------------------------------------------------------------------


def move(
    actor: Principal,
    part: Part,
    quantity: int,
    from_place: StockPlace | None,
    to_place: StockPlace | None,
    kind: str,
    *,
    reference: str = "",
    at: datetime | None = None,
) -> StockMove:
    """Move so many of a part between two places (None: outside) and keep both balances, in the unit of work under way.

    The balance is lowered by an UPDATE that names the quantity it needs, so that of twenty people reaching for the
    last piece one gets it. Raises ``Refused`` when there are not so many, or places and kind do not fit (SO-22).
    """
    if not in_unit_of_work():
        raise RuntimeError("stock moves only inside a unit of work")
    check_move(kind, quantity, from_place and from_place.kind, to_place and to_place.kind)
    if from_place is not None and to_place is not None and from_place.id == to_place.id:
        raise Refused(N_("The parts are there already."), field="to_place_id")
    if to_place is not None:
        _open(part.id, to_place.id)
    _lock(part.id, [place.id for place in (from_place, to_place) if place is not None])
    if from_place is not None:
        _lower(part, from_place, quantity)
    if to_place is not None:
        _change(part.id, to_place.id, _balance.c.quantity + quantity)
    made = StockMove(
        at=at or clock.now(),
        kind=kind,
        part=part,
        quantity=quantity,
        from_place=from_place,
        to_place=to_place,
        by_id=actor.staff_id,
        reference=reference[:64],
    )
    session = db.session()
    session.add(made)
    session.flush()
    _forget_balances(part.id)
    return made


def _open(part_id: int, place_id: int) -> None:
    session = db.session()
    dialect = sqlite if session.connection().dialect.name == "sqlite" else postgresql
    row = {"part_id": part_id, "place_id": place_id, "quantity": 0}
    session.execute(dialect.insert(_balance).values(row).on_conflict_do_nothing())


def _lock(part_id: int, place_ids: list[int]) -> None:
    # Always in the same order, or two opposite moves would wait for each other for ever (PostgreSQL).
    rows = select(_balance.c.id).where(_balance.c.part_id == part_id, _balance.c.place_id.in_(place_ids))
    db.session().execute(rows.order_by(_balance.c.place_id).with_for_update())


def _lower(part: Part, place: StockPlace, quantity: int) -> None:
    if _change(part.id, place.id, _balance.c.quantity - quantity, _balance.c.quantity >= quantity):
        return
    raise Refused(
        N_("Only %(left)s %(unit)s of %(part)s in %(place)s."),
        field="quantity",
        left=queries.quantity_in(part.id, place.id),
        unit=part.unit,
        part=part.name,
        place=place.name,
    )


def _change(part_id: int, place_id: int, quantity: Any, *conditions: Any) -> bool:
    statement = update(_balance).where(_balance.c.part_id == part_id, _balance.c.place_id == place_id, *conditions)
    return bool(db.session().connection().execute(statement.values(quantity=quantity)).rowcount)


def _forget_balances(part_id: int) -> None:
    # Balances already loaded would go on showing what was there before.
    session = db.session()
    for row in list(session.identity_map.values()):
        if isinstance(row, StockBalance) and row.__dict__.get("part_id") in (None, part_id):
            session.expire(row)
