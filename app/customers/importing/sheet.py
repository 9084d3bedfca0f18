"""Reads a list as an office has it – .xlsx or .csv – into lines of cells under recognised headings.

What is wrong with the *file* is raised as `Unreadable`; what is wrong with a *row* is left to `rules.py`.
Merged cells are filled downwards, blank rows and other sheets without a customer list are passed over.
"""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from app.core.errors import N_, Refused
from app.customers.importing.headings import Columns, find_headings

MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED = 300 * 1024 * 1024  # a small archive may unpack to more than the machine has
MAX_ROWS = 20_000
# The same serial number in every row of a merged block is never meant.
_NEVER_FILLED = {"serial"}


class Unreadable(Refused):
    """The file as a whole cannot be used; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: the value, what a person sees of it, and the column's letter."""

    value: object = None
    shown: str = ""
    column: str = ""
    lost: bool = False  # a formula whose result the file does not hold
    scientific: bool = False  # a number formatted as 1.2E+11: perhaps never meant as a number

    @property
    def is_number(self) -> bool:
        return isinstance(self.value, (int, float)) and not isinstance(self.value, bool)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a list, below its headings."""

    sheet: str
    number: int  # as shown at the left edge of the sheet
    cells: list[Cell]
    banner: bool = False  # one text merged across the table


@dataclass
class Sheet:
    name: str
    columns: Columns
    lines: list[Line]
    date1904: bool = False


@dataclass
class Book:
    """What the file holds: sheets with a customer list, and why the others were passed over."""

    sheets: list[Sheet] = field(default_factory=list)
    passed_over: list[tuple[str, str]] = field(default_factory=list)  # (sheet, message id)


def read_book(content: bytes, filename: str) -> Book:
    """Read a list. Raises `Unreadable` when the file is not one we can read or holds no customer list."""
    if len(content) > MAX_BYTES:
        raise Unreadable(N_("The file is larger than %(size)s MB."), size=MAX_BYTES // 1024 // 1024)
    if not content.strip():
        raise Unreadable(N_("The file is empty."))
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable(
            N_("This is an old .xls file or one with a password. Open it and save it as .xlsx without a password.")
        )
    if content.startswith(b"PK"):
        book = _read_xlsx(content)
    elif Path(filename).suffix.lower() in {".csv", ".txt", ".tsv"} or not _looks_binary(content):
        book = _read_csv(content, Path(filename).stem)
    else:
        raise Unreadable(N_("This is neither an .xlsx nor a .csv file."))
    if not book.sheets:
        raise Unreadable(
            N_(
                "No list of customers was found: a heading row needs a customer name and at least one of telephone, "
                "address, model, serial number and sale date."
            )
        )
    if sum(len(sheet.lines) for sheet in book.sheets) > MAX_ROWS:
        raise Unreadable(N_("The file has more than %(rows)s rows. Split it."), rows=MAX_ROWS)
    return book


# --- xlsx --------------------------------------------------------------------------------------------------


def _read_xlsx(content: bytes) -> Book:
    has_formulas = _inspect_archive(content)
    workbook = _load(content, values=True)
    formulas = _load(content, values=False) if has_formulas else None
    book = Book()
    for worksheet in workbook.worksheets:
        name = worksheet.title
        if worksheet.sheet_state != "visible":
            book.passed_over.append((name, N_("hidden sheet")))
            continue
        rows = list(_xlsx_rows(worksheet, formulas[name] if formulas else None))
        _add_sheet(book, name, rows, worksheet, workbook.epoch == CALENDAR_MAC_1904)
    return book


def _inspect_archive(content: bytes) -> bool:
    """Whether any sheet has formulas. Raises `Unreadable` for broken, oversized or hostile archives."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if sum(member.file_size for member in members) > MAX_UNPACKED:
                raise Unreadable(N_("The sheet is too large. Delete empty formatted rows and pictures, or split it."))
            if "[Content_Types].xml" not in archive.namelist() or not any(
                member.filename.startswith("xl/") for member in members
            ):
                raise Unreadable(N_("This is neither an .xlsx nor a .csv file."))
            found = False
            for member in members:
                if not member.filename.endswith(".xml"):
                    continue
                text = archive.read(member)
                if b"<!DOCTYPE" in text[:4096] or b"<!ENTITY" in text[:4096]:
                    raise Unreadable(N_("The file is damaged or not an Excel workbook."))
                if member.filename.startswith("xl/worksheets/") and re.search(rb"<(\w+:)?f[ >/]", text):
                    found = True
            return found
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise Unreadable(N_("The file is damaged or not an Excel workbook.")) from error


def _load(content: bytes, *, values: bool) -> Workbook:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of drawings and validations it drops; we read values only
        try:
            return load_workbook(io.BytesIO(content), data_only=values, keep_links=False)
        except Exception as error:  # openpyxl lets any parser error through
            raise Unreadable(N_("The file is damaged or not an Excel workbook.")) from error


