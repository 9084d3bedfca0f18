"""What people do with customers, their products and the service vouchers (CU-1, SO-3)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from app.core import clock
from app.core.actors import Principal
from app.core.db import db
from app.core.errors import N_, Refused
from app.core.fetch import fetch
from app.core.numbering import next_number
from app.core.uow import command
from app.customers import queries
from app.customers.models import Address, Customer, ProductModel, SerialChange, Telephone, Voucher, VoucherCustody
from app.customers.rules import (
    SERIAL_KINDS,
    check_dates,
    derived_warranty,
    normal_serial,
    telephone,
    telephone_kind,
    telephones,
)
from app.organisation.models import Branch, District, Staff

VOUCHER_PREFIX = "FW"


@command("customer.create")
def create_customer(
    actor: Principal,
    *,
    name: str,
    kind: str = "person",
    phones: str = "",
    district_id: int | None = None,
    line: str = "",
    email: str = "",
    note: str = "",
) -> Customer:
    """Open a customer's file with telephone numbers (several in one line) and the first address (CU-1).

    The file belongs to the actor's branch; that of somebody who works for all branches, to the branch that serves the
    address. Raises ``Refused`` for a number that is none or an address without its district. A number that another
    customer has is no reason to refuse: ask ``queries.same_telephone`` and point it out.
    """
    if not name.strip():
        raise Refused(N_("This is required."), field="name")
    if bool(line.strip()) != (district_id is not None):
        raise Refused(
            N_("An address needs its district and the street."), field="line" if district_id else "district_id"
        )
    district = fetch(District, district_id) if district_id is not None else None
    customer = Customer(name=name.strip(), kind=kind, branch_id=_branch_of(actor, district), email=email, note=note)
    customer.telephones = [Telephone(number=digits, kind=telephone_kind(digits)) for digits in _numbers(phones)]
    if district is not None:
        customer.addresses = [Address(district=district, line=line.strip())]
    session = db.session()
    session.add(customer)
    session.flush()
    return customer


def _numbers(phones: str) -> list[str]:
    try:
        return telephones(phones)
    except Refused as problem:
        raise Refused(problem.message, field="phones", **problem.params) from problem


def _branch_of(actor: Principal, district: District | None) -> int:
    for_all = actor.is_system or actor.has("service_department", "administrator")
    if district is not None and (for_all or actor.branch_id is None):
        return district.branch_id
    if actor.branch_id is None:
        raise Refused(N_("Without a branch of your own, give the address: its district decides."), field="district_id")
    return actor.branch_id


@command("customer.update")
def update_customer(
    actor: Principal,
    customer_id: int,
    *,
    name: str,
    kind: str,
    email: str = "",
    note: str = "",
    version: int | None = None,
) -> Customer:
    """Change what the file says of the customer. Raises ``Conflict`` for a stale ``version``."""
    customer = fetch(Customer, customer_id, version=version)
    if not name.strip():
        raise Refused(N_("This is required."), field="name")
    customer.name, customer.kind, customer.email, customer.note = name.strip(), kind, email, note
    return customer


@command("telephone.create")
def add_telephone(actor: Principal, customer_id: int, *, number: str, kind: str | None = None) -> Telephone:
    """Add a number to the customer's file, digits only (CU-1). Raises ``Refused`` for one the customer has already."""
    customer = fetch(Customer, customer_id)
    digits = telephone(number)
    _refuse_twice(customer.id, digits)
    added = Telephone(customer=customer, number=digits, kind=kind or telephone_kind(digits))
    db.session().add(added)
    db.session().flush()
    return added


@command("telephone.update")
def change_telephone(
    actor: Principal, telephone_id: int, *, number: str, kind: str | None = None, version: int | None = None
) -> Telephone:
    """Correct a number (CU-1)."""
    row = fetch(Telephone, telephone_id, version=version)
    digits = telephone(number)
    if digits != row.number:
        _refuse_twice(row.customer_id, digits)
    row.number, row.kind = digits, kind or telephone_kind(digits)
    return row


