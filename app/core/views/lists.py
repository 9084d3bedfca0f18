"""A list page: rows, paging, order, filters, all read from the address and never trusted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import request, url_for
from flask_appbuilder.models.filters import Filters
from flask_babel import gettext
from markupsafe import Markup, escape
from werkzeug.datastructures import MultiDict

from app.core.i18n import DEFAULT, language
from app.core.listing import sort_of
from app.core.views.columns import column_of, kind_of, property_of
from app.core.views.display import NOTHING, same_arguments
from app.core.views.filters import Quick
from app.core.views.interface import COUNT_CAP, PAGE_MAX, count_cap, find

DEEPEST_PAGE = 2000
# A cell no wider than so many Latin letters is not broken; a Chinese character is as wide as two. English heads and
# states are longer and leave less room.
ONE_WORD, ONE_WORD_ENGLISH, PHRASE_ENGLISH, WIDE_FROM = 24, 20, 14, 0x2E7F
# Models and places, ``XQB70-M``, ``C-5``: browsers may break a line at the hyphen. Long numbers within words may be broken.
HYPHENED = re.compile(r"(?<![\w-])\w[\w./]{0,7}-[\w./-]{0,5}\w(?![\w-])", re.ASCII)


def whole(text: str | None, low: int, high: int, otherwise: int) -> int:
    """A whole number from the address within bounds, else ``otherwise``."""
    try:
        number = int(text or "")
    except ValueError:
        return otherwise
    return min(max(number, low), high)


def unbroken(cell: Any) -> Any:
    """The text of a cell with its hyphened words kept in one line; what is marked up already stays as it is."""
    text = str(escape(cell))
    if "<" in text or not HYPHENED.search(text):
        return cell
    return Markup("<span>" + HYPHENED.sub(r'<span class="whole">\g<0></span>', text) + "</span>")  # nosec B704 - escaped above


@dataclass
class Order:
    """By which column a list is sorted."""

    column: str = ""
    direction: str = "asc"


def order_by_address(view: Any, *, remembered: bool = True) -> Order:
    """The order the address asks for, else the one the person chose last for the list, else the view's own."""
    name = type(view).__name__
    column, direction = request.args.get(f"_oc_{name}", ""), request.args.get(f"_od_{name}", "asc")
    if f"_oc_{name}" not in request.args and remembered:
        column, direction = sort_of(view.endpoint)
    if column in view.order_columns and direction in ("asc", "desc"):
        return Order(column, direction)
    return Order(*view.base_order) if view.base_order else Order()


