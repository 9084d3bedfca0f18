"""How a call's deadlines stand: one reading of the rules for lists, pages, papers and escalation (CAL-5, SO-15)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.calendars import queries as calendars
from app.calendars.rules import (
    MET,
    MISSED,
    PAUSED,
    RUNNING,
    Deadline,
    Pause,
    deadline,
    pauses_from_history,
    standing,
    working_minutes_between,
)
from app.contracts.queries import covering_contract
from app.core import clock, settings
from app.core.db import db
from app.core.errors import NotFound
from app.customers.models import Address, Customer, Voucher
from app.fieldservice.models import ArrivalTarget, RepairCall, WaitingChange, WorkOrder
from app.fieldservice.queries.service import live_of
from app.fieldservice.rules.deadlines import ARRIVAL, FINISH, WAITING_FOR, Target, target_for
from app.organisation.models import Staff

GIVEN_UP = ("cancelled",)


@dataclass(frozen=True)
class Standing:
    """How one deadline stands at a moment.

    ``left``: working minutes to it, negative when overdue; ``found`` explains it (arrival only: a promise is a moment
    somebody named). ``moved_since``: targets or calendar were changed after it was settled, ``due`` is what held then.
    """

    kind: str
    state: str
    left: int
    due: datetime | None
    done_at: datetime | None
    technician: Staff | None
    waiting_for: str
    found: Deadline | None = None
    moved_since: bool = False

    @property
    def answerable_role(self) -> str:
        """The supervisor until somebody is dispatched, then the technician."""
        return "technician" if self.technician is not None else "supervisor"

    @property
    def settled(self) -> bool:
        """Whether it can no longer change."""
        return self.done_at is not None


def pauses_of(call: RepairCall) -> list[Pause]:
    """When the clock stood still, from the call's own history (CAL-6)."""
    return pauses_from_history(((row.at, row.waiting_for) for row in call.waiting_changes), WAITING_FOR)


def arrival_pauses(call: RepairCall) -> list[Pause]:
    """The pauses that hold up the arrival: what is waited for after somebody came (parts, say) is not among them."""
    done = arrived_at(call)
    if done is None:
        return pauses_of(call)
    return [(first, done if last is None else min(last, done)) for first, last in pauses_of(call) if first < done]


def target_of(call: RepairCall) -> tuple[int, Target | None]:
    """The target that holds now for the call: working minutes, and the line of the table they come from (SO-15)."""
    zone = call.address.district.zone
    targets = [
        Target(row.zone, row.priority, row.contract_id, row.minutes)
        for row in db.session.scalars(select(ArrivalTarget).where(ArrivalTarget.zone == zone))
    ]
    contract_id = None
    if any(line.contract_id is not None for line in targets):
        contract = covering_contract(call.voucher.id, clock.local(call.reported_at).date())
        contract_id = contract.id if contract is not None else None
    return target_for(targets, zone, call.priority, contract_id, settings.number(f"arrival_minutes_{zone}"))


def arrival_deadline(call: RepairCall, warnings: Iterable[int] = ()) -> Deadline | None:
    """The deadline of arrival that explains itself; None for a call that has none."""
    calendar = calendars.calendar_for(call.branch_id)
    minutes = call.arrive_minutes
    if minutes is None:
        if call.arrive_by is None or call.arrive_by < call.reported_at:
            return None
        minutes = working_minutes_between(calendar, call.reported_at, call.arrive_by)
    return deadline(calendar, call.reported_at, minutes=minutes, pauses=arrival_pauses(call), warnings=warnings)


def arrived_at(call: RepairCall) -> datetime | None:
    """When somebody was first at the customer's, whichever job it was: the clock stops there (SO-15)."""
    return min((order.arrived_at for order in call.work_orders if order.arrived_at is not None), default=None)


