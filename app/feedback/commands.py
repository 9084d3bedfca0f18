"""The verbs of return visits: planned once for each cause (RV-1), given to somebody (RV-2), recorded (RV-4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.complaints import commands as complaints
from app.complaints import queries as complaint_queries
from app.complaints.models import Complaint
from app.contracts.models import Contract
from app.core import clock, settings
from app.core.actors import Principal
from app.core.db import db
from app.core.errors import N_, Refused
from app.core.fetch import fetch
from app.core.numbering import next_number
from app.core.uow import command
from app.customers.models import Customer
from app.feedback import queries, rules
from app.feedback.models import DAYS, LOOK_BACK_DAYS, PLAN_DAYS, VISITORS, ReturnVisit, VisitAttempt
from app.fieldservice.models import WorkOrder
from app.organisation.models import Branch, Staff
from app.organisation.rules import JOBS

# So many work orders are looked at in one transaction: others wait for the lock meanwhile.
BATCH = 200


# -- planning (RV-1, RV-2) --------------------------------------------------------------------------------------


@dataclass
class _Roster:
    """Who could visit: everybody at work, by job, and how many visits each has to make."""

    staff: list[Any]
    loads: dict[int, int]
    branches: dict[int, Branch] = field(default_factory=dict)

    @classmethod
    def now(cls) -> _Roster:
        table: Any = Staff.__table__
        staff = db.session.execute(
            select(table.c.id, table.c.job, table.c.branch_id).where(table.c.active.is_(True)).order_by(table.c.id)
        ).all()
        return cls(list(staff), queries.loads())

    def branch(self, branch_id: int) -> Branch:
        if branch_id not in self.branches:
            self.branches[branch_id] = fetch(Branch, branch_id)
        return self.branches[branch_id]

    def choose(self, key: str, branch_id: int, barred: Iterable[int | None]) -> tuple[int | None, int | None]:
        """Visitor and companion for a kind of visit (RV-2); never somebody it is about."""
        out = set(barred)
        chosen: list[int | None] = []
        for job in rules.parse_jobs(settings.value(VISITORS[key]), JOBS):
            found = rules.pick(self._of(job, branch_id), out) or (
                rules.pick(self._of("service", branch_id), out) if not chosen else None
            )
            chosen.append(found)
            out.add(found)
        if chosen[0] is not None:
            self.loads[chosen[0]] = self.loads.get(chosen[0], 0) + 1
        return chosen[0], chosen[1] if len(chosen) > 1 else None

    def _of(self, job: str, branch_id: int) -> list[rules.Candidate]:
        # The service department stands at head office and visits for every branch.
        return [
            rules.Candidate(person.id, self.loads.get(person.id, 0))
            for person in self.staff
            if person.job == job and (job == "service" or person.branch_id == branch_id)
        ]


def _plan(
    roster: _Roster,
    on: date,
    *,
    branch_id: int,
    cause: str,
    key: str,
    due: date,
    barred: Iterable[int | None],
    **about: Any,
) -> ReturnVisit | None:
    """A visit for one cause; None when somebody else planned it at this moment (unique in the database)."""
    try:
        with db.session.begin_nested():
            visitor_id, companion_id = roster.choose(key, branch_id, barred)
            visit = ReturnVisit(
                number=next_number("HF", roster.branch(branch_id).code, on),
                branch_id=branch_id,
                cause=cause,
                due_on=due,
                visitor_id=visitor_id,
                companion_id=companion_id,
                **about,
            )
            db.session.add(visit)
            db.session.flush()
    except IntegrityError:
        return None
    return visit


@command("return_visit.plan_due")
def plan_due_visits(actor: Principal, *, at: datetime | None = None) -> int:
    """Plan the visits that settled complaints, closed work orders and contracts at mid-term call for (RV-1).

    Each cause is visited once, however often this runs; what is longer ago than the look-back is left alone. Gives the
    number of visits planned, 0 when nothing is left to plan (a run looks at a limited number of work orders).
    """
    now = at or clock.now()
    today = clock.local(now).date()
    roster = _Roster.now()
    since = queries.look_back(now, settings.number(LOOK_BACK_DAYS))
    planned = [
        *(_for_complaint(roster, today, *row) for row in complaint_queries.settled_since(since)),
        *(_for_order(roster, today, order_id) for order_id in queries.orders_without_visit(since, BATCH)),
        *(_for_contract(roster, today, *row) for row in _at_mid_term(today, clock.local(since).date())),
    ]
    return sum(visit is not None for visit in planned)


def _for_complaint(
    roster: _Roster, today: date, complaint_id: int, settled_at: datetime, times: int
) -> ReturnVisit | None:
    due = rules.due_on(clock.local(settled_at).date(), settings.number(DAYS["complaint"]))
    latest: ReturnVisit | None = db.session.scalars(
        select(ReturnVisit)
        .where(ReturnVisit.complaint_id == complaint_id)
        .order_by(ReturnVisit.occasion.desc())
        .limit(1)
    ).one_or_none()
    if latest is not None and latest.occasion >= times:
        return None
    if latest is not None and latest.status == "planned":
        # Reopened and settled again before anybody went: one visit, for the last settlement.
        latest.occasion, latest.due_on = times, due
        return latest
    complaint = fetch(Complaint, complaint_id)
    return _plan(
        roster,
        today,
        branch_id=complaint.branch_id,
        cause="complaint",
        key="complaint_major" if complaint.severity == "major" else "complaint",
        due=due,
        barred=(complaint.subject_id,),
        customer_id=complaint.customer_id,
        complaint_id=complaint.id,
        occasion=times,
    )


def _for_order(roster: _Roster, today: date, order_id: int) -> ReturnVisit | None:
    order = fetch(WorkOrder, order_id)
    ended = order.finished_at or order.closed_at
    assert ended is not None  # a closed order was closed at some time
    return _plan(
        roster,
        today,
        branch_id=order.branch_id,
        cause="repair",
        key="repair",
        due=rules.due_on(clock.local(ended).date(), settings.number(DAYS["repair"])),
        barred=(order.technician_id,),
        customer_id=order.repair_call.voucher.customer_id,
        work_order_id=order.id,
    )


def _at_mid_term(today: date, since: date) -> list[tuple[int, date]]:
    until = today + timedelta(days=settings.number(PLAN_DAYS))
    middles = [(key, rules.mid_term(first, last)) for key, first, last in queries.contracts_without_visit(today)]
    return [(key, middle) for key, middle in middles if since <= middle <= until]


def _for_contract(roster: _Roster, today: date, contract_id: int, middle: date) -> ReturnVisit | None:
    contract = fetch(Contract, contract_id)
    return _plan(
        roster,
        today,
        branch_id=contract.branch_id,
        cause="contract",
        key="contract",
        due=middle,
        barred=(),
        customer_id=contract.customer_id,
        contract_id=contract.id,
    )


@command("return_visit.plan")
def plan_other(
    actor: Principal,
    *,
    customer_id: int,
    reason: str,
    due_on: date | None = None,
    visitor_id: int | None = None,
    at: datetime | None = None,
) -> ReturnVisit:
    """Plan a visit for another service (RV-1): due after so many days unless a day is given. Raises ``Refused``."""
    today = clock.local(at or clock.now()).date()
    if due_on is not None and due_on < today:
        raise Refused(N_("This day has passed."), field="due_on")
    customer = fetch(Customer, customer_id)
    roster = _Roster.now()
    visit = _plan(
        roster,
        today,
        branch_id=customer.branch_id if actor.branch_id is None else _branch_of(actor, customer),
        cause="other",
        key="other",
        due=due_on or rules.due_on(today, settings.number(DAYS["other"])),
        barred=(),
        customer_id=customer.id,
        reason=reason,
    )
    assert visit is not None  # nothing about it is unique but its number
    if visitor_id is not None:
        visit.visitor_id = _visitor(visitor_id, ()).id
    return visit


def _branch_of(actor: Principal, customer: Customer) -> int:
    """The customer's branch for those who work for all branches, else one's own."""
    own = actor.branch_id if not actor.has("service_department", "system") else None
    return own or customer.branch_id


# -- making the visit (RV-4) ------------------------------------------------------------------------------------


def _about(visit: ReturnVisit) -> tuple[int | None, ...]:
    """Whom the visit is about: they do not make it themselves (CP-4)."""
    complaint: Any = Complaint.__table__
    order: Any = WorkOrder.__table__
    # Core: the scope hides a complaint from its subject, who is the very person to be found.
    subject = select(complaint.c.subject_id).where(complaint.c.id == visit.complaint_id)
    technician = select(order.c.technician_id).where(order.c.id == visit.work_order_id)
    return db.session.scalar(subject), db.session.scalar(technician)


def _visitor(staff_id: int, barred: Iterable[int | None]) -> Staff:
    staff = fetch(Staff, staff_id)
    rules.check_visitor(staff.id, tuple(barred))
    if not staff.active:
        raise Refused(N_("This person no longer works here."), field="visitor_id")
    return staff


def _moment(at: datetime | None) -> datetime:
    now = clock.now()
    if at is not None and at > now:
        raise Refused(N_("This lies in the future."), field="at")
    return at or now


@command("return_visit.record")
def record(
    actor: Principal,
    visit_id: int,
    *,
    spoke_to: str,
    manner: str,
    satisfaction: str,
    shortcomings: str = "",
    suggestions: str = "",
    open_complaint: bool = False,
    at: datetime | None = None,
) -> ReturnVisit:
    """Record a visit made: spoken to whom, how, how satisfied, what to do better (RV-4).

    ``open_complaint`` opens a complaint from what the customer said, in the same transaction. Raises ``Refused``: an
    unsatisfactory visit says what was wrong, and nobody rates their own work.
    """
    visit = fetch(ReturnVisit, visit_id)
    moment = _moment(at)
    if actor.staff_id is not None and actor.staff_id in _about(visit):
        raise Refused(N_("The visit is about your own work: somebody else makes it."))
    if (rules.is_unsatisfactory(satisfaction) or open_complaint) and not shortcomings:
        raise Refused(N_("Write down what the customer is not satisfied with."), field="shortcomings")
    rules.LIFECYCLE.apply(visit, "record", actor.roles, satisfaction=satisfaction, manner=manner, spoke_to=spoke_to)
    visit.done_at, visit.manner, visit.spoke_to = moment, manner, spoke_to
    visit.satisfaction, visit.shortcomings, visit.suggestions = satisfaction, shortcomings, suggestions
    if visit.visitor_id is None:
        visit.visitor_id = actor.staff_id
    if open_complaint:
        open_complaint_from_visit(actor, visit.id)
    return visit


@command("return_visit.attempt")
def attempt(actor: Principal, visit_id: int, *, said: str, at: datetime | None = None) -> ReturnVisit:
    """Note a try that did not reach the customer; the visit stays to be made (RV-4)."""
    visit = fetch(ReturnVisit, visit_id)
    rules.LIFECYCLE.apply(visit, "attempt", actor.roles, said=said)
    visit.attempts.append(VisitAttempt(at=_moment(at), staff_id=actor.staff_id, note=said))
    return visit


@command("return_visit.reassign")
def reassign(
    actor: Principal, visit_id: int, *, visitor_id: int, companion_id: int | None = None, at: datetime | None = None
) -> ReturnVisit:
    """Give the visit to somebody else, and name who goes along (RV-2). Raises ``Refused``."""
    visit = fetch(ReturnVisit, visit_id)
    barred = _about(visit)
    rules.LIFECYCLE.apply(visit, "reassign", actor.roles, visitor_id=visitor_id)
    visit.visitor_id = _visitor(visitor_id, barred).id
    visit.companion_id = None
    if companion_id is not None and companion_id != visitor_id:
        visit.companion_id = _visitor(companion_id, barred).id
    return visit


@command("return_visit.cancel")
def cancel(actor: Principal, visit_id: int, *, reason: str, at: datetime | None = None) -> ReturnVisit:
    """Give the visit up, with a reason."""
    visit = fetch(ReturnVisit, visit_id)
    rules.LIFECYCLE.apply(visit, "cancel", actor.roles, reason=reason)
    visit.cancel_reason = reason
    return visit


@command("return_visit.open_complaint")
def open_complaint_from_visit(
    actor: Principal, visit_id: int, *, content: str = "", category: str | None = None, at: datetime | None = None
) -> Complaint:
    """Make a complaint of what the customer said at a visit; one visit opens one (RV-4). Raises ``Refused``."""
    visit = fetch(ReturnVisit, visit_id)
    if visit.status != "done":
        raise Refused(N_("Record the visit first."))
    if visit.opened_complaint_id is not None:
        raise Refused(N_("A complaint has been opened for this visit already."))
    said = content or "\n".join(part for part in (visit.shortcomings, visit.suggestions) if part)
    if not said:
        raise Refused(N_("Write down what the customer is not satisfied with."), field="content")
    complaint = complaints.enter(
        actor,
        complainant=visit.spoke_to or visit.who,
        phone=visit.phone,
        content=said,
        channel="telephone" if visit.manner == "telephone" else "counter",
        category=category or ("repair_quality" if visit.cause == "repair" else "after_sales"),
        customer_id=visit.customer_id,
        voucher_id=_voucher_id(visit),
        work_order_id=visit.work_order_id,
        branch_id=visit.branch_id,
        received_at=visit.done_at,
        at=at,
    )
    visit.opened_complaint_id = complaint.id
    return complaint


def _voucher_id(visit: ReturnVisit) -> int | None:
    if visit.work_order is not None:
        return visit.work_order.repair_call.voucher_id
    return visit.complaint.voucher_id if visit.complaint is not None else None