class ListPage:
    """What the list template shows. ``related`` is set for a list under a record's page; ``limit`` for its first rows."""

    def __init__(self, view: Any, filters: Filters, *, related: bool = False, limit: int = 0) -> None:
        self.view, self.filters, self.related, self.limit = view, filters, related, limit
        self.chosen: list[str] = view.list_columns if related else view.shown_columns()
        self.name = type(view).__name__
        arguments = request.args
        self.page = whole(arguments.get(f"page_{self.name}"), 0, DEEPEST_PAGE, 0)
        self.size = limit or whole(arguments.get(f"psize_{self.name}"), 0, PAGE_MAX, view.page_size) or view.page_size
        chinese = language() == DEFAULT
        self.one_word, self.phrase = (ONE_WORD, ONE_WORD) if chinese else (ONE_WORD_ENGLISH, PHRASE_ENGLISH)
        self.order = self._order()
        self.count, rows = view.datamodel.query(
            filters.get_joined_filters(view._base_filters),
            self.order.column,
            self.order.direction,
            page=self.page,
            page_size=self.size,
        )
        self.rows = list(rows)
        permitted = view.permitted
        self.can_show, self.can_edit = permitted("can_show"), permitted("can_edit")
        self.add_url = self._add_url() if permitted("can_add") and "add" not in view.exclude_route_methods else ""
        self.bulk_verbs = [] if related else view.bulk_verbs()
        self.bulk_actions = [] if related else [a for a in view.actions.values() if a.multiple and permitted(a.name)]

    # -- what stands in the table ----------------------------------------------------------------------------------
    @cached_property
    def columns(self) -> list[str]:
        """Columns of the table; under a record's page without the reference back to it."""
        back = {flt.column_name for flt in self.filters.filters if flt.is_related_view}
        shown = self.view.list_columns if self.related else self.chosen
        return [name for name in shown if name not in back]

    def label(self, column: str) -> Any:
        """Heading of a column."""
        return self.view.label_columns.get(column, column)

    def cell(self, item: Any, column: str) -> Any:
        """A value as it stands in the table; a model or place within words is not broken at its hyphen."""
        found = self.view.cell(item, column)
        return found if column == self.columns[0] or self.dated(column) else unbroken(found)

    def numeric(self, column: str) -> bool:
        """Whether the column is set flush right: amounts and counts, not what leads to the record nor stored keys."""
        if column == self.columns[0] or column in self.view.choices:
            return False
        return column in self.view.numeric_columns or kind_of(self.view.datamodel.obj, column) in (
            "whole",
            "money",
            "decimal",
        )

    def dated(self, column: str) -> bool:
        """Whether the column holds days or moments, which read as one word."""
        model, own = self.view.datamodel.obj, column.rpartition(".")[2]
        return any(kind_of(model, name) in ("day", "moment") for name in (column, own))

    def css(self, column: str, cell: Any) -> str:
        """Classes of a cell: what it holds, and whether it reads as one word or says nothing."""
        names = ["main"] if column == self.columns[0] else []
        names += ["numeric"] if self.numeric(column) else ["dated"] if self.dated(column) else []
        words = (cell if isinstance(cell, Markup) else escape(cell)).striptags()
        if words == NOTHING:
            names.append("nothing")
        elif sum(2 if ord(sign) > WIDE_FROM else 1 for sign in words) <= (
            self.phrase if " " in words else self.one_word
        ):
            names.append("short")
        return " ".join(names)

    def url(self, item: Any) -> str:
        """Where a click on the row leads."""
        if self.can_show:
            return url_for(f"{self.view.endpoint}.show", pk=item.id)
        if self.can_edit and "edit" not in self.view.exclude_route_methods:
            return url_for(f"{self.view.endpoint}.edit", pk=item.id)
        return ""

    # -- order and paging ------------------------------------------------------------------------------------------
    def _order(self) -> Order:
        return order_by_address(self.view, remembered=not self.related)

    def _link(self, **changes: Any) -> str:
        return url_for(str(request.endpoint), **(request.view_args or {}), **same_arguments(request.args, **changes))

    def sort_by(self, column: str) -> str:
        """What a click on this column's head asks for: the other way round on the second; empty when it cannot be."""
        if self.related or column not in self.view.order_columns:
            return ""
        return f"{column}.{'desc' if self.order == Order(column, 'asc') else 'asc'}"

    @property
    def asked_order(self) -> bool:
        """Whether the address itself asks for an order."""
        return f"_oc_{self.name}" in request.args

    @property
    def narrowed(self) -> bool:
        """Whether the address narrows the list, so that an empty one may have rows behind its filter."""
        return any(
            value.strip() and (name in ("q", "show") or name.startswith("_flt_"))
            for name, value in request.args.items()
        )

    @property
    def more(self) -> bool:
        """Whether there is a next page (counting stops at 1,000, turning pages does not)."""
        if self.count > count_cap():
            return len(self.rows) == self.size
        return bool((self.page + 1) * self.size < self.count)

    @property
    def next_url(self) -> str:
        """Address of the next page, or empty."""
        return self._link(**{f"page_{self.name}": self.page + 1}) if self.more else ""

    @property
    def previous_url(self) -> str:
        """Address of the page before, or empty."""
        return self._link(**{f"page_{self.name}": self.page - 1 or None}) if self.page else ""

    def size_url(self, size: int) -> str:
        """The same list with another number of rows a page."""
        return self._link(**{f"psize_{self.name}": size, f"page_{self.name}": None})

    @property
    def count_text(self) -> str:
        """``327`` or ``1000+``."""
        return f"{COUNT_CAP}+" if self.count > count_cap() else str(self.count)

    @property
    def first(self) -> int:
        """Number of the first row shown."""
        return self.page * self.size + 1

    def _add_url(self) -> str:
        given = {
            f"_flt_0_{flt.column_name}": value
            for flt, value in self.filters.get_filters_values()
            if flt.is_related_view
        }
        return url_for(f"{self.view.endpoint}.add", **given)


