"""The repair card's way through the house: begun, waiting for parts, inspected, ready (SO-8, SO-10)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import exists, select

from app.core import clock, i18n
from app.core.actors import SYSTEM, Principal, acting_as
from app.core.db import db
from app.core.errors import N_, Refused
from app.core.fetch import fetch
from app.core.uow import command
from app.fieldservice.commands import telling
from app.fieldservice.commands.charges import check_settled
from app.fieldservice.commands.deadlines import note_waiting
from app.fieldservice.models import FaultCode, TimeEntry
from app.parts.models import Part
from app.workshop import rules
from app.workshop.commands import steps
from app.workshop.models import Inspection, PartsWait, PromiseChange, RepairCard
from app.workshop.rules import REPAIR_CARD, Holder


@command("repair_card.assign")
def assign(
    actor: Principal,
    card_id: int,
    *,
    technician_id: int,
    expected_minutes: int | None = None,
    at: datetime | None = None,
) -> RepairCard:
    """The supervisor says who repairs it, and how many minutes that will take if it is known (SO-10)."""
    card = steps.locked_card(card_id)
    REPAIR_CARD.apply(card, "assign", actor.roles, technician_id=technician_id)
    person = steps.technician_for(card, technician_id)
    if expected_minutes is not None and not 1 <= expected_minutes <= 14400:
        raise Refused(N_("Between 1 and 14400 minutes."), field="expected_minutes")
    card.technician_id = person.id
    card.expected_minutes = expected_minutes or card.expected_minutes
    steps.event(card, "assigned", actor, at or clock.now(), person.name)
    db.session.flush()
    telling.of_order(person, card.goods_receipt.work_order, N_("A repair in the workshop is yours: %(number)s."))
    return card


@command("repair_card.start")
def start(actor: Principal, card_id: int, *, at: datetime | None = None) -> RepairCard:
    """A technician takes the item from where it is and begins; one that is nobody's becomes the own (SO-8).

    Of two who reach for it at once the second is told whose it is.
    """
    moment = at or clock.now()
    card = steps.locked_card(card_id)
    if card.technician_id is not None:
        steps.check_bench(actor, card)
    REPAIR_CARD.apply(card, "start", actor.roles)
    if actor.staff_id is None:
        raise Refused(N_("Who takes it?"))
    card.technician_id = steps.technician_for(card, actor.staff_id).id
    steps.move_item(card.goods_receipt, Holder(rules.TECHNICIAN, card.technician_id), actor, moment)
    steps.event(card, "started", actor, moment)
    db.session.flush()
    return card


@command("repair_card.wait_for_parts")
def wait_for_parts(
    actor: Principal,
    card_id: int,
    *,
    what: str = "",
    part_id: int | None = None,
    quantity: int = 1,
    expected_on: date | None = None,
    at: datetime | None = None,
) -> RepairCard:
    """The repair cannot go on without a part: which, how many, expected when (SO-10). The promise does not wait."""
    moment = at or clock.now()
    card = steps.locked_card(card_id)
    steps.check_bench(actor, card)
    part = fetch(Part, part_id) if part_id is not None else None
    words = (what or "").strip() or (part.name if part is not None else "")
    REPAIR_CARD.apply(card, "wait_for_parts", actor.roles, what=words)
    if quantity < 1:
        raise Refused(N_("At least one."), field="quantity")
    wait = PartsWait(
        card=card,
        part_id=part_id,
        quantity=quantity,
        what=words[:200],
        from_at=moment,
        expected_on=expected_on,
        by_id=actor.staff_id,
    )
    db.session.add(wait)
    note = f"{words} × {quantity}"
    steps.event(card, "waiting_parts", actor, moment, note)
    order = card.goods_receipt.work_order
    note_waiting(order.repair_call, "parts", note, actor, moment, order=order)
    db.session.flush()
    return card


@command("repair_card.resume")
def resume(actor: Principal, card_id: int, *, note: str = "", at: datetime | None = None) -> RepairCard:
    """The parts have come, or it goes on without them (SO-10)."""
    moment = at or clock.now()
    card = steps.locked_card(card_id)
    REPAIR_CARD.apply(card, "resume", actor.roles)
    _end_wait(card, actor, moment, note)
    steps.event(card, "resumed", actor, moment, note)
    db.session.flush()
    return card


def _end_wait(card: RepairCard, actor: Principal, moment: datetime, note: str = "") -> None:
    statement = select(PartsWait).where(PartsWait.repair_card_id == card.id, PartsWait.until_at.is_(None))
    wait = db.session.execute(statement).scalar_one_or_none()
    if wait is None:
        return
    if moment < wait.from_at:
        raise Refused(N_("This is earlier than the last change of the deadline."), field="at")
    wait.until_at = moment
    order = card.goods_receipt.work_order
    if order.repair_call.waiting_for:
        note_waiting(order.repair_call, "", note, actor, moment, order=order)


@command("repair_card.report_done")
def report_done(
    actor: Principal, card_id: int, *, fault_code_id: int, result: str, shelf: str = "", at: datetime | None = None
) -> RepairCard:
    """The repair is done: what it was and what was done; it goes to the supervisor's inspection (SO-8).

    Refused without minutes recorded since it came, and while paid work is not agreed or the parts are others (SO-6).
    """
    moment = at or clock.now()
    card = steps.locked_card(card_id)
    steps.check_bench(actor, card)
    receipt = card.goods_receipt
    REPAIR_CARD.find(card.status, "report_done")
    code = fetch(FaultCode, fault_code_id) if fault_code_id is not None else None
    since = exists().where(
        TimeEntry.work_order_id == receipt.work_order_id,
        TimeEntry.staff_id == card.technician_id,
        TimeEntry.started_at >= receipt.in_at.replace(second=0, microsecond=0),
    )
    if not db.session.execute(select(since)).scalar():
        raise Refused(N_("Record the minutes of the repair first."), field="minutes")
    check_settled(receipt.work_order)
    REPAIR_CARD.apply(card, "report_done", actor.roles, fault_code_id=fault_code_id, result=(result or "").strip())
    card.fault_code_id, card.result = code.id if code is not None else None, result.strip()[:1000]
    steps.move_item(receipt, Holder(rules.SHELF, None, shelf.strip()[:40]), actor, moment)
    steps.event(card, "done", actor, moment, result)
    steps.tell_branch(card, "supervisor", N_("%(number)s: repaired by %(who)s, to be inspected."), {"who": actor.name})
    db.session.flush()
    return card


# -- inspection (SO-8) -------------------------------------------------------------------------------------------


@command("repair_card.pass_inspection")
def pass_inspection(
    actor: Principal, card_id: int, *, checklist: str = "", note: str = "", at: datetime | None = None
) -> RepairCard:
    """The supervisor has inspected the repair: it may leave the house (SO-8). Nobody inspects the own repair."""
    moment = at or clock.now()
    card = steps.locked_card(card_id)
    REPAIR_CARD.apply(card, "pass_inspection", actor.roles, by=actor.staff_id)
    card.outcome, card.outcome_reason = rules.REPAIRED, ""
    _inspected(card, actor, moment, passed=True, reason=note, checklist=checklist)
    steps.event(card, "passed", actor, moment, note or checklist)
    steps.tell_branch(card, "clerk", N_("%(number)s: passed inspection, ready to be returned."), {})
    db.session.flush()
    return card


@command("repair_card.fail_inspection")
def fail_inspection(
    actor: Principal, card_id: int, *, reason: str, checklist: str = "", at: datetime | None = None
) -> RepairCard:
    """The repair is not good yet: back to the technician, with the reason (SO-8)."""
    moment = at or clock.now()
    card = steps.locked_card(card_id)
    REPAIR_CARD.apply(card, "fail_inspection", actor.roles, by=actor.staff_id, reason=(reason or "").strip())
    _inspected(card, actor, moment, passed=False, reason=reason, checklist=checklist)
    if card.technician_id is not None:
        steps.move_item(card.goods_receipt, Holder(rules.TECHNICIAN, card.technician_id), actor, moment)
    steps.event(card, "failed", actor, moment, reason)
    db.session.flush()
    if card.technician is not None:
        message = N_("%(number)s did not pass inspection: %(words)s")
        telling.of_order(card.technician, card.goods_receipt.work_order, message, reason, tone="warning")
    return card


def _inspected(
    card: RepairCard, actor: Principal, moment: datetime, *, passed: bool, reason: str, checklist: str
) -> None:
    row = Inspection(
        card=card,
        at=moment,
        by_id=actor.staff_id,
        passed=passed,
        reason=(reason or "").strip()[:300],
        checklist=(checklist or "").strip()[:500],
    )
    db.session.add(row)


# -- not repaired, after all -------------------------------------------------------------------------------------


@command("repair_card.give_up")
def give_up(actor: Principal, card_id: int, *, outcome: str, reason: str, at: datetime | None = None) -> RepairCard:
    """It goes back as it came: ``irreparable``, or the customer ``declined`` the quote; with the reason.

    Refused while parts are fitted: they are taken out again first.
    """
    moment = at or clock.now()
    card = steps.locked_card(card_id)
    if card.status != rules.WAITING:
        steps.check_bench(actor, card)
    order = card.goods_receipt.work_order
    if order.parts_fitted:
        raise Refused(N_("Parts are fitted: take them out again first."), field="outcome")
    REPAIR_CARD.apply(card, "give_up", actor.roles, outcome=outcome, reason=(reason or "").strip())
    card.outcome, card.outcome_reason = outcome, reason.strip()[:300]
    _end_wait(card, actor, moment)
    with i18n.in_language():  # the history speaks one language, whoever works in another
        words = f"{i18n.say(rules.OUTCOME_LABELS[outcome])}: {reason.strip()}"
    steps.event(card, "given_up", actor, moment, words)
    steps.tell_branch(
        card, "supervisor", N_("%(number)s goes back unrepaired: %(words)s"), {"words": words[:200]}, tone="warning"
    )
    db.session.flush()
    return card


@command("repair_card.take_up")
def take_up(actor: Principal, card_id: int, *, reason: str, at: datetime | None = None) -> RepairCard:
    """It is repaired after all, or not ready after all: the customer agreed, a fault came back on the shelf."""
    card = steps.locked_card(card_id)
    REPAIR_CARD.apply(card, "take_up", actor.roles, reason=(reason or "").strip())
    card.outcome, card.outcome_reason = "", ""
    steps.event(card, "taken_up", actor, at or clock.now(), reason)
    db.session.flush()
    return card


# -- who has it, and until when (SO-8, SO-10) ---------------------------------------------------------------------


@command("repair_card.hand_to")
def hand_to(
    actor: Principal,
    card_id: int,
    *,
    to: str,
    staff_id: int | None = None,
    place: str = "",
    note: str = "",
    at: datetime | None = None,
) -> RepairCard:
    """Note that the item is with somebody else now: a ``shelf`` (``place``), a ``technician``, the ``supervisor``."""
    card = steps.locked_card(card_id)
    REPAIR_CARD.apply(card, "hand_to", actor.roles, to=to)
    if to == rules.CUSTOMER:
        raise Refused(N_("Hand it back with the customer's signature."), field="to")
    target = Holder(to, staff_id, (place or "").strip()[:40] if to == rules.SHELF else "")
    if to in rules.PERSONS and staff_id is None and actor.has(to):
        target = Holder(to, actor.staff_id)
    rules.check_holder(target)
    if target.staff_id is not None:
        _check_person(card, to, target.staff_id)
    if steps.move_item(card.goods_receipt, target, actor, at or clock.now(), note=note or "") is None:
        raise Refused(N_("The item is there already."), field="to")
    return card


def _check_person(card: RepairCard, job: str, staff_id: int) -> None:
    from app.organisation.models import Staff

    with acting_as(SYSTEM):
        person = db.session.execute(select(Staff).where(Staff.id == staff_id)).scalar_one_or_none()
    if person is None or not person.active or person.job != job or person.branch_id != card.goods_receipt.branch_id:
        raise Refused(N_("This person does not have that post in this branch."), field="staff_id")


@command("repair_card.change_promise")
def change_promise(
    actor: Principal,
    card_id: int,
    *,
    promised_at: datetime,
    told_to: str,
    reason: str,
    told_at: datetime | None = None,
    at: datetime | None = None,
) -> RepairCard:
    """Another time is promised: ``told_to`` says which of the customer's people was told, when, and why (SO-10).

    A loan unit that was lent until the promised day goes along with the promise, earlier or later.
    """
    moment = at or clock.now()
    card = steps.locked_card(card_id)
    REPAIR_CARD.apply(
        card,
        "change_promise",
        actor.roles,
        promised_at=promised_at,
        told_to=(told_to or "").strip(),
        reason=(reason or "").strip(),
    )
    if promised_at <= moment:
        raise Refused(N_("The promised time lies in the past."), field="promised_at")
    if promised_at == card.promised_at:
        raise Refused(N_("This is what was promised already."), field="promised_at")
    if told_at is not None and told_at > moment:
        raise Refused(N_("The customer is told first."), field="told_at")
    change = PromiseChange(
        card=card,
        at=moment,
        old_at=card.promised_at,
        new_at=promised_at,
        told_to=told_to.strip()[:64],
        told_at=told_at or moment,
        reason=reason.strip()[:200],
        staff_id=actor.staff_id,
    )
    db.session.add(change)
    words = f"{clock.local(card.promised_at):%m-%d %H:%M} → {clock.local(promised_at):%m-%d %H:%M} ({told_to.strip()})"
    old_day, new_day = (clock.local(each).date() for each in (card.promised_at, promised_at))
    for loan in card.goods_receipt.loans:
        if loan.back_at is None and loan.due_on == old_day:
            loan.due_on = new_day
    card.promised_at = promised_at
    steps.event(card, "promise", actor, moment, words)
    db.session.flush()
    return card


@command("repair_card.ask_for_help")
def ask_for_help(actor: Principal, card_id: int, *, reason: str, at: datetime | None = None) -> RepairCard:
    """The technician sees that the promise cannot be kept and tells the supervisor, before it is broken (SO-10)."""
    card = steps.locked_card(card_id)
    REPAIR_CARD.apply(card, "ask_for_help", actor.roles, reason=(reason or "").strip())
    steps.event(card, "help", actor, at or clock.now(), reason)
    steps.tell_branch(
        card,
        "supervisor",
        N_("%(number)s: %(who)s cannot keep the promise of %(due)s: %(reason)s"),
        {
            "who": actor.name,
            "due": f"{clock.local(card.promised_at):%m-%d %H:%M}",
            "reason": reason.strip()[:150],
        },
        tone="warning",
    )
    db.session.flush()
    return card
