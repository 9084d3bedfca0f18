"""What the tests of complaints' and return visits' screens have in common."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from flask import Flask

from app.complaints import commands
from app.core import clock
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.uow import unit_of_work
from app.feedback.models import ReturnVisit
from tests.cast import Cast

FRIDAY = datetime(2026, 11, 20, 7, 20, tzinfo=clock.UTC)
PHONE = "13800000001"
GIVEN = {
    "complainant": "李女士",
    "phone": "+86 139-1234-5678",
    "email": "",
    "branch_id": "",
    "category": "delay",
    "content": "约好上午，没有人来",
    "wants": "",
    "website": "",
}


def complaint(app: Flask, cast: Cast, **given: Any) -> int:
    """A complaint entered by the clerk."""
    with app.app_context():
        details = {"complainant": "张伟", "phone": PHONE, "content": "修了三次还是不制冷", **given}
        found = commands.enter(cast["clerk"], **details).id
        db.session.remove()
    return found


def visit(app: Flask, cast: Cast, due_in: int) -> int:
    """A return visit of the branch, due in so many days."""
    with app.app_context(), unit_of_work(SYSTEM, "test.visit") as session:
        made = ReturnVisit(
            number=f"HF-{due_in}",
            branch_id=cast.branches["NJ"],
            customer_id=cast.customers["in_warranty"],
            cause="other",
            reason="送货后询问",
            due_on=clock.today() + timedelta(days=due_in),
            visitor_id=cast.staff("clerk"),
        )
        session.add(made)
        session.flush()
        return made.id


def one(app: Flask, statement: Any) -> Any:
    """What the database holds."""
    with app.app_context(), acting_as(SYSTEM):
        found = db.session.scalars(statement).one()
        db.session.expunge_all()
        db.session.remove()
    return found


def text(answer: Any, status: int = 200) -> str:
    page: str = answer.get_data(as_text=True)
    assert answer.status_code == status, page[:3000]
    return page


def send_in(browser: Any, address: str, form: dict[str, Any]) -> Any:
    page = browser.get(address).get_data(as_text=True)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token, page[:800]
    return browser.post(address, data={**form, "csrf_token": token.group(1)})