def _refuse_twice(customer_id: int, digits: str) -> None:
    statement = select(Telephone.id).where(Telephone.customer_id == customer_id, Telephone.number == digits)
    if db.session().execute(statement).first() is not None:
        raise Refused(N_("The customer already has this number."), field="number")


@command("address.create")
def add_address(actor: Principal, customer_id: int, *, district_id: int, line: str) -> Address:
    """Add an address; its district decides the zone of the arrival target (SO-15)."""
    customer = fetch(Customer, customer_id)
    if not line.strip():
        raise Refused(N_("This is required."), field="line")
    added = Address(customer=customer, district=fetch(District, district_id), line=line.strip())
    db.session().add(added)
    db.session().flush()
    return added


# -- service vouchers -------------------------------------------------------------------------------------------


@command("voucher.create")
def create_voucher(
    actor: Principal,
    *,
    customer_id: int,
    product_model_id: int,
    address_id: int | None = None,
    serial_no: str | None = None,
    sold_on: date | None = None,
    warranty_until: date | None = None,
    note: str = "",
    at: datetime | None = None,
) -> Voucher:
    """Open 001 for a product sold: one voucher a product, numbered, in the customer's file (SO-3).

    Without ``warranty_until`` the model's months run from the day of sale; without an address the customer's only one
    is taken. Raises ``Refused`` when the product has a voucher already or the address is another customer's.
    """
    customer = fetch(Customer, customer_id)
    model = fetch(ProductModel, product_model_id)
    address = _address_for(customer, address_id)
    serial = normal_serial(serial_no)
    _refuse_second(model, serial)
    today = clock.local(at or clock.now()).date()
    until = warranty_until or derived_warranty(sold_on, model.warranty_months)
    check_dates(sold_on, until, today)
    branch = fetch(Branch, customer.branch_id)
    voucher = Voucher(
        number=next_number(VOUCHER_PREFIX, branch.code, today),
        branch=branch,
        customer=customer,
        address=address,
        product_model=model,
        serial_no=serial,
        sold_on=sold_on,
        warranty_until=until,
        note=note,
    )
    session = db.session()
    session.add(voucher)
    session.flush()
    return voucher


@command("voucher.update")
def update_voucher(
    actor: Principal,
    voucher_id: int,
    *,
    product_model_id: int,
    address_id: int,
    serial_no: str | None = None,
    sold_on: date | None = None,
    warranty_until: date | None = None,
    note: str = "",
    version: int | None = None,
) -> Voucher:
    """Correct a voucher. A warranty that followed from sale and model keeps following them (SO-3)."""
    voucher = fetch(Voucher, voucher_id, version=version)
    model = fetch(ProductModel, product_model_id)
    serial = normal_serial(serial_no)
    _refuse_second(model, serial, voucher.id)
    followed = voucher.warranty_until == derived_warranty(voucher.sold_on, voucher.product_model.warranty_months)
    if warranty_until is None or (followed and warranty_until == voucher.warranty_until):
        warranty_until = derived_warranty(sold_on, model.warranty_months)
    check_dates(sold_on, warranty_until, clock.today())
    voucher.product_model = model
    voucher.address = _address_for(voucher.customer, address_id)
    voucher.serial_no, voucher.sold_on, voucher.warranty_until, voucher.note = serial, sold_on, warranty_until, note
    return voucher


def _address_for(customer: Customer, address_id: int | None) -> Address:
    if address_id is None:
        if len(customer.addresses) != 1:
            raise Refused(N_("Where does the product stand? Choose an address."), field="address_id")
        return customer.addresses[0]
    address = fetch(Address, address_id)
    if address.customer_id != customer.id:
        raise Refused(N_("This address belongs to another customer."), field="address_id")
    return address


def _refuse_second(model: ProductModel, serial: str | None, voucher_id: int | None = None) -> None:
    number = queries.voucher_with_serial(model.id, serial, voucher_id)
    if number is not None:
        raise Refused(N_("This product already has the voucher %(number)s."), field="serial_no", number=number)


