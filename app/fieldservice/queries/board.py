"""The dispatch board: technicians × days with capacity and load, and who should go (SO-18, SO-19).

Everything in few statements, whatever the number of calls and jobs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from app.calendars import queries as calendars
from app.calendars.rules import Calendar, Day, working_minutes_between
from app.core import clock, settings
from app.core.db import db
from app.customers.models import Address, ProductModel, Voucher
from app.fieldservice.models import CrewMember, PartFitted, RepairCall, ServiceArea, WorkOrder
from app.fieldservice.queries.planning import (
    DAYS_SHOWN,
    UNDER_WAY,
    Planned,
    absences_of,
    expected_for,
    open_spans,
    planned,
    work_day,
)
from app.fieldservice.queries.service import in_turn
from app.fieldservice.rules import dispatching as rules
from app.organisation.models import District, Staff, StaffSkill
from app.parts.models import Part, StockBalance, StockPlace

MOST_JOBS = 600


@dataclass(frozen=True)
class Cell:
    """One technician on one day; ``free_at``: where a further job of the usual length would fit."""

    day: date
    load: rules.DayLoad
    jobs: tuple[Planned, ...]
    absences: tuple[rules.Away, ...]
    free_at: datetime | None


@dataclass
class Row:
    """One technician and the days shown."""

    staff: Staff
    cells: list[Cell] = field(default_factory=list)
    bookings: list[rules.Span] = field(default_factory=list)
    absences: list[rules.Away] = field(default_factory=list)
    areas: dict[int, District] = field(default_factory=dict)
    unplanned: int = 0  # minutes of jobs without appointment: they are done today, one after the other

    def level(self, category: str) -> int:
        """0 none, 1 learning … 3 expert."""
        return max((each.level for each in self.staff.skills if each.skill.code == category), default=0)

    def skills(self) -> list[StaffSkill]:
        """Best first."""
        return sorted(self.staff.skills, key=lambda each: -each.level)


@dataclass
class Board:
    """What the supervisor plans with."""

    days: list[Day]
    rows: list[Row]
    calendar: Calendar
    usual: int
    now: datetime
    given: Mapping[str, str]
    work_day: date

    def row_of(self, staff_id: int | None) -> Row | None:
        """The technician's row."""
        return next((row for row in self.rows if row.staff.id == staff_id), None)

    def minutes_for(self, call: RepairCall) -> int:
        """Expected minutes of a job for the call."""
        return expected_for(call, self.usual)

    def free_on(self, row: Row, day: date, minutes: int) -> datetime | None:
        """Where a job of so many minutes fits on that day."""
        return _first_free(self, row, [day], minutes)

    def contractor_jobs(self) -> list[Planned]:
        """Jobs of outside contractors, who have no row."""
        return self._outside

    _outside: list[Planned] = field(default_factory=list)


def waiting(branch_id: int | None, limit: int = 200) -> list[RepairCall]:
    """Calls not dispatched in the order of their turn (SO-14), with no more than the board shows of them."""
    statement = (
        select(RepairCall)
        .where(RepairCall.status == "open")
        .options(
            joinedload(RepairCall.voucher).options(joinedload(Voucher.customer), joinedload(Voucher.product_model)),
            joinedload(RepairCall.address).joinedload(Address.district),
            joinedload(RepairCall.symptom_code),
            *_deadlines(),
        )
        .order_by(RepairCall.reported_at)
        .limit(limit)
    )
    if branch_id is not None:
        statement = statement.where(RepairCall.branch_id == branch_id)
    return in_turn(db.session.scalars(statement).unique(), clock.today())


def _deadlines() -> tuple[Any, ...]:
    """What a deadline's chip needs of a call, by join: a call has few pauses and few work orders."""
    return (joinedload(RepairCall.waiting_changes), joinedload(RepairCall.work_orders).joinedload(WorkOrder.technician))


