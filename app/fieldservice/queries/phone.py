"""What the technician's telephone asks besides its pages: who has a job that was mine, how long it may keep something."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.errors import N_, Refused
from app.core.settings import declare
from app.fieldservice.models import CrewMember, WorkOrder
from app.fieldservice.queries.service import live_order


@dataclass(frozen=True)
class PassedOn:
    """A job that is no longer the person's: its number, who has it now ("" for nobody), under which number, why."""

    number: str
    to: str
    to_number: str
    reason: str
    at: datetime | None


def passed_on(order_id: int, staff_id: int) -> PassedOn | None:
    """What became of a job that was this technician's; None when it still is, or never was."""
    with acting_as(SYSTEM):  # it is no longer the technician's to see, but what became of it he may be told
        order = db.session.get(WorkOrder, order_id)
        if order is None or not _had(order, staff_id) or order.status not in ("declined", "cancelled"):
            return None
        last = max(order.events, key=lambda event: event.id, default=None)
        live = live_order(order.repair_call_id)
        to = str(live.contractor or live.technician.name) if live is not None else ""
        return PassedOn(
            order.number,
            to,
            live.number if live is not None else "",
            last.note if last is not None else "",
            last.at if last is not None else None,
        )


def _had(order: WorkOrder, staff_id: int) -> bool:
    if order.technician_id == staff_id:
        return True
    along = select(CrewMember.id).where(CrewMember.work_order_id == order.id, CrewMember.staff_id == staff_id)
    return db.session.execute(along).first() is not None


def check_map_address(value: str) -> None:
    """Raises ``Refused`` for an address that leads nowhere, or runs something."""
    if "{address}" not in value or not value.startswith(
        ("https://", "geo:", "baidumap://", "iosamap://", "androidamap://")
    ):
        raise Refused(N_("An address that begins with https:// or geo: and has {address} in it."))


declare(
    "phone_keeps_hours", 72, N_("Hours after which what a telephone kept without a network is no longer taken"), "CAL-4"
)
declare(
    "map_address",
    "https://uri.amap.com/search?keyword={address}",
    N_("Where “Navigate” leads on the technician's telephone; {address} is the customer's address"),
    check=check_map_address,
)
