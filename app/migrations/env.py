"""Alembic's environment: the application's engine, one metadata for the framework's tables and ours."""

from __future__ import annotations

from alembic import context
from flask_appbuilder import Model

engine = context.config.attributes["engine"]

with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Model.metadata,
        compare_type=True,
        render_as_batch=connection.dialect.name == "sqlite",
        user_module_prefix="app.core.db.",
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
