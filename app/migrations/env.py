"""Alembic's environment: the application's engine, one metadata for the framework's tables and ours."""

from __future__ import annotations

from alembic import context
from flask_appbuilder import Model

from app.core import migrate_draft

engine = context.config.attributes["engine"]


def foreign_keys(on: bool) -> None:
    """On SQLite, outside any transaction: a table that changes is made anew and the old one dropped, which would touch
    the rows that point to it."""
    if connection.dialect.name == "sqlite":
        connection.connection.cursor().execute(f"PRAGMA foreign_keys={'ON' if on else 'OFF'}")


with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Model.metadata,
        compare_type=True,
        render_as_batch=True,
        user_module_prefix="app.core.db.",
        process_revision_directives=migrate_draft.fill_new_columns,
    )
    foreign_keys(on=False)
    try:
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
    finally:
        foreign_keys(on=True)
