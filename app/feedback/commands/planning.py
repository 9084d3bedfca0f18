"""Planning return visits: once for each cause (RV-1), given to somebody (RV-2), moved when the cause changes.

What is planned, within how many days and who goes stands in the table ``visit_rule``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.complaints import queries as complaint_queries
from app.complaints.models import Complaint
from app.contracts.models import Contract
from app.core import clock, i18n, settings
from app.core.actors import Principal
from app.core.db import db
from app.core.errors import N_, Refused
from app.core.fetch import fetch
from app.core.numbering import next_number
from app.core.uow import command
from app.customers.models import Customer
from app.feedback import queries, rules
from app.feedback.models import LOOK_BACK_DAYS, PLAN_DAYS, ReturnVisit, VisitRule
from app.fieldservice.models import CrewMember, WorkOrder
from app.organisation.models import Branch, Staff

# So many work orders are looked at in one transaction: others wait for the lock meanwhile.
BATCH = 200


# -- planning (RV-1, RV-2) --------------------------------------------------------------------------------------


@dataclass
class _Roster:
    """Who could visit: everybody at work, by job, and how many visits each has to make."""

    staff: list[Any]
    loads: dict[int, int]
    by_trigger: dict[str, VisitRule]
    branches: dict[int, Branch] = field(default_factory=dict)

    @classmethod
    def now(cls) -> _Roster:
        table: Any = Staff.__table__
        staff = db.session.execute(
            select(table.c.id, table.c.job, table.c.branch_id).where(table.c.active.is_(True)).order_by(table.c.id)
        ).all()
        active = db.session.scalars(select(VisitRule).where(VisitRule.active.is_(True)))
        return cls(list(staff), queries.loads(), {rule.trigger_on: rule for rule in active})

    def branch(self, branch_id: int) -> Branch:
        if branch_id not in self.branches:
            self.branches[branch_id] = fetch(Branch, branch_id)
        return self.branches[branch_id]

    def choose(self, rule: VisitRule, branch_id: int, barred: Iterable[int | None]) -> tuple[int | None, int | None]:
        """Visitor and companion by the rule (RV-2): who has least to do, never somebody the visit is about.

        Where nobody of a job is left, those above take their place; without a visitor the companion goes alone.
        """
        out = set(barred)
        going: list[int] = []
        for job in filter(None, (rule.visitor_job, rule.companion_job)):
            steps = (rules.pick(self._of(each, branch_id), out) for each in rules.upwards(job))
            found = next((one for one in steps if one is not None), None)
            if found is not None:
                going.append(found)
                out.add(found)
        if going:
            self.loads[going[0]] = self.loads.get(going[0], 0) + 1
        return going[0] if going else None, going[1] if len(going) > 1 else None

    def fit(self, visit: ReturnVisit, barred: Iterable[int | None]) -> bool:
        """Whether those who are to go still work here and are not concerned themselves (CP-4)."""
        at_work = {person.id for person in self.staff}
        out = set(barred) - {None}
        going = [one for one in (visit.visitor_id, visit.companion_id) if one is not None]
        return visit.visitor_id is not None and all(one in at_work and one not in out for one in going)

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
    trigger: str,
    cause_on: date,
    barred: Iterable[int | None],
    due: date | None = None,
    **about: Any,
) -> ReturnVisit | None:
    """A visit for one cause, by its rule; None without a rule, or when somebody else planned it at this moment."""
    rule = roster.by_trigger.get(trigger)
    if rule is None:
        return None
    try:
        with db.session.begin_nested():
            visitor_id, companion_id = roster.choose(rule, branch_id, barred)
            visit = ReturnVisit(
                number=next_number("HF", roster.branch(branch_id).code, on),
                branch_id=branch_id,
                cause=cause,
                rule_id=rule.id,
                cause_on=cause_on,
                due_on=due or rules.due_on(cause_on, rule.days),
                visitor_id=visitor_id,
                companion_id=companion_id,
                **about,
            )
            db.session.add(visit)
            db.session.flush()
    except IntegrityError:  # unique in the database
        return None
    return visit


@command("return_visit.plan_due")
def plan_due_visits(actor: Principal, *, at: datetime | None = None) -> int:
    """Plan the visits that settled complaints, closed work orders and contracts at mid-term call for (RV-1).

    Each cause is visited once, however often this runs; what is longer ago than the look-back is left alone. Visits
    whose cause changed meanwhile are moved, given to others or cancelled first. Gives the number of visits planned,
    0 when nothing is left to plan (a run looks at a limited number of work orders).
    """
    now = at or clock.now()
    today = clock.local(now).date()
    roster = _Roster.now()
    since = queries.look_back(now, settings.number(LOOK_BACK_DAYS))
    _replan(roster)
    planned = [
        *(_for_complaint(roster, today, *row) for row in complaint_queries.settled_since(since)),
        *(_for_order(roster, today, order_id) for order_id in queries.orders_without_visit(since, BATCH)),
        *(_for_contract(roster, today, *row) for row in _at_mid_term(today, clock.local(since).date())),
    ]
    return sum(visit is not None for visit in planned)


def _for_complaint(
    roster: _Roster, today: date, complaint_id: int, settled_at: datetime, times: int
) -> ReturnVisit | None:
    settled_on = clock.local(settled_at).date()
    latest: ReturnVisit | None = db.session.scalars(
        select(ReturnVisit)
        .where(ReturnVisit.complaint_id == complaint_id)
        .order_by(ReturnVisit.occasion.desc())
        .limit(1)
    ).one_or_none()
    if latest is not None and latest.occasion >= times:
        return None
    complaint = fetch(Complaint, complaint_id)
    trigger = _trigger(complaint.severity)
    if latest is not None and latest.to_call:
        # Reopened and settled again before anybody was spoken to: one visit, for the last settlement.
        rule = roster.by_trigger.get(trigger) or latest.rule
        latest.occasion, latest.status = times, "planned"
        _move(latest, settled_on, rule)
        return latest
    return _plan(
        roster,
        today,
        branch_id=complaint.branch_id,
        cause="complaint",
        trigger=trigger,
        cause_on=settled_on,
        barred=_concerned(complaint_id=complaint_id),
        customer_id=complaint.customer_id,
        complaint_id=complaint.id,
        occasion=times,
    )


def _trigger(severity: str) -> str:
    return "complaint_major" if severity == "major" else "complaint"


def about(visit: ReturnVisit) -> set[int]:
    """Whom the visit is about: those complained about, who handled it, who did the repair. They do not make it (CP-4)."""
    return _concerned(complaint_id=visit.complaint_id, order_id=visit.work_order_id)


def _concerned(*, complaint_id: int | None = None, order_id: int | None = None) -> set[int]:
    complaint: Any = Complaint.__table__
    order: Any = WorkOrder.__table__
    crew: Any = CrewMember.__table__
    found: set[int | None] = set()
    jobs = [order_id]
    if complaint_id is not None:
        found |= complaint_queries.subjects_of(complaint_id)
        columns = select(complaint.c.handler_id, complaint.c.work_order_id).where(complaint.c.id == complaint_id)
        row = db.session.execute(columns).one()
        found.add(row.handler_id)
        jobs.append(row.work_order_id)
    done = [key for key in jobs if key is not None]
    if done:
        found.update(db.session.scalars(select(order.c.technician_id).where(order.c.id.in_(done))))
        found.update(db.session.scalars(select(crew.c.staff_id).where(crew.c.work_order_id.in_(done))))
    return {key for key in found if key is not None}


def _for_order(roster: _Roster, today: date, order_id: int) -> ReturnVisit | None:
    order = fetch(WorkOrder, order_id)
    ended = order.finished_at or order.closed_at
    assert ended is not None  # a closed order was closed at some time
    return _plan(
        roster,
        today,
        branch_id=order.branch_id,
        cause="repair",
        trigger="repair",
        cause_on=clock.local(ended).date(),
        barred=_concerned(order_id=order.id),
        customer_id=order.repair_call.voucher.customer_id,
        work_order_id=order.id,
    )


def _at_mid_term(today: date, since: date) -> list[tuple[int, date]]:
    # Planned before it is due, so that it stands in the plan as coming.
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
        trigger="contract",
        cause_on=middle,
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
        branch_id=_branch_of(actor, customer),
        cause="other",
        trigger="other",
        cause_on=today,
        due=due_on,
        barred=(),
        customer_id=customer.id,
        reason=reason,
    )
    if visit is None:
        raise Refused(N_("No rule for return visits after other services is active."))
    if visitor_id is not None:
        visit.visitor_id = visitor(visitor_id, ()).id
    return visit


def _branch_of(actor: Principal, customer: Customer) -> int:
    """The customer's branch for those who work for all branches, else one's own."""
    own = actor.branch_id if not actor.has("service_department", "system") else None
    return own or customer.branch_id


def visitor(staff_id: int, barred: Iterable[int | None]) -> Staff:
    """Somebody who may make a visit. Raises ``Refused`` for who left, or whom the visit is about (CP-4)."""
    staff = fetch(Staff, staff_id)
    rules.check_visitor(staff.id, tuple(barred))
    if not staff.active:
        raise Refused(N_("This person no longer works here."), field="visitor_id")
    return staff


# -- the cause changes ------------------------------------------------------------------------------------------


def _replan(roster: _Roster) -> None:
    """Bring the visits still to be made into line with what they are about."""
    _follow_complaints(roster)
    _follow_contracts(roster)
    waiting = select(ReturnVisit).where(ReturnVisit.status == "planned").order_by(ReturnVisit.id)
    gone = select(Staff.id).where(Staff.active.is_(False))
    for visit in db.session.scalars(waiting.where(ReturnVisit.visitor_id.in_(gone))):
        _give(roster, visit)


def _follow_complaints(roster: _Roster) -> None:
    """A withdrawn complaint is not asked about; one judged otherwise is visited by others (RV-2), as is a new subject."""
    complaint: Any = Complaint.__table__
    rows = db.session.execute(
        select(ReturnVisit, complaint.c.status, complaint.c.severity)
        .join(complaint, complaint.c.id == ReturnVisit.complaint_id)
        .where(ReturnVisit.status.in_(("planned", "given_up")))
        .order_by(ReturnVisit.id)
    ).all()
    for visit, status, severity in rows:
        if status == "withdrawn":
            _drop(visit, N_("The complaint was withdrawn."))
            continue
        rule = roster.by_trigger.get(_trigger(severity))
        if rule is not None and visit.rule_id is not None and visit.rule_id != rule.id and visit.cause_on is not None:
            _move(visit, visit.cause_on, rule)
            _give(roster, visit)
        elif not roster.fit(visit, about(visit)) and visit.visitor_id is not None:
            _give(roster, visit)


def _follow_contracts(roster: _Roster) -> None:
    """The middle of the term moves with the contract's dates (CO-1); one that ended early is not asked about."""
    contract: Any = Contract.__table__
    rows = db.session.execute(
        select(ReturnVisit, contract.c.status, contract.c.starts_on, contract.c.ends_on)
        .join(contract, contract.c.id == ReturnVisit.contract_id)
        .where(ReturnVisit.status.in_(("planned", "given_up")))
        .order_by(ReturnVisit.id)
    ).all()
    for visit, status, first, last in rows:
        middle = rules.mid_term(first, last)
        if status == "cancelled":
            _drop(visit, N_("The contract was cancelled."))
        elif visit.cause_on is not None and middle != visit.cause_on:
            visit.status = "planned"
            _move(visit, middle, roster.by_trigger.get("contract") or visit.rule)


def _move(visit: ReturnVisit, cause_on: date, rule: VisitRule | None) -> None:
    """Count the due day anew; what was tried and told for the old one does not count for the new."""
    visit.cause_on = cause_on
    visit.due_on = rules.due_on(cause_on, rule.days if rule is not None else 0)
    visit.rule_id = rule.id if rule is not None else None
    visit.next_try_at = visit.escalated_at = None


def _give(roster: _Roster, visit: ReturnVisit) -> None:
    rule = roster.by_trigger.get(visit.trigger)
    if rule is not None:
        visit.visitor_id, visit.companion_id = roster.choose(rule, visit.branch_id, about(visit))


def _drop(visit: ReturnVisit, reason: str) -> None:
    rules.LIFECYCLE.apply(visit, "cancel", ("system",), reason=reason)
    with i18n.in_language():
        visit.cancel_reason = i18n.say(reason)
    visit.next_try_at = None
