"""One line of the list → one cleaned record with everything found wrong in it. No database."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar

from app.core.errors import N_
from app.customers.importing import rules
from app.customers.importing.headings import Columns, read_headings, score
from app.customers.importing.phones import Phone, clean_phones
from app.customers.importing.rules import Problem, error, warning
from app.customers.importing.sheet import Book, Cell, Line, Sheet

T = TypeVar("T")
_DITTO = re.compile(r"^(同上|同前|同左|″|〃|\"|''|〞|“|”|上同)$")
_PRODUCT_FIELDS = ("model", "serial", "sold_on", "product_name")
_EMPTY = Cell()


@dataclass(frozen=True)
class Finding:
    """A problem and where it stands: the office's own heading, the cell and what is in it."""

    sheet: str
    row: int
    heading: str
    cell: str
    value: str
    problem: Problem

    @property
    def is_error(self) -> bool:
        return self.problem.severity == rules.ERROR


@dataclass
class Record:
    """What one row of the list says, cleaned."""

    sheet: str
    row: int
    name: str = ""
    name_key: str = ""
    kind: str = "person"
    phones: list[Phone] = field(default_factory=list)
    contact: str = ""
    email: str = ""
    note: str = ""
    address: str = ""
    said: tuple[str, ...] = ()
    has_product: bool = False
    model: str = ""
    product_name: str = ""
    serial: str = ""
    serial_was_number: bool = False
    sold_on: date | None = None
    warranty_months: int | None = None
    findings: list[Finding] = field(default_factory=list)
    _cells: dict[str, Cell] = field(default_factory=dict)
    _columns: Columns | None = None

    @property
    def is_wrong(self) -> bool:
        return any(finding.is_error for finding in self.findings)

    def add(self, problem: Problem) -> None:
        """Note a problem against the cell of its field."""
        cell = self._cells.get(problem.field, _EMPTY)
        heading = self._columns.name_of(problem.field) if self._columns else problem.field
        letter = cell.column and f"{cell.column}{self.row}"
        self.findings.append(Finding(self.sheet, self.row, heading, letter, cell.shown, problem))

    def take(self, result: tuple[T, list[Problem]]) -> T:
        """The clean value; its problems are noted."""
        for problem in result[1]:
            self.add(problem)
        return result[0]


@dataclass(frozen=True)
class Skipped:
    """A line that is no record: total, footer, repeated heading, banner."""

    sheet: str
    row: int
    code: str
    text: str


@dataclass
class Reading:
    """All records of a file, right and wrong, and the lines that are none."""

    records: list[Record] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)


def read_records(book: Book, today: date) -> Reading:
    """Clean every line of every sheet. `today` is the office's date, after which nothing can have been sold."""
    reading = Reading()
    for sheet in book.sheets:
        before: dict[str, Cell] = {}
        for line in sheet.lines:
            code = _why_not_a_record(line, sheet)
            if code:
                text = next((cell.shown for cell in line.cells if cell.shown), "")
                reading.skipped.append(Skipped(sheet.name, line.number, code, text))
                continue
            cells = _fields_of(line, sheet.columns, before)
            if cells:
                reading.records.append(_record(line, cells, sheet, today))
                before = {**before, **cells}
    return reading


def _why_not_a_record(line: Line, sheet: Sheet) -> str | None:
    texts = [cell.shown for cell in line.cells]
    if line.banner:
        return "banner"
    known = {index for indexes in sheet.columns.of.values() for index in indexes}
    if not any(texts[index] for index in known if index < len(texts)):
        return "blank"  # a running number and nothing else
    expected = score(sheet.columns)
    if score(read_headings([cell.value for cell in line.cells], line.number)) >= max(2, expected - 1):
        return "heading"
    return rules.not_a_row(texts)


def _fields_of(line: Line, columns: Columns, before: dict[str, Cell]) -> dict[str, Cell]:
    """The line's cells by field; several telephone columns become one cell, 同上 the cell above."""
    cells: dict[str, Cell] = {}
    for key, indexes in columns.of.items():
        filled = [line.cells[i] for i in indexes if i < len(line.cells) and line.cells[i].value is not None]
        if not filled:
            continue
        cell = filled[0]
        if len(filled) > 1:
            shown = " / ".join(one.shown for one in filled)
            cell = replace(cell, value=tuple(one.value for one in filled), shown=shown)
        elif isinstance(cell.value, str) and _DITTO.match(cell.value.strip()) and key != "serial":
            cell = before.get(key, cell)
        cells[key] = cell
    return cells