def filter_by_address(
    filters: Filters, quick_columns: list[str], datamodel: Any, arguments: MultiDict[str, Any] | None = None
) -> Filters:
    """Activate what the address asks for (``_flt_<position>_<column>=value`` and ``q``); all else is ignored.

    ``arguments``: those of another address than the request's.
    """
    asked = request.args if arguments is None else arguments
    offers = filters.get_search_filters()
    for argument, value in asked.items(multi=True):
        head, _flt, rest = argument.partition("_flt_")
        position, _underscore, column = rest.partition("_")
        if head or not position.isdigit() or column not in offers or not value.strip():
            continue
        if int(position) < len(offers[column]):
            filters._add_filter(offers[column][int(position)], value)
    words = asked.get("q", "").strip()
    if words and quick_columns:
        filters._add_filter(Quick("", datamodel), (tuple(quick_columns), words))
    return filters


@dataclass
class SearchField:
    """One control of the search panel: ``inputs`` are ``(name, value)``, one or from–to."""

    label: Any
    kind: str
    inputs: list[tuple[str, str]]
    options: list[tuple[str, Any]]
    remote: str = ""
    chosen: Any = None

    @property
    def active(self) -> bool:
        """Whether it narrows the list now."""
        return any(value for _name, value in self.inputs)

    @property
    def chips(self) -> list[tuple[str, str]]:
        """``(what it asks, address without it)`` of each value that narrows the list."""
        signs = ("≥ ", "≤ ") if len(self.inputs) > 1 else ("",)
        return [
            (f"{self.label}: {sign}{self._said(value)}", without(argument))
            for (argument, value), sign in zip(self.inputs, signs, strict=True)
            if value
        ]

    def _said(self, value: str) -> str:
        if self.kind == "remote":
            return str(self.chosen) if self.chosen is not None else value
        label = next((text for key, text in self.options if str(key) == value), value)
        return str(gettext(label) if type(label) is str and self.options else label)


def without(argument: str) -> str:
    """The list's address without one argument, from its first page."""
    pages = [name for name in request.args if name.startswith("page_")]
    kept = same_arguments(request.args, **dict.fromkeys((argument, *pages)))
    return url_for(str(request.endpoint), **(request.view_args or {}), **kept)


def search_field(view: Any, name: str) -> SearchField:
    """The control for one search column."""
    from app.core.views.inputs import small_rows
    from app.core.views.lookup import name_of

    model, label = view.datamodel.obj, view.label_columns.get(name, name)

    def inputs(*positions: int) -> list[tuple[str, str]]:
        names = [f"_flt_{position}_{name}" for position in positions]
        return [(argument, request.args.get(argument, "")) for argument in names]

    kind = kind_of(model, name)
    if name in view.choices:
        return SearchField(label, "choice", inputs(1 if kind == "text" else 0), list(view.choices[name].items()))
    if kind in ("reference", "references"):
        target = property_of(model, name).mapper.class_
        if name in view.small_references or getattr(target, "__small__", False):
            options = [(str(row.id), text) for row, text in small_rows(target)]
            return SearchField(label, "choice", inputs(0), options)
        given = inputs(0)
        chosen = find(target, given[0][1]) if given[0][1] else None
        return SearchField(label, "remote", given, [], url_for("LookupView.rows", name=name_of(target)), chosen)
    if kind == "yes":
        from flask_babel import gettext as _

        return SearchField(label, "choice", inputs(0), [("1", _("Yes")), ("0", _("No"))])
    if kind in ("day", "moment"):
        return SearchField(label, "day", inputs(0, 1), [])
    if kind in ("whole", "money", "decimal") and column_of(model, name) is not None:
        return SearchField(label, "number", inputs(1, 2), [])
    return SearchField(label, "text", inputs(0), [])
