"""A list as a file: what is filtered, in the columns shown, in the order shown; values, not markup."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from flask import g
from flask_appbuilder.models.filters import Filters
from flask_babel import gettext as _
from markupsafe import Markup, escape
from sqlalchemy import func, select

from app.core import clock, dates, sheets
from app.core.db import db
from app.core.views.columns import kind_of, mapper_of
from app.core.views.display import NOTHING, plain
from app.core.views.lists import Order, filter_by_address, order_by_address

PAGE = 500
CSV_TYPE = "text/csv"
# Kinds of columns that hold nothing but such values, or nothing.
VALUES = ("whole", "decimal", "money", "day", "moment", "hour")
BREAK = re.compile(r"<br\s*/?>")


@dataclass
class Wanted:
    """The rows a list shows now, all pages of them."""

    view: Any
    filters: Filters
    order: Order
    columns: list[str]

    def count(self, most: int) -> int:
        """How many rows, counted up to ``most + 1``."""
        model = self.view.datamodel.obj
        key = mapper_of(model).get_property_by_column(mapper_of(model).primary_key[0]).class_attribute
        query = self.filters.apply_all(db.session.query(model))
        inner = query.order_by(None).with_entities(key).limit(most + 1).subquery()
        return int(db.session.execute(select(func.count()).select_from(inner)).scalar_one())

    def rows(self, most: int, told: Callable[[int], None] = lambda _done: None) -> Iterator[list[Any]]:
        """The rows' values, at most ``most``; a row that slips to the next page while others come in is given once."""
        seen: set[Any] = set()
        for page in range((most + PAGE - 1) // PAGE):
            _count, found = self.view.datamodel.query(
                self.filters, self.order.column, self.order.direction, page=page, page_size=PAGE
            )
            items = list(found)
            for item in items:
                if item.id not in seen and len(seen) < most:
                    seen.add(item.id)
                    yield [value_of(self.view, item, column) for column in self.columns]
            told(len(seen))
            db.session.expunge_all()
            if len(items) < PAGE:
                return

    @property
    def headings(self) -> list[str]:
        """Headings in the reader's language."""
        return [str(self.view.label_columns.get(column, column)) for column in self.columns]


def wanted(view: Any, columns: list[str]) -> Wanted:
    """What the request's address asks of this list. The view's own quick filters count, too."""
    g.list_screen = view.endpoint
    filters = filter_by_address(view._filters, list(view.quick_columns or ()), view.datamodel)
    return Wanted(view, filters.get_joined_filters(view._base_filters), order_by_address(view), columns)


def value_of(view: Any, item: Any, column: str) -> Any:
    """A cell's value as a spreadsheet wants it: numbers and dates as such, labels instead of stored keys.

    Never more than the list shows: what it masks is masked here, a record goes by the same name. Days within words are
    written as ISO, as the spreadsheet's own.
    """
    with dates.iso():
        value = view.listed(item, column)
        if callable(value):
            value = value()
        choices = view.choices.get(column)
        if choices is not None and value not in (None, "") and not isinstance(value, (list, dict)):
            label = choices.get(value, value)
            return str(_(label) if type(label) is str else label)
        if isinstance(value, (Decimal, int, float, datetime, date, time)) and not isinstance(value, bool):
            return value
        if value is None or isinstance(value, (list, tuple, set, dict)):
            return _as_listed(view, item, column)
        if isinstance(value, Markup) or hasattr(value, "__html__"):
            return _words(value)
        return plain(value) if not isinstance(value, str) else value


def _as_listed(view: Any, item: Any, column: str) -> str | None:
    """What the list says of something that is no single value, or that is not there; columns of values stay empty."""
    if kind_of(view.datamodel.obj, column) in VALUES:
        return None
    said = _words(view.cell(item, column))
    return said if said != NOTHING else None


def _words(cell: Any) -> str:
    """The cell's words, line by line."""
    lines = BREAK.split(str(cell if hasattr(cell, "__html__") else escape(cell)))
    return "\n".join(Markup(line).striptags() for line in lines)  # nosec B704 - for a file: its tags are taken away


def as_xlsx(title: str, headings: list[str], rows: list[list[Any]]) -> bytes:
    """One sheet with a heading that stays and a filter on it."""
    values = [[each.strftime("%H:%M") if isinstance(each, time) else each for each in row] for row in rows]
    return sheets.workbook([sheets.Sheet(title, headings, values)], made_at=clock.now(), title=title)


def as_csv(headings: list[str], rows: list[list[Any]]) -> Iterator[str]:
    """Lines as Excel reads them, beginning with the mark that says UTF-8."""
    yield "\ufeff"
    for row in [headings]:
        yield _line(row)
    for row in rows:
        yield _line(row)


def _line(row: list[Any]) -> str:
    target = io.StringIO()
    csv.writer(target).writerow([_text(value) for value in row])
    return target.getvalue()


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, (Decimal, int, float)):
        return str(value)
    if isinstance(value, datetime):
        return f"{clock.local(value):%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    words = plain(value) if not isinstance(value, str) else value
    # What begins like a formula would be run as one by the spreadsheet that opens it.
    return f"'{words}" if words[:1] in ("=", "+", "-", "@", "\t", "\r") else words