def board(branch_id: int, call: RepairCall | None = None) -> Board:
    """The active technicians of a branch, today and the next six days; ``call``: the one a place is sought for."""
    now = clock.local(clock.now())
    calendar = calendars.calendar_for(branch_id)
    days = [calendar.day(now.date() + timedelta(days=count)) for count in range(DAYS_SHOWN)]
    given = settings.values()
    people = db.session.scalars(
        select(Staff)
        .where(Staff.branch_id == branch_id, Staff.job == "technician", Staff.active.is_(True))
        .options(joinedload(Staff.skills).joinedload(StaffSkill.skill))
        .order_by(Staff.staff_no)
    ).unique()
    usual, work_on = int(given["expected_minutes"]), work_day(calendar, now)
    found = Board(days, [Row(person) for person in people], calendar, usual, now, given, work_on)
    rows = {row.staff.id: row for row in found.rows}
    first, last = clock.at_local(days[0].on), clock.at_local(days[-1].on + timedelta(days=1))
    for staff_id, away in absences_of(rows, first, last).items():
        rows[staff_id].absences = away
    for area in db.session.scalars(
        select(ServiceArea).where(ServiceArea.staff_id.in_(rows)).options(joinedload(ServiceArea.district))
    ):
        rows[area.staff_id].areas[area.district_id] = area.district
    jobs = _jobs(found, rows, branch_id, last)
    for row in found.rows:
        _fill(found, row, jobs[row.staff.id], found.minutes_for(call) if call is not None else found.usual)
    return found


def _jobs(found: Board, rows: Mapping[int, Row], branch_id: int, last: datetime) -> dict[int, list[Planned]]:
    orders = db.session.scalars(
        select(WorkOrder)
        .where(WorkOrder.branch_id == branch_id, WorkOrder.status.in_(UNDER_WAY))
        .where(or_(WorkOrder.appointment_at.is_(None), WorkOrder.appointment_at < last))
        .options(
            joinedload(WorkOrder.repair_call).options(
                joinedload(RepairCall.voucher).joinedload(Voucher.customer),
                joinedload(RepairCall.address).joinedload(Address.district),
                joinedload(RepairCall.symptom_code),
                *_deadlines(),
            ),
            joinedload(WorkOrder.technician),
            joinedload(WorkOrder.contractor),
            joinedload(WorkOrder.crew).joinedload(CrewMember.staff),
        )
        .order_by(WorkOrder.appointment_at, WorkOrder.id)
        .limit(MOST_JOBS)
    ).unique()
    jobs: dict[int, list[Planned]] = defaultdict(list)
    for order in orders:
        job = planned(order, found.calendar, found.work_day, found.usual)
        if order.contractor_id is not None:
            found._outside.append(job)
            continue
        for staff_id in {order.technician_id, *(each.staff_id for each in order.crew)} & set(rows):
            jobs[staff_id].append(job)
            if job.begin is not None and job.end is not None:
                rows[staff_id].bookings.append((job.begin, job.end))
            else:
                rows[staff_id].unplanned += job.minutes
    return jobs


def _fill(found: Board, row: Row, jobs: Sequence[Planned], minutes: int) -> None:
    for day in found.days:
        spans = open_spans(found.calendar, day.on)
        begin, end = clock.local(clock.at_local(day.on)), clock.local(clock.at_local(day.on + timedelta(days=1)))
        away = tuple(each for each in row.absences if each.begin < end and each.end > begin)
        mine = tuple(job for job in jobs if job.day == day.on)
        load = rules.day_load(spans, [(a.begin, a.end) for a in away], sum(job.minutes for job in mine))
        row.cells.append(Cell(day.on, load, mine, away, _first_free(found, row, [day.on], minutes)))


def _first_free(found: Board, row: Row, days: Sequence[date], minutes: int) -> datetime | None:
    not_before = found.now
    if row.unplanned:
        first = open_spans(found.calendar, found.work_day)
        not_before = rules.end_of(max([found.now, *(begin for begin, _ in first[:1])]), row.unplanned, first)
    spans = [span for day in days for span in open_spans(found.calendar, day)]
    busy = [*row.bookings, *((each.begin, each.end) for each in row.absences)]
    return rules.first_free(spans, busy, not_before, minutes)


