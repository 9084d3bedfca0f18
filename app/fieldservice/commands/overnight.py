"""Closing the day: the register is compared with the vouchers, what is left goes to tomorrow, first (SO-14)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime

from sqlalchemy import select

from app.core import clock, inbox, settings
from app.core.actors import SYSTEM, Principal, acting_as
from app.core.db import db
from app.core.errors import N_, NotFound, Refused
from app.core.fetch import fetch
from app.core.uow import command
from app.fieldservice import queries, rules
from app.fieldservice.commands import steps
from app.fieldservice.models import CarryOver, DayClose, DayCloseFinding, RepairCall
from app.organisation.models import Branch, Staff

# What else happens when a branch's day is closed, within the same transaction; areas below append theirs: (branch, day).
DAY_CLOSED: list[Callable[[Branch, date], None]] = []

ALERT = N_("Repair call %(number)s of %(customer)s was carried over %(times)s times: please dispatch it first.")


@command("day_close.close")
def close_day(
    actor: Principal,
    branch_id: int,
    day: date,
    *,
    reasons: Mapping[int, str] | None = None,
    at: datetime | None = None,
) -> DayClose:
    """Close a branch's day: count what is carried over, note which vouchers are not where they should be, have the
    次日派工表 made (``DAY_CLOSED``), tell the supervisor of calls carried over repeatedly (SO-14).

    ``reasons``: the clerk's words by id of the call. A day already closed is given as it is: doing it twice changes
    nothing, also for two people at once. Raises ``Refused`` for a day to come, ``NotFound`` for another branch's.
    """
    moment = at or clock.now()
    if not actor.is_system and branch_id != actor.branch_id:
        raise NotFound(Branch.__name__)
    if day > clock.local(moment).date():
        raise Refused(N_("This day has not come yet."), field="day")
    branch = steps.locked(Branch, branch_id)
    with acting_as(SYSTEM):
        closed = queries.close_of(branch_id, day)
        if closed is not None:
            return closed
        closed = DayClose(branch=branch, day=day, closed_at=moment, closed_by_id=actor.staff_id)
        db.session.add(closed)
        db.session.flush()
        _carry_over(closed, min(moment, clock.day_bounds(day)[1]), reasons or {})
        _compare_vouchers(closed)
        for follow in DAY_CLOSED:
            follow(branch, day)
        _alert(closed)
        db.session.flush()
        return closed


def _carry_over(closed: DayClose, until: datetime, reasons: Mapping[int, str]) -> None:
    calls = queries.to_carry_over(closed.branch_id, closed.day, until, lock=True)
    given_back = queries.given_back_on([call.id for call in calls], closed.day)
    late = settings.number("carry_over_late_minutes")
    for call in calls:
        cause = rules.carry_cause(
            call.reported_at,
            until,
            waiting=bool(call.waiting_for),
            given_back=call.id in given_back,
            times=call.carried_over,
            late_minutes=late,
        )
        call.carried_over += 1
        reason = (reasons.get(call.id) or "").strip()[:200]
        row = CarryOver(repair_call=call, times=call.carried_over, cause=cause, reason=reason)
        closed.carried.append(row)
    db.session.flush()


def _compare_vouchers(closed: DayClose) -> None:
    for found in queries.voucher_findings(closed.branch_id):
        closed.findings.append(
            DayCloseFinding(voucher=found.voucher, kind=found.kind, holder_id=found.holder_id, repair_call=found.call)
        )


def _alert(closed: DayClose) -> None:
    alert_from = settings.number("carried_over_alert")
    rows = [row for row in closed.carried if rules.alert_wanted(row.times, alert_from)]
    for supervisor in supervisors_of(closed.branch_id) if rows else ():
        inbox.mail_to([_tell(supervisor, row) for row in rows])


def _tell(supervisor: Staff, row: CarryOver) -> inbox.InboxMessage:
    call = row.repair_call
    return inbox.post(
        supervisor.id,
        ALERT,
        {"number": call.number, "customer": call.voucher.customer.name, "times": row.times},
        link=f"/dispatch/?call={call.id}",
        tone="danger",
        email=supervisor.email,
    )


def supervisors_of(branch_id: int) -> list[Staff]:
    """The active supervisors of a branch."""
    statement = select(Staff).where(Staff.branch_id == branch_id, Staff.job == "supervisor", Staff.active.is_(True))
    return list(db.session.scalars(statement.order_by(Staff.id)))


@command("day_close.explain")
def explain_carry_over(actor: Principal, day_close_id: int, *, reasons: Mapping[int, str]) -> DayClose:
    """Put the clerk's words to calls carried over, by id of the call; an empty one leaves the derived cause (SO-14)."""
    closed = fetch(DayClose, day_close_id)
    for row in closed.carried:
        if row.repair_call_id in reasons:
            row.reason = reasons[row.repair_call_id].strip()[:200]
    db.session.flush()
    return closed


def close_due_days(now: datetime) -> int:
    """Close every working day that is over and not closed, each in a transaction of its own; gives how many."""
    due = queries.days_to_close(now)
    for branch_id, day in due:
        close_day(SYSTEM, branch_id, day, at=now)
    return len(due)


def check_turn(call: RepairCall, reason: str, at: datetime) -> str:
    """Refuse to dispatch a newer call while left-over ones wait, unless a reason is given (SO-14).

    Gives the reason as it is to be recorded; empty when none is needed.
    """
    today = clock.local(at).date()
    waiting = queries.left_over_before(call, today)
    if not rules.needs_reason(queries.is_carried_over(call, today), len(waiting)):
        return ""
    if not (reason or "").strip():
        raise Refused(
            N_("%(count)s calls left over from earlier days go first (%(number)s). To dispatch this one now, say why."),
            field="out_of_turn_reason",
            count=len(waiting),
            number=waiting[0].number,
        )
    return reason.strip()[:200]
