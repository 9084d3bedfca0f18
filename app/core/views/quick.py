"""Quick filters: the few ways an office looks at a list, one click each, on top of it (``?show=overdue``)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import has_request_context, request, url_for
from flask_appbuilder.models.filters import BaseFilter, Filters
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Query


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


class _Bar:
    """The links above the list, made anew whenever they are shown."""

    def __init__(self, view: Any) -> None:
        self.view = view

    def __html__(self) -> str:
        chosen = self.view.chosen_quick()
        active = chosen.key if chosen is not None else ""
        links = [("", _("All")), *((quick.key, quick.label) for quick in self.view.quick_filters)]
        address = f"{self.view.endpoint}.list"
        parts = [
            Markup('<a class="btn btn-sm btn-{}"{} href="{}">{}</a>').format(
                "primary" if key == active else "default",
                Markup(' aria-current="true"') if key == active else "",
                url_for(address, **({"show": key} if key else {})),
                label,
            )
            for key, label in links
        ]
        return str(Markup('<span class="quick-filters">{}</span>').format(Markup(" ").join(parts)))

    def __str__(self) -> str:
        return self.__html__()


class QuickFilters:
    """Mixin for a ``BaseView``, named before it: ``quick_filters = [QuickFilter("mine", _l("Mine"), …)]``."""

    quick_filters: list[QuickFilter] = []
    endpoint: str

    @property
    def list_help(self) -> Any:
        """The bar of quick filters, where the list's help text stands."""
        return _Bar(self)

    def chosen_quick(self) -> QuickFilter | None:
        """The quick filter of this request, on this list only."""
        # The framework reads every attribute of a view once, when it is made.
        if not has_request_context() or request.endpoint != f"{self.endpoint}.list":
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