def _xlsx_rows(worksheet: Worksheet, formulas: Worksheet | None) -> Iterator[list[Cell]]:
    letters: dict[int, str] = {}
    for row in worksheet.iter_rows():
        cells = []
        for index, cell in enumerate(row):
            letter = letters.setdefault(index, get_column_letter(index + 1))
            if cell.value is None and formulas is None:
                cells.append(Cell(column=letter))
                continue
            written = formulas.cell(cell.row, index + 1).value if formulas and cell.value is None else None
            if written is not None:
                cells.append(_uncalculated(worksheet, written, letter))
            else:
                number_format = str(getattr(cell, "number_format", None) or "")
                cells.append(make_cell(cell.value, letter, number_format))
        yield cells


def _uncalculated(worksheet: Worksheet, written: Any, letter: str) -> Cell:
    """A formula saved without its result: a quoted text or a plain reference can still be read."""
    text = str(getattr(written, "text", written))
    if quoted := re.fullmatch(r'="((?:[^"]|"")*)"', text):
        return make_cell(quoted[1].replace('""', '"'), letter)
    if pointed := re.fullmatch(r"=\$?([A-Z]{1,3})\$?(\d+)", text):
        value = worksheet[f"{pointed[1]}{pointed[2]}"].value
        if value is not None:
            return make_cell(value, letter)
    return Cell(value=text, shown=text, column=letter, lost=text.startswith("="))


def make_cell(value: object, column: str, number_format: str = "") -> Cell:
    """A cell from a value as the file holds it; text of nothing but spaces counts as empty."""
    if isinstance(value, str) and not re.sub(r"[\s\u200b-\u200f\u2060\ufeff\u00ad]+", "", value):
        value = None
    if value is None:
        return Cell(column=column)
    scientific = "E+" in number_format.upper()
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        zeros = re.fullmatch(r"0{2,}", number_format.split(";")[0])
        if zeros and float(value).is_integer():  # shown as 000123: the zeros belong to the number
            value = f"{int(value):0{len(number_format.split(';')[0])}d}"
    return Cell(value=value, shown=show(value), column=column, scientific=scientific)


def show(value: object) -> str:
    """The value as a person sees it in the sheet."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e20:
        return str(int(value))
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d") if value.time() == time.min else value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return str(value).strip()


# --- csv ---------------------------------------------------------------------------------------------------


def _looks_binary(content: bytes) -> bool:
    return b"\0" in content[:4096] and not content.startswith((b"\xff\xfe", b"\xfe\xff"))


def _decode(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "gb18030"]  # what Excel writes in China
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(N_("The text of this file cannot be read. Save it as .xlsx."))


def _read_csv(content: bytes, name: str) -> Book:
    text = _decode(content)
    if text.lstrip()[:200].lower().startswith(("<html", "<!doctype", "<?xml", "<table")):
        raise Unreadable(N_("This is a web page saved as a table. Open it in Excel and save it as .xlsx."))
    head = "\n".join(text.splitlines()[:30])
    delimiter = max(",\t;，|", key=head.count)
    rows = []
    try:
        for written in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            rows.append([_csv_cell(value, index) for index, value in enumerate(written)])
    except csv.Error as error:
        raise Unreadable(N_("The text of this file cannot be read. Save it as .xlsx.")) from error
    book = Book()
    _add_sheet(book, name, rows, None, False)
    return book


def _csv_cell(value: str, index: int) -> Cell:
    literal = re.fullmatch(r'\s*="?([^"]*)"?\s*', value) if value.lstrip().startswith("=") else None
    return make_cell(literal[1] if literal else value, get_column_letter(index + 1))


# --- rows → lines ------------------------------------------------------------------------------------------


def _add_sheet(book: Book, name: str, rows: list[list[Cell]], worksheet: Worksheet | None, date1904: bool) -> None:
    if not any(cell.value is not None for row in rows for cell in row):
        return
    merged = [area.bounds for area in worksheet.merged_cells.ranges] if worksheet is not None else []
    top = [list(row) for row in rows[:40]]
    _fill_down(top, merged, set())
    columns = find_headings([[cell.value for cell in row] for row in top])
    if columns is None:
        book.passed_over.append((name, N_("no heading row of a customer list")))
        return
    never = {index for key in _NEVER_FILLED for index in columns.of.get(key, [])}
    _fill_down(rows, merged, never, below=columns.heading_row)
    wide = {area[1]: area[2] - area[0] + 1 for area in merged}
    lines = []
    for number, cells in enumerate(rows, start=1):
        if number <= columns.heading_row or all(cell.value is None for cell in cells):
            continue
        alone = sum(cell.value is not None for cell in cells) == 1
        lines.append(Line(name, number, cells, banner=alone and wide.get(number, 1) >= 3))
    book.sheets.append(Sheet(name, columns, lines, date1904))


def _fill_down(
    rows: list[list[Cell]], merged: list[tuple[int, int, int, int]], never: set[int], below: int = 0
) -> None:
    """Give the cells hidden under a merged one its value, column by column (across, a merge is only a wide cell)."""
    for left, top, _right, bottom in merged:
        if bottom == top or top <= below or top > len(rows):
            continue
        index = left - 1
        source = rows[top - 1][index] if index < len(rows[top - 1]) else None
        if source is None or source.value is None or index in never:
            continue
        for row in rows[top : min(bottom, len(rows))]:
            if index < len(row):
                row[index] = source
