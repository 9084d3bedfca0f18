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
from app.parts.models import Part, PartReservation, PartUnit, PartUnitMove, StockBalance, StockMove, StockPlace
from app.parts.rules import STATE_AFTER, check_move, check_serials, serials_of

_balance: Any = StockBalance.__table__


@command("stock.receive")
def receive(
    actor: Principal,
    place_id: int,
    *,
    part_id: int,
    quantity: int,
    serials: str = "",
    reference: str = "",
    at: datetime | None = None,
) -> StockMove:
    """Parts from the supplier into a store room; ``reference`` is the delivery note (SO-22)."""
    place, part = fetch(StockPlace, place_id), fetch(Part, part_id)
    return move(actor, part, quantity, None, place, "receipt", reference=reference, serials=serials_of(serials), at=at)


@command("stock.issue")
def issue(
    actor: Principal,
    place_id: int,
    *,
    part_id: int,
    quantity: int,
    to_place_id: int,
    serials: str = "",
    reference: str = "",
    at: datetime | None = None,
) -> StockMove:
    """Parts from a store room to a technician's van, or to another store room (SO-22)."""
    place, target = fetch(StockPlace, place_id), fetch(StockPlace, to_place_id)
    numbers = serials_of(serials)
    return move(
        actor, fetch(Part, part_id), quantity, place, target, "issue", reference=reference, serials=numbers, at=at
    )


@command("stock.return")
def give_back(
    actor: Principal,
    place_id: int,
    *,
    part_id: int,
    quantity: int,
    to_place_id: int,
    serials: str = "",
    reference: str = "",
    at: datetime | None = None,
) -> StockMove:
    """Parts from a technician's van back to a store room (SO-22)."""
    place, target = fetch(StockPlace, place_id), fetch(StockPlace, to_place_id)
    numbers = serials_of(serials)
    return move(
        actor, fetch(Part, part_id), quantity, place, target, "return", reference=reference, serials=numbers, at=at
    )


@command("stock.scrap")
def scrap(
    actor: Principal,
    balance_id: int,
    *,
    quantity: int,
    reason: str,
    serials: str = "",
    at: datetime | None = None,
) -> StockMove:
    """Parts that are broken or lost, or old parts, leave the stock, with the reason (SO-22)."""
    balance = fetch(StockBalance, balance_id)
    numbers = serials_of(serials)
    return move(actor, balance.part, quantity, balance.place, None, "scrap", reference=reason, serials=numbers, at=at)


@command("stock.send_back")
def send_back(
    actor: Principal,
    balance_id: int,
    *,
    quantity: int,
    reference: str,
    serials: str = "",
    at: datetime | None = None,
) -> StockMove:
    """Parts go back to the supplier: wrong ones, or old parts under the maker's warranty (SO-22)."""
    balance = fetch(StockBalance, balance_id)
    numbers = serials_of(serials)
    return move(
        actor, balance.part, quantity, balance.place, None, "sent_back", reference=reference, serials=numbers, at=at
    )


