"""How many rows a list has behind an address: the number on a card or a chart is the one its list shows.

Not by comparing two computations, but by counting with the list's own filters and the same row scope.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import current_app, url_for
from flask_appbuilder.models.filters import Filters
from werkzeug.datastructures import MultiDict

from app.core.db import db
from app.core.views.filters import fresh
from app.core.views.interface import COUNT_CAP
from app.core.views.lists import filter_by_address
from app.core.views.quick import QuickFilters, chosen_by


def screen(name: str) -> Any:
    """The registered screen of this class name. Raises ``LookupError``."""
    for view in current_app.extensions["appbuilder"].baseviews:
        if type(view).__name__ == name:
            return view
    raise LookupError(name)


def filters_behind(view: Any, arguments: Mapping[str, Any]) -> Filters:
    """The list's filters as its address with these arguments sets them."""
    filters = fresh(view._filters_template)
    if isinstance(view, QuickFilters):
        chosen_by(view, str(arguments.get("show", "")), filters)
    return filter_by_address(filters, list(view.quick_columns or ()), view.datamodel, _texts(arguments))


def _texts(arguments: Mapping[str, Any]) -> MultiDict[str, Any]:
    return MultiDict({name: str(value) for name, value in arguments.items()})


def list_count(name: str, arguments: Mapping[str, Any]) -> int:
    """Rows of the screen's list behind these arguments, at most ``COUNT_CAP + 1``, as the list counts them."""
    view = screen(name)
    filters = filters_behind(view, arguments).get_joined_filters(view._base_filters)
    return int(view.datamodel.query_count(db.session.query(view.datamodel.obj), filters))


def count_text(count: int) -> str:
    """``327`` or ``1000+``, as lists write it."""
    return f"{COUNT_CAP}+" if count > COUNT_CAP else str(count)


def list_url(name: str, **arguments: Any) -> str:
    """Address of a list; arguments that are None or empty are left out."""
    given = {key: value for key, value in arguments.items() if value not in (None, "")}
    return url_for(f"{name}.list", **given)
