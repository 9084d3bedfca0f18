"""What is printed of deadlines: the explanation of one (CAL-5), and the day's breaches (SO-10, SO-15, SO-18)."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select

from app.calendars.rules import MISSED, length_text
from app.core import clock
from app.core.db import db
from app.core.documents import Document, Params, register
from app.core.errors import N_
from app.core.i18n import say
from app.fieldservice import rules
from app.fieldservice.models import RepairCall
from app.fieldservice.papers_deadlines import ArrivalBreaches, BreachLine, DeadlineExplanation, PauseLine
from app.fieldservice.queries import arrival_of, deadline_loads, live_of
from app.fieldservice.queries.breaches import (
    APPOINTMENT,
    CLOCK,
    Breach,
    answerable_names,
    breaches_between,
    explanation_lines,
)
from app.fieldservice.rules.deadlines import DEADLINE_LABELS, STATE_LABELS, WAITING_LABELS
from app.organisation.models import Branch
from app.organisation.queries import branches_of
from app.organisation.rules import ZONE_LABELS

KINDS = {**DEADLINE_LABELS, APPOINTMENT: N_("Appointment"), CLOCK: N_("Clocks differ")}


def explanations(params: Params) -> list[DeadlineExplanation]:
    """The explanation of one call's deadline, or of every call reported on the day."""
    wanted = select(RepairCall).options(*deadline_loads())  # type: ignore[arg-type]  # loader options: no public type
    if params.record_id is not None:
        wanted = wanted.where(RepairCall.id == params.record_id)
    else:
        begin, end = clock.day_bounds(params.date)
        branches = [branch.id for branch in branches_of(params.branch)]
        wanted = wanted.where(
            RepairCall.reported_at >= begin, RepairCall.reported_at < end, RepairCall.branch_id.in_(branches)
        )
    calls = db.session.scalars(wanted.order_by(RepairCall.number)).unique()
    papers = [_explanation(call, params.date) for call in calls]
    return [paper for paper in papers if paper is not None]


def _explanation(call: RepairCall, day: dt.date) -> DeadlineExplanation | None:
    standing = arrival_of(call)
    if standing is None or standing.found is None:
        return None
    job = live_of(call)
    found = standing.found
    return DeadlineExplanation(
        number=call.number,
        on=day,
        branch_code=call.branch.code,
        branch_name=str(call.branch),
        customer=call.voucher.customer.name,
        address=str(call.address),
        zone=ZONE_LABELS[call.address.district.zone],
        priority=rules.PRIORITY_LABELS[call.priority],
        symptom=call.symptom,
        reported_at=call.reported_at,
        entered_at=call.created_at,
        target=length_text(found.minutes + (found.left or 0), say),
        due=standing.due,
        arrived_at=standing.done_at,
        device_at=job.arrived_device_at if job is not None else None,
        state=STATE_LABELS[standing.state],
        missed=standing.state == MISSED,
        left=length_text(abs(standing.left), say),
        answerable=answerable_names(call, standing),
        steps=tuple(explanation_lines(found, say)),
        pauses=tuple(
            PauseLine(
                at=row.at,
                what=WAITING_LABELS.get(row.waiting_for, N_("no longer waiting")),
                reason=row.reason,
                who=row.staff.name if row.staff else "",
            )
            for row in call.waiting_changes
        ),
        promised_at=call.promised_at,
        finished_at=job.finished_at if job is not None else None,
    )


def arrival_breaches(params: Params) -> list[ArrivalBreaches]:
    """What fell due on the day and was missed, a sheet a branch; a branch without breaches only when asked for."""
    papers = [_breaches(branch, params.date) for branch in branches_of(params.branch)]
    return papers if params.branch else [paper for paper in papers if paper.lines]


def _breaches(branch: Branch, day: dt.date) -> ArrivalBreaches:
    found = breaches_between(day, day, branch.id)
    return ArrivalBreaches(
        number=f"CS-{branch.code}-{day:%Y%m%d}",
        on=day,
        branch_code=branch.code,
        branch_name=str(branch),
        lines=tuple(_line(row, each) for row, each in enumerate(found, 1)),
        arrivals=sum(each.kind == "arrival" for each in found),
        appointments=sum(each.kind == APPOINTMENT for each in found),
    )


def _line(row: int, breach: Breach) -> BreachLine:
    call = breach.call
    technician = breach.order.technician.name if breach.order is not None else ""
    return BreachLine(
        row=row,
        kind=KINDS[breach.kind],
        call_number=call.number,
        customer=call.voucher.customer.name,
        district=call.address.district.name,
        zone=ZONE_LABELS[call.address.district.zone],
        due=breach.due,
        done_at=breach.done_at,
        late=f"{breach.late:+d} min" if breach.kind == CLOCK else length_text(breach.late, say),
        answerable=technician or (answerable_names(call, breach.standing) if breach.standing else ""),
        reported_at=call.reported_at,
    )


register(
    Document(
        name="deadline_explanation",
        title=N_("Deadline explained"),
        area="fieldservice",
        template="deadline_explanation.html",
        query=explanations,
        params=("date", "branch", "record_id"),
    )
)
register(
    Document(
        name="arrival_breaches",
        title=N_("Arrival-time breaches"),
        area="fieldservice",
        template="arrival_breaches.html",
        query=arrival_breaches,
        paper="A4 landscape",
        scheduled_at=dt.time(18, 0),
    )
)
