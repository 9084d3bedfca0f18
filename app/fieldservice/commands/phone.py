"""What the portal did not take from a telephone goes to the supervisor; nothing that was entered is lost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from app.core import clock
from app.core.actors import SYSTEM, Principal, acting_as
from app.core.db import db
from app.core.errors import N_, NotPermitted, Refused
from app.core.files import store
from app.core.uow import command
from app.fieldservice import rules
from app.fieldservice.commands import deadlines, steps
from app.fieldservice.models import PhoneEntry, WorkOrder
from app.fieldservice.queries.phone import passed_on
from app.organisation.models import Staff


class Attached(NamedTuple):
    """A photograph or a signature that belongs to the entry."""

    content: bytes
    filename: str
    content_type: str


@command("phone_entry.hand_over")
def hand_over(
    actor: Principal,
    *,
    order_id: int | None,
    what: str,
    title: str,
    lines: Sequence[Sequence[str]],
    told: str,
    entered_at: datetime,
    files: Sequence[Attached] = (),
    at: datetime | None = None,
) -> PhoneEntry:
    """Keep the entry with its pictures and tell the supervisors of the technician's branch.

    The job is named only if it is, or was, the technician's. Raises ``Refused`` for an entry that says nothing.
    """
    if actor.staff_id is None:
        raise NotPermitted("phone_entry.hand_over")
    if not what.strip():
        raise Refused(N_("This is required."), field="label")
    moment = at or clock.now()
    with acting_as(SYSTEM):
        person = db.session.execute(select(Staff).where(Staff.id == actor.staff_id)).scalar_one()
    entry = PhoneEntry(
        branch_id=person.branch_id,
        staff_id=person.id,
        work_order_id=_own(order_id, person.id),
        what=what.strip()[:100],
        title=title.strip()[:100],
        lines=[list(line) for line in lines],
        told=told.strip()[:500],
        entered_at=min(entered_at, moment),
    )
    db.session.add(entry)
    db.session.flush()
    for each in files:
        store(each.content, each.filename, each.content_type, record="phone_entry", record_id=entry.id)
    deadlines.tell(
        person.branch_id,
        "supervisor",
        N_("%(who)s hands over what the portal did not take: %(what)s"),
        {"who": person.name, "what": str(entry)},
        link=f"/phoneentryview/show/{entry.id}",
        tone="warning",
    )
    return entry


def _own(order_id: int | None, staff_id: int) -> int | None:
    if order_id is None:
        return None
    seen = db.session.execute(select(WorkOrder.id).where(WorkOrder.id == order_id)).scalar_one_or_none()
    return order_id if seen is not None or passed_on(order_id, staff_id) is not None else None


@command("phone_entry.settle")
def settle_entry(actor: Principal, entry_id: int, *, note: str, at: datetime | None = None) -> PhoneEntry:
    """The supervisor has entered it, or decided otherwise; ``note`` says which."""
    entry = steps.locked(PhoneEntry, entry_id)
    rules.PHONE_ENTRY.apply(entry, "settle", actor.roles, note=note.strip())
    entry.note, entry.settled_at, entry.settled_by_id = note.strip()[:300], at or clock.now(), actor.staff_id
    db.session.flush()
    return entry
