"""What people do with maintenance contracts (CO-1, SO-16)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select

from app.calendars.queries import calendar_for
from app.calendars.rules import add_working_days
from app.contracts import queries
from app.contracts.models import Contract, ContractItem, ContractNotice, PlannedVisit
from app.contracts.rules import CONTRACT, check_term, visits_to_plan
from app.core import clock
from app.core.actors import SYSTEM, Principal
from app.core.db import db
from app.core.errors import N_, Refused
from app.core.fetch import fetch
from app.core.numbering import next_number
from app.core.outbox import want
from app.core.uow import command, unit_of_work
from app.customers.models import Customer, Voucher
from app.organisation.models import Branch, Staff

CONTRACT_PREFIX = "HT"


@command("contract.create")
def create_contract(
    actor: Principal,
    *,
    customer_id: int,
    starts_on: date,
    ends_on: date,
    price: Decimal = Decimal(0),
    visits: int = 0,
    labour_free: bool = True,
    parts_free: bool = False,
    callout_free: bool = True,
    voucher_ids: Iterable[int] = (),
    note: str = "",
    at: datetime | None = None,
) -> Contract:
    """Draft a contract for a term (both days included) at a price in CNY, with so many maintenance visits (CO-1).

    Raises ``Refused`` for a term that ends before it begins or a product of another customer.
    """
    check_term(starts_on, ends_on)
    customer = fetch(Customer, customer_id)
    branch = fetch(Branch, customer.branch_id)
    contract = Contract(
        number=next_number(CONTRACT_PREFIX, branch.code, clock.local(at or clock.now()).date()),
        branch=branch,
        customer=customer,
        starts_on=starts_on,
        ends_on=ends_on,
        price=price,
        visits=visits,
        labour_free=labour_free,
        parts_free=parts_free,
        callout_free=callout_free,
        note=note,
    )
    db.session().add(contract)
    _cover(contract, voucher_ids)
    db.session().flush()
    return contract


@command("contract.update")
def update_contract(
    actor: Principal,
    contract_id: int,
    *,
    starts_on: date,
    ends_on: date,
    price: Decimal,
    visits: int,
    labour_free: bool,
    parts_free: bool,
    callout_free: bool,
    note: str = "",
    version: int | None = None,
) -> Contract:
    """Change the terms of a draft or of a contract in force. A new end is notified anew (CO-1, SO-16)."""
    contract = fetch(Contract, contract_id, version=version)
    _still_open(contract)
    check_term(starts_on, ends_on)
    contract.starts_on, contract.ends_on, contract.price, contract.visits = starts_on, ends_on, price, visits
    contract.labour_free, contract.parts_free, contract.callout_free = labour_free, parts_free, callout_free
    contract.note = note
    _plan_visits(contract)
    return contract


@command("contract.choose_products")
def choose_products(actor: Principal, contract_id: int, *, voucher_ids: Iterable[int]) -> Contract:
    """Cover exactly these products of the customer (CO-1). Raises ``Refused`` for another customer's."""
    contract = fetch(Contract, contract_id)
    _still_open(contract)
    wanted = list(dict.fromkeys(voucher_ids))
    if contract.status == "in_force" and not wanted:
        raise Refused(N_("Choose the products that the contract covers."), field="voucher_ids")
    for item in [item for item in contract.items if item.voucher_id not in wanted]:
        contract.items.remove(item)
    covered = {item.voucher_id for item in contract.items}
    _cover(contract, [voucher_id for voucher_id in wanted if voucher_id not in covered])
    _plan_visits(contract)
    return contract


def _still_open(contract: Contract) -> None:
    if contract.status not in ("draft", "in_force"):
        raise Refused(N_("This contract is over; it can only be renewed."))


def _cover(contract: Contract, voucher_ids: Iterable[int]) -> None:
    for voucher_id in dict.fromkeys(voucher_ids):
        voucher = fetch(Voucher, voucher_id)
        if voucher.customer_id != contract.customer.id:
            raise Refused(
                N_("The product %(number)s belongs to another customer."), field="voucher_ids", number=voucher.number
            )
        contract.items.append(ContractItem(voucher=voucher))


@command("contract.put_in_force")
def put_in_force(actor: Principal, contract_id: int) -> Contract:
    """The customer has signed: from its first day the contract covers its products (SO-1)."""
    contract = fetch(Contract, contract_id)
    CONTRACT.apply(contract, "put_in_force", actor.roles)
    _plan_visits(contract)
    return contract


@command("contract.cancel")
def cancel(actor: Principal, contract_id: int, *, reason: str) -> Contract:
    """Cancel a draft, or a contract before its time."""
    contract = fetch(Contract, contract_id)
    CONTRACT.apply(contract, "cancel", actor.roles, reason=reason)
    contract.reason = reason
    _plan_visits(contract)
    return contract


@command("contract.end")
def end(actor: Principal, contract_id: int) -> Contract:
    """Mark a contract as ended; done by itself the day after its last day."""
    contract = fetch(Contract, contract_id)
    CONTRACT.apply(contract, "end", actor.roles)
    _plan_visits(contract)
    return contract


