"""Reads of the workshop: what is in the house, whose, since when, how the promise stands. Row scope applies."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app.calendars.queries import calendar_for
from app.calendars.rules import add_working_days, closing_time, working_minutes_between
from app.core import clock, settings
from app.core.actors import SYSTEM, acting_as, current
from app.core.db import db
from app.core.scope import widest
from app.customers.models import Customer, Voucher
from app.customers.rules import telephone_digits
from app.fieldservice.models import RepairCall, TimeEntry, WorkOrder
from app.fieldservice.queries import parts_unlike, to_agree
from app.parts.models import Part
from app.workshop import rules
from app.workshop.models import GoodsReceipt, ItemMovement, Loan, LoanUnit, PartsWait, RepairCard

MOST_ITEMS = 500


# -- the promise (SO-10) ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Promise:
    """How a card's promise stands: ``left`` and ``needed`` working minutes, ``slack`` what is to spare of them.

    ``still`` is what the minutes needed are for.
    """

    state: str
    due: datetime
    left: int
    needed: int
    still: rules.Expected

    @property
    def slack(self) -> int:
        """Negative: it will be late, or is."""
        return rules.slack(self.left, self.needed)

    @property
    def pressing(self) -> bool:
        """Whether it belongs on the supervisor's list: late, will be late, or nearly."""
        return self.state in (rules.LATE, rules.WILL_BE_LATE, rules.PRESSING)


def spent_minutes(card: RepairCard) -> int:
    """Minutes recorded on the job since the item came, whoever asks: the promise stands the same for everybody."""
    since = card.goods_receipt.in_at.replace(second=0, microsecond=0)
    if widest(TimeEntry.__tablename__, current()) == "own":
        # A technician sees the own minutes only.
        statement = select(func.sum(TimeEntry.minutes)).where(
            TimeEntry.work_order_id == card.goods_receipt.work_order_id, TimeEntry.started_at >= since
        )
        return int(db.session.execute(statement.execution_options(unscoped=True)).scalar() or 0)
    return sum(e.minutes for e in card.goods_receipt.work_order.time_entries if e.started_at >= since)


def promise_of(card: RepairCard, now: datetime | None = None, given: dict[str, str] | None = None) -> Promise:
    """How the promise stands; ``given``: the settings, for who asks of many cards at once."""
    value = given or settings.values()
    receipt = card.goods_receipt
    code = card.fault_code or receipt.work_order.repair_call.symptom_code
    usual = int(value["workshop_expected_minutes"])
    expected = rules.Expected(
        card.expected_minutes or (code.expected_minutes if code is not None else None) or usual,
        int(value["workshop_inspection_minutes"]),
        int(value["workshop_return_minutes"]),
    )
    at = receipt.out_at or now or clock.now()
    left = working_minutes_between(calendar_for(receipt.branch_id), at, card.promised_at)
    still = rules.still_to_do(card.status, expected, spent_minutes(card))
    needed = sum(still)
    missed = at.replace(second=0, microsecond=0) > card.promised_at
    state = rules.promise_state(
        left,
        needed,
        int(value["workshop_warning_minutes"]),
        missed=missed,
        returned=receipt.out_at is not None,
    )
    return Promise(state, card.promised_at, left, needed, still)


@dataclass(frozen=True)
class Ready:
    """What a repair needs before it may be reported done (SO-6, SO-8).

    ``minutes`` recorded by whoever repairs it since it came; ``to_agree``: the customer pays and has not agreed;
    ``parts``: name of the part, how many are agreed to, how many fitted, where the two differ.
    """

    minutes: int
    to_agree: bool
    parts: tuple[tuple[str, int, int], ...]

    @property
    def complete(self) -> bool:
        """Nothing is missing."""
        return self.minutes > 0 and not self.to_agree and not self.parts


def ready_to_report(card: RepairCard) -> Ready:
    """The same questions that ``report_done`` asks, for who looks before."""
    order, since = card.goods_receipt.work_order, card.goods_receipt.in_at.replace(second=0, microsecond=0)
    spent = select(func.sum(TimeEntry.minutes)).where(
        TimeEntry.work_order_id == order.id,
        TimeEntry.staff_id == card.technician_id,
        TimeEntry.started_at >= since,
    )
    unlike = parts_unlike(order)
    names = {row.id: row.name for row in db.session.scalars(select(Part).where(Part.id.in_(unlike)))} if unlike else {}
    return Ready(
        minutes=int(db.session.execute(spent.execution_options(unscoped=True)).scalar() or 0),
        to_agree=to_agree(order) and order.charges_agreed_at is None,
        parts=tuple((names.get(part, ""), *counts) for part, counts in unlike.items()),
    )


