"""次日派工表: what is dispatched tomorrow, carried calls first (SO-14)."""

from __future__ import annotations

import datetime as dt

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.core import clock, settings
from app.core.db import db
from app.core.documents import Document, Params, register
from app.core.errors import N_
from app.customers.models import Customer, Voucher
from app.fieldservice import queries, rules
from app.fieldservice.models import DayClose, RepairCall, WorkOrder
from app.fieldservice.papers_overnight import AppointedLine, FindingLine, NextDayDispatch, TurnLine
from app.organisation.models import Branch
from app.organisation.queries import branches_of
from app.organisation.rules import ZONE_LABELS


def next_day_dispatches(params: Params) -> list[NextDayDispatch]:
    """The sheet of one branch, or of every branch that has something on it."""
    papers = [_sheet(branch, params.date) for branch in branches_of(params.branch)]
    return papers if params.branch else [paper for paper in papers if paper.carried or paper.others or paper.appointed]


def _sheet(branch: Branch, day: dt.date) -> NextDayDispatch:
    closed = queries.close_of(branch.id, day)
    for_day = queries.next_working_day(branch.id, day)
    carried = _carried(closed) if closed is not None else []
    # What came in after the day was closed, or everything that waits as long as it is not closed.
    done = {call.id for call, _times, _why in carried}
    now = clock.now()
    others = [
        (call, call.carried_over, "")
        for call in queries.to_carry_over(branch.id, day, min(now, clock.day_bounds(day)[1]))
        if call.id not in done
    ]
    rows = [_line(row, *each, now=now) for row, each in enumerate([*carried, *others], 1)]
    return NextDayDispatch(
        number=f"PGB-{branch.code}-{day:%Y%m%d}",
        on=day,
        branch_code=branch.code,
        branch_name=str(branch),
        for_day=for_day,
        closed_at=closed.closed_at if closed else None,
        closed_by=closed.closed_by.name if closed and closed.closed_by else "",
        carried=tuple(rows[: len(carried)]),
        others=tuple(rows[len(carried) :]),
        appointed=_appointed(branch, for_day),
        findings=_findings(closed),
    )


def _carried(closed: DayClose) -> list[tuple[RepairCall, int, str]]:
    """As they were carried over that evening: most often first, then the oldest."""
    rows = sorted(closed.carried, key=lambda row: (-row.times, row.repair_call.reported_at))
    return [(row.repair_call, row.times, row.reason or _(rules.CARRY_CAUSE_LABELS[row.cause])) for row in rows]


def _line(row: int, call: RepairCall, times: int, why: str, *, now: dt.datetime) -> TurnLine:
    customer = call.voucher.customer
    return TurnLine(
        row=row,
        call_number=call.number,
        reported_at=call.reported_at,
        customer=customer.name,
        phone=call.caller_phone or (customer.telephones[0].number if customer.telephones else ""),
        address=str(call.address),
        zone=ZONE_LABELS[call.address.district.zone],
        model=call.voucher.product_model.code,
        symptom=call.symptom,
        urgent=call.priority == "urgent",
        arrive_by=call.arrive_by,
        late=rules.missed(call.arrive_by, None, now),
        times=times,
        alert=rules.alert_wanted(times, settings.number("carried_over_alert")),
        why=why,
    )


def _appointed(branch: Branch, day: dt.date) -> tuple[AppointedLine, ...]:
    begin, end = clock.day_bounds(day)
    orders = db.session.scalars(
        select(WorkOrder)
        .where(WorkOrder.branch_id == branch.id, WorkOrder.status.in_(queries.UNDER_WAY))
        .where(WorkOrder.appointment_at >= begin, WorkOrder.appointment_at < end)
        .options(
            joinedload(WorkOrder.technician),
            joinedload(WorkOrder.contractor),
            joinedload(WorkOrder.repair_call).options(
                joinedload(RepairCall.voucher).options(
                    joinedload(Voucher.customer).load_only(Customer.name), joinedload(Voucher.product_model)
                ),
                joinedload(RepairCall.address),
            ),
        )
        .order_by(WorkOrder.appointment_at, WorkOrder.id)
    )
    return tuple(
        AppointedLine(
            at=order.appointment_at,
            order_number=order.number,
            customer=order.repair_call.voucher.customer.name,
            address=str(order.repair_call.address),
            model=order.repair_call.voucher.product_model.code,
            technician=str(order.contractor or order.technician),
        )
        for order in orders
        if order.appointment_at is not None
    )


def _findings(closed: DayClose | None) -> tuple[FindingLine, ...]:
    return tuple(
        FindingLine(
            voucher_number=found.voucher.number,
            customer=found.voucher.customer.name,
            holder=found.holder.name if found.holder else "",
            call_number=found.repair_call.number if found.repair_call else "",
            kind=rules.FINDING_LABELS[found.kind],
        )
        for found in (closed.findings if closed else ())
    )


register(
    Document(
        name="next_day_dispatch",
        title=N_("Next-day dispatch sheet"),
        area="fieldservice",
        template="next_day_dispatch.html",
        query=next_day_dispatches,
        paper="A4 landscape",
        scheduled_at=dt.time(17, 40),
    )
)
