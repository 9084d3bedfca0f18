"""What must be ordered (SO-22)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from app.core.db import db
from app.organisation.models import Branch
from app.parts.models import Part, PartLevel, PurchaseLine, PurchaseRequest, StockBalance, StockPlace
from app.parts.rules import ON_ORDER, missing_to_reorder_point, to_order


@dataclass(frozen=True)
class ToOrder:
    """A part of which the store rooms of a branch have less free than its reorder point, in pieces.

    ``missing`` bring it up to the point; ``on_order`` are asked for already; ``to_order`` is what is still to be.
    """

    branch_id: int
    branch: str
    part_id: int
    code: str
    name: str
    unit: str
    quantity: int
    reserved: int
    on_order: int
    reorder_point: int
    missing: int
    to_order: int


def below_reorder_point(branch_id: int | None = None) -> list[ToOrder]:
    """Parts to ask for: below the reorder point, and what is on order does not bring them up to it (SO-22)."""
    return [row for row in reorder_list(branch_id) if row.to_order]


def reorder_list(branch_id: int | None = None) -> list[ToOrder]:
    """Parts of which the store rooms of a branch have less free than the reorder point (SO-22).

    What technicians have in their vans does not count. A branch that never kept a part is not told to order it, unless
    it has a level of its own for it.
    """
    held = _held(branch_id)
    coming = _on_order(branch_id)
    levels = _levels(branch_id)
    parts = {part.id: part for part in db.session.scalars(select(Part).where(Part.active.is_(True)))}
    branches = {row.id: row.name for row in db.session.execute(select(Branch.id, Branch.name))}
    found = []
    for key in {*held, *levels}:
        branch, part = key[0], parts.get(key[1])
        if part is None:
            continue
        quantity, reserved = held.get(key, (0, 0))
        point, up_to = levels.get(key, (part.reorder_point, part.reorder_point))
        missing = missing_to_reorder_point(quantity - reserved, point)
        if not missing:
            continue
        on_order = coming.get(key, 0)
        ask = to_order(quantity, reserved, on_order, point, up_to)
        about = (branch, branches[branch], part.id, part.code, part.name, part.unit)
        found.append(ToOrder(*about, quantity, reserved, on_order, point, missing, ask))
    return sorted(found, key=lambda row: (row.branch_id, row.name, row.code))


def _held(branch_id: int | None) -> dict[tuple[int, int], tuple[int, int]]:
    statement = (
        select(
            StockPlace.branch_id,
            StockBalance.part_id,
            func.sum(StockBalance.quantity),
            func.sum(StockBalance.reserved),
        )
        .join(StockPlace, StockPlace.id == StockBalance.place_id)
        .where(StockPlace.kind == "warehouse")
        .group_by(StockPlace.branch_id, StockBalance.part_id)
    )
    if branch_id is not None:
        statement = statement.where(StockPlace.branch_id == branch_id)
    return {(b, p): (int(held), int(kept)) for b, p, held, kept in db.session.execute(statement)}


def free_in_stores(branch_id: int) -> dict[int, int]:
    """Pieces free in the store rooms of a branch, by id of the part."""
    return {part: held - kept for (_branch, part), (held, kept) in _held(branch_id).items()}


def _on_order(branch_id: int | None) -> dict[tuple[int, int], int]:
    statement = (
        select(
            PurchaseRequest.branch_id,
            PurchaseLine.part_id,
            func.sum(PurchaseLine.quantity - PurchaseLine.received),
        )
        .join(PurchaseRequest, PurchaseRequest.id == PurchaseLine.request_id)
        .where(PurchaseRequest.status.in_(ON_ORDER))
        .group_by(PurchaseRequest.branch_id, PurchaseLine.part_id)
    )
    if branch_id is not None:
        statement = statement.where(PurchaseRequest.branch_id == branch_id)
    return {(b, p): int(count) for b, p, count in db.session.execute(statement)}


def _levels(branch_id: int | None) -> dict[tuple[int, int], tuple[int, int]]:
    statement = select(PartLevel.branch_id, PartLevel.part_id, PartLevel.reorder_point, PartLevel.order_up_to)
    if branch_id is not None:
        statement = statement.where(PartLevel.branch_id == branch_id)
    return {(b, p): (point, up_to) for b, p, point, up_to in db.session.execute(statement)}


def drafts_waiting() -> int:
    """Purchase requests that are drafted and not sent."""
    statement = select(func.count(PurchaseRequest.id)).where(PurchaseRequest.status == "draft")
    return int(db.session.execute(statement).scalar_one())
