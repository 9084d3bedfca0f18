"""Minutes and parts of a job; internal work (SO-6, SO-11, SO-22)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from sqlalchemy import select

from app.core import clock
from app.core.actors import SYSTEM, Principal, acting_as
from app.core.db import db
from app.core.errors import N_, NotPermitted, Refused
from app.core.fetch import fetch
from app.core.uow import command
from app.fieldservice import rules
from app.fieldservice.commands import steps
from app.fieldservice.commands.charges import check_agreed
from app.fieldservice.models import PartFitted, TimeEntry, WorkOrder
from app.fieldservice.queries import free_on
from app.organisation.models import Staff
from app.parts import commands as parts
from app.parts.models import Part
from app.parts.queries import held_in, kept_in_store, van_of
from app.parts.rules import serials_of

RECORD, REMOVE = "time_entry.record", "time_entry.remove"
DAY_GUARDS: list[Callable[[int, date], None]] = []
"""Asked before the minutes of a person and day change; a later area refuses here once the day's sheet is confirmed."""


# -- parts ------------------------------------------------------------------------------------------------------


@command("work_order.fit_part")
def fit_part(
    actor: Principal,
    order_id: int,
    *,
    part_id: int,
    quantity: int = 1,
    serials: str = "",
    old_serials: str = "",
    at: datetime | None = None,
) -> PartFitted:
    """Fit a part from the technician's own van (SO-22); its list price of this moment stays with the job.

    In the workshop the branch's store gives what the van has not (SO-8).

    ``serials``: those of the pieces fitted, where the part has them; ``old_serials``: of what was taken out (SO-17).
    A part the customer pays for must be in the agreed charges (SO-6). Raises ``Refused`` when the van has too few.
    """
    moment = at or clock.now()
    order = steps.locked_order(order_id)
    rules.WORK_ORDER.apply(order, "fit_part", actor.roles)
    if quantity < 1:
        raise Refused(N_("At least one."), field="quantity")
    part = fetch(Part, part_id)
    if not free_on(order).parts and part.price > 0:
        check_agreed(order, True)
        agreed = sum(charge.quantity for charge in order.charges if charge.part_id == part.id)
        fitted = sum(row.quantity for row in order.parts_fitted if row.part_id == part.id)
        if fitted + quantity > agreed:
            raise Refused(
                N_("This part is not in the charges agreed with the customer: work out the charges again."),
                field="part_id",
            )
    worker = _worker(actor, order)
    move = parts.take_for_job(
        actor,
        part,
        quantity,
        worker,
        reference=order.number,
        from_store=_store_for(order, part, quantity, worker),
        serials=serials_of(serials),
        at=moment,
    )
    old = serials_of(old_serials)
    parts.mark_removed(part.id, old)
    row = PartFitted(
        work_order=order,
        part_id=part.id,
        quantity=quantity,
        unit_price=part.price,
        stock_move_id=move.id,
        old_serials=", ".join(old)[:200],
    )
    db.session.add(row)
    db.session.flush()
    return row


@command("work_order.remove_part")
def remove_part(actor: Principal, order_id: int, *, fitted_id: int, at: datetime | None = None) -> WorkOrder:
    """The part was not needed after all: it is back in the van or store it came from (SO-22)."""
    order = steps.locked_order(order_id)
    rules.WORK_ORDER.apply(order, "remove_part", actor.roles)
    row = fetch(PartFitted, fitted_id)
    if row.work_order_id != order.id:
        raise Refused(N_("This part belongs to another job."))
    with acting_as(SYSTEM):  # a move out of the store is not the technician's to see
        source = row.stock_move.from_place if row.stock_move is not None else None
        serials = serials_of(row.serials)
    parts.mark_removed(row.part_id, serials_of(row.old_serials), back=True)
    parts.give_back_from_job(
        actor,
        row.part,
        row.quantity,
        source.staff_id if source is not None and source.staff_id is not None else _worker(actor, order),
        reference=order.number,
        from_store=source.branch_id if source is not None and source.staff_id is None else None,
        serials=serials,
        at=at or clock.now(),
    )
    order.parts_fitted.remove(row)
    db.session.delete(row)
    db.session.flush()
    return order


# -- minutes ----------------------------------------------------------------------------------------------------


