"""Look-ups behind the remote selects: twenty rows of a table at a time, through the person's row scope (trap 11)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from operator import eq
from typing import Any

from flask import Response, abort, jsonify, request
from flask_appbuilder import BaseView as FrameworkView
from flask_appbuilder import expose
from flask_login import current_user
from sqlalchemy import false, or_, select
from sqlalchemy.orm import joinedload

from app.core.views.columns import kind_of, mapper_of, parse, property_of
from app.core.views.filters import condition, like

ROWS = 20
LIKELY = ("number", "name", "code", "title", "serial_no", "phone", "username")


@dataclass
class Lookup:
    """How rows of a model are found and named in a remote select."""

    model: type[Any]
    search: tuple[str, ...]
    label: Callable[[Any], str] = str
    detail: Callable[[Any], str] | None = None
    only: Callable[[Any], Any] | None = None
    eager: tuple[str, ...] = field(default=())


_lookups: dict[str, Lookup] = {}


def lookup(
    model: type[Any],
    *,
    search: Sequence[str],
    label: Callable[[Any], str] = str,
    detail: Callable[[Any], str] | None = None,
    only: Callable[[Any], Any] | None = None,
    eager: Sequence[str] = (),
) -> None:
    """Say how rows of ``model`` are looked up.

    ``search``: columns searched (``customer.name`` reaches through references); ``label(row)``: the text shown and
    kept; ``detail(row)``: a second, grey line; ``only(statement)``: narrows what may be chosen, e.g. active staff;
    ``eager``: references that label and detail touch.
    """
    _lookups[name_of(model)] = Lookup(model, tuple(search), label, detail, only, tuple(eager))


def name_of(model: type[Any]) -> str:
    """The name of the model's look-up: its table."""
    return str(model.__tablename__)


def known(model: type[Any]) -> None:
    """Make sure the model has a look-up; without one of its own, by number, name or the first text columns."""
    if name_of(model) in _lookups:
        return
    chosen = tuple(getattr(model, "__search__", ()))
    if not chosen:
        columns = [attr.key for attr in mapper_of(model).column_attrs if kind_of(model, attr.key) == "text"]
        chosen = tuple(name for name in LIKELY if name in columns) or tuple(columns[:2])
    _lookups[name_of(model)] = Lookup(model, chosen)


def label_of(row: Any) -> str:
    """How a row reads in a select."""
    found = _lookups.get(name_of(type(row)))
    return str(found.label(row) if found else row)


def offered(model: type[Any], statement: Any) -> Any:
    """The statement narrowed to the rows of the model that may be chosen (``only`` of its look-up)."""
    found = _lookups.get(name_of(model))
    return found.only(statement) if found is not None and found.only is not None else statement


def _statement(found: Lookup, words: list[str]) -> Any:
    model = found.model
    key = mapper_of(model).primary_key[0]
    statement = select(model).order_by(key.desc())
    for path in found.eager:
        head, *rest = path.split(".")
        option = joinedload(getattr(model, head))
        target = property_of(model, head).mapper.class_
        for part in rest:
            option = option.joinedload(getattr(target, part))
            target = property_of(target, part).mapper.class_
        statement = statement.options(option)
    if found.only is not None:
        statement = found.only(statement)
    for word in words[:5]:
        pattern = f"%{like(word)}%"
        # The function made here is called before the loop goes on, so it sees the right pattern.
        parts = [condition(model, name, lambda c: c.ilike(pattern, escape="\\")) for name in found.search]  # noqa: B023
        statement = statement.where(or_(*parts) if parts else false())
    return statement


class LookupView(FrameworkView):
    """``/lookup/<table>?q=…&page=1&<column>=<id>`` for Select2; needs a login, shows only rows in scope."""

    route_base = "/lookup"
    default_view = "rows"

    @expose("/<string:name>")
    def rows(self, name: str) -> Response:
        """Twenty rows and whether there are more."""
        if not current_user.is_authenticated:
            abort(401)
        found = _lookups.get(name)
        if found is None or (name.startswith("ab_") and not self._keeps_accounts()):
            abort(404)
        statement = _statement(found, request.args.get("q", "").replace("\x00", "").split())
        for column, value in request.args.items():
            if column in ("q", "page", "_type", "term") or not value:
                continue
            # Only references narrow: "products of this customer", "jobs whose call is for this product".
            if kind_of(found.model, column) != "whole" or not column.endswith("_id"):
                abort(400)
            try:
                wanted = parse(found.model, column, value)
                statement = statement.where(condition(found.model, column, partial(eq, wanted)))
            except (ValueError, OverflowError):
                statement = statement.where(false())
        page = min(max(request.args.get("page", 1, type=int), 1), 500)
        from app.core.db import db

        found_rows = db.session.scalars(statement.offset((page - 1) * ROWS).limit(ROWS + 1)).unique().all()
        results = [
            {
                "id": row.id,
                "text": str(found.label(row)),
                "detail": str(found.detail(row)) if found.detail is not None else "",
            }
            for row in found_rows[:ROWS]
        ]
        return jsonify(results=results, pagination={"more": len(found_rows) > ROWS})

    def _keeps_accounts(self) -> bool:
        return bool(self.appbuilder.sm.has_access("can_list", "AccountView"))
