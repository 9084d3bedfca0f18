"""Parts of a job: reserved, taken, given back, the old ones handed in (SO-22).

Called by the areas that have jobs (field service, workshop) inside their own units of work; ``reference`` is always the
job's number.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from app.core import clock
from app.core.actors import Principal
from app.core.db import db
from app.core.errors import N_, Refused
from app.core.fetch import fetch
from app.core.uow import command
from app.organisation.models import Branch
from app.parts import queries
from app.parts.commands.moves import forget_balances, give_free, keep, lock, move, reservations
from app.parts.models import Part, PartReservation, PartUnit, StockMove, StockPlace


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

    What is reserved for the job is used first. ``from_store``: a branch id; the part is taken from that branch's store
    room instead, as the workshop does. ``serials``: the serial numbers of parts that have one (SO-17). Raises
    ``Refused`` when there is no such place or not so many in it.
    """
    place = _van(staff_id) if from_store is None else _store(from_store, part, quantity, reference)
    return move(
        actor, part, quantity, place, None, "fitted", reference=reference, serials=serials, kept_for=reference, at=at
    )


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

    ``from_store``: the branch whose store room they came from; None: the technician's van. ``serials``: those of the
    pieces taken out; they must have been fitted on this job (SO-17).
    """
    place = _van(staff_id) if from_store is None else _store(from_store, part, 0)
    return move(actor, part, quantity, None, place, "unfitted", reference=reference, serials=serials, at=at)


def _van(staff_id: int) -> StockPlace:
    van = queries.van_of(staff_id)
    if van is None:
        raise Refused(N_("This technician has no van in the stock places."), field="part_id")
    return van


def _store(branch_id: int, part: Part, quantity: int, reference: str = "") -> StockPlace:
    stores = queries.stores_of(branch_id)
    if not stores:
        raise Refused(N_("This branch has no store room in the stock places."), field="part_id")
    kept = {row.place_id for row in reservations(PartReservation.part_id == part.id) if row.reference == reference}
    for store in sorted(stores, key=lambda place: (place.id not in kept, place.id)):
        held, reserved = queries.held_in(part.id, store.id)
        if store.id in kept or held - reserved >= quantity:
            return store
    return stores[0]


# -- reservations -----------------------------------------------------------------------------------------------


def reserve(
    actor: Principal,
    part: Part,
    quantity: int,
    *,
    reference: str,
    branch_id: int,
    staff_id: int | None = None,
    van_first: bool = True,
) -> list[PartReservation]:
    """Keep so many of a part for a planned job: nobody else is given them (SO-22).

    Taken from the technician's own van first, then from the store rooms of the branch. Raises ``Refused`` when there
    are not so many free; nothing is kept then.
    """
    if quantity < 1:
        raise Refused(N_("At least one."), field="quantity")
    van = queries.van_of(staff_id) if staff_id is not None and van_first else None
    places = [*([van] if van is not None else []), *queries.stores_of(branch_id)]
    lock(part.id, [place.id for place in places])
    made, left = [], quantity
    for place in places:
        held, reserved = queries.held_in(part.id, place.id)
        pieces = min(left, held - reserved)
        if pieces > 0 and keep(part, place, pieces):
            left -= pieces
            made.append(_reserved(actor, part, place, pieces, reference, staff_id))
        if not left:
            break
    if left:
        raise Refused(
            N_("Only %(left)s %(unit)s of %(part)s are free in the van and the store."),
            field="quantity",
            left=quantity - left,
            unit=part.unit,
            part=part.name,
        )
    db.session().flush()
    return made


def _reserved(
    actor: Principal, part: Part, place: StockPlace, pieces: int, reference: str, staff_id: int | None
) -> PartReservation:
    row = PartReservation(
        place=place,
        part=part,
        quantity=pieces,
        reference=reference[:64],
        staff_id=staff_id,
        made_by_id=actor.staff_id,
    )
    db.session().add(row)
    return row


def release(reference: str, why: str = "released", *, part_id: int | None = None) -> int:
    """What is still kept for a job is free for others again; ``why`` as in ``rules.RELEASES``. Gives the pieces."""
    conditions = [PartReservation.reference == reference]
    if part_id is not None:
        conditions.append(PartReservation.part_id == part_id)
    pieces = 0
    for part, place in sorted({(row.part_id, row.place_id) for row in reservations(*conditions)}):
        lock(part, [place])
        # Asked again under the lock: it may have been fitted meanwhile.
        here = (PartReservation.part_id == part, PartReservation.place_id == place)
        pieces += sum(_let_go(row, why) for row in reservations(*conditions, *here))
    db.session().flush()
    return pieces


def _let_go(row: PartReservation, why: str) -> int:
    row.release, row.released_at = why, clock.now()
    db.session().flush()
    give_free(row.part_id, row.place_id, row.quantity)
    return row.quantity


@command("part_reservation.release")
def release_reservation(actor: Principal, reservation_id: int) -> PartReservation:
    """Give one reservation up, so that others may have the parts."""
    row = fetch(PartReservation, reservation_id)
    lock(row.part_id, [row.place_id])
    (*still,) = reservations(PartReservation.id == row.id)
    if not still:
        raise Refused(N_("These parts are no longer reserved."))
    _let_go(row, "released")
    return row


def pass_on(reference: str, to_reference: str, staff_id: int) -> None:
    """Another technician does the job under another number: what lies in the store stays reserved for it.

    What lay in the former technician's van is free again.
    """
    for row in reservations(PartReservation.reference == reference):
        if row.place.kind == "warehouse":
            row.reference, row.staff_id = to_reference[:64], staff_id
    db.session().flush()
    release(reference, "cancelled")


def carry_along(
    actor: Principal, part: Part, source: StockPlace, target: StockPlace, staff_id: int, most: int
) -> list[tuple[str, int]]:
    """Free up to ``most`` pieces kept in ``source`` for a technician's jobs, to be kept in ``target`` after the move.

    Gives (job, pieces); needs the lock of the balances. ``keep_again`` is the second half.
    """
    moved: list[tuple[str, int]] = []
    here = (PartReservation.part_id == part.id, PartReservation.place_id == source.id)
    for row in reservations(*here, PartReservation.staff_id == staff_id):
        pieces = min(row.quantity, most - sum(count for _job, count in moved))
        if not pieces:
            break
        moved.append((row.reference, pieces))
        if pieces == row.quantity:
            row.release, row.released_at = "moved", clock.now()
        else:
            row.quantity -= pieces
        db.session().flush()
        give_free(part.id, source.id, pieces)
    return moved


def keep_again(
    actor: Principal, part: Part, place: StockPlace, staff_id: int, moved: Sequence[tuple[str, int]]
) -> None:
    """Reserve in the new place what was reserved in the old one."""
    for reference, pieces in moved:
        keep(part, place, pieces)
        _reserved(actor, part, place, pieces, reference, staff_id)
    db.session().flush()
    forget_balances(part.id)


# -- old parts (旧件) ---------------------------------------------------------------------------------------------


def hand_in_used(
    actor: Principal, part: Part, quantity: int, branch_id: int, *, reference: str, at: datetime | None = None
) -> StockMove:
    """Old parts taken out on a job are laid on the branch's used-parts shelf (SO-22). Raises ``Refused`` for more than
    were fitted on that job."""
    shelf = used_shelf(branch_id)  # its lock comes first: the second of two hand-ins sees the first
    owed = queries.used_owed(reference=reference).get((reference, part.id), 0)
    if quantity > owed:
        raise Refused(
            N_("%(part)s: only %(owed)s old parts of %(number)s are still to be handed in."),
            field="quantity",
            part=part.name,
            owed=owed,
            number=reference,
        )
    return move(actor, part, quantity, None, shelf, "used", reference=reference, at=at)


def used_shelf(branch_id: int) -> StockPlace:
    """The used-parts shelf of a branch; put up with the first old part."""
    session = db.session()
    # The branch's row is the lock: two first hand-ins would put up two shelves.
    branch = session.execute(select(Branch).where(Branch.id == branch_id).with_for_update()).scalar_one()
    statement = select(StockPlace).where(StockPlace.branch_id == branch_id, StockPlace.kind == "used")
    shelf: StockPlace | None = session.scalars(
        statement.order_by(StockPlace.id).execution_options(unscoped=True)
    ).first()
    if shelf is None:
        shelf = StockPlace(branch_id=branch_id, kind="used", name=f"{branch.name}旧件架")
        session.add(shelf)
        session.flush()
    return shelf


def mark_removed(part_id: int, serials: Sequence[str], *, back: bool = False) -> None:
    """Units of ours that came out of a customer's product as old parts (SO-17); ``back``: they are in it after all.

    Serial numbers we never had are not ours to follow: they stand with the job.
    """
    before, after = ("removed", "fitted") if back else ("fitted", "removed")
    statement = select(PartUnit).where(
        PartUnit.part_id == part_id, PartUnit.serial_no.in_(list(serials)), PartUnit.state == before
    )
    for unit in db.session().scalars(statement.execution_options(unscoped=True)):
        unit.state = after
    db.session().flush()
