"""What lies where, and what must be ordered (SO-22). Row scope applies."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.core.db import db
from app.organisation.models import Branch
from app.parts.models import Part, StockBalance, StockPlace
from app.parts.rules import missing_to_reorder_point


@dataclass(frozen=True)
class ToOrder:
    """A part below its reorder point in the store rooms of a branch; ``missing`` pieces bring it up to it."""

    branch_id: int
    branch: str
    part_id: int
    code: str
    name: str
    unit: str
    quantity: int
    reorder_point: int
    missing: int


def quantity_in(part_id: int, place_id: int) -> int:
    """How many of the part lie in the place; not narrowed by row scope, for rules."""
    statement = select(StockBalance.quantity).where(StockBalance.part_id == part_id, StockBalance.place_id == place_id)
    return int(db.session.execute(statement.execution_options(unscoped=True)).scalar() or 0)


def van_of(staff_id: int) -> StockPlace | None:
    """The technician's van; None when there is none. Not narrowed by row scope, for rules."""
    statement = select(StockPlace).where(StockPlace.staff_id == staff_id).execution_options(unscoped=True)
    found: StockPlace | None = db.session.execute(statement).scalar_one_or_none()
    return found


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


def below_reorder_point(branch_id: int | None = None) -> list[ToOrder]:
    """Parts of which the store rooms of a branch hold less than the reorder point (SO-22).

    What technicians have in their vans does not count. A branch that never kept a part is not told to order it.
    """
    held = func.sum(StockBalance.quantity)
    statement = (
        select(StockPlace.branch_id, Part.id, Part.code, Part.name, Part.unit, Part.reorder_point, held)
        .select_from(StockBalance)
        .join(StockPlace, StockPlace.id == StockBalance.place_id)
        .join(Part, Part.id == StockBalance.part_id)
        .where(StockPlace.kind == "warehouse", Part.active.is_(True))
        .group_by(StockPlace.branch_id, Part.id, Part.code, Part.name, Part.unit, Part.reorder_point)
        .having(held < Part.reorder_point)
        .order_by(StockPlace.branch_id, Part.name, Part.code)
    )
    if branch_id is not None:
        statement = statement.where(StockPlace.branch_id == branch_id)
    branches = {row.id: row.name for row in db.session.execute(select(Branch.id, Branch.name))}
    found = []
    for branch, part, code, name, unit, point, quantity in db.session.execute(statement):
        missing = missing_to_reorder_point(int(quantity), point)
        found.append(ToOrder(branch, branches[branch], part, code, name, unit, int(quantity), point, missing))
    return found
