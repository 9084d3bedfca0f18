"""Row scope: which rows of a table a person sees, applied to every ORM SELECT of the session.

Every scoped model lists its scopes: ``{"branch": lambda p: cls.branch_id == p.branch_id, "own": …}``; the role table
says which scope a role has on it. Several roles: the union. A role that is not listed sees nothing.

It does not reach statements over Core tables, text, and rows that a wider person's block left in the session and
somebody still holds: what ``acting_as(SYSTEM)`` found for a person is not handed on to them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, ClassVar

from sqlalchemy import BindParameter, ColumnElement, false, or_, select, true
from sqlalchemy import inspect as inspect_row
from sqlalchemy.event import listens_for
from sqlalchemy.orm import ORMExecuteState, Session
from sqlalchemy.orm.interfaces import CriteriaOption
from sqlalchemy.orm.util import LoaderCriteriaOption

from app.core.actors import Principal, current
from app.core.errors import Misconfigured

Criterion = Callable[[Principal], ColumnElement[bool]]

_scopes: dict[type[Any], dict[str, Criterion]] = {}
_table: dict[str, Mapping[str, str]] = {}

ALL, NONE = "all", "none"


def scoped(model: type[Any], **scopes: Criterion) -> None:
    """Declare the scopes of a model. Criteria use Core tables in sub-selects (they must not be scoped in turn)."""
    _scopes[model] = scopes
    _narrowing.cache_clear()


def install(table: Mapping[str, Mapping[str, str]]) -> None:
    """Load the table ``{table name: {role: scope}}``. Raises ``Misconfigured`` when model and table disagree."""
    named = {model.__tablename__: model for model in _scopes}
    if missing := set(named) ^ set(table):
        raise Misconfigured(f"row scope: not in both places: {sorted(missing)}")
    for name, by_role in table.items():
        for role, scope in by_role.items():
            if scope not in (ALL, NONE) and scope not in _scopes[named[name]]:
                raise Misconfigured(f"row scope of {name} for {role}: unknown scope {scope!r}")
    _table.clear()
    _table.update(table)
    _narrowing.cache_clear()


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


def sees(session: Session, row: Any) -> bool:
    """Whether the acting person sees this row, asked of the database."""
    principal, model = current(), type(row)
    if principal.is_system or model not in _scopes or _is_true(criterion(model, principal)):
        return True
    mapper = inspect_row(model)
    keys = zip(mapper.primary_key, inspect_row(row).identity, strict=True)
    attributes = [(mapper.get_property_by_column(column).class_attribute, value) for column, value in keys]
    wanted = select(attributes[0][0]).where(*(attribute == value for attribute, value in attributes))
    return session.execute(wanted).first() is not None


class _Criterion(LoaderCriteriaOption):
    """One person's criterion for one model.

    SQLAlchemy marks every part of a criterion as its own (``_deep_annotate``) for every statement it writes, which took
    half the time of writing one. A plain expression is the same for all of them: it is marked once.
    """

    _traverse_internals = LoaderCriteriaOption._traverse_internals  # what it is to the statement cache

    def _resolve_where_criteria(self, ext_info: Any) -> ColumnElement[bool]:
        marked: ColumnElement[bool] | None = getattr(self, "_marked", None)
        if marked is None:
            marked = self._marked = super()._resolve_where_criteria(ext_info)
        return marked


class RowScope(CriteriaOption):
    """The criteria of one person for all models, as one option of a statement.

    A model may stand anywhere in a statement, so every statement needs all of them. Handed over one by one, SQLAlchemy
    describes each to itself again for every statement (its cache key: 8 ms for 87 criteria, longer than the statement
    takes). Here that description is made once for each person and stands for a number; the values in it (who, which
    branch) are handed over with every statement as before.
    """

    propagate_to_loaders = True
    _descriptions: ClassVar[dict[Any, int]] = {}

    def __init__(self, criteria: Sequence[LoaderCriteriaOption]) -> None:
        described = select(true()).options(*criteria)._generate_cache_key()
        if described is None:
            raise Misconfigured("row scope: a criterion cannot be described for the statement cache")
        self.criteria = tuple(criteria)
        self._values = described.bindparams
        self._number = self._descriptions.setdefault(described.key, len(self._descriptions))

    def _gen_cache_key(self, anon_map: Any, bindparams: list[BindParameter[Any]] | None) -> tuple[Any, ...]:
        _mark, told_before = anon_map.get_anon(self)
        if bindparams is not None and not told_before:
            bindparams.extend(self._values)
        return (RowScope, self._number)

    def process_compile_state(self, compile_state: Any) -> None:
        for each in self.criteria:
            each.process_compile_state(compile_state)

    def process_compile_state_replaced_entities(self, compile_state: Any, mapper_entities: Any) -> None:
        self.process_compile_state(compile_state)

    def get_global_criteria(self, attributes: dict[Any, Any]) -> None:
        for each in self.criteria:
            each.get_global_criteria(attributes)


@lru_cache(maxsize=256)
def _narrowing(principal: Principal) -> RowScope | None:
    """What narrows the statements of this person; a person whose roles, branch or staff record changed is another
    Principal. ``None`` for whoever sees every row.
    """
    criteria = []
    for model in _scopes:
        expression = criterion(model, principal)
        if not _is_true(expression):
            # A plain expression: a lambda would freeze the first person's values for everyone. Propagated, because
            # references loaded by join are narrowed only then; ``_fresh`` undoes it for what is loaded later.
            criteria.append(_Criterion(model, expression, include_aliases=True))
    return RowScope(criteria) if criteria else None


def _fresh(statement: Any) -> Any:
    """The load of a relationship without the criteria its row was loaded with: it is narrowed for whoever acts now."""
    given = statement._with_options
    kept = tuple(option for option in given if not isinstance(option, RowScope))
    if len(kept) == len(given):
        return statement
    copy = statement._generate()
    copy._with_options = kept
    return copy


@listens_for(Session, "do_orm_execute")
def _apply(state: ORMExecuteState) -> None:
    # Refreshing a row already loaded must not fail because its owner just changed.
    if not state.is_select or state.is_column_load or state.execution_options.get("unscoped"):
        return
    if state.is_relationship_load:
        state.statement = _fresh(state.statement)
    principal = current()
    if principal.is_system:
        return
    if narrowing := _narrowing(principal):
        state.statement = state.statement.options(narrowing)


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