def bench_since(card: RepairCard, staff_id: int) -> datetime | None:
    """From when minutes at the bench are not recorded yet: today's begin of the work, or the end of the last entry."""
    begun = [each.at for each in card.events if each.kind in ("started", "resumed", "failed", "taken_up")]
    if card.status != rules.IN_REPAIR or not begun:
        return None
    # Typed to the minute: what follows an entry must not begin before its end, not even by seconds.
    ends = [
        (entry.started_at + timedelta(minutes=entry.minutes, seconds=59)).replace(second=0, microsecond=0)
        for entry in card.goods_receipt.work_order.time_entries
        if entry.staff_id == staff_id
    ]
    since = max([begun[-1].replace(second=0, microsecond=0), *ends])
    return since if clock.local(since).date() == clock.today() else None


def proposed_promise(branch_id: int, now: datetime | None = None) -> datetime:
    """What the form proposes: the branch's closing time so many working days from now (SO-7)."""
    calendar = calendar_for(branch_id)
    day = clock.local(now or clock.now()).date()
    on = add_working_days(calendar, day, settings.number("workshop_days"))
    return closing_time(calendar, on) or clock.at_local(on)


# -- what is in the house ---------------------------------------------------------------------------------------


def item_loads() -> tuple[Any, ...]:
    """Loader options of a receipt for all that a line about it says."""
    order = joinedload(GoodsReceipt.work_order)
    card = joinedload(GoodsReceipt.card)
    call = order.joinedload(WorkOrder.repair_call)
    return (
        joinedload(GoodsReceipt.voucher).joinedload(Voucher.customer).selectinload(Customer.telephones),
        joinedload(GoodsReceipt.voucher).joinedload(Voucher.product_model),
        joinedload(GoodsReceipt.branch),
        joinedload(GoodsReceipt.received_by),
        joinedload(GoodsReceipt.returned_by),
        order.selectinload(WorkOrder.time_entries),
        call.joinedload(RepairCall.symptom_code),
        card.joinedload(RepairCard.technician),
        card.joinedload(RepairCard.fault_code),
        card.selectinload(RepairCard.waits).joinedload(PartsWait.part),
        selectinload(GoodsReceipt.movements).joinedload(ItemMovement.to_staff),
        selectinload(GoodsReceipt.loans).joinedload(Loan.loan_unit).joinedload(LoanUnit.product_model),
    )


def in_house(
    branch_id: int | None = None,
    *,
    status: str | None = None,
    staff_id: int | None = None,
    limit: int = MOST_ITEMS,
) -> list[GoodsReceipt]:
    """Items in custody, the earliest promise first. ``staff_id``: those this person repairs."""
    statement = (
        select(GoodsReceipt)
        .join(RepairCard, RepairCard.goods_receipt_id == GoodsReceipt.id)
        .where(GoodsReceipt.out_at.is_(None))
        .options(*item_loads())
        .order_by(RepairCard.promised_at, GoodsReceipt.id)
        .limit(limit)
    )
    if branch_id is not None:
        statement = statement.where(GoodsReceipt.branch_id == branch_id)
    if status is not None:
        statement = statement.where(RepairCard.status == status)
    if staff_id is not None:
        statement = statement.where(RepairCard.technician_id == staff_id)
    return list(db.session.scalars(statement).unique())


def held_by(staff_id: int) -> list[GoodsReceipt]:
    """Items a person has in hand now."""
    return [
        item
        for item in in_house()
        if item.holder is not None and item.holder.to_staff_id == staff_id and item.holder.to_kind in rules.PERSONS
    ]


def left_with(staff_id: int) -> list[GoodsReceipt]:
    """All items in a person's hands, whoever asks and however many. Not narrowed by row scope, for rules."""
    newest = select(func.max(ItemMovement.id)).where(ItemMovement.goods_receipt_id == GoodsReceipt.id)
    statement = (
        select(GoodsReceipt)
        .join(ItemMovement, ItemMovement.id == newest.correlate(GoodsReceipt).scalar_subquery())
        .where(GoodsReceipt.out_at.is_(None), ItemMovement.to_staff_id == staff_id)
        .options(joinedload(GoodsReceipt.card))
        .order_by(GoodsReceipt.id)
    )
    return list(db.session.scalars(statement.execution_options(unscoped=True)).unique())


def bench_of(staff_id: int) -> list[GoodsReceipt]:
    """A technician's queue: the own repairs and what waits for somebody to take it up, the earliest promise first."""
    mine_or_free = (
        select(RepairCard.goods_receipt_id)
        .where(or_(RepairCard.technician_id == staff_id, RepairCard.technician_id.is_(None)))
        .where(RepairCard.status.in_((rules.WAITING, rules.IN_REPAIR, rules.WAITING_PARTS)))
    )
    ids = set(db.session.scalars(mine_or_free))
    return [item for item in in_house() if item.id in ids]


