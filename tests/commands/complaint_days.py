"""What tests of complaints have in common: the Friday they happen on, and complaints at some stage of the road."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.complaints import commands
from app.complaints.models import (
    Complaint,
)
from app.core import clock
from app.core.actors import Principal
from app.core.db import db
from app.core.inbox import InboxMessage
from tests.cast import Cast


def moment(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    """Office time in 2026."""
    return datetime(2026, month, day, hour, minute, tzinfo=clock.zone())


FRIDAY = moment(11, 20, 15, 20)


class Sent:
    """A file as a browser sends it."""

    def __init__(self, name: str, content: bytes) -> None:
        self.filename: str | None = name
        self.stream: Any = io.BytesIO(content)


def enter(actor: Principal, **given: Any) -> Complaint:
    return commands.enter(
        actor, **{"complainant": "张伟", "phone": "13800000001", "content": "修了三次还是不制冷", **given}
    )


def verified(office: Cast, **given: Any) -> int:
    """A complaint whose facts are verified."""
    complaint_id = enter(office["clerk"], **given).id
    boss = office["manager"]
    commands.acknowledge(boss, complaint_id, said="已告知")
    commands.verify(boss, complaint_id, said="属实", finding="justified")
    return complaint_id


def settled(office: Cast, **given: Any) -> int:
    complaint_id = verified(office, **given)
    boss = office["manager"]
    commands.propose(boss, complaint_id, said="协商", solution="返修")
    commands.approve(boss, complaint_id, said="同意")
    commands.tell(boss, complaint_id, said="客户接受")
    commands.settle(boss, complaint_id, said="办妥")
    return complaint_id


def inbox_of(office: Cast, who: str) -> list[str]:
    statement = select(InboxMessage).where(InboxMessage.staff_id == office.staff(who)).order_by(InboxMessage.id)
    return [row.message for row in db.session.scalars(statement)]
