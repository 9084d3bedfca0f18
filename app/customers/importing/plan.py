"""Compares the list with what the portal knows and says what would be done. No database: see `known.py`.

Nothing already entered is overwritten. The import adds customers, telephones, addresses, contacts, models and
vouchers, fills what is empty, and points out what differs; that is why a second run changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from app.core.errors import N_
from app.customers.importing.phones import Phone
from app.customers.importing.places import Found, Place, find_place, line_key
from app.customers.importing.records import Reading, Record
from app.customers.importing.rules import Problem, error, model_key, warning
from app.customers.rules import warranty_end

NEW, CHANGED, UNCHANGED, REPEATED, WRONG = "new", "changed", "unchanged", "repeated", "wrong"


# --- what the portal knows ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class KnownCustomer:
    id: int
    name: str
    key: str
    branch_id: int
    email: str
    numbers: frozenset[str]
    addresses: dict[str, int]  # line key → address id, oldest first
    contacts: frozenset[str]


@dataclass(frozen=True)
class KnownModel:
    id: int
    code: str
    warranty_months: int


@dataclass(frozen=True)
class KnownVoucher:
    id: int
    customer_id: int
    customer_name: str
    branch_id: int
    model_id: int
    serial: str
    sold_on: date | None
    warranty_until: date | None


@dataclass
class Known:
    """The part of the portal's data that the list touches."""

    customers: list[KnownCustomer] = field(default_factory=list)
    owners: dict[str, list[tuple[int, str, int]]] = field(default_factory=dict)  # number → (customer, name, branch)
    models: dict[str, KnownModel] = field(default_factory=dict)  # model key → model
    vouchers: list[KnownVoucher] = field(default_factory=list)


@dataclass(frozen=True)
class Options:
    """Where what the list does not say comes from, and what the reader may do and see.

    `only_branch`: the one branch the reader may enter for (None: any). `shows`: the branches whose customers may be
    named to the reader (None: all).
    """

    places: tuple[Place, ...]
    pending: dict[int, Place]  # by branch; id 0 when the district has to be made
    default_branch_id: int
    warranty_months: int
    only_branch: int | None = None
    shows: frozenset[int] | None = None

    def names(self, branch_id: int) -> bool:
        """Whether a customer of this branch may be named to the reader."""
        return self.shows is None or branch_id in self.shows


# --- what is to be done ------------------------------------------------------------------------------------


@dataclass
class PlannedAddress:
    line: str
    place: Place | None  # None when known_id is set
    known_id: int | None = None


@dataclass
class PlannedCustomer:
    name: str
    key: str
    kind: str
    known: KnownCustomer | None
    first_row: int
    branch_id: int = 0
    email: str = ""
    note: str = ""
    phones: list[Phone] = field(default_factory=list)  # to be added
    addresses: dict[str, PlannedAddress] = field(default_factory=dict)  # by line key; known ones too
    contacts: list[str] = field(default_factory=list)  # to be added
    numbers: set[str] = field(default_factory=set)
    rows: int = 0

    @property
    def new_addresses(self) -> list[PlannedAddress]:
        return [address for address in self.addresses.values() if address.known_id is None]

    @property
    def is_changed(self) -> bool:
        return self.known is not None and bool(self.phones or self.new_addresses or self.contacts or self.email)


@dataclass
class PlannedModel:
    code: str
    known: KnownModel | None
    warranty_months: int
    name: str = ""
    stated: Counter[int] = field(default_factory=Counter)  # months of warranty the rows give it


@dataclass
class PlannedVoucher:
    record: Record
    customer: PlannedCustomer
    model: PlannedModel
    known: KnownVoucher | None = None
    address: PlannedAddress | None = None
    fill_serial: bool = False
    fill_sold_on: bool = False
    fill_warranty: bool = False

    @property
    def is_changed(self) -> bool:
        return self.known is not None and (self.fill_serial or self.fill_sold_on or self.fill_warranty)

    @property
    def warranty_until(self) -> date | None:
        """End of the warranty: the row's own months, else the model's (SO-3)."""
        sold_on = self.record.sold_on or (self.known.sold_on if self.known else None)
        months = self.record.warranty_months
        if sold_on is None:
            return None
        return warranty_end(sold_on, self.model.warranty_months if months is None else months)


