"""Row scope: which rows of a table a person sees, applied to every ORM SELECT of the session.

Every scoped model lists its scopes: ``{"branch": lambda p: cls.branch_id == p.branch_id, "own": …}``; the role table
says which scope a role has on it. Several roles: the union. A role that is not listed sees nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, false, or_, true
from sqlalchemy.event import listens_for
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria

from app.core.actors import Principal, current
from app.core.errors import Misconfigured

Criterion = Callable[[Principal], ColumnElement[bool]]

_scopes: dict[type[Any], dict[str, Criterion]] = {}
_table: dict[str, Mapping[str, str]] = {}

ALL, NONE = "all", "none"


def scoped(model: type[Any], **scopes: Criterion) -> None:
    """Declare the scopes of a model. Criteria use Core tables in sub-selects (they must not be scoped in turn)."""
    _scopes[model] = scopes


def install(table: Mapping[str, Mapping[str, str]]) -> None:
    """Load the table ``{table name: {role: scope}}``. Raises ``Misconfigured`` when model and table disagree."""
    named = {model.__tablename__: model for model in _scopes}
    if missing := set(named) ^ set(table):
        raise Misconfigured(f"row scope: not in both places: {sorted(missing)}")
    for name, by_role in table.items():
        for role, scope in by_role.items():
            if scope not in (ALL, NONE) and scope not in _scopes[named[name]]:
                raise Misconfigured(
                    f"row scope of {name} for {role}: unknown scope {scope!r}"
                )
    _table.clear()
    _table.update(table)


def criterion(model: type[Any], principal: Principal) -> ColumnElement[bool]:
    """The rows of ``model`` this person sees, as one expression."""
    if principal.is_system:
        return true()
    by_role = _table.get(model.__tablename__, {})
    wanted = {by_role.get(role, NONE) for role in principal.roles}
    if ALL in wanted:
        return true()
    parts = [_scopes[model][scope](principal) for scope in sorted(wanted - {NONE})]
    return or_(*parts) if parts else false()


def models() -> list[type[Any]]:
    """Every scoped model."""
    return list(_scopes)


@listens_for(Session, "do_orm_execute")
def _apply(state: ORMExecuteState) -> None:
    # Refreshing a row already loaded must not fail because its owner just changed.
    if (
        not state.is_select
        or state.is_column_load
        or state.execution_options.get("unscoped")
    ):
        return
    principal = current()
    if principal.is_system:
        return
    options = []
    for model in _scopes:
        expression = criterion(model, principal)
        if expression is not None and not _is_true(expression):
            # A plain expression: a lambda would freeze the first person's values for everyone.
            options.append(
                with_loader_criteria(model, expression, include_aliases=True)
            )
    if options:
        state.statement = state.statement.options(*options)


def _is_true(expression: ColumnElement[bool]) -> bool:
    return expression is true() or expression.compare(true())


def widest(table_name: str, principal: Principal) -> str:
    """The scope a person has on a table: ``all`` if any role gives it, else the first of theirs, else ``none``."""
    if principal.is_system:
        return ALL
    by_role = _table.get(table_name, {})
    wanted = {by_role.get(role, NONE) for role in principal.roles}
    if ALL in wanted:
        return ALL
    named = sorted(wanted - {NONE}, key=lambda scope: scope == "branch" or scope == "own")
    return named[0] if named else NONE
