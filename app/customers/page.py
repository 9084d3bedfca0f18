"""The customer's page (CU-1): what the areas put on it.

An area registers one ``Part``: the tab with its lists, the figure above, what it tells of the customer's history and the
papers it has of the customer; and, in ``PRODUCT_NOTES``, what it knows of the customer's products. Only the readers of
the part's screen see any of it, and all of it goes through the row scope.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask import current_app
from flask_appbuilder.models.filters import BaseFilter
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Query

from app.core.db import db
from app.core.views import Link
from app.core.views.filters import Related
from app.core.views.lists import ListPage
from app.customers.models import Customer, Voucher

PRODUCTS_SHOWN = 8
HISTORY_SHOWN = 40
PAPERS_SHOWN = 60
Counts = Mapping[str, int]


@dataclass(frozen=True)
class Fact:
    """A figure in the strip above: ``value`` as it is read, a line beneath, a colour for what needs somebody."""

    label: Any
    value: Any
    note: Any = ""
    tone: str = "neutral"


@dataclass(frozen=True)
class Told:
    """One line of the history: ``number`` leads to the record, ``words`` say what it was, ``outcome`` is a chip."""

    at: datetime
    kind: Any
    icon: str
    number: str
    url: str
    words: str = ""
    outcome: Any = ""
    all_day: bool = False  # the day is known, not the hour


@dataclass(frozen=True)
class Paper:
    """A paper of the customer, to be opened as PDF."""

    at: datetime
    title: Any
    number: str
    url: str


@dataclass
class ProductLine:
    """A product with what the areas know of it now."""

    voucher: Voucher
    warranty: bool
    contract: Link | None = None  # without an address for who may not open it
    contract_until: date | None = None
    notes: list[Any] = field(default_factory=list)  # chips: open call, in the workshop, voucher out
    last_repair: datetime | None = None


def _no_lists(_customer: Customer) -> Sequence[ListPage | None]:
    return ()


@dataclass(frozen=True)
class Part:
    """What an area knows of a customer; ``counts`` are SELECTs of one number by customer id, all asked in one statement.

    The one named as the tab stands beside the tab's label.
    """

    tab: str
    label: Any
    order: int
    screen: str
    lists: Callable[[Customer], Iterable[ListPage | None]] = _no_lists
    counts: Mapping[str, Callable[[int], Select[Any]]] = field(default_factory=dict)
    fact: Callable[[Customer, Counts], Fact | None] | None = None
    history: Callable[[Customer, int], Iterable[Told]] | None = None
    papers: Callable[[Customer, int], Iterable[Paper]] | None = None


@dataclass(frozen=True)
class Tab:
    """A tab as the page shows it."""

    name: str
    label: Any
    count: int | None = None


class Narrowed(BaseFilter):
    """Narrows a list by the criterion it is given as its value."""

    name = "of_customer"

    def apply(self, query: Query[Any], value: Any) -> Query[Any]:
        return query.filter(value)


_parts: dict[str, Part] = {}
# What an area knows of products: functions that write into the lines, by voucher id.
PRODUCT_NOTES: dict[str, Callable[[Mapping[int, ProductLine], Counts], None]] = {}


def register(part: Part) -> None:
    """Put a part on the page (again replaces it)."""
    _parts[part.tab] = part


def screen(name: str) -> Any:
    """The screen of this class name, or None."""
    return next((v for v in current_app.extensions["appbuilder"].baseviews if type(v).__name__ == name), None)


def said(screen_name: str, column: str, value: Any) -> Any:
    """A value as that screen shows it: its label, in its colour."""
    return screen(screen_name).render(column, value)


class _Under(ListPage):
    """A list on the customer's page: without the columns that only repeat the customer."""

    hide: frozenset[str] = frozenset()

    @property
    def columns(self) -> list[str]:
        return [name for name in super().columns if name not in self.hide]


def rows(
    screen_name: str, customer: Customer, criterion: ColumnElement[bool] | None = None, *, hide: Collection[str] = ()
) -> ListPage | None:
    """A screen's rows of this customer: those that refer to it by ``customer``, or those that ``criterion`` names.

    None for who may not open the screen.
    """
    view = screen(screen_name)
    if view is None or not view.permitted("can_list"):
        return None
    filters = view._filters
    if criterion is None:
        filters.add_filter_related_view("customer", Related, customer.id)
    else:
        filters._add_filter(Narrowed("", view.datamodel), criterion)
    page = _Under(view, filters, related=True)
    page.hide = frozenset(hide)
    return page


def _readable(part: Part) -> bool:
    view = screen(part.screen)
    return view is not None and bool(view.permitted("can_list"))


def parts() -> list[Part]:
    """The parts the acting person may read, in the order of their tabs."""
    return sorted((part for part in _parts.values() if _readable(part)), key=lambda part: part.order)


def counted(shown: Iterable[Part], customer_id: int) -> dict[str, int]:
    """Every number of these parts, in one statement."""
    asked = {name: make(customer_id) for part in shown for name, make in part.counts.items()}
    if not asked:
        return {}
    # From the customer's own row, so that it is a statement of mapped rows: the row scope reaches the sub-selects then.
    columns = [statement.scalar_subquery().label(name) for name, statement in asked.items()]
    row = db.session.execute(select(Customer.id, *columns).where(Customer.id == customer_id)).one()
    return {name: int(value or 0) for name, value in zip(asked, row[1:], strict=True)}


def facts(shown: Iterable[Part], customer: Customer, counts: Counts) -> list[tuple[str, Fact]]:
    """``(tab, figure)`` of the strip."""
    found = ((part.tab, part.fact(customer, counts)) for part in shown if part.fact is not None)
    return [(tab, fact) for tab, fact in found if fact is not None]


def history(shown: Iterable[Part], customer: Customer, counts: Counts) -> list[Told]:
    """What happened with the customer, the newest first; a part that counts nothing is not asked."""
    asked = [part.history for part in shown if part.history is not None and counts.get(part.tab, 1)]
    told = [each for tell in asked for each in tell(customer, HISTORY_SHOWN)]
    return sorted(told, key=lambda each: (each.at, each.number), reverse=True)[:HISTORY_SHOWN]


def papers(shown: Iterable[Part], customer: Customer, counts: Counts) -> list[Paper]:
    """The papers there are of the customer, the newest first."""
    asked = [part.papers for part in shown if part.papers is not None and counts.get(part.tab, 1)]
    found = [each for give in asked for each in give(customer, PAPERS_SHOWN)]
    return sorted(found, key=lambda each: (each.at, each.number), reverse=True)[:PAPERS_SHOWN]


def product_lines(
    vouchers: Sequence[Voucher], in_warranty: Callable[[Voucher], bool], counts: Counts
) -> list[ProductLine]:
    """The products with everything the areas know of them."""
    lines = {each.id: ProductLine(each, in_warranty(each)) for each in vouchers}
    if lines:
        for note in PRODUCT_NOTES.values():
            note(lines, counts)
    return list(lines.values())
