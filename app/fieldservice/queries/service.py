"""Reads of field service that more than one screen, paper or area needs. Row scope applies to everything."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app.contracts.models import Contract
from app.contracts.queries import covering_contract, covering_contracts
from app.core import clock
from app.core.db import db
from app.customers.models import Address, Customer, Voucher, VoucherCustody
from app.customers.rules import in_warranty
from app.fieldservice.models import CrewMember, RepairCall, TimeEntry, WorkOrder
from app.fieldservice.rules import Turn, derive_class, is_free, left_over
from app.organisation.models import Staff, StaffSkill

GONE = ("declined", "cancelled")
UNFINISHED = ("open", "dispatched", "finished")
UNDER_WAY = ("dispatched", "accepted", "arrived")


def _customer_loads(path: Any) -> tuple[Any, ...]:
    return (
        path.joinedload(RepairCall.voucher).joinedload(Voucher.customer).selectinload(Customer.telephones),
        path.joinedload(RepairCall.voucher).joinedload(Voucher.product_model),
        path.joinedload(RepairCall.address).joinedload(Address.district),
    )


def _call_loads() -> tuple[Any, ...]:
    voucher = joinedload(RepairCall.voucher)
    return (
        voucher.joinedload(Voucher.customer).joinedload(Customer.telephones),
        joinedload(RepairCall.voucher).joinedload(Voucher.product_model),
        joinedload(RepairCall.address).joinedload(Address.district),
        joinedload(RepairCall.symptom_code),
        joinedload(RepairCall.work_orders).joinedload(WorkOrder.technician),
        joinedload(RepairCall.waiting_changes),
    )


def live_order(call_id: int) -> WorkOrder | None:
    """The call's work order that is neither declined nor cancelled."""
    return db.session.execute(
        select(WorkOrder)
        .where(WorkOrder.repair_call_id == call_id, WorkOrder.status.not_in(GONE))
        .options(joinedload(WorkOrder.technician), joinedload(WorkOrder.dispatched_by))
    ).scalar_one_or_none()


def live_of(call: RepairCall) -> WorkOrder | None:
    """The same from the work orders already loaded."""
    return next((order for order in call.work_orders if order.status not in GONE), None)


def open_calls_of(voucher_id: int) -> Sequence[RepairCall]:
    """Calls for a product that are not closed, the oldest first."""
    return db.session.scalars(
        select(RepairCall)
        .where(RepairCall.voucher_id == voucher_id, RepairCall.status.in_(UNFINISHED))
        .order_by(RepairCall.reported_at, RepairCall.id)
    ).all()


def waiting_calls(branch_id: int | None, limit: int = 200) -> list[RepairCall]:
    """Calls not dispatched: those carried over first, most often and oldest on top; then urgent ones, the oldest (SO-14)."""
    statement = select(RepairCall).where(RepairCall.status == "open").options(*_call_loads())
    if branch_id is not None:
        statement = statement.where(RepairCall.branch_id == branch_id)
    calls = db.session.scalars(statement.order_by(RepairCall.reported_at).limit(limit)).unique().all()
    return in_turn(calls, clock.today())


def in_turn(calls: Iterable[RepairCall], today: date) -> list[RepairCall]:
    """Calls in the order in which they are to be dispatched on a day (SO-14)."""

    def turn(call: RepairCall) -> Turn:
        return Turn(call.carried_over, is_carried_over(call, today), call.priority == "urgent", call.reported_at)

    return sorted(calls, key=lambda call: turn(call).key)


def is_carried_over(call: RepairCall, today: date) -> bool:
    """Whether the call was left over from an earlier day and goes before all others (SO-14)."""
    reported_on = clock.local(call.reported_at).date()
    return left_over(
        times=call.carried_over, reported_on=reported_on, planned=call.planned_visit_id is not None, today=today
    )


# -- products ---------------------------------------------------------------------------------------------------