@command("stock.correct")
def correct(actor: Principal, balance_id: int, *, counted: int, reason: str, at: datetime | None = None) -> StockMove:
    """Stock-taking of one part: the place holds ``counted`` pieces; the difference becomes a move with the reason (SO-22).

    Raises ``Refused`` when there is no difference, and for a part with serial numbers: its place is counted on a sheet,
    which asks for them.
    """
    balance = fetch(StockBalance, balance_id)
    if counted < 0:
        raise Refused(N_("There cannot be less than nothing."), field="counted")
    if balance.part.serial_tracked:
        raise Refused(N_("This part has serial numbers: count the place on a count sheet."), field="counted")
    lock(balance.part_id, [balance.place_id])
    difference = counted - queries.quantity_in(balance.part_id, balance.place_id)
    if difference == 0:
        raise Refused(N_("The count agrees with the books: nothing to correct."), field="counted")
    source, target = (None, balance.place) if difference > 0 else (balance.place, None)
    return move(actor, balance.part, abs(difference), source, target, "correction", reference=reason, at=at)


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
    serials: Sequence[str] = (),
    kept_for: str = "",
    at: datetime | None = None,
) -> StockMove:
    """Move so many of a part between two places (None: outside) and keep both balances, in the unit of work under way.

    The balance is lowered by an UPDATE that names the quantity it needs, so that of twenty people reaching for the
    last piece one gets it. What is reserved is given only to the job ``kept_for`` which it is reserved. Raises
    ``Refused`` when there are not so many, places and kind do not fit (SO-22), or serial numbers are missing (SO-17).
    """
    if not in_unit_of_work():
        raise RuntimeError("stock moves only inside a unit of work")
    check_move(kind, quantity, from_place and from_place.kind, to_place and to_place.kind)
    if from_place is not None and to_place is not None and from_place.id == to_place.id:
        raise Refused(N_("The parts are there already."), field="to_place_id")
    numbers = check_serials(_tracked(part, from_place, to_place), quantity, serials, part.name)
    if to_place is not None:
        _open(part.id, to_place.id)
    lock(part.id, [place.id for place in (from_place, to_place) if place is not None])
    if from_place is not None:
        if kept_for:
            use_reserved(part.id, from_place.id, kept_for, quantity)
        _lower(part, from_place, quantity)
    if to_place is not None:
        _change(part.id, to_place.id, quantity=_balance.c.quantity + quantity)
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
    if numbers:
        _move_units(made, numbers)
    forget_balances(part.id)
    return made


def _tracked(part: Part, *places: StockPlace | None) -> bool:
    # Old parts are counted only: what their serial numbers were stands with the job that took them out.
    return part.serial_tracked and not any(place is not None and place.kind == "used" for place in places)


def _open(part_id: int, place_id: int) -> None:
    session = db.session()
    dialect = sqlite if session.connection().dialect.name == "sqlite" else postgresql
    row = {"part_id": part_id, "place_id": place_id, "quantity": 0, "reserved": 0}
    session.execute(dialect.insert(_balance).values(row).on_conflict_do_nothing())


def lock(part_id: int, place_ids: Sequence[int]) -> None:
    """Keep others from the part in these places until the transaction ends; its reservations too."""
    # Always in the same order, or two opposite moves would wait for each other for ever (PostgreSQL).
    rows = select(_balance.c.id).where(_balance.c.part_id == part_id, _balance.c.place_id.in_(list(place_ids)))
    db.session().execute(rows.order_by(_balance.c.place_id).with_for_update())


def _lower(part: Part, place: StockPlace, quantity: int) -> None:
    free = _balance.c.quantity - _balance.c.reserved >= quantity
    if _change(part.id, place.id, free, quantity=_balance.c.quantity - quantity):
        return
    refuse_short(part, place)


def refuse_short(part: Part, place: StockPlace) -> None:
    """Raise ``Refused``: there are not so many, or the rest is kept for jobs."""
    held, reserved = queries.held_in(part.id, place.id)
    given = {"unit": part.unit, "part": part.name, "place": place.name}
    if reserved:
        message = N_("Only %(left)s %(unit)s of %(part)s in %(place)s are free: %(reserved)s are kept for jobs.")
        raise Refused(message, field="quantity", left=held - reserved, reserved=reserved, **given)
    raise Refused(N_("Only %(left)s %(unit)s of %(part)s in %(place)s."), field="quantity", left=held, **given)


def _change(part_id: int, place_id: int, *conditions: Any, **values: Any) -> bool:
    statement = update(_balance).where(_balance.c.part_id == part_id, _balance.c.place_id == place_id, *conditions)
    return bool(db.session().connection().execute(statement.values(**values)).rowcount)


def forget_balances(part_id: int) -> None:
    """Balances already loaded would go on showing what was there before."""
    session = db.session()
    for row in list(session.identity_map.values()):
        if isinstance(row, StockBalance) and row.__dict__.get("part_id") in (None, part_id):
            session.expire(row)


# -- reservations: changed only by whoever holds the lock of the balance --------------------------------------------


