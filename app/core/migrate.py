"""Migrations run inside the program: no ``alembic.ini``, the engine is the application's own."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config

from app.core.db import db

SCRIPTS = Path(__file__).resolve().parent.parent / "migrations"


def configuration() -> Config:
    """Alembic's configuration for the current application's database."""
    found = Config()
    found.set_main_option("script_location", str(SCRIPTS))
    found.attributes["engine"] = db.engine
    return found


def upgrade() -> None:
    """Bring the tables up to date."""
    command.upgrade(configuration(), "head")


def downgrade() -> None:
    """Take every table away again (tests)."""
    command.downgrade(configuration(), "base")
