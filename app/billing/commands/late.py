"""Cash kept over a day does not go unheard (SO-6)."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from app.billing import queries
from app.billing.models import Payment
from app.core import clock, inbox
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.errors import N_
from app.core.money import total
from app.core.uow import unit_of_work
from app.fieldservice.commands import people_of
from app.organisation.models import Staff


def tell_late_cash(now: datetime) -> int:
    """Tell who has kept cash over a day, the supervisor and the branch manager; gives for how many people.

    Each payment is told of once, whoever runs it twice.
    """
    today = clock.local(now).date()
    with acting_as(SYSTEM):
        if not queries.late_cash(today):
            return 0
    with unit_of_work(SYSTEM, "payment.tell_late"):
        held: dict[int, list[Payment]] = defaultdict(list)
        for payment in queries.late_cash(today):
            held[payment.received_by_id or 0].append(payment)
        for staff_id, payments in held.items():
            person = db.session.get(Staff, staff_id)
            if person is None:
                continue
            told = {person.id: person}
            for role in ("supervisor", "branch_manager"):
                told |= {each.id: each for each in people_of(person.branch_id, role)}
            params = {
                "name": person.name,
                "amount": f"{total([each.amount for each in payments]):,.2f}",
                "day": f"{clock.local(min(each.paid_at for each in payments)):%m-%d}",
            }
            message = N_("%(name)s has not handed in %(amount)s CNY collected since %(day)s.")
            for each in told.values():
                link = "/money/mine/" if each.job == "technician" else "/money/cash/"
                row = inbox.post(each.id, message, params, link=link, tone="danger", email=each.email or "")
                inbox.mail_to([row])
            for payment in payments:
                payment.told_late_at = now
        return len(held)
