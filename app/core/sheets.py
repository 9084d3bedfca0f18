"""Registers as spreadsheets (XLSX): the same papers as the PDF, to be sorted and summed by whoever receives them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from app.core import clock

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_NOT_IN_TITLES = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
WIDEST, NARROWEST = 60, 8


@dataclass(frozen=True)
class Sheet:
    """One sheet: a heading row, rows of values, and under them ``sums`` (a row of totals, printed bold)."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Any]]
    sums: Sequence[Any] = ()
    notes: Sequence[str] = field(default_factory=tuple)


def workbook(sheets: Sequence[Sheet], *, made_at: datetime, title: str, author: str = "") -> bytes:
    """The sheets as an XLSX file. Text stays text: what a customer wrote never becomes a formula."""
    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.title, book.properties.creator = title, author
    book.properties.created = book.properties.modified = clock.local(made_at).replace(tzinfo=None)
    for number, sheet in enumerate(sheets, 1):
        _fill(book.create_sheet(_title(sheet.title, number, book.sheetnames)), sheet)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _title(title: str, number: int, taken: Sequence[str]) -> str:
    name = title.translate(_NOT_IN_TITLES).strip()[:31] or str(number)
    return name if name not in taken else f"{name[:27]} {number}"


def _fill(target: Any, sheet: Sheet) -> None:
    _write(target, 1, sheet.headings)
    for cell in target[1]:
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="E8E8E8")
    for number, row in enumerate(sheet.rows, 2):
        _write(target, number, row)
    end = len(sheet.rows) + 2
    if sheet.sums:
        _write(target, end, sheet.sums)
        for cell in target[end]:
            cell.font = Font(bold=True)
        end += 1
    for number, note in enumerate(sheet.notes, end + 1):
        _write(target, number, (note,))
    target.freeze_panes = "A2"
    if sheet.rows:
        target.auto_filter.ref = f"A1:{get_column_letter(len(sheet.headings))}{len(sheet.rows) + 1}"
    for column, heading in enumerate(sheet.headings):
        texts = [heading, *(row[column] for row in sheet.rows if column < len(row))]
        widest = max(_width(each) for each in texts)
        target.column_dimensions[get_column_letter(column + 1)].width = min(max(widest + 2, NARROWEST), WIDEST)


def _write(target: Any, row: int, values: Sequence[Any]) -> None:
    for column, value in enumerate(values, 1):
        cell = target.cell(row=row, column=column)
        if isinstance(value, str):
            cell.value = "".join(sign for sign in value if sign >= " " or sign == "\n")
            cell.data_type = "s"
            cell.alignment = Alignment(vertical="top", wrap_text="\n" in value or _width(value) > WIDEST)
        elif isinstance(value, datetime):
            cell.value = clock.local(value).replace(tzinfo=None, second=0, microsecond=0)
            cell.number_format = "yyyy-mm-dd hh:mm"
        else:
            cell.value = value
            if isinstance(value, date):
                cell.number_format = "yyyy-mm-dd"
            elif isinstance(value, Decimal):
                cell.number_format = "#,##0.00"


def _width(value: Any) -> int:
    """About how wide a value is: Chinese characters count twice."""
    if isinstance(value, datetime):
        return 16
    text = str(value) if value is not None else ""
    return max((sum(2 if ord(sign) > 0x2E80 else 1 for sign in line) for line in text.split("\n")), default=0)
