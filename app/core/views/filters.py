"""Filters of lists: one short set per kind of column. A value that makes no sense finds nothing, it never fails."""

from __future__ import annotations

import copy
from datetime import timedelta
from typing import Any

from flask_appbuilder.models.filters import BaseFilter, BaseFilterConverter, FilterRelation, Filters
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, false, or_
from sqlalchemy.orm import Query, RelationshipProperty

from app.core.views.columns import kind_of, parse, property_of

# `column` operators by position: `_flt_<position>_<column>=value` in a list's address.
CONTAINS, FROM, UNTIL = 0, 0, 1


def like(text: str) -> str:
    """``text`` as part of a LIKE pattern with ``\\`` as escape character."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def condition(model: type[Any], name: str, build: Any) -> ColumnElement[bool]:
    """``build(column)`` for a column that may lie behind references (``customer.name``)."""
    head, _dot, rest = name.partition(".")
    attribute = getattr(model, head)
    if not rest:
        return build(attribute)  # type: ignore[no-any-return]  # SQLAlchemy expression
    target = attribute.property.mapper.class_
    related = attribute.any if attribute.property.uselist else attribute.has
    return related(condition(target, rest, build))  # type: ignore[no-any-return]  # SQLAlchemy expression


class OfficeFilter(BaseFilter):
    """A filter on one column; ``compare`` gives the expression."""

    def compare(self, column: Any, value: Any) -> Any:
        raise NotImplementedError

    def apply(self, query: Query[Any], value: Any) -> Query[Any]:
        text = str(value).strip()
        if not text:
            return query
        try:
            parsed = parse(self.model, self.column_name, text)
        except (ValueError, OverflowError):
            return query.filter(false())
        return query.filter(condition(self.model, self.column_name, lambda column: self.compare(column, parsed)))


class Contains(OfficeFilter):
    name = _l("Contains")
    arg_name = "ct"

    def compare(self, column: Any, value: Any) -> Any:
        return column.ilike(f"%{like(value)}%", escape="\\")


class StartsWith(OfficeFilter):
    name = _l("Starts with")
    arg_name = "sw"

    def compare(self, column: Any, value: Any) -> Any:
        return column.ilike(f"{like(value)}%", escape="\\")


class Equals(OfficeFilter):
    name = _l("Equal to")
    arg_name = "eq"

    def compare(self, column: Any, value: Any) -> Any:
        return column == value


class From(OfficeFilter):
    name = _l("From")
    arg_name = "ge"

    def compare(self, column: Any, value: Any) -> Any:
        return column >= value


class Until(OfficeFilter):
    """Up to and including; for moments a bare date means the whole office day."""

    name = _l("Until")
    arg_name = "le"

    def apply(self, query: Query[Any], value: Any) -> Query[Any]:
        text = str(value).strip()
        if kind_of(self.model, self.column_name) == "moment" and len(text) == 10:
            try:
                end = parse(self.model, self.column_name, text) + timedelta(days=1)
            except (ValueError, OverflowError):
                return query.filter(false())
            return query.filter(condition(self.model, self.column_name, lambda column: column < end))
        return super().apply(query, value)

    def compare(self, column: Any, value: Any) -> Any:
        return column <= value


class Related(FilterRelation):
    """The reference points to the row with this id; also narrows the lists under a record's page."""

    name = _l("Relation")
    arg_name = "rel_o_m"

    def apply(self, query: Query[Any], value: Any) -> Query[Any]:
        try:
            number = parse(self.model, self.column_name, str(value))
        except (ValueError, OverflowError):
            return query.filter(false())
        found = property_of(self.model, self.column_name)
        if not isinstance(found, RelationshipProperty):
            return query.filter(false())
        if found.uselist:
            key = found.mapper.primary_key[0]
            return query.filter(getattr(self.model, self.column_name).any(key == number))
        local = next(iter(found.local_columns))
        return query.filter(local == number)


class RelatedMany(Related):
    arg_name = "rel_m_m"
    name = _l("Relation as Many")


class Quick(BaseFilter):
    """The search box: the words must all occur, each in any of the view's text columns.

    Its value is ``(columns, words)``: the framework makes the filter anew from its class and value.
    """

    name = "quick"

    def apply(self, query: Query[Any], value: Any) -> Query[Any]:
        columns, words = value
        for word in str(words).replace("\x00", "").split()[:5]:
            pattern = f"%{like(word)}%"
            parts = [
                condition(self.model, name, lambda column: column.ilike(pattern, escape="\\"))  # noqa: B023 - used at once
                for name in columns
            ]
            query = query.filter(or_(*parts) if parts else false())
        return query


class OfficeFilterConverter(BaseFilterConverter):
    """Which filters a column offers; their order is the ``<position>`` in the address."""

    by_kind: dict[str, list[type[BaseFilter]]] = {
        "text": [Contains, Equals, StartsWith],
        "notes": [Contains],
        "whole": [Equals, From, Until],
        "decimal": [Equals, From, Until],
        "money": [Equals, From, Until],
        "yes": [Equals],
        "day": [From, Until, Equals],
        "moment": [From, Until],
        "hour": [From, Until],
        "reference": [Related],
        "references": [RelatedMany],
    }

    def convert(self, col_name: str) -> list[BaseFilter]:
        kinds = self.by_kind.get(kind_of(self.datamodel.obj, col_name), [])
        return [filter_class(col_name, self.datamodel) for filter_class in kinds]


def fresh(template: Filters) -> Filters:
    """A copy with the same offers and no active filter: threads and requests must not share one (stack.md trap 5)."""
    own = copy.copy(template)
    own.clear_filters()
    return own