def arrival_of(call: RepairCall, now: datetime | None = None) -> Standing | None:
    """How the arrival stands; None when the call has no such deadline or was given up before anybody came."""
    now = now or clock.now()
    done = arrived_at(call)
    found = arrival_deadline(call)
    if found is None or (call.status in GIVEN_UP and done is None):
        return None
    state, left = standing(found, now, done)
    due, moved = found.due, False
    if done is not None and call.arrive_minutes is not None and call.arrive_by is not None and call.arrive_by != due:
        # What was promised when they arrived counts, not what a later calendar would make of it.
        due, moved = call.arrive_by, True
        left = working_minutes_between(found.calendar, done, due)
        state = MISSED if done.replace(second=0, microsecond=0) > due else MET
    job = live_of(call)
    return Standing(ARRIVAL, state, left, due, done, job.technician if job else None, call.waiting_for, found, moved)


def finish_of(call: RepairCall, now: datetime | None = None) -> Standing | None:
    """How the promised finish stands (SO-10). A promise is a moment: a pause does not move it, a new promise does."""
    if call.promised_at is None:
        return None
    job = live_of(call)
    done = job.finished_at if job is not None else None
    if call.status in GIVEN_UP:
        return None
    at = done or now or clock.now()
    left = working_minutes_between(calendars.calendar_for(call.branch_id), at, call.promised_at)
    if at.replace(second=0, microsecond=0) > call.promised_at:
        state = MISSED
    else:
        state = MET if done else RUNNING
    return Standing(FINISH, state, left, call.promised_at, done, job.technician if job else None, call.waiting_for)


def call_with_deadlines(call_id: int) -> RepairCall:
    """The call with everything its explanation shows, by one statement. Raises ``NotFound``."""
    statement = (
        select(RepairCall)
        .where(RepairCall.id == call_id)
        .options(
            joinedload(RepairCall.voucher).joinedload(Voucher.customer),
            joinedload(RepairCall.address).joinedload(Address.district),
            joinedload(RepairCall.waiting_changes).joinedload(WaitingChange.staff),
            joinedload(RepairCall.work_orders).joinedload(WorkOrder.technician),
        )
    )
    found: RepairCall | None = db.session.scalars(statement).unique().one_or_none()
    if found is None:
        raise NotFound(RepairCall.__name__)
    return found


def deadline_loads() -> tuple[object, ...]:
    """Loader options of a call for everything its deadlines need."""
    return (
        selectinload(RepairCall.waiting_changes),
        selectinload(RepairCall.work_orders).joinedload(WorkOrder.technician),
        joinedload(RepairCall.address).joinedload(Address.district),
        joinedload(RepairCall.voucher).joinedload(Voucher.customer).selectinload(Customer.telephones),
        joinedload(RepairCall.voucher).joinedload(Voucher.product_model),
        joinedload(RepairCall.branch),
    )


def pending_calls(branch_id: int | None = None, limit: int = 500) -> Sequence[RepairCall]:
    """Calls with a deadline still to meet: nobody was there yet, or a promise is not kept yet; the most pressing first."""
    there = select(WorkOrder.id).where(WorkOrder.repair_call_id == RepairCall.id, WorkOrder.arrived_at.is_not(None))
    statement = (
        select(RepairCall)
        .where(RepairCall.status.in_(("open", "dispatched")))
        .where(~there.exists() | RepairCall.promised_at.is_not(None))
        .options(*deadline_loads())  # type: ignore[arg-type]  # loader options have no common public type
        .order_by(RepairCall.arrive_by.is_(None), RepairCall.arrive_by, RepairCall.id)
        .limit(limit)
    )
    if branch_id is not None:
        statement = statement.where(RepairCall.branch_id == branch_id)
    return db.session.scalars(statement).unique().all()


def pressing(standings: Iterable[tuple[RepairCall, Standing]]) -> list[tuple[RepairCall, Standing]]:
    """Missed ones first (the longest overdue on top), then by what is left, paused ones last."""
    return sorted(standings, key=lambda pair: (pair[1].state == PAUSED, pair[1].left, pair[0].id))