@dataclass
class Plan:
    """Everything the import would do, row by row."""

    reading: Reading
    customers: list[PlannedCustomer] = field(default_factory=list)
    models: list[PlannedModel] = field(default_factory=list)
    vouchers: list[PlannedVoucher] = field(default_factory=list)
    outcomes: dict[tuple[str, int], str] = field(default_factory=dict)

    @property
    def records(self) -> list[Record]:
        return self.reading.records

    def counts(self) -> dict[str, int]:
        """The numbers shown to people and written to JSON."""
        rows = Counter(self.outcomes.values())
        known = [customer for customer in self.customers if customer.known]
        old = [voucher for voucher in self.vouchers if voucher.known]
        new_vouchers = len(self.vouchers) - len(old)
        return {
            "total_rows": len(self.records),
            "rows_new": rows[NEW],
            "rows_changed": rows[CHANGED],
            "rows_unchanged": rows[UNCHANGED],
            "rows_repeated": rows[REPEATED],
            "rows_wrong": rows[WRONG],
            "rows_skipped": len(self.reading.skipped),
            "customers_new": len(self.customers) - len(known),
            "customers_existing": len(known),
            "customers_changed": sum(customer.is_changed for customer in known),
            "telephones_new": sum(len(customer.phones) for customer in self.customers),
            "addresses_new": sum(len(customer.new_addresses) for customer in self.customers),
            "contacts_new": sum(len(customer.contacts) for customer in self.customers),
            "models_new": sum(model.known is None for model in self.models),
            "models_existing": sum(model.known is not None for model in self.models),
            "products_new": new_vouchers,
            "products_existing": len(old),
            "products_changed": sum(voucher.is_changed for voucher in old),
            "vouchers_new": new_vouchers,
        }

    @property
    def does_something(self) -> bool:
        counts = self.counts()
        return any(counts[key] for key in ("customers_new", "customers_changed", "products_new", "products_changed"))


def make_plan(reading: Reading, known: Known, options: Options) -> Plan:
    """Compare. Adds findings to the records (CU-1 among them); a record found wrong takes no part."""
    return _Comparison(reading, known, options).run()


