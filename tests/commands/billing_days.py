"""What tests of money have in common: the Friday they happen on, and jobs at some stage on the way to their money."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from app.billing import commands
from app.core import clock
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.fetch import fetch
from app.core.uow import unit_of_work
from app.fieldservice import commands as jobs
from app.organisation.models import AuthorityLimit
from tests.cast import Cast

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010800000000"
    "3a7e9b550000000a49444154789c6360000000020001"
    "e221bc330000000049454e44ae426082"
)
FRIDAY = clock.at_local(date(2026, 11, 20), time(9))


def D(text: str) -> Decimal:
    return Decimal(text)


def office_time(hour: int, minute: int = 0, day: int = 20) -> datetime:
    return clock.at_local(date(2026, 11, day), time(hour, minute))


@contextmanager
def at(hour: int, minute: int = 0, day: int = 20) -> Iterator[None]:
    with clock.frozen(office_time(hour, minute, day)):
        yield


def on_site(
    office: Cast, product: str = "out_of_warranty", technician: str = "technician", symptom: str = "不制冷"
) -> int:
    call = jobs.enter_call(
        office["clerk"], office.vouchers[product], symptom=symptom, caller_phone="13800000002", confirm_duplicate=True
    )
    order = jobs.dispatch(office["supervisor"], call.id, technician_id=office.staff(technician))
    jobs.accept(office[technician], order.id)
    jobs.arrive(office[technician], order.id)
    return order.id


def agreed(office: Cast, minutes: int = 60, parts: tuple[tuple[int, int], ...] = (), **more: Any) -> int:
    order_id = on_site(office, **more)
    technician = office[more.get("technician", "technician")]
    jobs.quote(technician, order_id, minutes=minutes, needed=parts)
    jobs.agree_charges(technician, order_id, name="刘芳")
    return order_id


def finished(office: Cast, minutes: int = 60, hour: int = 10, **more: Any) -> int:
    with at(hour - 1):
        order_id = agreed(office, minutes, **more)
    with at(hour):
        jobs.finish(
            office[more.get("technician", "technician")], order_id, fault_code_id=office.faults["F01"], result="好"
        )
        jobs.leave_unsigned(office["clerk"], order_id, reason="不在家")
    return order_id


def invoiced(office: Cast, minutes: int = 600, **more: Any) -> int:
    order_id = finished(office, minutes)
    with at(11):
        return commands.issue_for_jobs(office["accountant"], order_id, title="刘芳", **more).id


def again(model: Any, key: int) -> Any:
    db.session.expunge_all()
    with acting_as(SYSTEM):
        return fetch(model, key)


def limits() -> None:
    """Who may waive and refund, and how much."""
    with unit_of_work(SYSTEM, "test.limits"):
        for kind in ("waiver", "refund"):
            for role, up_to in (("supervisor", "200.00"), ("branch_manager", "2000.00"), ("management", None)):
                db.session.add(AuthorityLimit(kind=kind, role=role, up_to=D(up_to) if up_to else None))