# -- who should go ----------------------------------------------------------------------------------------------


def weights(found: Board) -> rules.Weights:
    """What differences are worth, as the settings say."""
    value = found.given
    return rules.Weights(
        city=int(value["rank_city_minutes"]),
        elsewhere=int(value["rank_elsewhere_minutes"]),
        skill_step=int(value["rank_skill_minutes"]),
        no_part=int(value["rank_part_minutes"]),
    )


def suggest(found: Board, call: RepairCall, category: str, *, but: int | None = None) -> list[rules.Suggestion]:
    """The technicians of the board for this call, the best first, with the reasons (SO-19).

    ``category``: its name in the reader's language. ``but``: without this person (who has the job now).
    """
    minutes = found.minutes_for(call)
    district = call.address.district
    holders = _holders(call, [row.staff.id for row in found.rows])
    candidates = [_candidate(found, row, call, minutes, holders) for row in found.rows if row.staff.id != but]
    due = clock.local(call.arrive_by) if call.arrive_by is not None else None
    return rules.rank(candidates, weights(found), district=district.name, category=category, due=due)


def _candidate(found: Board, row: Row, call: RepairCall, minutes: int, holders: set[int] | None) -> rules.Candidate:
    district = call.address.district
    free_at = _first_free(found, row, [day.on for day in found.days], minutes)
    on = free_at.date() if free_at is not None else found.days[0].on
    cell = next(each for each in row.cells if each.day == on)
    around = [job.order.repair_call.address.district for job in cell.jobs]
    if any(each.id == district.id for each in around):
        near = rules.SAME_DISTRICT
    elif not around or any(each.city == district.city for each in around):
        near = rules.SAME_CITY  # without a job he starts from the branch
    else:
        near = rules.ELSEWHERE
    return rules.Candidate(
        staff_id=row.staff.id,
        name=row.staff.name,
        skill=row.level(call.voucher.product_model.category),
        own_area=district.id in row.areas,
        near=near,
        load=cell.load,
        wait=None if free_at is None else max(0, working_minutes_between(found.calendar, found.now, free_at)),
        free_at=free_at,
        part=None if holders is None else row.staff.id in holders,
        away=next(
            (each for each in row.absences if each.end > found.now and each.begin <= (free_at or each.begin)), None
        ),
    )


def _holders(call: RepairCall, staff_ids: Sequence[int]) -> set[int] | None:
    """Who has the probable part in the van: the one fitted most often for this fault on such products. None: unknown."""
    if call.symptom_code_id is None:
        return None
    times = func.count(PartFitted.id)
    probable = (
        select(PartFitted.part_id)
        .join(PartFitted.work_order)
        .join(WorkOrder.repair_call)
        .join(RepairCall.voucher)
        .join(Voucher.product_model)
        .join(Part, Part.id == PartFitted.part_id)
        .where(WorkOrder.fault_code_id == call.symptom_code_id, Part.active.is_(True))
        .where(ProductModel.category == call.voucher.product_model.category)
        .group_by(PartFitted.part_id)
        .order_by(times.desc(), PartFitted.part_id)
        .limit(1)
        .subquery()
    )
    held = (
        select(StockBalance.part_id, StockPlace.staff_id)
        .join(StockBalance.place)
        # What is kept for another job is not there for this one.
        .where(StockBalance.quantity > StockBalance.reserved, StockPlace.staff_id.in_(staff_ids))
        .subquery()
    )
    statement = select(probable.c.part_id, held.c.staff_id).outerjoin(held, held.c.part_id == probable.c.part_id)
    # What usually breaks is no secret: the work of all branches counts. The vans are those of this branch.
    rows = db.session.execute(statement.execution_options(unscoped=True)).all()
    return {staff_id for _part, staff_id in rows if staff_id is not None} if rows else None