@command("work_order.record_time")
def record_time(
    actor: Principal,
    order_id: int,
    *,
    started_at: datetime,
    minutes: int,
    note: str = "",
    at: datetime | None = None,
) -> TimeEntry:
    """One's minutes spent on the job, in its class of work (SO-11). Paid work must be agreed first (SO-6)."""
    order = steps.locked_order(order_id, crew=True)
    rules.WORK_ORDER.apply(order, "record_time", actor.roles)
    free = free_on(order)
    # Finding out in the workshop what is wrong comes before the quote; nothing is fitted or leaves without one.
    if order.status != "in_workshop":
        check_agreed(order, not (free.labour and free.callout))
    # Typed to the minute: a job dispatched and begun within one minute is not before itself.
    if started_at < order.dispatched_at.replace(second=0, microsecond=0):
        raise Refused(N_("The job had not been dispatched then."), field="started_at")
    return _enter(
        _worker(actor, order), started_at, minutes, order.service_class, at or clock.now(), order=order, note=note
    )


def _worker(actor: Principal, order: WorkOrder) -> int:
    along = any(each.staff_id == actor.staff_id for each in order.crew)
    if along and actor.staff_id is not None:
        return actor.staff_id
    person = steps.in_charge(order)
    return person.id if person is not None else order.technician_id


def _store_for(order: WorkOrder, part: Part, quantity: int, worker: int) -> int | None:
    """The branch whose store gives a part in the workshop, when the worker's own van has not so many; else None."""
    if order.status != "in_workshop":
        return None
    van = van_of(worker)
    if van is None or kept_in_store(order.number, part.id):
        return order.branch_id
    held, reserved = held_in(part.id, van.id)
    return order.branch_id if held - reserved < quantity else None


@command(RECORD)
def record_internal(
    actor: Principal, *, started_at: datetime, minutes: int, note: str, at: datetime | None = None
) -> TimeEntry:
    """One's own internal work, class D: inspection, parts keeping, tools, training (SO-1, SO-11)."""
    if actor.staff_id is None:
        raise NotPermitted(RECORD)
    if not note.strip():
        raise Refused(N_("What was done?"), field="note")
    return _enter(actor.staff_id, started_at, minutes, "D", at or clock.now(), note=note)


@command(REMOVE)
def remove_time(actor: Principal, entry_id: int) -> None:
    """Take back one's own minutes entered by mistake, as long as the job is not closed."""
    entry = steps.locked(TimeEntry, entry_id)
    if entry.staff_id != actor.staff_id:
        raise NotPermitted(REMOVE)
    if entry.work_order is not None and entry.work_order.status not in ("arrived", "in_workshop"):
        raise Refused(N_("The job is finished: its minutes stay."))
    _ask_guards(entry.staff_id, entry.day)
    db.session.delete(entry)
    db.session.flush()


def draft_time(order: WorkOrder, finished_at: datetime) -> TimeEntry:
    """The time on site as the draft of the day's sheet (SO-11). Raises ``Refused`` when it cannot be told."""
    assert order.arrived_at is not None  # nosec B101 - a job is finished on site
    minutes = rules.drafted_minutes(order.arrived_at, finished_at)
    if clock.local(order.arrived_at).date() != clock.local(finished_at).date():
        raise Refused(N_("The work went over midnight: enter the minutes first."), field="minutes")
    return _enter(order.technician_id, order.arrived_at, minutes, order.service_class, finished_at, order=order)


def why_settled(staff_id: int, day: date) -> Refused | None:
    """Why the minutes of a person and day can no longer change; None while they can (SO-11)."""
    try:
        _ask_guards(staff_id, day)
    except Refused as refusal:
        return refusal
    return None


def _ask_guards(staff_id: int, day: date) -> None:
    for guard in DAY_GUARDS:
        guard(staff_id, day)


def _enter(
    staff_id: int,
    started_at: datetime,
    minutes: int,
    service_class: str,
    now: datetime,
    *,
    order: WorkOrder | None = None,
    note: str = "",
) -> TimeEntry:
    rules.check_minutes(started_at, minutes, now)
    day = clock.local(started_at).date()
    # One person's minutes are entered one after the other, so that two taps cannot both find the time free.
    steps.locked(Staff, staff_id)
    _ask_guards(staff_id, day)
    around = select(TimeEntry).where(
        TimeEntry.staff_id == staff_id,
        TimeEntry.day.between(day - timedelta(days=1), day + timedelta(days=1)),
    )
    for other in db.session.scalars(around):
        if rules.overlap(started_at, minutes, other.started_at, other.minutes):
            raise Refused(
                N_("These minutes overlap with others of the same day: %(start)s, %(minutes)s minutes."),
                field="started_at",
                start=f"{clock.local(other.started_at):%H:%M}",
                minutes=other.minutes,
            )
    entry = TimeEntry(
        staff_id=staff_id,
        day=day,
        started_at=started_at,
        minutes=minutes,
        service_class=service_class,
        work_order=order,
        note=(note or "").strip()[:200],
    )
    db.session.add(entry)
    db.session.flush()
    return entry
