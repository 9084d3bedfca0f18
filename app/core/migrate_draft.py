"""What Alembic leaves out when it drafts a migration: changed CHECKs, and new columns of tables that hold rows.

CHECKs are compared on SQLite, which keeps their text as it was written; the migration drafted from that serves both
databases.
"""

from __future__ import annotations

from typing import Any

from alembic.autogenerate import comparators
from alembic.operations import ops
from sqlalchemy import CheckConstraint, MetaData, Table, inspect, text
from sqlalchemy.sql.elements import conv


@comparators.dispatch_for("table")
def compare_checks(
    context: Any, changes: ops.ModifyTableOps, schema: str | None, name: str, table_there: Any, table_wanted: Any
) -> None:
    """Drop the CHECKs that are gone or read differently now, make those that are new."""
    if context.dialect.name != "sqlite" or table_there is None or table_wanted is None:
        return
    there = {found["name"]: found["sqltext"] for found in inspect(context.connection).get_check_constraints(name)}
    wanted = checks_of(table_wanted, context.dialect)
    stand_in = Table(name, MetaData())
    for key, words in there.items():
        if key is not None and _plain(words) != _plain(wanted.get(key, "")):
            gone = CheckConstraint(text(words), name=conv(key))
            stand_in.append_constraint(gone)
            changes.ops.insert(0, ops.DropConstraintOp.from_constraint(gone))
    for key, words in wanted.items():
        if _plain(words) != _plain(there.get(key, "")):
            new = CheckConstraint(text(words), name=conv(key))
            stand_in.append_constraint(new)
            changes.ops.append(ops.CreateCheckConstraintOp.from_constraint(new))


def checks_of(table: Table, dialect: Any) -> dict[str, str]:
    """The named CHECKs of a table of the models, as the database will call and write them."""
    found = {}
    for constraint in table.constraints:
        if isinstance(constraint, CheckConstraint) and constraint.name:
            name = dialect.identifier_preparer.format_constraint(constraint)
            words = constraint.sqltext.compile(dialect=dialect, compile_kwargs={"literal_binds": True})
            found[str(name)] = str(words)
    return found


def _plain(words: str) -> str:
    return " ".join(words.split())


def fill_new_columns(context: Any, revision: Any, directives: list[Any]) -> None:
    """A new column that must not be empty is made empty first, filled with its default, then closed.

    The default is the one Python gives; a column without one has to be filled by hand in the draft.
    """
    for script in directives:
        upgrade = script.upgrade_ops
        upgrade.ops[:] = [step for change in upgrade.ops for step in _in_steps(change)]


def _in_steps(change: Any) -> list[Any]:
    if not isinstance(change, ops.ModifyTableOps):
        return [change]
    closing: list[Any] = []
    filling: list[Any] = []
    for step in list(change.ops):
        column = step.column if isinstance(step, ops.AddColumnOp) else None
        if column is None or column.nullable or column.server_default is not None:
            continue
        value = getattr(column.default, "arg", None)
        if isinstance(value, bool):
            words = "true" if value else "false"
        else:
            words = "NULL" if value is None or callable(value) else f"'{value}'"
        statement = f"UPDATE {change.table_name} SET {column.name} = {words}"  # nosec B608 - names of our own models
        filling.append(ops.ExecuteSQLOp(statement))
        closing.append(
            ops.AlterColumnOp(
                change.table_name, column.name, existing_type=column.type, existing_nullable=True, modify_nullable=False
            )
        )
        column = column._copy()
        column.nullable = True
        change.ops[change.ops.index(step)] = ops.AddColumnOp(change.table_name, column, schema=change.schema)
    if not filling:
        return [change]
    # What tests the new columns comes when they are filled.
    late = [step for step in change.ops if isinstance(step, ops.CreateCheckConstraintOp)]
    change.ops = [step for step in change.ops if step not in late]
    return [change, *filling, ops.ModifyTableOps(change.table_name, [*closing, *late], schema=change.schema)]
