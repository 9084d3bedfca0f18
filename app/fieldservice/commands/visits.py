"""Planned maintenance visits become repair calls in time (SO-23)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from app.calendars.queries import calendar_for
from app.calendars.rules import closing_time
from app.contracts.models import Contract, PlannedVisit
from app.contracts.queries import visits_due
from app.core import clock, i18n, settings
from app.core.actors import SYSTEM, Principal
from app.core.db import db
from app.core.errors import N_, Refused
from app.core.fetch import fetch
from app.core.numbering import next_number
from app.core.uow import command
from app.fieldservice.commands import steps
from app.fieldservice.models import RepairCall

SYMPTOM = N_("Maintenance visit under contract %(number)s")


@command("planned_visit.make_call")
def make_call(actor: Principal, visit_id: int, *, at: datetime | None = None) -> RepairCall:
    """Enter the call of a planned visit in the register: class B, to be there by the end of its day (SO-1, SO-23).

    Raises ``Refused`` when it was entered already or the contract is not in force.
    """
    moment = at or clock.now()
    visit = fetch(PlannedVisit, visit_id)
    # The contract first, as whoever plans anew does.
    db.session.execute(select(Contract.id).where(Contract.id == visit.contract_id).with_for_update())
    visit = steps.locked(PlannedVisit, visit_id)
    if visit.called_at is not None:
        raise Refused(N_("The call for this visit is in the register already."))
    contract, voucher = visit.contract, visit.voucher
    if contract.status != "in_force":
        raise Refused(N_("This contract is not in force."))
    address, customer = voucher.address, voucher.customer
    branch_id = address.district.branch_id
    phones = customer.telephones
    with i18n.in_language():  # it goes on paper
        symptom = i18n.say(SYMPTOM, number=contract.number)
    call = RepairCall(
        number=next_number("JX", steps.branch_code(branch_id), clock.local(moment).date()),
        branch_id=branch_id,
        voucher=voucher,
        address=address,
        caller_name=customer.name[:64],
        caller_phone=phones[0].number if phones else "",
        channel="planned",
        reported_at=moment,
        symptom=symptom,
        arrive_by=closing_time(calendar_for(branch_id), visit.due_on) or clock.day_bounds(visit.due_on)[1],
        taken_by_id=actor.staff_id,
        planned_visit=visit,
    )
    visit.called_at = moment
    db.session.add(call)
    db.session.flush()
    return call


def make_due_calls(now: datetime) -> int:
    """Enter the calls of all visits due within the lead time, each in a transaction of its own; gives how many."""
    today = clock.local(now).date()
    due = visits_due(today + timedelta(days=settings.number("planned_visit_lead_days")), today)
    count = 0
    for visit_id in due:
        try:
            make_call(SYSTEM, visit_id, at=now)
        except Refused:  # another scheduler was faster
            continue
        count += 1
    return count