def class_for(call: RepairCall) -> tuple[str, Contract | None]:
    """Class of the job and the contract it stands under, as of the day the customer called (SO-1).

    A repeat repair is free whatever else holds, unless it is put down to the customer (KP-2).
    """
    if is_free(call.repeat_of_id is not None, call.repeat_cause or ""):
        return "C", None
    on = clock.local(call.reported_at).date()
    contract = covering_contract(call.voucher_id, on)
    covered, until = contract is not None, call.voucher.warranty_until
    return derive_class(covered_by_contract=covered, in_warranty=in_warranty(until, on)), contract


@dataclass
class ProductState:
    """What the clerk wants to know of a product while the customer is on the telephone (SO-4)."""

    voucher: Voucher
    warranty: bool
    contract: Contract | None = None
    holder: VoucherCustody | None = None
    open_calls: list[RepairCall] = field(default_factory=list)
    repairs: list[WorkOrder] = field(default_factory=list)

    @property
    def service_class(self) -> str:
        """The class a job would have today (SO-1)."""
        return derive_class(covered_by_contract=self.contract is not None, in_warranty=self.warranty)


def product_states(vouchers: Sequence[Voucher]) -> list[ProductState]:
    """Warranty, contract, whereabouts of the voucher, open calls and the last three repairs of each product."""
    today = clock.today()
    found = {each.id: ProductState(each, in_warranty(each.warranty_until, today)) for each in vouchers}
    if not found:
        return []
    session = db.session
    for voucher_id, contract in covering_contracts(found, today).items():
        found[voucher_id].contract = contract
    out = (
        select(VoucherCustody)
        .where(VoucherCustody.voucher_id.in_(found), VoucherCustody.back_at.is_(None))
        .options(joinedload(VoucherCustody.staff))
    )
    for custody in session.scalars(out):
        found[custody.voucher_id].holder = custody
    calls = (
        select(RepairCall)
        .where(RepairCall.voucher_id.in_(found), RepairCall.status.in_(UNFINISHED))
        .options(selectinload(RepairCall.work_orders).joinedload(WorkOrder.technician))
        .order_by(RepairCall.reported_at)
    )
    for call in session.scalars(calls):
        found[call.voucher_id].open_calls.append(call)
    repairs = (
        select(WorkOrder)
        .join(WorkOrder.repair_call)
        .where(RepairCall.voucher_id.in_(found), WorkOrder.finished_at.is_not(None))
        .options(
            contains_eager(WorkOrder.repair_call), joinedload(WorkOrder.technician), joinedload(WorkOrder.fault_code)
        )
        .order_by(WorkOrder.finished_at.desc())
        .limit(200)
    )
    for order in session.scalars(repairs):
        past = found[order.repair_call.voucher_id].repairs
        if len(past) < 3:
            past.append(order)
    return list(found.values())


# -- technicians ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TechnicianLoad:
    """A technician on one day: jobs not finished, jobs finished and minutes recorded that day."""

    staff: Staff
    jobs: tuple[WorkOrder, ...]
    finished: int
    minutes: int

    @property
    def skills(self) -> list[StaffSkill]:
        """Best first."""
        return sorted(self.staff.skills, key=lambda skill: -skill.level)

    def masters(self, category: str) -> bool:
        """Whether one of the skills is for this category of product (SO-19)."""
        return any(each.skill.code == category for each in self.staff.skills)


