"""Numbers swapped in a repair, on site or in the workshop (SO-17)."""

from __future__ import annotations

from datetime import datetime

from app.core import clock
from app.core.actors import Principal
from app.core.db import db
from app.core.uow import command
from app.customers.commands import swap_number
from app.customers.models import SerialChange
from app.fieldservice import rules
from app.fieldservice.commands import steps


@command("work_order.swap_serial")
def swap_serial(
    actor: Principal, order_id: int, *, kind: str = "serial", new: str, old: str = "", at: datetime | None = None
) -> SerialChange:
    """Record the old and the new number of what was swapped; the voucher follows a new serial number (SO-17).

    ``kind``: serial, sim or module. ``old`` is needed for what the voucher does not say itself; it may be unknown.
    """
    moment = at or clock.now()
    order = steps.locked_order(order_id)
    rules.WORK_ORDER.apply(order, "swap_serial", actor.roles, kind=kind, new=(new or "").strip())
    row = swap_number(
        actor,
        order.repair_call.voucher,
        kind=kind,
        old=old or "",
        new=new or "",
        reference=order.number,
        at=moment,
    )
    steps.event(order, "serial", actor, moment, note=f"{row.old_no or '—'} → {row.new_no}")
    db.session.flush()
    return row