def _plan_visits(contract: Contract) -> None:
    """Plan the maintenance visits of a contract in force for each product; what is a call already stays (SO-23).

    Days on which the branch is closed give way to the next open day within the term. A contract that is over keeps
    only the visits that were made.
    """
    session = db.session()
    session.flush()
    session.execute(select(Contract.id).where(Contract.id == contract.id).with_for_update())
    session.expire(contract, ["planned_visits"])
    today, calendar = clock.today(), calendar_for(contract.branch_id)
    wanted: set[tuple[int, date]] = set()
    for item in contract.items if contract.status == "in_force" else ():
        called = [visit for visit in contract.planned_visits if visit.voucher_id == item.voucher_id and visit.called_at]
        taken = {visit.due_on for visit in called}
        for day in visits_to_plan(contract.starts_on, contract.ends_on, contract.visits, len(called), today):
            open_day = add_working_days(calendar, day, 0)
            due_on = open_day if open_day <= contract.ends_on else day
            if due_on not in taken:
                wanted.add((item.voucher_id, due_on))
    for visit in [visit for visit in contract.planned_visits if visit.called_at is None]:
        if (visit.voucher_id, visit.due_on) not in wanted:
            contract.planned_visits.remove(visit)
        wanted.discard((visit.voucher_id, visit.due_on))
    for voucher_id, due_on in sorted(wanted, key=lambda pair: (pair[1], pair[0])):
        contract.planned_visits.append(PlannedVisit(voucher_id=voucher_id, due_on=due_on))
    session.flush()


@command("contract.renew")
def renew(
    actor: Principal,
    contract_id: int,
    *,
    starts_on: date,
    ends_on: date,
    price: Decimal,
    visits: int | None = None,
    at: datetime | None = None,
) -> Contract:
    """Draft the successor: same customer, products and conditions, new term and price; it points to this one (CO-1).

    Raises ``Refused`` when there is a successor already, or the terms overlap.
    """
    contract = fetch(Contract, contract_id)
    if contract.status not in ("in_force", "ended"):
        raise Refused(N_("Only a contract that was in force can be renewed."))
    # Two people at once: the second waits here and then sees the first one's renewal.
    db.session().execute(select(Contract.id).where(Contract.id == contract.id).with_for_update())
    existing = queries.successor(contract.id)
    if existing is not None:
        raise Refused(N_("It is renewed already: %(number)s."), number=existing.number)
    if starts_on <= contract.ends_on:
        raise Refused(N_("The renewal begins before the contract ends."), field="starts_on")
    following = create_contract(
        actor,
        customer_id=contract.customer_id,
        starts_on=starts_on,
        ends_on=ends_on,
        price=price,
        visits=contract.visits if visits is None else visits,
        labour_free=contract.labour_free,
        parts_free=contract.parts_free,
        callout_free=contract.callout_free,
        voucher_ids=[item.voucher_id for item in contract.items if item.voucher.customer_id == contract.customer_id],
        at=at,
    )
    following.predecessor = contract
    db.session().flush()
    return following


# -- the notice before the end ----------------------------------------------------------------------------------


@command("contract.notify")
def notify(
    actor: Principal, contract_id: int, *, visitor_id: int | None = None, at: datetime | None = None
) -> ContractNotice:
    """Give the 保养到期通知书: note it, name who visits for the renewal, have the letter made (SO-16).

    Raises ``Refused`` when the contract is not in force or the notice for this end was given already.
    """
    contract = fetch(Contract, contract_id)
    return _notify(contract, visitor_id, at or clock.now())


def _notify(contract: Contract, visitor_id: int | None, at: datetime) -> ContractNotice:
    if contract.status != "in_force":
        raise Refused(N_("Only a contract in force gets an expiry notice."))
    given = select(ContractNotice.id).where(
        ContractNotice.contract_id == contract.id,
        ContractNotice.kind == "expiry",
        ContractNotice.for_date == contract.ends_on,
    )
    if db.session().execute(given.execution_options(unscoped=True)).first() is not None:
        raise Refused(N_("The notice for this end was given already."))
    visitor = fetch(Staff, visitor_id) if visitor_id is not None else queries.renewal_visitor(contract.branch_id)
    notice = ContractNotice(contract=contract, kind="expiry", for_date=contract.ends_on, given_at=at, visitor=visitor)
    session = db.session()
    session.add(notice)
    session.flush()
    key = f"contract_expiry_notice-{contract.id}-{contract.ends_on:%Y%m%d}"
    want(
        "make_document",
        {
            "key": key,
            "name": "contract_expiry_notice",
            "date": clock.local(at).date().isoformat(),
            "branch": contract.branch.code,
            "record_id": contract.id,
        },
        dedup=key,
    )
    return notice


@command("contract.assign_visitor")
def assign_visitor(actor: Principal, notice_id: int, *, visitor_id: int) -> ContractNotice:
    """Let somebody else visit for the renewal (SO-16)."""
    notice = fetch(ContractNotice, notice_id)
    notice.visitor = fetch(Staff, visitor_id)
    return notice


def give_due_notices(at: datetime) -> int:
    """Give every notice that is due on this office day, each in a transaction of its own (SO-16); gives how many.

    Twice is once: a notice given is not due any more, and two schedulers at once meet at the unique key.
    """
    today = clock.local(at).date()
    count = 0
    for contract_id in queries.notices_due(today):
        with unit_of_work(SYSTEM, "contract.notify"):
            # Locked and asked again: another scheduler may have been here since.
            locked = select(Contract.id).where(Contract.id == contract_id).with_for_update()
            db.session().execute(locked)
            if not queries.notices_due(today, contract_id):
                continue
            _notify(fetch(Contract, contract_id), None, at)
            count += 1
    return count


def end_past_contracts(at: datetime) -> int:
    """Mark contracts whose last day is over as ended; gives how many."""
    ids = queries.past_their_end(clock.local(at).date())
    for contract_id in ids:
        end(SYSTEM, contract_id)
    return len(ids)
