"""What lies where (SO-22)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.core.db import db
from app.parts.models import Part, PartReservation, PartUnit, StockBalance, StockPlace


def quantity_in(part_id: int, place_id: int) -> int:
    """How many of the part lie in the place; not narrowed by row scope, for rules."""
    return held_in(part_id, place_id)[0]


def held_in(part_id: int, place_id: int) -> tuple[int, int]:
    """How many of the part lie in the place, and how many of them are reserved; not narrowed by row scope, for rules."""
    statement = select(StockBalance.quantity, StockBalance.reserved).where(
        StockBalance.part_id == part_id, StockBalance.place_id == place_id
    )
    row = db.session.execute(statement.execution_options(unscoped=True)).first()
    return (int(row[0]), int(row[1])) if row is not None else (0, 0)


def van_of(staff_id: int) -> StockPlace | None:
    """The technician's van; None when there is none. Not narrowed by row scope, for rules."""
    statement = select(StockPlace).where(StockPlace.staff_id == staff_id).execution_options(unscoped=True)
    found: StockPlace | None = db.session.execute(statement).scalar_one_or_none()
    return found


def pieces_in(place_id: int) -> int:
    """How many pieces lie in a place altogether. Not narrowed by row scope, for rules."""
    statement = select(func.coalesce(func.sum(StockBalance.quantity), 0)).where(StockBalance.place_id == place_id)
    return int(db.session.execute(statement.execution_options(unscoped=True)).scalar_one())


def stores_of(branch_id: int) -> list[StockPlace]:
    """The store rooms of a branch, the oldest first. Not narrowed by row scope, for rules."""
    statement = select(StockPlace).where(StockPlace.branch_id == branch_id, StockPlace.kind == "warehouse")
    return list(db.session.scalars(statement.order_by(StockPlace.id).execution_options(unscoped=True)))


def stock_of(place_id: int) -> list[StockBalance]:
    """What lies in a place, by name of the part; empty balances left out."""
    statement = (
        select(StockBalance)
        .join(Part)
        .where(StockBalance.place_id == place_id, StockBalance.quantity > 0)
        .options(joinedload(StockBalance.part))
        .order_by(Part.name, Part.code)
    )
    return list(db.session.scalars(statement))


def without_serials(part_id: int) -> bool:
    """Whether more of the part lie in our places than units with serial numbers are known; not narrowed by row scope."""
    held = (
        select(func.coalesce(func.sum(StockBalance.quantity), 0))
        .join(StockPlace, StockPlace.id == StockBalance.place_id)
        .where(StockBalance.part_id == part_id, StockPlace.kind != "used")
    )
    known = select(func.count(PartUnit.id)).where(PartUnit.part_id == part_id, PartUnit.place_id.is_not(None))
    everywhere = {"unscoped": True}
    pieces = db.session.execute(held.execution_options(**everywhere)).scalar_one()
    return int(pieces) > int(db.session.execute(known.execution_options(**everywhere)).scalar_one())


def kept_in_store(reference: str, part_id: int) -> bool:
    """Whether a store room keeps the part for the job of this number; not narrowed by row scope, for rules."""
    statement = (
        select(PartReservation.id)
        .join(StockPlace, StockPlace.id == PartReservation.place_id)
        .where(
            PartReservation.reference == reference,
            PartReservation.part_id == part_id,
            PartReservation.release == "kept",
            StockPlace.kind == "warehouse",
        )
    )
    return db.session.execute(statement.limit(1).execution_options(unscoped=True)).first() is not None


@dataclass(frozen=True)
class Elsewhere:
    """So many of a part are free in another place of the branch."""

    part_id: int
    place: str
    kind: str
    free: int


def where_else(part_ids: Iterable[int], branch_id: int, *, but_staff: int) -> list[Elsewhere]:
    """Where else in the branch these parts are free: the store rooms first, then colleagues' vans.

    Not narrowed by row scope: a technician may know where a part lies, not more.
    """
    free = StockBalance.quantity - StockBalance.reserved
    statement = (
        select(StockBalance.part_id, StockPlace.name, StockPlace.kind, free)
        .join(StockPlace, StockPlace.id == StockBalance.place_id)
        .where(
            StockBalance.part_id.in_(list(part_ids)),
            StockPlace.branch_id == branch_id,
            StockPlace.kind.in_(("warehouse", "van")),
            StockPlace.staff_id.is_distinct_from(but_staff),
            free > 0,
        )
        .order_by(StockPlace.kind.desc(), free.desc(), StockPlace.id)
    )
    rows = db.session.execute(statement.execution_options(unscoped=True))
    return [Elsewhere(part, name, kind, int(count)) for part, name, kind, count in rows]
