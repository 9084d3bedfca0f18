"""Quick filters: the few ways an office looks at a list, one click each, on top of it (``?show=overdue``)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import current_app, g, has_request_context, request, url_for
from flask_appbuilder.models.filters import BaseFilter, Filters
from flask_babel import gettext as _
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Query

from app.core.views.lists import ListPage


@dataclass(frozen=True)
class QuickFilter:
    """One way of looking: ``key`` stands in the address, ``criterion()`` is asked at every request.

    ``behind``: the rows behind a number of a chart. It is offered only while it is chosen, and its rows are counted all.
    """

    key: str
    label: Any
    criterion: Callable[[], ColumnElement[bool]]
    behind: bool = False


class _Chosen(BaseFilter):
    """Narrows by the criterion it is given as its value."""

    name = "show"

    def apply(self, query: Query[Any], value: Any) -> Query[Any]:
        return query.filter(value)


def chosen_by(view: Any, key: str, filters: Filters) -> None:
    """Narrow ``filters`` by the view's quick filter of this key, if it has one."""
    for quick in view.quick_filters:
        if quick.key == key:
            filters._add_filter(_Chosen("", view.datamodel), quick.criterion())
            return


def rows_of(screen: type[Any], criterion: ColumnElement[bool]) -> ListPage | None:
    """A list of a screen's rows, narrowed, to stand under a record that they reach only through another table.

    None for a person who may not open that screen. A view gives it back from ``related_lists``.
    """
    views = current_app.appbuilder.baseviews  # type: ignore[attr-defined]  # set by the framework
    view = next((each for each in views if type(each) is screen), None)
    if view is None or not view.permitted("can_list"):
        return None
    filters = view._filters
    filters._add_filter(_Chosen("", view.datamodel), criterion)
    return ListPage(view, filters, related=True)


EVERYTHING = "all"
"""``?show=all``: past the filter a list opens on."""


def _searching() -> bool:
    """Whether the address looks for something, rather than opening the list."""
    return any(value and (name == "q" or name.startswith("_flt_")) for name, value in request.args.items())


@dataclass(frozen=True)
class QuickLink:
    """A quick filter as the list shows it."""

    label: Any
    url: str
    active: bool


class QuickFilters:
    """Mixin for a ``BaseView``, named before it: ``quick_filters = [QuickFilter("mine", _l("Mine"), …)]``.

    ``quick_default``: key of the one the list opens on; whoever searches or filters still searches everything.
    """

    quick_filters: list[QuickFilter] = []
    quick_default = ""
    endpoint: str

    list_template = "list_quick.html"

    def quick_links(self) -> list[QuickLink]:
        """The links above the list; the first shows everything."""
        chosen = self.chosen_quick()
        active = chosen.key if chosen is not None else ""
        address = f"{self.endpoint}.list"
        everything = url_for(address, show=EVERYTHING) if self.quick_default else url_for(address)
        links = [QuickLink(_("All"), everything, not active)]
        return links + [
            QuickLink(quick.label, url_for(address, show=quick.key), quick.key == active)
            for quick in self.quick_filters
            if not quick.behind or quick.key == active
        ]

    def chosen_quick(self) -> QuickFilter | None:
        """The quick filter of this request, on this list only."""
        # The framework reads every attribute of a view once, when it is made.
        if not has_request_context():
            return None
        # An export of the list is asked for elsewhere and says which list it means.
        if request.endpoint != f"{self.endpoint}.list" and g.get("list_screen") != self.endpoint:
            return None
        wanted = request.args.get("show", "") or ("" if _searching() else self.quick_default)
        return next((quick for quick in self.quick_filters if quick.key == wanted), None)

    @property
    def _filters(self) -> Filters:
        found: Filters = super()._filters  # type: ignore[misc]  # of the BaseView it is mixed into
        chosen = self.chosen_quick()
        if chosen is not None:
            found._add_filter(_Chosen("", self.datamodel), chosen.criterion())  # type: ignore[attr-defined]  # likewise
            g.count_all = chosen.behind
        return found

    @_filters.setter
    def _filters(self, value: Filters) -> None:
        self._filters_template = value