def technician_load(branch_id: int, day: date | None = None) -> list[TechnicianLoad]:
    """The active technicians of a branch with what they have to do, the least busy first (SO-19)."""
    on = day or clock.today()
    people = db.session.scalars(
        select(Staff)
        .where(Staff.branch_id == branch_id, Staff.job == "technician", Staff.active.is_(True))
        .options(selectinload(Staff.skills).joinedload(StaffSkill.skill))
        .order_by(Staff.staff_no)
    ).all()
    ids = [person.id for person in people]
    jobs: dict[int, list[WorkOrder]] = defaultdict(list)
    begin, end = clock.day_bounds(on)
    statement = (
        select(WorkOrder)
        .where(WorkOrder.technician_id.in_(ids), WorkOrder.status.in_(UNDER_WAY))
        .where(or_(WorkOrder.appointment_at.is_(None), WorkOrder.appointment_at < end))
        .options(joinedload(WorkOrder.repair_call).joinedload(RepairCall.address).joinedload(Address.district))
        .order_by(WorkOrder.appointment_at, WorkOrder.dispatched_at)
    )
    for order in db.session.scalars(statement):
        jobs[order.technician_id].append(order)
    finished = _counts(
        select(WorkOrder.technician_id, func.count())
        .where(WorkOrder.technician_id.in_(ids), WorkOrder.finished_at >= begin, WorkOrder.finished_at < end)
        .group_by(WorkOrder.technician_id)
    )
    minutes = _counts(
        select(TimeEntry.staff_id, func.sum(TimeEntry.minutes))
        .where(TimeEntry.staff_id.in_(ids), TimeEntry.day == on)
        .group_by(TimeEntry.staff_id)
    )
    loads = [
        TechnicianLoad(person, tuple(jobs[person.id]), finished.get(person.id, 0), minutes.get(person.id, 0))
        for person in people
    ]
    return sorted(loads, key=lambda load: len(load.jobs))


def _counts(statement: Any) -> dict[int, int]:
    return {key: int(count) for key, count in db.session.execute(statement).all()}


def jobs_of(staff_id: int, *, finished_on: date | None = None) -> list[WorkOrder]:
    """A technician's jobs under way, by appointment; with ``finished_on`` those finished that day instead."""
    along = select(CrewMember.work_order_id).where(CrewMember.staff_id == staff_id)
    statement = (
        select(WorkOrder)
        .where(or_(WorkOrder.technician_id == staff_id, WorkOrder.id.in_(along)))
        .options(*job_loads(), selectinload(WorkOrder.crew))
    )
    if finished_on is None:
        statement = statement.where(WorkOrder.status.in_(UNDER_WAY))
    else:
        begin, end = clock.day_bounds(finished_on)
        statement = statement.where(WorkOrder.finished_at >= begin, WorkOrder.finished_at < end)
    found = db.session.scalars(statement).unique().all()
    far = datetime.max.replace(tzinfo=clock.now().tzinfo)
    return sorted(found, key=lambda order: (order.appointment_at or order.repair_call.arrive_by or far, order.id))


def job_loads() -> tuple[Any, ...]:
    """Loader options for a work order with everything its technician needs to read."""
    return _customer_loads(joinedload(WorkOrder.repair_call))


def day_entries(staff_id: int, day: date) -> Sequence[TimeEntry]:
    """A person's minutes of one day in order of their start: the draft of the day's sheet, 006 (SO-11)."""
    return (
        db.session.scalars(
            select(TimeEntry)
            .where(TimeEntry.staff_id == staff_id, TimeEntry.day == day)
            .options(joinedload(TimeEntry.work_order).options(*_customer_loads(joinedload(WorkOrder.repair_call))))
            .order_by(TimeEntry.started_at, TimeEntry.id)
        )
        .unique()
        .all()
    )


def count_of(model: type[Any], *conditions: Any) -> int:
    """How many rows the acting person sees of it."""
    return int(db.session.execute(select(func.count(model.id)).where(*conditions)).scalar_one())


def under_way(branch_id: int | None) -> list[WorkOrder]:
    """Jobs dispatched and not finished, the most pressing first."""
    statement = (
        select(WorkOrder)
        .join(WorkOrder.repair_call)
        .where(WorkOrder.status.in_(UNDER_WAY))
        .options(
            contains_eager(WorkOrder.repair_call).options(
                joinedload(RepairCall.voucher).joinedload(Voucher.customer),
                joinedload(RepairCall.address).joinedload(Address.district),
            ),
            joinedload(WorkOrder.technician),
        )
        .order_by(RepairCall.arrive_by, WorkOrder.id)
        .limit(100)
    )
    if branch_id is not None:
        statement = statement.where(WorkOrder.branch_id == branch_id)
    return list(db.session.scalars(statement))
