"""A technician's van: what he holds, what his jobs need, what moved today, the old parts he owes (SO-22)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.core import clock
from app.core.db import db
from app.parts.models import (
    Part,
    PartLevel,
    PartReservation,
    PartUnit,
    StockBalance,
    StockMove,
    StockPlace,
    VanSlip,
)
from app.parts.queries.used import used_owed
from app.parts.rules import missing_to_reorder_point


@dataclass(frozen=True)
class Van:
    """A van in the list of vans: kinds of parts, pieces, and what they are worth at list price (CNY)."""

    place: StockPlace
    kinds: int
    pieces: int
    worth: Decimal
    waiting: int  # pieces in the store that are kept for this technician's jobs


@dataclass(frozen=True)
class Owed:
    """Old parts of a job that are not handed in yet."""

    job: str
    part: Part
    pieces: int


@dataclass(frozen=True)
class Low:
    """A part of which a van has fewer pieces free than it should carry: ``missing`` to its level (``minimum``)."""

    part: Part
    free: int
    minimum: int

    @property
    def missing(self) -> int:
        """Pieces to be taken along to carry what a van should."""
        return missing_to_reorder_point(self.free, self.minimum)


@dataclass
class VanDay:
    """Everything one screen shows of a van on a day."""

    held: list[StockBalance] = field(default_factory=list)
    units: dict[int, list[str]] = field(default_factory=dict)  # serial numbers in the van, by part
    store: dict[int, StockBalance] = field(default_factory=dict)  # what the store has of each part
    store_units: dict[int, list[str]] = field(default_factory=dict)
    needed: list[PartReservation] = field(default_factory=list)  # kept in the store for the technician's jobs
    kept: list[PartReservation] = field(default_factory=list)  # kept in the van for them
    low: list[Low] = field(default_factory=list)
    owed: list[Owed] = field(default_factory=list)
    moves: list[StockMove] = field(default_factory=list)
    slips: list[VanSlip] = field(default_factory=list)


def vans_of(branch_id: int | None = None) -> list[Van]:
    """The vans, by branch and technician, with what they hold in sum."""
    statement = (
        select(
            StockPlace,
            func.count(StockBalance.id),
            func.coalesce(func.sum(StockBalance.quantity), 0),
            func.coalesce(func.sum(StockBalance.quantity * Part.price), 0),
        )
        .outerjoin(StockBalance, (StockBalance.place_id == StockPlace.id) & (StockBalance.quantity > 0))
        .outerjoin(Part, Part.id == StockBalance.part_id)
        .where(StockPlace.kind == "van")
        .group_by(StockPlace)
        .order_by(StockPlace.branch_id, StockPlace.name)
        .options(joinedload(StockPlace.staff), joinedload(StockPlace.branch))
    )
    if branch_id is not None:
        statement = statement.where(StockPlace.branch_id == branch_id)
    waiting = _waiting()
    return [
        Van(place, int(kinds), int(pieces), worth, waiting.get(place.staff_id or 0, 0))
        for place, kinds, pieces, worth in db.session.execute(statement)
    ]


def _waiting() -> dict[int, int]:
    statement = (
        select(PartReservation.staff_id, func.sum(PartReservation.quantity))
        .join(StockPlace, StockPlace.id == PartReservation.place_id)
        .where(PartReservation.release == "kept", StockPlace.kind == "warehouse", PartReservation.staff_id.is_not(None))
        .group_by(PartReservation.staff_id)
    )
    return {int(staff): int(count) for staff, count in db.session.execute(statement) if staff is not None}


def van_day(van: StockPlace, store: StockPlace | None, day_start: datetime) -> VanDay:
    """What the screen of a van shows; ``day_start``: the beginning of the office day whose moves are listed."""
    found = VanDay(held=_stock(van.id))
    found.units = _serials(van.id)
    if store is not None:
        found.store = {balance.part_id: balance for balance in _stock(store.id)}
        found.store_units = _serials(store.id)
    kept = select(PartReservation).where(PartReservation.release == "kept", PartReservation.staff_id == van.staff_id)
    for row in db.session.scalars(
        kept.options(joinedload(PartReservation.part), joinedload(PartReservation.place)).order_by(PartReservation.id)
    ):
        (found.kept if row.place_id == van.id else found.needed).append(row)
    found.low = low_in(van, found.held)
    owed = used_owed(place_id=van.id)
    parts = {part.id: part for part in db.session.scalars(select(Part).where(Part.id.in_({p for _j, p in owed})))}
    found.owed = [Owed(job, parts[part], pieces) for (job, part), pieces in sorted(owed.items())]
    end = day_start + timedelta(days=1)
    moves = select(StockMove).where(
        or_(StockMove.from_place_id == van.id, StockMove.to_place_id == van.id),
        StockMove.at >= day_start,
        StockMove.at < end,
    )
    found.moves = list(
        db.session.scalars(
            moves.options(joinedload(StockMove.part), selectinload(StockMove.units)).order_by(StockMove.id)
        )
    )
    slips = select(VanSlip).where(VanSlip.van_id == van.id, VanSlip.at >= day_start, VanSlip.at < end)
    found.slips = list(db.session.scalars(slips.order_by(VanSlip.id)))
    return found


def low_in(van: StockPlace, held: Sequence[StockBalance]) -> list[Low]:
    """What the van should carry and has too little of, by the levels of its branch; what is reserved does not count."""
    free = {row.part_id: row.available for row in held}
    statement = (
        select(Part, PartLevel.van_minimum)
        .join(PartLevel, PartLevel.part_id == Part.id)
        .where(PartLevel.branch_id == van.branch_id, PartLevel.van_minimum > 0, Part.active.is_(True))
        .order_by(Part.name, Part.code)
    )
    rows = [Low(part, free.get(part.id, 0), minimum) for part, minimum in db.session.execute(statement)]
    return [row for row in rows if row.missing]


def _stock(place_id: int) -> list[StockBalance]:
    statement = select(StockBalance).join(Part).where(StockBalance.place_id == place_id, StockBalance.quantity > 0)
    return list(db.session.scalars(statement.options(joinedload(StockBalance.part)).order_by(Part.name, Part.code)))


def _serials(place_id: int) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    statement = select(PartUnit.part_id, PartUnit.serial_no).where(PartUnit.place_id == place_id)
    for part, serial in db.session.execute(statement.order_by(PartUnit.serial_no)):
        found.setdefault(part, []).append(serial)
    return found


def today_start() -> datetime:
    """The beginning of the office day."""
    return clock.at_local(clock.today())