class _Comparison:
    def __init__(self, reading: Reading, known: Known, options: Options) -> None:
        self.reading = reading
        self.known = known
        self.options = options
        self.plan = Plan(reading)
        self.effects: dict[int, set[str]] = {id(record): set() for record in reading.records}
        self.customer_of: dict[int, PlannedCustomer] = {}
        self.by_key: dict[tuple[str, str], PlannedCustomer] = {}  # (name key, number)
        self.by_known: dict[int, PlannedCustomer] = {}
        self.by_number: dict[str, list[tuple[PlannedCustomer, Record]]] = {}
        self.pointed_out: set[tuple[str, str]] = set()
        self.models: dict[str, PlannedModel] = {}
        self.voucher_of: dict[int, PlannedVoucher] = {}
        self.claimed: dict[int, Record] = {}  # voucher id → the row that names it
        self._index_known()

    def _index_known(self) -> None:
        self.known_by_key: dict[tuple[str, str], KnownCustomer] = {}
        for customer in self.known.customers:
            for number in customer.numbers:
                self.known_by_key.setdefault((customer.key, number), customer)
        self.known_by_serial = {(v.model_id, v.serial.upper()): v for v in self.known.vouchers if v.serial}
        self.known_by_owner: dict[tuple[int, int], list[KnownVoucher]] = {}
        for voucher in self.known.vouchers:
            self.known_by_owner.setdefault((voucher.customer_id, voucher.model_id), []).append(voucher)

    def run(self) -> Plan:
        for record in self._right():
            self._find_customer(record)
        products = [record for record in self._right() if record.has_product]
        self._with_serials([record for record in products if record.serial])
        self._without_serials([record for record in products if not record.serial])
        for record in self._right():
            self._add_address(record)
        for record in self._right():
            self._settle_address(record)
        for record in self._right():
            self._add_to_customer(record)
        self._settle_models()
        self._conclude()
        return self.plan

    def _right(self) -> Iterator[Record]:
        return (record for record in self.reading.records if not record.is_wrong)

    # customers

    def _find_customer(self, record: Record) -> None:
        """The customer of this name with any of these numbers: in the list above, then in the portal (CU-1)."""
        keys = [(record.name_key, phone.number) for phone in record.phones]
        customer = next((self.by_key[key] for key in keys if key in self.by_key), None)
        if customer is None:
            known = next((self.known_by_key[key] for key in keys if key in self.known_by_key), None)
            if known is not None:
                # Another number of a customer already met under a first one.
                customer = self.by_known.get(known.id)
            if customer is None:
                customer = self._new_customer(record, known)
        if self._is_foreign(customer.known.branch_id if customer.known else None):
            record.add(error("other_branch", "name", N_("This customer belongs to another branch.")))
            return
        self.customer_of[id(record)] = customer
        for key in keys:
            self.by_key.setdefault(key, customer)
        for phone in record.phones:
            self._point_out_other_owners(record, customer, phone.number)
            self.by_number.setdefault(phone.number, []).append((customer, record))

    def _new_customer(self, record: Record, known: KnownCustomer | None) -> PlannedCustomer:
        customer = PlannedCustomer(record.name, record.name_key, record.kind, known, record.row)
        if known is not None:
            customer.branch_id = known.branch_id
            customer.numbers = set(known.numbers)
            customer.addresses = {key: PlannedAddress("", None, at) for key, at in known.addresses.items()}
            self.by_known[known.id] = customer
        self.plan.customers.append(customer)
        return customer

    def _is_foreign(self, branch_id: int | None) -> bool:
        return self.options.only_branch is not None and branch_id not in (None, self.options.only_branch)

    def _point_out_other_owners(self, record: Record, customer: PlannedCustomer, number: str) -> None:
        for _id, name, branch_id in self.known.owners.get(number, []):
            if customer.known is not None and customer.known.id == _id:
                continue
            if not self._once(number, name, record.name):
                continue
            if not self.options.names(branch_id):
                message = N_("%(number)s already belongs to a customer you may not see.")
                record.add(warning("phone_of_other_customer", "phone", message, number=number))
            else:
                message = N_("%(number)s already belongs to the customer %(name)s.")
                record.add(warning("phone_of_other_customer", "phone", message, number=number, name=name))
        for other, first in self.by_number.get(number, []):
            if other is customer or other.known is not None or not self._once(number, other.name, record.name):
                continue
            message = N_("%(number)s also belongs to %(name)s in row %(row)s.")
            record.add(warning("phone_of_other_row", "phone", message, number=number, name=other.name, row=first.row))

    def _once(self, number: str, *names: str) -> bool:
        pair = (number, "\0".join(sorted(names)))
        if pair in self.pointed_out:
            return False
        self.pointed_out.add(pair)
        return True

    # products

    def _model(self, record: Record) -> PlannedModel:
        key = model_key(record.model)
        if key not in self.models:
            known = self.known.models.get(key)
            months = known.warranty_months if known else self.options.warranty_months
            self.models[key] = PlannedModel(known.code if known else record.model.upper(), known, months)
        model = self.models[key]
        model.name = model.name or record.product_name
        return model

    def _with_serials(self, records: list[Record]) -> None:
        seen: dict[tuple[str, str], Record] = {}
        anywhere: dict[str, Record] = {}
        for record in records:
            model = self._model(record)
            key = (model.code, record.serial)
            first = seen.get(key)
            if first is None and record.serial_was_number:
                first = self._same_but_for_zeros(seen, key)
            if first is not None:
                self._same_serial_again(record, first)
                continue
            seen[key] = record
            other = anywhere.setdefault(record.serial, record)
            if other is not record:
                message = N_("This serial number also stands in row %(row)s with the model %(model)s.")
                record.add(warning("serial_other_model", "serial", message, row=other.row, model=other.model))
            known = self._known_with_serial(record, model)
            if known is not None and not self._same_owner(record, known):
                continue
            if known is None:
                known = self._completed_since(record, model)
            self._voucher(record, model, known)

    @staticmethod
    def _same_but_for_zeros(seen: dict[tuple[str, str], Record], key: tuple[str, str]) -> Record | None:
        """Excel drops the leading zeros of a serial number kept as a number."""
        return next((seen[other] for n in range(1, 7) if (other := (key[0], "0" * n + key[1])) in seen), None)

    def _same_serial_again(self, record: Record, first: Record) -> None:
        same_customer = self.customer_of[id(record)] is self.customer_of[id(first)]
        if same_customer and (record.sold_on in (None, first.sold_on) or first.sold_on is None):
            message = N_("The same product stands in row %(row)s: entered once.")
            record.add(warning("repeated_row", "serial", message, row=first.row))
            self.effects[id(record)].add(REPEATED)
        elif same_customer:
            message = N_("The same product stands in row %(row)s with another sale date.")
            record.add(error("serial_twice", "serial", message, row=first.row))
        else:
            message = N_("The same model and serial number stand in row %(row)s for %(name)s.")
            record.add(error("serial_twice", "serial", message, row=first.row, name=first.name))

    def _known_with_serial(self, record: Record, model: PlannedModel) -> KnownVoucher | None:
        if model.known is None:
            return None
        found = self.known_by_serial.get((model.known.id, record.serial))
        if found is None and record.serial_was_number:
            for zeros in range(1, 7):
                found = self.known_by_serial.get((model.known.id, "0" * zeros + record.serial))
                if found is not None:
                    message = N_("Read as %(serial)s: the leading zeros were lost.")
                    record.add(warning("leading_zero", "serial", message, serial=found.serial))
                    break
        return found

    def _same_owner(self, record: Record, known: KnownVoucher) -> bool:
        customer = self.customer_of[id(record)].known
        if customer is not None and customer.id == known.customer_id:
            return True
        if not self.options.names(known.branch_id):
            record.add(error("serial_taken", "serial", N_("This product belongs to a customer you may not see.")))
        else:
            message = N_("This product already belongs to the customer %(name)s.")
            record.add(error("serial_taken", "serial", message, name=known.customer_name))
        return False

    def _completed_since(self, record: Record, model: PlannedModel) -> KnownVoucher | None:
        """The voucher entered from an earlier list in which this serial number was still missing."""
        return self._unclaimed(record, model, _open_on(record.sold_on))

    def _without_serials(self, records: list[Record]) -> None:
        """Known by customer, model and sale date; a voucher whose serial number came later still counts."""
        seen: dict[tuple[int, str, date | None], Record] = {}
        for record in records:
            model = self._model(record)
            key = (id(self.customer_of[id(record)]), model.code, record.sold_on)
            first = seen.setdefault(key, record)
            if first is not record:
                message = N_("The same product without a serial number stands in row %(row)s: entered once.")
                record.add(warning("repeated_row", "serial", message, row=first.row))
                self.effects[id(record)].add(REPEATED)
                continue
            known = self._unclaimed(record, model, _open_on(record.sold_on))
            known = known or self._unclaimed(record, model, _of_day(record.sold_on))
            self._voucher(record, model, known)

    def _unclaimed(
        self, record: Record, model: PlannedModel, fits: Callable[[KnownVoucher], bool]
    ) -> KnownVoucher | None:
        customer = self.customer_of[id(record)].known
        if customer is None or model.known is None:
            return None
        candidates: Iterable[KnownVoucher] = self.known_by_owner.get((customer.id, model.known.id), [])
        return next((v for v in candidates if v.id not in self.claimed and fits(v)), None)

    def _voucher(self, record: Record, model: PlannedModel, known: KnownVoucher | None) -> None:
        voucher = PlannedVoucher(record, self.customer_of[id(record)], model, known)
        self.voucher_of[id(record)] = voucher
        if known is None:
            return
        self.claimed[known.id] = record
        voucher.fill_serial = bool(record.serial) and not known.serial
        voucher.fill_sold_on = record.sold_on is not None and known.sold_on is None
        voucher.fill_warranty = voucher.warranty_until is not None and known.warranty_until is None
        if record.sold_on and known.sold_on and record.sold_on != known.sold_on:
            message = N_("The portal has the sale date %(known)s, which is kept.")
            record.add(warning("date_differs", "sold_on", message, known=known.sold_on.isoformat()))

    # addresses

    def _add_address(self, record: Record) -> None:
        if not record.address:
            return
        customer = self.customer_of[id(record)]
        found = find_place(
            record.address,
            record.said,
            self.options.places,
            self.options.pending,
            customer.branch_id or self.options.default_branch_id,
        )
        if self._known_address(customer, record.address, found):
            return
        if customer.known is None and self._is_foreign(found.place.branch_id):
            message = N_("%(district)s is served by another branch; the customer is entered for yours.")
            record.add(warning("other_branch", "address", message, district=str(found.place)))
        if found.how != "named":
            record.add(_unsure(found))
        customer.addresses[line_key(found.line)] = PlannedAddress(found.line, found.place)
        if customer.known is not None:
            self.effects[id(record)].add(CHANGED)

    @staticmethod
    def _known_address(customer: PlannedCustomer, written: str, found: Found) -> PlannedAddress | None:
        for line in (found.line, written):
            if address := customer.addresses.get(line_key(line)):
                return address
        return None

    def _settle_address(self, record: Record) -> None:
        """Every voucher needs an address, for it says who goes there: the row's, else the customer's first."""
        customer = self.customer_of[id(record)]
        voucher = self.voucher_of.get(id(record))
        if voucher is not None and voucher.known is None:
            own = None
            if record.address:
                found = find_place(
                    record.address,
                    record.said,
                    self.options.places,
                    self.options.pending,
                    customer.branch_id or self.options.default_branch_id,
                )
                own = self._known_address(customer, record.address, found)
            voucher.address = own or next(iter(customer.addresses.values()), None)
            if voucher.address is None:
                message = N_("The address is missing: a product needs to stand somewhere.")
                record.add(error("address_missing", "address", message))
        elif not record.address and not customer.addresses:
            record.add(warning("address_missing", "address", N_("No address.")))

    # the rest of the customer

    def _add_to_customer(self, record: Record) -> None:
        customer = self.customer_of[id(record)]
        effects = self.effects[id(record)]
        customer.rows += 1
        if customer.rows == 1:
            customer.first_row, customer.name, customer.kind = record.row, record.name, record.kind
            if customer.known is None:
                effects.add(NEW)
        before = (len(customer.phones), len(customer.contacts), customer.email)
        for phone in record.phones:
            if phone.number not in customer.numbers:
                customer.numbers.add(phone.number)
                customer.phones.append(phone)
        contacts = customer.known.contacts if customer.known else frozenset()
        if record.contact and record.contact != customer.name and record.contact not in {*contacts, *customer.contacts}:
            customer.contacts.append(record.contact)
        self._add_email(record, customer)
        if before != (len(customer.phones), len(customer.contacts), customer.email):
            effects.add(CHANGED)
        if record.note and not record.has_product and customer.known is None and record.note not in customer.note:
            customer.note = f"{customer.note}；{record.note}".strip("；")[:800]
        voucher = self.voucher_of.get(id(record))
        if voucher is not None:
            if voucher.known is None:
                effects.add(NEW)
            elif voucher.is_changed:
                effects.add(CHANGED)

    def _add_email(self, record: Record, customer: PlannedCustomer) -> None:
        if not record.email:
            return
        have = customer.known.email if customer.known and customer.known.email else customer.email
        if not have:
            customer.email = record.email
        elif have.casefold() != record.email.casefold():
            record.add(warning("email_differs", "email", N_("Another address, %(known)s, is kept."), known=have))

    # the end

    def _settle_models(self) -> None:
        vouchers = [self.voucher_of[id(r)] for r in self._right() if id(r) in self.voucher_of]
        for voucher in vouchers:
            if voucher.record.warranty_months is not None:
                voucher.model.stated[voucher.record.warranty_months] += 1
        rows = Counter(voucher.model.code for voucher in vouchers)
        for model in self.models.values():
            if model.known is None and model.stated:
                months, said = model.stated.most_common(1)[0]
                if said * 2 > rows[model.code]:  # one extended warranty does not make the model's
                    model.warranty_months = months
        self.plan.vouchers = vouchers
        used = {id(voucher.model) for voucher in vouchers}
        self.plan.models = [model for model in self.models.values() if id(model) in used]

    def _conclude(self) -> None:
        self.plan.customers = [customer for customer in self.plan.customers if customer.rows]
        own = self.options.only_branch
        for customer in self.plan.customers:
            places = [address.place for address in customer.addresses.values() if address.place]
            served_by = places[0].branch_id if places else self.options.default_branch_id
            customer.branch_id = customer.branch_id or own or served_by
        for record in self.reading.records:
            effects = self.effects[id(record)]
            if record.is_wrong:
                outcome = WRONG
            elif NEW in effects:
                outcome = NEW
            elif CHANGED in effects:
                outcome = CHANGED
            elif REPEATED in effects:
                outcome = REPEATED
            else:
                outcome = self._nothing_new(record)
            self.plan.outcomes[record.sheet, record.row] = outcome

    def _nothing_new(self, record: Record) -> str:
        """A row that adds nothing to a customer this very list brings in repeats another row."""
        customer = self.customer_of[id(record)]
        if id(record) in self.voucher_of or customer.first_row == record.row:
            return UNCHANGED
        message = N_("This customer stands in row %(row)s already.")
        record.add(warning("repeated_row", "name", message, row=customer.first_row))
        return REPEATED


def _open_on(day: date | None) -> Callable[[KnownVoucher], bool]:
    return lambda voucher: not voucher.serial and voucher.sold_on == day


def _of_day(day: date | None) -> Callable[[KnownVoucher], bool]:
    return lambda voucher: day in (None, voucher.sold_on)


def _unsure(found: Found) -> Problem:
    if found.how == "city":
        message = N_("The address names no district: entered as “%(district)s”, to be corrected.")
    else:
        message = N_("No known district in this address: entered as “%(district)s”, to be corrected.")
    return warning("district_unknown", "address", message, district=str(found.place))
