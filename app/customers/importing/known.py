"""Reads from the database what a list touches – by number, name and serial, in a handful of statements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import select

from app.core import settings
from app.core.db import db
from app.core.errors import N_, Refused
from app.customers.importing.places import PENDING, Place, line_key, pending_code
from app.customers.importing.plan import Known, KnownCustomer, KnownModel, KnownVoucher, Options
from app.customers.importing.records import Reading
from app.customers.importing.rules import model_key, name_key
from app.customers.models import Address, Contact, Customer, ProductModel, Telephone, Voucher
from app.organisation.models import Branch, District

T = TypeVar("T")
_CHUNK = 400  # values in one IN (…)

settings.declare("warranty_months_default", 12, N_("Warranty of a model nobody has described yet, in months"), "SO-3")


def read_options(
    branch_code: str | None, only_branch: int | None = None, shows: frozenset[int] | None = None
) -> Options:
    """Districts, default branch and settings. Raises `Refused` for an unknown branch, or without any.

    The default branch is the one named, else the reader's own, else the head office.
    """
    branches = list(_rows(select(Branch.id, Branch.code, Branch.kind).order_by(Branch.id)))
    if branch_code is not None:
        chosen = [b for b in branches if b.code.casefold() == branch_code.casefold()]
        if not chosen:
            codes = ", ".join(b.code for b in branches)
            raise Refused(
                N_("There is no branch %(code)s. Branches: %(codes)s."), "branch", code=branch_code, codes=codes
            )
    else:
        chosen = [b for b in branches if b.id == only_branch] or [b for b in branches if b.kind == "head_office"]
    if not (chosen or branches):
        raise Refused(N_("No branch is entered yet: enter the branches first."))
    statement = select(District.id, District.code, District.city, District.name, District.branch_id)
    places = [Place(*row) for row in _rows(statement.order_by(District.code))]
    by_code = {place.code: place for place in places}
    pending = {b.id: Place(0, pending_code(b.code), "", PENDING, b.id) for b in branches}
    pending |= {at: by_code[place.code] for at, place in pending.items() if place.code in by_code}
    set_aside = {place.code for place in pending.values()}
    named = tuple(place for place in places if place.code not in set_aside)
    months = settings.number("warranty_months_default")
    return Options(named, pending, (chosen or branches)[0].id, months, only_branch, shows)


def read_known(reading: Reading) -> Known:
    """The customers, models and vouchers that records of the list may be about. Reads every branch's rows: a number
    or serial taken elsewhere must be found; what may be *shown* of it is decided in `plan.py`."""
    records = [record for record in reading.records if not record.is_wrong]
    numbers = sorted({phone.number for record in records for phone in record.phones})
    names = {record.name_key for record in records}
    known = Known()
    wanted: set[int] = set()
    statement = select(Telephone.number, Customer.id, Customer.name, Customer.branch_id).join(Telephone.customer)
    for chunk in _chunks(numbers):
        for row in _rows(statement.where(Telephone.number.in_(chunk)).order_by(Customer.id)):
            known.owners.setdefault(row.number, []).append((row.id, row.name, row.branch_id))
            if name_key(row.name) in names:
                wanted.add(row.id)
    known.customers = list(_customers(sorted(wanted)))
    models = select(ProductModel.id, ProductModel.code, ProductModel.warranty_months).order_by(ProductModel.id.desc())
    known.models = {model_key(row.code): KnownModel(*row) for row in _rows(models)}
    known.vouchers = list(_vouchers(sorted(wanted), _serials(reading)))
    return known


def _serials(reading: Reading) -> list[str]:
    serials: set[str] = set()
    for record in reading.records:
        if record.serial and not record.is_wrong:
            serials |= {record.serial, record.serial.lower()}
            if record.serial_was_number:
                serials |= {"0" * zeros + record.serial for zeros in range(1, 7)}
    return sorted(serials)


def _customers(ids: Sequence[int]) -> Iterator[KnownCustomer]:
    for chunk in _chunks(ids):
        numbers: dict[int, set[str]] = {}
        addresses: dict[int, dict[str, int]] = {}
        contacts: dict[int, set[str]] = {}
        phones = select(Telephone.customer_id, Telephone.number).where(Telephone.customer_id.in_(chunk))
        for row in _rows(phones):
            numbers.setdefault(row.customer_id, set()).add(row.number)
        lines = select(Address.customer_id, Address.id, Address.line).where(Address.customer_id.in_(chunk))
        for row in _rows(lines.order_by(Address.id)):
            addresses.setdefault(row.customer_id, {}).setdefault(line_key(row.line), row.id)
        people = select(Contact.customer_id, Contact.name).where(Contact.customer_id.in_(chunk))
        for row in _rows(people):
            contacts.setdefault(row.customer_id, set()).add(row.name)
        statement = select(Customer.id, Customer.name, Customer.branch_id, Customer.email).where(Customer.id.in_(chunk))
        for row in _rows(statement.order_by(Customer.id)):
            yield KnownCustomer(
                row.id,
                row.name,
                name_key(row.name),
                row.branch_id,
                row.email,
                frozenset(numbers.get(row.id, ())),
                addresses.get(row.id, {}),
                frozenset(contacts.get(row.id, ())),
            )


def _vouchers(customer_ids: Sequence[int], serials: Sequence[str]) -> Iterator[KnownVoucher]:
    statement = select(
        Voucher.id,
        Voucher.customer_id,
        Customer.name,
        Customer.branch_id,
        Voucher.product_model_id,
        Voucher.serial_no,
        Voucher.sold_on,
        Voucher.warranty_until,
    ).join(Voucher.customer)
    seen: set[int] = set()
    for column, values in ((Voucher.customer_id, customer_ids), (Voucher.serial_no, serials)):
        for chunk in _chunks(values):
            for row in _rows(statement.where(column.in_(chunk)).order_by(Voucher.id)):
                if row.id not in seen:
                    seen.add(row.id)
                    number, owner, name, branch, model, serial, sold_on, until = row
                    yield KnownVoucher(number, owner, name, branch, model, serial or "", sold_on, until)


def _rows(statement: Any) -> Any:
    return db.session.execute(statement.execution_options(unscoped=True))


def _chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]
