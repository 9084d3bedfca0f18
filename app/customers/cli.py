"""``flask search-index``: make the index of the search anew."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from app.core.actors import SYSTEM
from app.core.uow import unit_of_work
from app.customers.search_index import rebuild


@click.command("search-index")
@with_appcontext
def search_index() -> None:
    """Make the index of the customers' search anew, after rows were loaded past this program."""
    with unit_of_work(SYSTEM, "search.rebuild", bulk=True):
        count = rebuild()
    click.echo(f"{count} keys")