def _record(line: Line, cells: dict[str, Cell], sheet: Sheet, today: date) -> Record:
    record = Record(line.sheet, line.number, _cells=cells, _columns=sheet.columns)
    for key, cell in list(cells.items()):
        if cell.lost:
            message = N_("This formula has no stored result. Open the file in Excel and save it.")
            record.add(error("formula", key, message))
    if record.is_wrong:
        return record
    _read_customer(record, cells, sheet.columns)
    _read_product(record, cells, sheet, today)
    return record


def _value(cells: dict[str, Cell], key: str) -> object:
    value = cells.get(key, _EMPTY).value
    return "\n".join(rules.plain(one) for one in value) if isinstance(value, tuple) else value


def _read_customer(record: Record, cells: dict[str, Cell], columns: Columns) -> None:
    record.contact = record.take(rules.clean_text(_value(cells, "contact"), "contact", 64))
    name = _value(cells, "name")
    if columns.person_may_stand_for_name and record.contact and rules.is_nothing(rules.tidy(name)):
        name, record.contact = record.contact, ""
    record.name = record.take(rules.clean_name(name))
    record.name_key = rules.name_key(record.name)
    record.kind = rules.kind_of(record.name, rules.tidy(_value(cells, "kind")))
    record.phones = _phones(record, cells)
    if not record.phones and not any(f.problem.field == "phone" for f in record.findings):
        record.add(error("phone_missing", "phone", N_("The telephone number is missing.")))
    record.email = record.take(rules.clean_email(_value(cells, "email")))
    record.note = record.take(rules.clean_text(_value(cells, "note"), "note", 500))
    record.address = record.take(rules.clean_text(_value(cells, "address"), "address", 200))
    said = (rules.tidy(_value(cells, key)) for key in ("province", "city", "district"))
    record.said = tuple("" if rules.is_nothing(word) else word for word in said)


def _phones(record: Record, cells: dict[str, Cell]) -> list[Phone]:
    """The numbers of all telephone columns: an error in one of them is a warning when another has a number."""
    cell = cells.get("phone", _EMPTY)
    values = cell.value if isinstance(cell.value, tuple) else (cell.value,)
    phones: list[Phone] = []
    problems: list[Problem] = []
    for value in values:
        found, noted = clean_phones(value)
        phones += [phone for phone in found if all(phone.number != other.number for other in phones)]
        problems += noted
    for problem in problems:
        record.add(replace(problem, severity=rules.WARNING) if phones else problem)
    return phones


def _read_product(record: Record, cells: dict[str, Cell], sheet: Sheet, today: date) -> None:
    record.product_name = record.take(rules.clean_text(_value(cells, "product_name"), "product_name", 100))
    record.model = record.take(rules.clean_model(_value(cells, "model")))
    serial = cells.get("serial", _EMPTY)
    record.serial = record.take(rules.clean_serial(serial.value))
    record.serial_was_number = serial.is_number
    record.sold_on = record.take(rules.clean_date(_value(cells, "sold_on"), today, date1904=sheet.date1904))
    record.has_product = any(
        not rules.is_nothing(rules.tidy(cells[key].value)) for key in _PRODUCT_FIELDS if key in cells
    )
    if not record.has_product:
        return
    heading = sheet.columns.name_of("warranty")
    record.warranty_months = record.take(rules.clean_warranty(_value(cells, "warranty"), heading))
    record.take(rules.clean_quantity(_value(cells, "quantity")))
    noted = {finding.problem.field for finding in record.findings}
    if not record.model and "model" not in noted:
        record.add(error("model_missing", "model", N_("The product model is missing.")))
    if not record.serial and "serial" not in noted:
        message = N_("No serial number: the product is known by customer, model and sale date.")
        record.add(warning("serial_missing", "serial", message))
    elif serial.scientific:
        message = N_("Stored as a number shown as a power of ten: check the serial number %(number)s.")
        record.add(warning("serial_number_cell", "serial", message, number=record.serial))
    if record.sold_on is None and "sold_on" not in noted:
        record.add(warning("date_missing", "sold_on", N_("No sale date: the end of the warranty stays open.")))
