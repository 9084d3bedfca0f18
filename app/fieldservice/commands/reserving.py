"""Parts kept for a planned job (SO-22)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.core import clock
from app.core.actors import SYSTEM, Principal, acting_as
from app.core.db import db
from app.core.errors import N_, Refused
from app.core.fetch import fetch
from app.core.uow import command
from app.fieldservice import rules
from app.fieldservice.commands import steps
from app.fieldservice.models import PartFitted, WorkOrder
from app.parts import commands as parts
from app.parts import queries as stock
from app.parts.models import Part


@command("work_order.reserve_part")
def reserve_part(
    actor: Principal, order_id: int, *, part_id: int, quantity: int = 1, at: datetime | None = None
) -> WorkOrder:
    """Keep a part for the job: from the technician's own van first, then from the branch's store (SO-22).

    Nobody else is given it until it is fitted, the job ends without it, or it is released. Raises ``Refused`` when
    there are not so many free.
    """
    moment = at or clock.now()
    order = steps.locked_order(order_id)
    rules.WORK_ORDER.apply(order, "reserve_part", actor.roles)
    if order.contractor_id is not None:
        raise Refused(N_("An outside contractor brings the parts."), field="part_id")
    part = fetch(Part, part_id)
    with acting_as(SYSTEM):  # what lies in the store is not the technician's to see, but it can be kept for the job
        rows = parts.reserve(
            actor,
            part,
            quantity,
            reference=order.number,
            branch_id=order.branch_id,
            staff_id=(steps.in_charge(order) or order.technician).id,
        )
        where = ", ".join(f"{row.place.name} × {row.quantity}" for row in rows)
    steps.event(order, "reserved", actor, moment, note=f"{part.name} × {quantity}: {where}")
    db.session.flush()
    return order


@command("work_order.release_parts")
def release_parts(
    actor: Principal, order_id: int, *, part_id: int | None = None, at: datetime | None = None
) -> WorkOrder:
    """What is kept for the job is free for others again; ``part_id``: only this part. Raises ``Refused`` for nothing."""
    order = steps.locked_order(order_id)
    rules.WORK_ORDER.apply(order, "release_parts", actor.roles)
    if not parts.release(order.number, part_id=part_id):
        raise Refused(N_("Nothing is reserved for this job."))
    return order


def fitted_on(number: str) -> dict[int, int]:
    """Pieces fitted on the work order of this number, by id of the part; not narrowed by row scope, for rules."""
    statement = (
        select(PartFitted.part_id, PartFitted.quantity)
        .join(WorkOrder, WorkOrder.id == PartFitted.work_order_id)
        .where(WorkOrder.number == number)
    )
    found: dict[int, int] = {}
    for part_id, quantity in db.session.execute(statement.execution_options(unscoped=True)):
        found[part_id] = found.get(part_id, 0) + quantity
    return found


def classes() -> object:
    """(number, service class) of every work order, for the reports of what jobs used."""
    orders = WorkOrder.__table__
    return select(orders.c.number.label("number"), orders.c.service_class.label("service_class"))


def prices_noted() -> object:
    """(stock move, price of a piece) of every part fitted: what a month's consumption is worth (SO-22)."""
    fitted = PartFitted.__table__
    return select(fitted.c.stock_move_id, fitted.c.unit_price).where(fitted.c.stock_move_id.is_not(None))


stock.FITTED.append(fitted_on)
stock.PRICES.append(prices_noted)  # type: ignore[arg-type]  # a select of a table's columns
stock.CLASSES.append(classes)  # type: ignore[arg-type]  # a select of a table's columns
