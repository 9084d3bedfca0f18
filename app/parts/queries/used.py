"""What jobs used (SO-22): by job, part, branch, technician, class; and the old parts still to be handed in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, and_, case, func, literal, null, or_, select, union_all
from sqlalchemy.orm import aliased

from app.core.db import db
from app.organisation.models import Branch, Staff
from app.parts.models import Part, StockMove, StockPlace
from app.parts.rules import JobParts

CLASSES: list[Callable[[], Select[Any]]] = []
"""Statements that give (number, service class) of the jobs of an area; a lower area adds its own."""
PRICES: list[Callable[[], Select[Any]]] = []
"""Statements that give (stock_move_id, unit_price): the price of a piece noted when it was fitted; each id once."""
FITTED: list[Callable[[str], Mapping[int, int]]] = []
"""Asked with a job's number: part id -> pieces that the area's records say are fitted; a lower area adds its own."""


@dataclass(frozen=True)
class UsedPart:
    """Pieces of a part that stayed with a job's customer in a span of time.

    ``amount``: CNY by the price noted when they were fitted; where none was, by today's list price.
    """

    part_id: int
    code: str
    part: str
    unit: str
    branch_id: int
    branch: str
    staff_id: int | None
    technician: str
    service_class: str
    job: str
    quantity: int
    amount: Decimal


def used_between(first: datetime, before: datetime, branch_id: int | None = None) -> list[UsedPart]:
    """What jobs used from ``first`` until before ``before``: fitted less taken out again, one row a job and part.

    Every report of what was used is added up from these rows, so that they agree with each other.
    """
    pieces = func.sum(case((StockMove.kind == "fitted", StockMove.quantity), else_=-StockMove.quantity))
    who = func.coalesce(StockPlace.staff_id, StockMove.by_id)
    person = aliased(Staff)
    jobs, noted = _classes(), _prices()
    columns = (
        Part.id,
        Part.code,
        Part.name,
        Part.unit,
        Branch.id,
        Branch.name,
        person.id,
        func.coalesce(person.name, ""),
        func.coalesce(jobs.c.service_class, ""),
        StockMove.reference,
        func.coalesce(noted.c.unit_price, Part.price),
    )
    statement = (
        select(*columns, pieces)
        .select_from(StockMove)
        .join(Part, Part.id == StockMove.part_id)
        .join(StockPlace, StockPlace.id == func.coalesce(StockMove.from_place_id, StockMove.to_place_id))
        .join(Branch, Branch.id == StockPlace.branch_id)
        .outerjoin(person, person.id == who)
        .outerjoin(jobs, jobs.c.number == StockMove.reference)
        .outerjoin(noted, noted.c.stock_move_id == StockMove.id)
        .where(StockMove.kind.in_(("fitted", "unfitted")), StockMove.at >= first, StockMove.at < before)
        .group_by(*columns)
        .having(pieces != 0)
        .order_by(Part.name, Part.code, StockMove.reference)
    )
    if branch_id is not None:
        statement = statement.where(StockPlace.branch_id == branch_id)
    # One row a price: a job may have used the same part before and after the price list changed.
    found: dict[tuple[Any, ...], tuple[int, Decimal]] = {}
    for row in db.session.execute(statement):
        *about, price, count = row
        pieces_before, amount = found.get(tuple(about), (0, Decimal("0.00")))
        found[tuple(about)] = pieces_before + int(count), amount + price * int(count)
    return [UsedPart(*(*key, *sums)) for key, sums in found.items() if sums[0]]


def _prices() -> Any:
    """(stock_move_id, unit_price) of every piece an area noted a price for; of none when no area has told."""
    given: list[Select[Any]] = [make() for make in PRICES]
    if not given:
        nothing: Any = select(null().label("stock_move_id"), null().label("unit_price"))
        given = [nothing.where(literal(1) == 0)]
    return union_all(*given).subquery("price_noted")


def _classes() -> Any:
    """(number, service class) of every job; of none when no area has told."""
    given: list[Select[Any]] = [make() for make in CLASSES]
    if not given:
        nothing: Any = select(literal("").label("number"), null().label("service_class"))
        given = [nothing.where(literal(1) == 0)]
    return union_all(*given).subquery("job_class")


def parts_balance(number: str) -> list[JobParts]:
    """What was taken for a job, what came back of it and what its records say is fitted, part by part (SO-22).

    A job is in order when every row is ``balanced``. Not narrowed by row scope: a rule asks.
    """
    taken = func.sum(case((StockMove.kind == "fitted", StockMove.quantity), else_=0))
    returned = func.sum(case((StockMove.kind == "unfitted", StockMove.quantity), else_=0))
    statement = (
        select(Part.id, Part.name, taken, returned)
        .join(Part, Part.id == StockMove.part_id)
        .where(StockMove.reference == number, StockMove.kind.in_(("fitted", "unfitted")))
        .group_by(Part.id, Part.name)
    )
    moved = {row[0]: row for row in db.session.execute(statement.execution_options(unscoped=True))}
    fitted: dict[int, int] = {}
    for told in FITTED:
        for part_id, count in told(number).items():
            fitted[part_id] = fitted.get(part_id, 0) + count
    missing = set(fitted) - set(moved)
    named = db.session.execute(select(Part.id, Part.name).where(Part.id.in_(missing))) if missing else ()
    rows = [JobParts(part, name, int(out), int(back), fitted.get(part, 0)) for part, name, out, back in moved.values()]
    rows += [JobParts(part, name, 0, 0, fitted[part]) for part, name in named]
    return sorted(rows, key=lambda row: (row.name, row.part_id))


def used_owed(
    *, reference: str | None = None, place_id: int | None = None, branch_id: int | None = None
) -> dict[tuple[str, int], int]:
    """Old parts still to be handed in, as (job, part id) -> pieces: fitted less taken out again less handed in (SO-22).

    Only parts whose old ones come back. ``place_id``: of jobs whose parts came from this place; ``branch_id``: from the
    places of this branch. Not narrowed by row scope, for rules.
    """
    signed = case((StockMove.kind == "fitted", StockMove.quantity), else_=-StockMove.quantity)
    owed = func.sum(signed)
    statement = (
        select(StockMove.reference, StockMove.part_id, owed)
        .join(Part, and_(Part.id == StockMove.part_id, Part.return_used.is_(True)))
        .where(StockMove.kind.in_(("fitted", "unfitted", "used")), StockMove.reference != "")
        .group_by(StockMove.reference, StockMove.part_id)
        .having(owed > 0)
    )
    if reference is not None:
        statement = statement.where(StockMove.reference == reference)
    if place_id is not None:
        here = aliased(StockMove)
        jobs = select(here.reference).where(or_(here.from_place_id == place_id, here.to_place_id == place_id))
        statement = statement.where(StockMove.reference.in_(jobs.where(here.kind == "fitted")))
    if branch_id is not None:
        here, place = aliased(StockMove), aliased(StockPlace)
        jobs = select(here.reference).join(place, place.id == here.from_place_id).where(place.branch_id == branch_id)
        statement = statement.where(StockMove.reference.in_(jobs.where(here.kind == "fitted")))
    rows = db.session.execute(statement.execution_options(unscoped=True))
    return {(number, part): int(count) for number, part, count in rows}
