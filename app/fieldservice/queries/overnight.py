"""Reads for the evening: what was not dispatched, where the vouchers are, what earlier evenings said (SO-14)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import case, exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.calendars.queries import calendar_for
from app.calendars.rules import closing_time, is_open_day
from app.contracts.models import PlannedVisit
from app.contracts.queries import VISITS_MADE
from app.core import clock, settings
from app.core.db import db
from app.customers.models import Voucher, VoucherCustody
from app.fieldservice import rules
from app.fieldservice.models import CarryOver, DayClose, DayCloseFinding, RepairCall, WorkOrder, WorkOrderEvent
from app.fieldservice.queries.service import UNDER_WAY, _call_loads, in_turn, is_carried_over
from app.organisation.models import Branch, District


def to_carry_over(branch_id: int, day: date, until: datetime, *, lock: bool = False) -> list[RepairCall]:
    """Calls of a branch that came in by ``until`` and are not dispatched, in the order of their turn (SO-14).

    A planned visit that is due later waits for its day. ``lock``: nobody dispatches them until the transaction ends.
    """
    statement = select(RepairCall).where(*_left_over(branch_id, day, until)).order_by(RepairCall.id)
    if lock:
        statement = statement.with_for_update(of=RepairCall).execution_options(populate_existing=True)
    else:
        statement = statement.options(*_call_loads())
    return in_turn(db.session.scalars(statement).unique(), day + timedelta(days=1))


def to_carry_over_count(branch_id: int, day: date, until: datetime) -> int:
    """How many they are."""
    statement = select(func.count(RepairCall.id)).where(*_left_over(branch_id, day, until))
    return int(db.session.execute(statement).scalar_one())


def _left_over(branch_id: int, day: date, until: datetime) -> tuple[Any, ...]:
    later = select(PlannedVisit.id).where(PlannedVisit.due_on > day)
    return (
        RepairCall.branch_id == branch_id,
        RepairCall.status == "open",
        RepairCall.reported_at <= until,
        or_(RepairCall.planned_visit_id.is_(None), RepairCall.planned_visit_id.not_in(later)),
    )


def left_over_before(call: RepairCall, today: date) -> list[RepairCall]:
    """Left-over calls of the branch that wait for dispatch besides this one: they go first (SO-14)."""
    statement = select(RepairCall).where(
        RepairCall.branch_id == call.branch_id,
        RepairCall.status == "open",
        RepairCall.id != call.id,
        RepairCall.waiting_for == "",
    )
    begin = clock.day_bounds(today)[0]
    statement = statement.where(or_(RepairCall.carried_over > 0, RepairCall.reported_at < begin))
    return in_turn((other for other in db.session.scalars(statement) if is_carried_over(other, today)), today)


def given_back_on(call_ids: Sequence[int], day: date) -> set[int]:
    """Those of the calls whose job was declined or withdrawn on this day."""
    begin, end = clock.day_bounds(day)
    statement = (
        select(WorkOrder.repair_call_id)
        .join(WorkOrderEvent, WorkOrderEvent.work_order_id == WorkOrder.id)
        .where(WorkOrder.repair_call_id.in_(call_ids), WorkOrderEvent.kind.in_(("declined", "cancelled")))
        .where(WorkOrderEvent.at >= begin, WorkOrderEvent.at < end)
    )
    return set(db.session.scalars(statement)) if call_ids else set()


@dataclass(frozen=True)
class VoucherFinding:
    """A voucher that is not where the register says; ``call`` is the job under way, if any."""

    voucher: Voucher
    kind: str
    holder_id: int | None
    call: RepairCall | None
    custody: VoucherCustody | None


def voucher_findings(branch_id: int) -> list[VoucherFinding]:
    """The register compared with the vouchers as they are now (SO-3, SO-14). Ask as the system: a voucher of this
    branch may be out for a job of another one.
    """
    custodies = {
        custody.voucher_id: custody
        for custody in db.session.scalars(
            select(VoucherCustody)
            .where(VoucherCustody.back_at.is_(None))
            .options(joinedload(VoucherCustody.voucher), joinedload(VoucherCustody.staff))
        )
    }
    jobs: dict[int, list[WorkOrder]] = defaultdict(list)
    statement = (
        select(WorkOrder)
        # With what is in the workshop the voucher stays where it is known to be (SO-7).
        .where(WorkOrder.status.in_((*UNDER_WAY, "in_workshop", "finished")))
        .options(joinedload(WorkOrder.repair_call).joinedload(RepairCall.voucher), joinedload(WorkOrder.crew))
    )
    for order in db.session.scalars(statement).unique():
        jobs[order.repair_call.voucher_id].append(order)
    ours = {key for key, custody in custodies.items() if custody.voucher.branch_id == branch_id}
    ours |= {key for key, orders in jobs.items() if any(order.branch_id == branch_id for order in orders)}
    picked = {key: _job_of(jobs[key], custodies.get(key)) for key in ours}
    states = [
        rules.VoucherState(
            key, custodies[key].staff_id if key in custodies else None, _technician(job, custodies.get(key))
        )
        for key, job in picked.items()
    ]
    vouchers = {key: custody.voucher for key, custody in custodies.items()}
    found = []
    for key, kind in rules.compare(states):
        job, custody = picked[key], custodies.get(key)
        voucher = vouchers[key] if custody is not None else job.repair_call.voucher if job is not None else None
        if voucher is not None:
            call = job.repair_call if job is not None else None
            found.append(VoucherFinding(voucher, kind, custody.staff_id if custody else None, call, custody))
    return sorted(found, key=lambda finding: finding.voucher.number)


def _job_of(orders: list[WorkOrder], custody: VoucherCustody | None) -> WorkOrder | None:
    """The job the voucher should be with: its holder's, else one under way; a finished job may have handed it in."""
    if custody is not None:
        mine = [order for order in orders if custody.staff_id in _people(order)]
        return next(iter(mine or orders), None)
    return next((order for order in orders if order.status in UNDER_WAY and order.technician_id is not None), None)