def pressing(branch_id: int | None = None, now: datetime | None = None) -> list[tuple[GoodsReceipt, Promise]]:
    """The supervisor's list: what is late or will be, before it is; the least to spare on top (SO-10)."""
    moment, given = now or clock.now(), settings.values()
    standings = ((item, promise_of(item.card, moment, given)) for item in in_house(branch_id))
    found = [(item, promise) for item, promise in standings if promise.pressing]
    return sorted(found, key=lambda pair: (pair[1].state != rules.LATE, pair[1].slack, pair[0].id))


def pressing_cards(now: datetime | None = None) -> list[int]:
    """Ids of the cards that will be late or nearly, without those late already: ``pressing`` with no more loaded than the
    promise needs, for lists and the start page.
    """
    moment, given = now or clock.now(), settings.values()
    order = contains_eager(RepairCard.goods_receipt).joinedload(GoodsReceipt.work_order)
    statement = (
        select(RepairCard)
        .join(RepairCard.goods_receipt)
        .where(GoodsReceipt.out_at.is_(None))
        .options(
            order.load_only(WorkOrder.id, WorkOrder.repair_call_id).options(
                selectinload(WorkOrder.time_entries).load_only(TimeEntry.started_at, TimeEntry.minutes),
                joinedload(WorkOrder.repair_call)
                .load_only(RepairCall.id, RepairCall.symptom_code_id)
                .joinedload(RepairCall.symptom_code),
            ),
            joinedload(RepairCard.fault_code),
        )
        .order_by(RepairCard.promised_at, RepairCard.goods_receipt_id)
        .limit(MOST_ITEMS)
    )
    standings = ((card.id, promise_of(card, moment, given)) for card in db.session.scalars(statement).unique())
    return [key for key, promise in standings if promise.pressing and promise.state != rules.LATE]


def count_in_house(*conditions: Any) -> int:
    """How many items the acting person sees in the house, by conditions on the card."""
    statement = (
        select(func.count(GoodsReceipt.id))
        .join(RepairCard, RepairCard.goods_receipt_id == GoodsReceipt.id)
        .where(GoodsReceipt.out_at.is_(None), *conditions)
    )
    return int(db.session.execute(statement).scalar_one())


def age_of(item: GoodsReceipt, today: date | None = None) -> int:
    """Days in the house, today or until it left."""
    last = clock.local(item.out_at).date() if item.out_at is not None else today or clock.today()
    return (last - clock.local(item.in_at).date()).days


def ageing(branch_id: int | None = None, today: date | None = None) -> dict[str, list[int]]:
    """Items in the house by branch and age: for each bound of ``rules.AGE_BUCKETS`` and beyond the last of them."""
    found: dict[str, list[int]] = {}
    for item in in_house(branch_id):
        row = found.setdefault(item.branch.name, [0] * (len(rules.AGE_BUCKETS) + 1))
        row[rules.bucket(age_of(item, today))] += 1
    return found


# -- one item -----------------------------------------------------------------------------------------------------


def by_tag(tag: str) -> RepairCard | None:
    """The card whose tag was scanned; None when there is none, or none the person may see."""
    statement = select(RepairCard).where(RepairCard.tag == tag).options(joinedload(RepairCard.goods_receipt))
    found: RepairCard | None = db.session.execute(statement).unique().scalar_one_or_none()
    return found


@dataclass(frozen=True)
class PublicItem:
    """What a customer may see of the own product: no name, no address, no price (SO-8, SO-10)."""

    number: str
    product: str
    step: int
    promised_at: datetime
    missed: bool
    returned_at: datetime | None
    unrepaired: bool
    waits: bool
    to_agree: bool
    loan: bool
    branch: str
    branch_phone: str
    branch_address: str


def public_item(*, tag: str = "", number: str = "", phone: str = "") -> PublicItem | None:
    """The item of this tag, which nobody guesses, or of number and telephone number together; None otherwise.

    Which of the two was wrong is not said. Nobody is logged in: not narrowed by row scope, but to that one item.
    """
    asked = RepairCard.tag == tag if tag else GoodsReceipt.number == number.strip().upper()
    with acting_as(SYSTEM):
        statement = select(GoodsReceipt).join(RepairCard, RepairCard.goods_receipt_id == GoodsReceipt.id)
        receipt = db.session.scalars(statement.where(asked).options(*item_loads())).unique().one_or_none()
        if receipt is None or not (tag or _asks_with(receipt, phone)):
            return None
        card, order, branch = receipt.card, receipt.work_order, receipt.branch
        return PublicItem(
            number=receipt.number,
            product=str(receipt.voucher.product_model),
            step=rules.public_step(card.status),
            promised_at=card.promised_at,
            missed=receipt.out_at is None and clock.now() > card.promised_at,
            returned_at=receipt.out_at,
            unrepaired=card.outcome in rules.UNREPAIRED,
            waits=card.waits_for is not None,
            to_agree=receipt.out_at is None and bool(order.charges) and not _agreed(order),
            loan=any(loan.back_at is None for loan in receipt.loans),
            branch=str(branch),
            branch_phone=branch.phone or "",
            branch_address=branch.address or "",
        )


