"""Parts of a job on screen: reserved for it, chosen from the own van first, and where else they lie (SO-22)."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.views import OfficeForm, Verb, fields
from app.core.views.filters import like
from app.fieldservice import commands
from app.fieldservice.models import WorkOrder
from app.parts.models import Part, PartReservation, PartUnit
from app.parts.queries import stock_of, van_of, where_else


class ReserveForm(OfficeForm):
    """Which part is kept for the job."""

    part_id = fields.remote(Part, _l("Part"))
    quantity = fields.number(_l("Quantity"), 1, 999, default=1)


class WantedForm(OfficeForm):
    """The same on the telephone, where the part is looked for by its number, name, initials or code."""

    part_id = fields.number(_l("Part"), 1)
    quantity = fields.number(_l("Quantity"), 1, 999, default=1)


VERBS = (
    Verb(
        commands.reserve_part,
        form=ReserveForm,
        icon="fa-lock",
        when=lambda order: order.contractor_id is None,
        help=_l("Kept in the technician's van first, then in the store: nobody else is given it."),
    ),
    Verb(commands.release_parts, icon="fa-unlock", when=lambda order: bool(kept_for(order))),
)


def kept_for(order: WorkOrder) -> list[PartReservation]:
    """What is kept for the job now."""
    statement = select(PartReservation).where(
        PartReservation.reference == order.number, PartReservation.release == "kept"
    )
    statement = statement.options(joinedload(PartReservation.part), joinedload(PartReservation.place))
    with acting_as(SYSTEM):  # whoever sees the job may know that its part waits in the store
        return list(db.session.scalars(statement.order_by(PartReservation.id)))


def serials_in_van(staff_id: int) -> dict[str, list[str]]:
    """Serial numbers in the technician's van, by id of the part; an empty list for a tracked part without any."""
    van = van_of(staff_id)
    if van is None:
        return {}
    found = {str(row.part_id): [] for row in stock_of(van.id) if row.part.serial_tracked}  # type: dict[str, list[str]]
    statement = select(PartUnit.part_id, PartUnit.serial_no).where(PartUnit.place_id == van.id)
    for part_id, serial in db.session.execute(statement.order_by(PartUnit.serial_no)):
        found.setdefault(str(part_id), []).append(serial)
    return found


def found(typed: str, staff_id: int, branch_id: int) -> list[dict[str, Any]]:
    """Parts of this number, name or initials: how many are free in the own van, and where else in the branch; ten at most."""
    words = typed.replace("\x00", "").strip()
    if not words:
        return []
    pattern = like(words)
    named = or_(
        Part.code.ilike(f"%{pattern}%", escape="\\"),
        Part.name.ilike(f"%{pattern}%", escape="\\"),
        Part.mnemonic.ilike(f"{pattern}%", escape="\\"),
    )
    parts = list(db.session.scalars(select(Part).where(Part.active.is_(True), named).order_by(Part.name).limit(10)))
    van = van_of(staff_id)
    mine = {row.part_id: row.available for row in stock_of(van.id)} if van is not None else {}
    places: dict[int, list[str]] = {}
    for each in where_else([part.id for part in parts], branch_id, but_staff=staff_id):
        places.setdefault(each.part_id, []).append(f"{each.place} {each.free}")
    return [
        {
            "id": part.id,
            "name": part.name,
            "code": part.code,
            "mine": mine.get(part.id, 0),
            "places": places.get(part.id, []),
        }
        for part in parts
    ]