def _people(order: WorkOrder) -> set[int | None]:
    return {order.technician_id, *(member.staff_id for member in order.crew)}


def _technician(job: WorkOrder | None, custody: VoucherCustody | None) -> int | None:
    if job is None:
        return None
    return custody.staff_id if custody is not None and custody.staff_id in _people(job) else job.technician_id


def close_of(branch_id: int, day: date) -> DayClose | None:
    """The closing of a branch's day with all that was found, if it is closed."""
    call = selectinload(DayClose.carried).joinedload(CarryOver.repair_call)
    found: DayClose | None = db.session.execute(
        select(DayClose)
        .where(DayClose.branch_id == branch_id, DayClose.day == day)
        .options(
            joinedload(DayClose.closed_by),
            call.options(*_call_loads()),
            selectinload(DayClose.findings).options(
                joinedload(DayCloseFinding.voucher).joinedload(Voucher.customer),
                joinedload(DayCloseFinding.holder),
                joinedload(DayCloseFinding.repair_call),
            ),
        )
    ).scalar_one_or_none()
    return found


def days_to_close(now: datetime) -> list[tuple[int, date]]:
    """``(branch id, day)`` of every working day that is over and not closed, of the branches that serve a district."""
    today = clock.local(now).date()
    serves = exists(select(District.id).where(District.branch_id == Branch.id))
    newest = select(DayClose.branch_id, func.max(DayClose.day)).group_by(DayClose.branch_id)
    last: dict[int, date] = {row[0]: row[1] for row in db.session.execute(newest)}
    due = []
    for branch_id in db.session.scalars(select(Branch.id).where(Branch.active.is_(True), serves).order_by(Branch.id)):
        calendar = calendar_for(branch_id)
        closes = closing_time(calendar, today)
        over = closes is not None and now >= closes
        days = rules.days_to_close(last.get(branch_id), today, over)
        due += [(branch_id, day) for day in days if is_open_day(calendar, day)]
    return due


def next_working_day(branch_id: int, day: date) -> date:
    """The branch's next working day after this one."""
    calendar = calendar_for(branch_id)
    following = day + timedelta(days=1)
    while not is_open_day(calendar, following):
        following += timedelta(days=1)
    return following


@dataclass(frozen=True)
class Evening:
    """One line of the figures: a branch's day, how many calls were carried over, how many of them repeatedly."""

    close: DayClose
    carried: int
    repeated: int
    findings: int


def evenings(branch_id: int | None, limit: int = 30) -> list[Evening]:
    """The latest closings that the person sees, newest first, with their figures (SO-14)."""
    alert = max(settings.number("carried_over_alert"), 1)
    counts = (
        select(
            CarryOver.day_close_id,
            func.count().label("carried"),
            func.sum(case((CarryOver.times >= alert, 1), else_=0)).label("repeated"),
        )
        .group_by(CarryOver.day_close_id)
        .subquery()
    )
    found = (
        select(DayCloseFinding.day_close_id, func.count().label("findings"))
        .group_by(DayCloseFinding.day_close_id)
        .subquery()
    )
    statement: Any = (
        select(DayClose, counts.c.carried, counts.c.repeated, found.c.findings)
        .outerjoin(counts, counts.c.day_close_id == DayClose.id)
        .outerjoin(found, found.c.day_close_id == DayClose.id)
        .options(joinedload(DayClose.branch), joinedload(DayClose.closed_by))
        .order_by(DayClose.day.desc(), DayClose.branch_id)
        .limit(limit)
    )
    if branch_id is not None:
        statement = statement.where(DayClose.branch_id == branch_id)
    return [Evening(row[0], *(int(value or 0) for value in row[1:])) for row in db.session.execute(statement)]


def visit_figures(contract_id: int, voucher_id: int) -> tuple[int, date | None]:
    """How many maintenance visits of a contract were made for a product, and when the next one is due (SO-23)."""
    made = select(func.count(RepairCall.id)).where(
        RepairCall.planned_visit_id.in_(_visits(PlannedVisit.id, contract_id, voucher_id)),
        RepairCall.status.in_(("finished", "closed")),
    )
    over = select(RepairCall.planned_visit_id).where(
        RepairCall.planned_visit_id.is_not(None), RepairCall.status.in_(("finished", "closed", "cancelled"))
    )
    coming = _visits(func.min(PlannedVisit.due_on), contract_id, voucher_id).where(PlannedVisit.id.not_in(over))
    following: date | None = db.session.execute(coming).scalar_one()
    return int(db.session.execute(made).scalar_one()), following


def visits_made(contract_id: int) -> int:
    """How many maintenance visits of a contract were made, for all its products (SO-23)."""
    visits = select(PlannedVisit.id).where(PlannedVisit.contract_id == contract_id)
    made = select(func.count(RepairCall.id)).where(
        RepairCall.planned_visit_id.in_(visits), RepairCall.status.in_(("finished", "closed"))
    )
    return int(db.session.execute(made).scalar_one())


VISITS_MADE.append(visits_made)


def _visits(what: Any, contract_id: int, voucher_id: int) -> Any:
    return select(what).where(PlannedVisit.contract_id == contract_id, PlannedVisit.voucher_id == voucher_id)