def keep(part: Part, place: StockPlace, quantity: int) -> bool:
    """Reserve so many of what is free in the place; False when there are not so many."""
    free = _balance.c.quantity - _balance.c.reserved >= quantity
    done = _change(part.id, place.id, free, reserved=_balance.c.reserved + quantity)
    forget_balances(part.id)
    return done


def give_free(part_id: int, place_id: int, quantity: int) -> None:
    """What was reserved may be given to others again."""
    _change(part_id, place_id, reserved=_balance.c.reserved - quantity)
    forget_balances(part_id)


def reservations(*conditions: Any) -> list[PartReservation]:
    """Reservations that hold, the oldest first, as they are now; not narrowed by row scope, for rules."""
    statement = (
        select(PartReservation).where(PartReservation.release == "kept", *conditions).order_by(PartReservation.id)
    )
    return list(db.session().scalars(statement.execution_options(unscoped=True, populate_existing=True)))


def use_reserved(part_id: int, place_id: int, reference: str, most: int, why: str = "fitted") -> int:
    """Give up to ``most`` pieces free that were kept there for this job; gives how many. Needs the balance's lock."""
    here = (PartReservation.part_id == part_id, PartReservation.place_id == place_id)
    used = 0
    for row in reservations(*here, PartReservation.reference == reference):
        pieces = min(row.quantity, most - used)
        if not pieces:
            break
        used += pieces
        if pieces == row.quantity:
            row.release, row.released_at = why, clock.now()
        else:
            row.quantity -= pieces
    if used:
        db.session().flush()
        give_free(part_id, place_id, used)
    return used


# -- units with serial numbers (SO-17) ------------------------------------------------------------------------------


def _move_units(made: StockMove, serials: Sequence[str]) -> None:
    session = db.session()
    statement = (
        select(PartUnit)
        .where(PartUnit.part_id == made.part_id, PartUnit.serial_no.in_(serials))
        .with_for_update(of=PartUnit)
    )
    rows = session.scalars(statement.execution_options(unscoped=True, populate_existing=True))
    known = {unit.serial_no: unit for unit in rows}
    for serial in serials:
        unit = known.get(serial)
        if made.from_place is not None:
            unit = _leaves(made, unit, serial)
        else:
            unit = _arrives(made, unit, serial)
        session.flush()
        session.add(PartUnitMove(stock_move_id=made.id, part_unit_id=unit.id))
    session.flush()


def _leaves(made: StockMove, unit: PartUnit | None, serial: str) -> PartUnit:
    assert made.from_place is not None  # nosec B101 - asked by the caller
    if unit is None or unit.place_id != made.from_place_id:
        message = N_("%(part)s with the serial number %(serial)s is not in %(place)s.")
        raise Refused(message, field="serials", part=made.part.name, serial=serial, place=made.from_place.name)
    if made.to_place is not None:
        unit.place, unit.branch_id = made.to_place, made.to_place.branch_id
    else:
        unit.place, unit.state = None, STATE_AFTER[made.kind]
        unit.reference = made.reference if made.kind == "fitted" else ""
    return unit


def _arrives(made: StockMove, unit: PartUnit | None, serial: str) -> PartUnit:
    assert made.to_place is not None  # nosec B101 - a move has at least one place
    if unit is None and made.kind == "unfitted":
        raise Refused(N_("No %(part)s with this serial number was fitted."), field="serials", part=made.part.name)
    if unit is None:
        unit = PartUnit(part_id=made.part_id, serial_no=serial)
        db.session().add(unit)
    elif unit.state == "in_stock":
        message = N_("%(part)s with the serial number %(serial)s is already in stock: %(place)s.")
        raise Refused(message, field="serials", part=made.part.name, serial=serial, place=str(unit.place))
    elif made.kind == "unfitted" and (unit.state != "fitted" or unit.reference != made.reference):
        raise Refused(N_("This serial number was not fitted on this job."), field="serials")
    unit.place, unit.branch_id, unit.state, unit.reference = made.to_place, made.to_place.branch_id, "in_stock", ""
    return unit
