"""The two verbs of the import: look (`preview`) and do (`import_customers`), the latter in one transaction."""

from __future__ import annotations

from sqlalchemy import true

from app.core import clock, scope
from app.core.actors import SYSTEM, Principal, acting_as
from app.core.db import db
from app.core.errors import NotPermitted
from app.core.numbering import next_number
from app.core.permissions import check
from app.core.uow import command
from app.customers.commands import VOUCHER_PREFIX
from app.customers.importing.known import read_known, read_options
from app.customers.importing.places import Place
from app.customers.importing.plan import Plan, PlannedCustomer, PlannedModel, PlannedVoucher, make_plan
from app.customers.importing.records import read_records
from app.customers.importing.rules import category_of
from app.customers.importing.sheet import Book
from app.customers.models import Address, Contact, Customer, ProductModel, Telephone, Voucher
from app.organisation.models import Branch, District

VERB = "customer.import"


def preview(actor: Principal, book: Book, *, branch_code: str | None = None) -> Plan:
    """What importing this list would do; changes nothing. Raises `NotPermitted`, and `Refused` for a bad branch."""
    check(actor, VERB)
    reading = read_records(book, clock.today())
    only_branch, shows = _reach(actor)
    with acting_as(SYSTEM):  # a number or serial taken in another branch must be found, too
        return make_plan(reading, read_known(reading), read_options(branch_code, only_branch, shows))


def _reach(actor: Principal) -> tuple[int | None, frozenset[int] | None]:
    """The one branch a person may enter for (None: any), and the branches whose customers the person may be told of
    (None: all). An administrator enters for every branch and is told of no customer."""
    if scope.criterion(Customer, actor).compare(true()):
        return None, None
    if actor.has("administrator"):
        return None, frozenset()
    if actor.branch_id is None:
        raise NotPermitted(VERB)
    return actor.branch_id, frozenset({actor.branch_id})


def enters_for_all(actor: Principal) -> bool:
    """Whether the person's lists may bring customers of every branch."""
    return _reach(actor)[0] is None


@command(VERB, bulk=True)
def import_customers(actor: Principal, book: Book, *, branch_code: str | None = None) -> Plan:
    """Compare once more inside the transaction, then enter everything that is not wrong (CU-1, SO-3).

    All or nothing: an error of the database leaves nothing behind. A second run changes nothing.
    """
    plan = preview(actor, book, branch_code=branch_code)
    if not plan.does_something:
        return plan
    with acting_as(SYSTEM):  # the plan has decided what may be touched
        models = {id(model): _model(model) for model in plan.models}
        customers = {id(customer): _customer(customer) for customer in plan.customers}
        addresses = _addresses(plan, customers)
        db.session.flush()
        _vouchers(plan.vouchers, customers, addresses, models)
    return plan


def _model(planned: PlannedModel) -> ProductModel:
    if planned.known is not None:
        found: ProductModel = db.session.get_one(ProductModel, planned.known.id)
        return found
    model = ProductModel(
        code=planned.code,
        name=planned.name,
        category=category_of(f"{planned.name} {planned.code}"),
        warranty_months=planned.warranty_months,
    )
    db.session.add(model)
    return model


def _customer(planned: PlannedCustomer) -> Customer | None:
    """The customer's row, new or found, with what the list adds to it; None when nothing has to be touched."""
    if planned.known is None:
        customer = Customer(
            name=planned.name,
            kind=planned.kind,
            branch_id=planned.branch_id,
            email=planned.email,
            note=planned.note,
        )
        db.session.add(customer)
    elif planned.is_changed:
        customer = db.session.get_one(Customer, planned.known.id)
        if planned.email:
            customer.email = planned.email
    else:
        return None
    for phone in planned.phones:
        customer.telephones.append(Telephone(number=phone.number, kind=phone.kind))
        if phone.extension:
            # No part of a number one can search for, but needed to reach the person.
            customer.note = f"{customer.note} {phone.number}-{phone.extension}".strip()[:1000]
    for name in planned.contacts:
        customer.contacts.append(Contact(name=name))
    return customer


def _addresses(plan: Plan, customers: dict[int, Customer | None]) -> dict[int, Address]:
    made: dict[int, Address] = {}
    pending: dict[int, District] = {}
    for planned in plan.customers:
        customer = customers[id(planned)]
        for address in planned.new_addresses:
            assert customer is not None
            assert address.place is not None
            row = Address(line=address.line)
            if address.place.id:
                row.district_id = address.place.id
            else:
                at = address.place.branch_id
                row.district = pending[at] = pending.get(at) or _pending_district(address.place)
            customer.addresses.append(row)
            made[id(address)] = row
    return made


def _pending_district(place: Place) -> District:
    """Where a branch's addresses of unknown district stand; counted as urban, so that nobody is let wait (SO-15)."""
    return District(code=place.code, city=place.city, name=place.name, zone="urban", branch_id=place.branch_id)


def _vouchers(
    planned: list[PlannedVoucher],
    customers: dict[int, Customer | None],
    addresses: dict[int, Address],
    models: dict[int, ProductModel],
) -> None:
    codes = {branch.id: branch.code for branch in db.session.query(Branch)}
    today = clock.today()
    for item in planned:
        if item.is_changed:
            _fill(item)
    fresh = [item for item in planned if item.known is None]
    # All numbers first: each one asked for flushes what is waiting, which is slow once much is.
    numbers = [next_number(VOUCHER_PREFIX, codes[item.customer.branch_id], today) for item in fresh]
    for number, item in zip(numbers, fresh, strict=True):
        assert item.address is not None
        customer = customers[id(item.customer)]
        known = item.customer.known
        db.session.add(
            Voucher(
                number=number,
                branch_id=item.customer.branch_id,
                customer_id=customer.id if customer is not None else known.id if known is not None else None,
                address_id=item.address.known_id or addresses[id(item.address)].id,
                product_model_id=models[id(item.model)].id,
                serial_no=item.record.serial or None,
                sold_on=item.record.sold_on,
                warranty_until=item.warranty_until,
                note=item.record.note,
            )
        )


def _fill(item: PlannedVoucher) -> None:
    assert item.known is not None
    voucher = db.session.get_one(Voucher, item.known.id)
    if item.fill_serial:
        voucher.serial_no = item.record.serial
    if item.fill_sold_on:
        voucher.sold_on = item.record.sold_on
    if item.fill_warranty:
        voucher.warranty_until = item.warranty_until