def _agreed(order: WorkOrder) -> bool:
    return order.charges_agreed_at is not None or not to_agree(order)


def _asks_with(receipt: GoodsReceipt, phone: str) -> bool:
    typed = telephone_digits(phone).encode()
    known = [receipt.work_order.repair_call.caller_phone or ""]
    known += [each.number for each in receipt.voucher.customer.telephones]
    found = [hmac.compare_digest(telephone_digits(each).encode(), typed) for each in known if each]
    return len(typed) >= 7 and any(found)


def receipt_of(order_id: int) -> GoodsReceipt | None:
    """The receipt of a job, open or voided."""
    statement = select(GoodsReceipt).where(GoodsReceipt.work_order_id == order_id).options(*item_loads())
    found: GoodsReceipt | None = db.session.execute(statement).unique().scalar_one_or_none()
    return found


def open_receipt_of(voucher_id: int) -> GoodsReceipt | None:
    """The receipt under which a product is in the house now."""
    statement = (
        select(GoodsReceipt)
        .where(GoodsReceipt.voucher_id == voucher_id, GoodsReceipt.out_at.is_(None))
        .options(*item_loads())
    )
    found: GoodsReceipt | None = db.session.execute(statement).unique().scalar_one_or_none()
    return found


def holder_at(item: GoodsReceipt, at: datetime) -> ItemMovement | None:
    """The movement by which whoever had the item at that moment got it; None before it was taken back."""
    return next((move for move in reversed(item.movements) if move.at <= at), None)


# -- the register 004 (SO-7, SO-8) --------------------------------------------------------------------------------


def register(branch_id: int, first: date, last: date) -> list[GoodsReceipt]:
    """Items that came in or went out from ``first`` to ``last``, in the order of their numbers."""
    begin, end = clock.day_bounds(first)[0], clock.day_bounds(last)[1]
    came = (GoodsReceipt.in_at >= begin) & (GoodsReceipt.in_at < end)
    went = (GoodsReceipt.out_at >= begin) & (GoodsReceipt.out_at < end)
    statement = (
        select(GoodsReceipt)
        .where(GoodsReceipt.branch_id == branch_id, or_(came, went))
        .options(*item_loads())
        .order_by(GoodsReceipt.in_at, GoodsReceipt.id)
    )
    return list(db.session.scalars(statement).unique())


# -- loan units ---------------------------------------------------------------------------------------------------


def loans_out(branch_id: int | None = None) -> Sequence[Loan]:
    """Loans not back yet, the longest overdue first."""
    statement = (
        select(Loan)
        .join(Loan.goods_receipt)
        .where(Loan.back_at.is_(None))
        .options(
            joinedload(Loan.loan_unit).joinedload(LoanUnit.product_model),
            joinedload(Loan.goods_receipt),
            joinedload(Loan.customer).selectinload(Customer.telephones),
        )
        .order_by(Loan.due_on, Loan.id)
    )
    if branch_id is not None:
        statement = statement.where(GoodsReceipt.branch_id == branch_id)
    return db.session.scalars(statement).unique().all()


def is_overdue(loan: Loan, today: date | None = None) -> bool:
    """Whether a unit should have been back, or its customer has the own product again."""
    if loan.back_at is not None:
        return False
    return loan.due_on < (today or clock.today()) or loan.goods_receipt.out_at is not None


def free_units(branch_id: int, category: str | None = None) -> list[LoanUnit]:
    """Units of the branch that are in the house, those of the product's category first."""
    out = select(Loan.loan_unit_id).where(Loan.back_at.is_(None))
    statement = (
        select(LoanUnit)
        .where(LoanUnit.branch_id == branch_id, LoanUnit.active.is_(True), LoanUnit.id.not_in(out))
        .options(joinedload(LoanUnit.product_model))
        .order_by(LoanUnit.id)
    )
    found: Iterable[LoanUnit] = db.session.scalars(statement.execution_options(unscoped=True))
    return sorted(found, key=lambda unit: unit.product_model.category != category)
