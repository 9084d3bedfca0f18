"""From what went wrong to what a person reads, and at which field. Never the database's own words (trap 16)."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup, escape
from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

from app.core import permissions
from app.core.actors import current
from app.core.db import Model
from app.core.errors import Conflict, Refused
from app.core.i18n import say

FORESEEN = (Refused, IntegrityError, DataError, StaleDataError, OverflowError, OperationalError)
"""What a screen answers with a message; everything else is a fault of ours and becomes the error page."""


def explain(error: BaseException, view: Any = None) -> tuple[str | None, str]:
    """``(field or None, translated message)`` for a foreseen error."""
    if isinstance(error, Refused):
        return error.field, say(error)
    if isinstance(error, StaleDataError):
        return None, say(Conflict())
    if isinstance(error, IntegrityError):
        return _integrity(error, view)
    if isinstance(error, (DataError, OverflowError)):
        return None, _("A value is too long or too large to be stored.")
    return None, _("The database is busy just now. Nothing was changed; please try again.")


def leading_on(error: BaseException, message: str) -> str:
    """The message with the ways on from a refusal, those that the person may go; for a message above the page."""
    ways = error.ways if isinstance(error, Refused) else ()
    said = escape(message)
    for way in ways:
        if not way.verb or permissions.may(current(), way.verb):
            said += Markup(' <a href="{}">{}</a>').format(way.url, _(way.label))
    return said


def _integrity(error: IntegrityError, view: Any) -> tuple[str | None, str]:
    kind, table, columns = _violated(error)
    field = _field(view, columns)
    named = ", ".join(_label(view, name) for name in columns)
    if kind == "unique":
        return field, _("Already exists.") if field else _("Already exists: %(fields)s", fields=named)
    if kind == "required":
        return field, _("This field is required.") if field else _("Required: %(fields)s", fields=named)
    if kind == "reference":
        return field, _("Other records depend on this one, so it stays as it is.")
    if kind == "check":
        return field, _("This value is not allowed.") if field else _("Not allowed: %(fields)s", fields=named or table)
    return None, _("The entry contradicts what is already stored.")


def _violated(error: IntegrityError) -> tuple[str, str, list[str]]:
    """Kind of the violated constraint, table and columns, on SQLite and on PostgreSQL."""
    diagnosis = getattr(error.orig, "diag", None)
    if diagnosis is not None:
        state = str(getattr(error.orig, "sqlstate", ""))
        kind = {
            "23505": "unique",
            "23502": "required",
            "23503": "reference",
            "23001": "reference",
            "23514": "check",
        }.get(state, "")
        table = diagnosis.table_name or ""
        columns = [diagnosis.column_name] if diagnosis.column_name else _columns(diagnosis.constraint_name or "")
        return kind, table, columns
    text = str(error.orig)
    kind = {"UNIQUE": "unique", "NOT NULL": "required", "FOREIGN KEY": "reference", "CHECK": "check"}.get(
        text.partition(" constraint")[0], ""
    )
    detail = text.partition("failed: ")[2]
    if kind == "check":
        return kind, "", _columns(detail)
    pairs = re.findall(r"(\w+)\.(\w+)", detail)
    if kind == "unique" and detail.startswith("index "):
        return kind, "", _columns(detail.removeprefix("index ").strip("'"))
    return kind, pairs[0][0] if pairs else "", [column for _table, column in pairs]


def _columns(constraint: str) -> list[str]:
    for table in Model.metadata.tables.values():
        named: list[Any] = [*table.constraints, *table.indexes]
        for found in named:
            if found.name is None or str(found.name) not in (constraint, constraint.removeprefix(f"ck_{table.name}_")):
                continue
            if isinstance(found, UniqueConstraint) or hasattr(found, "unique"):
                return [column.name for column in found.columns]
            if isinstance(found, CheckConstraint) and constraint.startswith(f"ck_{table.name}_"):
                text = str(found.sqltext)
                return [column.name for column in table.columns if re.search(rf"\b{column.name}\b", text)]
    return []


def _field(view: Any, columns: list[str]) -> str | None:
    """The form field of the violated column: the last one of several, it is the one people can change."""
    if view is None or not columns:
        return None
    offered = {*(getattr(view, "add_columns", None) or []), *(getattr(view, "edit_columns", None) or [])}
    for name in reversed(columns):
        for candidate in (name, name.removesuffix("_id")):
            if candidate in offered:
                return candidate
    return None


def _label(view: Any, column: str) -> str:
    labels = getattr(view, "label_columns", None) or {}
    return str(labels.get(column) or labels.get(column.removesuffix("_id")) or column)
