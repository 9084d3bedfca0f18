"""Commands for those who change tables: the DDL file, and a draft of a migration."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext


@click.command("schema")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), default=Path("schema.sql"), show_default=True)
@with_appcontext
def schema(out: Path) -> None:
    """Write the schema as PostgreSQL DDL from the models."""
    from app.core.schema import write

    write(out)
    click.echo(f"{out} written.")


@click.command("migration")
@click.argument("message")
@with_appcontext
def migration(message: str) -> None:
    """Draft a migration from the difference between the models and the database (bring it up to date first)."""
    from alembic import command

    from app.core.migrate import configuration

    command.revision(configuration(), message=message, autogenerate=True)
