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
    """One way of looking: ``key`` stands in the address, ``criterion()`` is asked at every request."""

    key: str
    label: Any
    criterion: Callable[[], ColumnElement[bool]]


class _Chosen(BaseFilter):
    """Narrows by the criterion it is given as its value."""

    name = "show"

    def apply(self, query: Query[Any], value: Any) -> Query[Any]:
        return query.filter(value)


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


@dataclass(frozen=True)
class QuickLink:
    """A quick filter as the list shows it."""

    label: Any
    url: str
    active: bool


class QuickFilters:
    """Mixin for a ``BaseView``, named before it: ``quick_filters = [QuickFilter("mine", _l("Mine"), …)]``."""

    quick_filters: list[QuickFilter] = []
    endpoint: str

    list_template = "list_quick.html"

    def quick_links(self) -> list[QuickLink]:
        """The links above the list; the first shows everything."""
        chosen = self.chosen_quick()
        active = chosen.key if chosen is not None else ""
        address = f"{self.endpoint}.list"
        links = [QuickLink(_("All"), url_for(address), not active)]
        return links + [
            QuickLink(quick.label, url_for(address, show=quick.key), quick.key == active)
            for quick in self.quick_filters
        ]

    def chosen_quick(self) -> QuickFilter | None:
        """The quick filter of this request, on this list only."""
        # The framework reads every attribute of a view once, when it is made.
        if not has_request_context():
            return None
        # An export of the list is asked for elsewhere and says which list it means.
        if request.endpoint != f"{self.endpoint}.list" and g.get("list_screen") != self.endpoint:
            return None
        wanted = request.args.get("show", "")
        return next((quick for quick in self.quick_filters if quick.key == wanted), None)

    @property
    def _filters(self) -> Filters:
        found: Filters = super()._filters  # type: ignore[misc]  # of the BaseView it is mixed into
        chosen = self.chosen_quick()
        if chosen is not None:
            found._add_filter(_Chosen("", self.datamodel), chosen.criterion())  # type: ignore[attr-defined]  # likewise
        return found

    @_filters.setter
    def _filters(self, value: Filters) -> None:
        self._filters_template = value