def swap_number(
    actor: Principal,
    voucher: Voucher,
    *,
    kind: str,
    old: str,
    new: str,
    reference: str = "",
    at: datetime | None = None,
) -> SerialChange:
    """Note a number swapped in a repair; of a ``serial`` the voucher follows the new one (SO-17).

    Part of a larger verb: needs an open unit of work. ``old`` of a serial number is what the voucher says. Raises
    ``Refused`` for a number that is none, the same as before, or another product's.
    """
    if kind not in SERIAL_KINDS:
        raise Refused(N_("This is required."), field="kind")
    plain = normal_serial(new)
    before = (voucher.serial_no if kind == "serial" else normal_serial(old)) or ""
    if plain is None:
        raise Refused(N_("This is required."), field="new")
    if plain == before:
        raise Refused(N_("The new number is the old one."), field="new")
    if kind == "serial":
        number = queries.voucher_with_serial(voucher.product_model_id, plain, voucher.id)
        if number is not None:
            raise Refused(N_("This product already has the voucher %(number)s."), field="new", number=number)
        voucher.serial_no = plain[:64]
    row = SerialChange(
        voucher=voucher,
        kind=kind,
        old_no=before[:64],
        new_no=plain[:64],
        at=at or clock.now(),
        by_id=actor.staff_id,
        reference=reference[:40],
    )
    db.session().add(row)
    db.session().flush()
    return row


# -- where a voucher is -----------------------------------------------------------------------------------------


@command("voucher.check_out")
def check_out_voucher(
    actor: Principal, voucher_id: int, *, staff_id: int, reason: str = "", at: datetime | None = None
) -> VoucherCustody:
    """Take the voucher out of the file and give it to a person (SO-3). Raises ``Refused`` when it is out already."""
    return give_out(fetch(Voucher, voucher_id), fetch(Staff, staff_id), reason=reason, at=at)


@command("voucher.give_back")
def return_voucher(actor: Principal, voucher_id: int, *, at: datetime | None = None) -> VoucherCustody:
    """Put the voucher back into the file (SO-3, SO-5). Raises ``Refused`` when it is there."""
    return take_back(fetch(Voucher, voucher_id), at=at)


@command("voucher.transfer")
def transfer_voucher(
    actor: Principal, voucher_id: int, *, staff_id: int, reason: str = "", at: datetime | None = None
) -> VoucherCustody:
    """Note that the voucher went from one person to another without passing the file (SO-3)."""
    voucher = fetch(Voucher, voucher_id)
    moment = at or clock.now()
    take_back(voucher, at=moment)
    return give_out(voucher, fetch(Staff, staff_id), reason=reason, at=moment)


def give_out(voucher: Voucher, staff: Staff, *, reason: str = "", at: datetime | None = None) -> VoucherCustody:
    """The voucher goes out with ``staff``: part of a larger verb (a dispatch). Needs an open unit of work.

    Raises ``Refused`` when somebody else has it; with the same person it stays as it is.
    """
    _lock(voucher)
    out = queries.custody_now(voucher.id)
    if out is not None and out.staff_id == staff.id:
        return out
    if out is not None:
        raise Refused(
            N_("The voucher is out with %(name)s since %(since)s."),
            field="staff_id",
            name=out.staff.name,
            since=f"{clock.local(out.out_at):%Y-%m-%d %H:%M}",
        )
    custody = VoucherCustody(voucher=voucher, staff=staff, out_at=at or clock.now(), reason=reason)
    session = db.session()
    session.add(custody)
    session.flush()
    return custody


def take_back(voucher: Voucher, *, at: datetime | None = None) -> VoucherCustody:
    """The voucher is in the file again: part of a larger verb (closing a job). Needs an open unit of work.

    Raises ``Refused`` when it has been there all the time, or for a moment before it went out.
    """
    _lock(voucher)
    out = queries.custody_now(voucher.id)
    if out is None:
        raise Refused(N_("The voucher is in the customer's file."))
    moment = at or clock.now()
    if moment < out.out_at:
        raise Refused(N_("The voucher cannot come back before it went out."), field="at")
    out.back_at = moment
    db.session().flush()
    return out


def _lock(voucher: Voucher) -> None:
    # Two clerks at once: the second waits here and then sees where the voucher went.
    statement = select(Voucher.id).where(Voucher.id == voucher.id).with_for_update()
    db.session().execute(statement.execution_options(unscoped=True))
