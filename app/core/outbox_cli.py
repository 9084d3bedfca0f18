"""``flask outbox …``: the same an administrator does on the outbox screen, for a machine without a browser."""

from __future__ import annotations

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from app.core import clock, outbox
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.errors import Refused
from app.core.i18n import say


@click.group("outbox")
def group() -> None:
    """What is waiting to be made and sent."""


@group.command("list")
@click.option("--status", type=click.Choice(outbox.STATUSES), help="only these")
@click.option("--limit", default=20, show_default=True)
@with_appcontext
def list_entries(status: str | None, limit: int) -> None:
    """The number of entries by status, and the newest of them."""
    click.echo("  ".join(f"{name} {number}" for name, number in outbox.counts().items()))
    statement = select(outbox.OutboxEntry).order_by(outbox.OutboxEntry.id.desc()).limit(limit)
    if status:
        statement = statement.where(outbox.OutboxEntry.status == status)
    with acting_as(SYSTEM):
        for entry in db.session.execute(statement).scalars():
            moment = clock.local(entry.created_at).strftime("%Y-%m-%d %H:%M")
            click.echo(
                f"{entry.id:>7}  {moment}  {entry.status:<8} {entry.kind:<24} {entry.attempts}  {entry.last_error}"
            )


@group.command("retry")
@click.argument("entry", type=int)
@with_appcontext
def retry(entry: int) -> None:
    """Try an entry that was laid aside once more."""
    try:
        with acting_as(SYSTEM):
            outbox.retry(SYSTEM, entry)
    except Refused as refused:
        raise click.ClickException(say(refused)) from refused


@group.command("work")
@with_appcontext
def work() -> None:
    """Do everything that is due in this process, without the queue."""
    done = outbox.drain()
    click.echo("  ".join(f"{name} {done.count(name)}" for name in sorted(set(done))) or "nothing is due")
