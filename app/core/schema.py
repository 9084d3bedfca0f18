"""``schema.sql``: the whole schema as PostgreSQL DDL with comments, written from the models."""

from __future__ import annotations

import inspect
from pathlib import Path

from flask_appbuilder import Model
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlalchemy.sql.schema import Table

HEADER = """-- The schema of Aftercare as PostgreSQL DDL. Written from the models by `make schema`; do not edit by hand.
-- A test compares it with the models and with the migrations on a real PostgreSQL.
"""


def _purposes() -> dict[str, str]:
    found: dict[str, str] = {}
    for mapper in Model.registry.mappers:
        table = mapper.local_table
        if isinstance(table, Table) and mapper.class_.__module__.startswith("app."):
            found[table.name] = " ".join((inspect.getdoc(mapper.class_) or "").split())
    return found


def ddl() -> str:
    """The DDL of every table, in an order in which it can be run."""
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # untyped in SQLAlchemy
    purposes = _purposes()
    parts = [HEADER]
    for table in Model.metadata.sorted_tables:
        create = str(CreateTable(table).compile(dialect=dialect)).strip().replace("\t", "    ")
        lines = "\n".join(line.rstrip() for line in create.splitlines())
        parts.append(f"{lines};")
        for index in sorted(table.indexes, key=lambda each: str(each.name)):
            parts.append(f"{str(CreateIndex(index).compile(dialect=dialect)).strip()};")
        if purposes.get(table.name):
            text = purposes[table.name].replace("'", "''")
            parts.append(f"COMMENT ON TABLE {table.name} IS '{text}';")
        parts.append("")
    return "\n".join(parts)


def write(path: Path) -> None:
    """Write ``schema.sql``."""
    path.write_text(ddl(), "utf-8")
